import type { SessionEvent } from '../../core/event/index.js';
import type { Pulse } from '../../core/state/feeds.js';
import { AvroReader, Malformed } from './avro-reader.js';
import { AvroWriter } from './avro-writer.js';
import { createShared, readSessionEvent, writeSessionEvent } from './event.generated.js';

/**
 * The events topic: one byte with the version of the layout, then what schemas/stream_record.avsc says, in Avro's binary encoding. A field that
 * is added to the event makes another version; a kind that is added to the union does not.
 */
export const STREAM_VERSION = 1;

/** Where the raw record stood that an event was made of; of what detect sends on to itself: where in the events topic that was which it comes from. */
export interface Provenance {
  topic: string;
  partition: number;
  /** counts up when the topic was made anew and its offsets began again */
  generation: number;
  offset: number;
  /** which of the events of one raw record, from 0 */
  index: number;
}

export type StreamBody =
  | { kind: 'event'; event: SessionEvent }
  | { kind: 'tick' /** wall time of who wrote it, ms */; time: number }
  | Absorb
  | Inherit
  | ({ kind: 'pulse' } & Pulse);

/** Whoever is remembered under a key is known under another one by now. */
export interface Absorb {
  kind: 'absorb';
  from: string;
  /** undefined: it stands for itself again */
  into: string | undefined;
}

/** What was remembered under another key. */
export interface Inherit {
  kind: 'inherit';
  into: string;
  /** keys that it comes from, the first first */
  path: string[];
  /** a person's record that stands for itself */
  person: Buffer;
}

export interface StreamRecord {
  provenance?: Provenance | undefined;
  body: StreamBody;
}

/** Why a record of the events topic cannot be read; the words are among DEAD_LETTER_REASONS. */
export type UnreadableReason = 'event_malformed' | 'event_version_unknown' | 'event_kind_unknown';

/** As it was read: what a newer writer wrote, or what is damaged, is `unknown` and goes to the dead letters. */
export interface ReadStreamRecord {
  provenance?: Provenance | undefined;
  body: StreamBody | { kind: 'unknown'; reason: UnreadableReason };
}

export interface StreamCodec {
  /** @throws RangeError when a number of the event is no integer where the schema says one: a defect of who made the event */
  encode(record: StreamRecord): Buffer;
  /** Never throws. Sub-records of events are frozen and shared among events; nothing refers to the bytes afterwards. */
  decode(bytes: Buffer): ReadStreamRecord;
}

/** Branches of the union in stream_record.avsc, as they are written. */
const EVENT = 0;
const TICK = 1;
const ABSORB = 2;
const INHERIT = 3;
const PULSE = 4;

/** One a process: readers of all partitions share what events have in common. */
export function createStreamCodec(): StreamCodec {
  const writer = new AvroWriter();
  const reader = new AvroReader();
  const shared = createShared();

  function readProvenance(): Provenance {
    return {
      topic: reader.word(),
      partition: reader.long(),
      generation: reader.long(),
      offset: reader.long(),
      index: reader.long(),
    };
  }

  function readBody(): ReadStreamRecord['body'] {
    const branch = reader.long();
    if (branch === EVENT) return { kind: 'event', event: readSessionEvent(reader, shared) };
    if (branch === TICK) return { kind: 'tick', time: reader.long() };
    if (branch === ABSORB) return { kind: 'absorb', from: reader.text(), into: reader.present() ? reader.text() : undefined };
    // a copy: the bytes that are read are somebody else's
    if (branch === INHERIT)
      return { kind: 'inherit', into: reader.text(), path: reader.texts(), person: Buffer.from(reader.raw(reader.long())) };
    if (branch === PULSE) return { kind: 'pulse', feed: reader.text(), first_time: reader.long(), last_time: reader.long() };
    if (branch < 0) throw new Malformed('no such branch');
    return { kind: 'unknown', reason: 'event_kind_unknown' };
  }

  function writeBody(body: StreamBody): void {
    switch (body.kind) {
      case 'event':
        writer.long(EVENT);
        writeSessionEvent(writer, body.event);
        return;
      case 'tick':
        writer.long(TICK);
        writer.long(body.time);
        return;
      case 'absorb':
        writer.long(ABSORB);
        writer.text(body.from);
        writer.optionalText(body.into);
        return;
      case 'inherit':
        writer.long(INHERIT);
        writer.text(body.into);
        writer.texts(body.path);
        writer.raw(body.person);
        return;
      case 'pulse':
        writer.long(PULSE);
        writer.text(body.feed);
        writer.long(body.first_time);
        writer.long(body.last_time);
    }
  }

  return {
    encode({ provenance, body }) {
      writer.reset();
      writer.byte(STREAM_VERSION);
      if (writer.present(provenance)) {
        writer.text(provenance!.topic);
        writer.long(provenance!.partition);
        writer.long(provenance!.generation);
        writer.long(provenance!.offset);
        writer.long(provenance!.index);
      }
      writeBody(body);
      return writer.take();
    },
    decode(bytes) {
      if (bytes.length === 0) return { provenance: undefined, body: { kind: 'unknown', reason: 'event_malformed' } };
      if (bytes[0] !== STREAM_VERSION) return { provenance: undefined, body: { kind: 'unknown', reason: 'event_version_unknown' } };
      let provenance: Provenance | undefined;
      try {
        reader.start(bytes, 1);
        provenance = reader.present() ? readProvenance() : undefined;
        const body = readBody();
        if (body.kind !== 'unknown') reader.end();
        return { provenance, body };
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        return { provenance, body: { kind: 'unknown', reason: 'event_malformed' } };
      } finally {
        reader.release();
      }
    },
  };
}
