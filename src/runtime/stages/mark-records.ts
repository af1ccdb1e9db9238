import { SessionvigilError } from '../../errors.js';
import type { OutRecord } from '../kafka/transport.js';
import type { SourceStanding } from './source-marks.js';

const SOURCE = Buffer.from('\u0000source/');
const BLOCK = Buffer.from('\u0000source-block/');
const FORMAT = 1;

/** A record in JSON. */
interface Written {
  format: number;
  events: string;
  /** of a source that has blocks */
  block?: number;
  floor?: string;
}

/** What is in the changelog of one source: its record, and what the records of its blocks hold. */
interface Records {
  source?: string | undefined;
  readonly blocks: (string | undefined)[];
}

/**
 * Which events of each raw partition have come, as `SourceMarks` tells it for the place where a restore begins to read again. There may be hundreds of
 * raw partitions, and of most of them something comes between two such places: so a source's record holds the latest only, and each full block of what
 * came before has a record of its own, which is written once, over the one that has gone for it.
 *
 * An earlier version wrote all into the source's record, and knows of no other. In its first transaction it writes so whatever it has read: a record that
 * names no block is of it, or has none, and the blocks that are left beside it count for nothing. They are written over or taken away.
 */
export class MarkRecords {
  private readonly written = new Map<string, Records>();
  /** what was written last: what is the same there is not looked at */
  private last: ReadonlyMap<string, SourceStanding> | undefined;

  isKey(key: Buffer): boolean {
    return begins(key, SOURCE) || begins(key, BLOCK);
  }

  /** A record of the changelog. @throws SV_KAFKA_STATE_VERSION when another version wrote it */
  load(key: Buffer, value: Buffer | null, changelog: string): void {
    const text = value?.toString('utf8');
    const read = text === undefined ? undefined : (JSON.parse(text) as Written);
    if (read !== undefined && read.format !== FORMAT)
      throw new SessionvigilError(
        'SV_KAFKA_STATE_VERSION',
        `which events of a source have come stands in ${changelog} in format ${read.format}; this version reads format ${FORMAT}`,
      );
    if (begins(key, SOURCE)) {
      this.recordsOf(key.toString('utf8', SOURCE.length)).source = text;
      return;
    }
    const name = key.toString('utf8', BLOCK.length);
    const end = name.lastIndexOf('/');
    this.recordsOf(name.slice(0, end)).blocks[Number(name.slice(end + 1))] = read?.events;
  }

  /** What was read. */
  standing(): ReadonlyMap<string, SourceStanding> {
    const standing = new Map<string, SourceStanding>();
    for (const [name, { source, blocks }] of this.written) {
      if (source === undefined) continue;
      const { events, block, floor } = JSON.parse(source) as Written;
      standing.set(name, { events, before: block === undefined ? undefined : { block, floor: floor! }, blocks: [...blocks] });
    }
    return standing;
  }

  /** What is to be written, so that this is what is read. @param standing not changed afterwards */
  take(topic: string, partition: number, standing: ReadonlyMap<string, SourceStanding>): OutRecord[] {
    const { last } = this;
    if (standing === last) return [];
    this.last = standing;
    const records: OutRecord[] = [];
    const write = (name: string, source: string | undefined, blocks: SourceStanding['blocks']) => {
      const written = this.recordsOf(name);
      const put = (prefix: Buffer, key: string, text: string | undefined) =>
        void records.push({
          topic,
          partition,
          key: Buffer.concat([prefix, Buffer.from(key)]),
          value: text === undefined ? null : Buffer.from(text),
        });
      if (source !== written.source) put(SOURCE, name, source);
      written.source = source;
      for (let i = 0; i < Math.max(blocks.length, written.blocks.length); i++) {
        const events = blocks[i];
        if (events === written.blocks[i]) continue;
        put(BLOCK, `${name}/${i}`, events === undefined ? undefined : textOf({ format: FORMAT, events }));
        written.blocks[i] = events;
      }
    };
    for (const [name, one] of standing) {
      if (last?.get(name) === one) continue;
      write(name, textOf({ format: FORMAT, events: one.events, ...one.before }), one.blocks);
    }
    for (const name of this.written.keys()) {
      if (standing.has(name)) continue;
      write(name, undefined, []);
      this.written.delete(name);
    }
    return records;
  }

  private recordsOf(name: string): Records {
    let records = this.written.get(name);
    if (records === undefined) {
      records = { blocks: [] };
      this.written.set(name, records);
    }
    return records;
  }
}

function begins(key: Buffer, prefix: Buffer): boolean {
  return key.length > prefix.length && key.subarray(0, prefix.length).equals(prefix);
}

function textOf(written: Written): string {
  return JSON.stringify(written);
}
