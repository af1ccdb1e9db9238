import type { Undecodable } from '../transport.js';
import { crc32c } from './crc32c.js';
import type { Message } from './internals.js';

/**
 * Record batches (format 2) from bytes. kafkajs's own decoder looks at no checksum, stops where a batch cannot be unpacked, and leaves no trace of
 * a batch of which the cleaner left nothing, so that whoever reads it stands still. Here every batch leaves something: its records, or one record
 * that stands for it.
 */

/** Offsets of the fields of a batch. */
const AT = {
  base: 0,
  length: 8,
  epoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  last_delta: 23,
  first_time: 27,
  max_time: 35,
  producer: 43,
  producer_epoch: 51,
  sequence: 53,
  count: 57,
  records: 61,
} as const;

/** Bytes in front of what `length` counts. */
const PREFIX = 12;
/** A record has a length, attributes, two deltas, two lengths and a number of headers: one byte each at least. */
const LEAST_RECORD = 7;
/** What an empty record takes on the heap, roughly: counted, since a megabyte of gzip holds tens of millions of them. */
const RECORD_OVERHEAD = 256;

const UNDECODABLE: unique symbol = Symbol('undecodable');

/** What is missing when this record stands for a batch that cannot be read; undefined for every record that somebody wrote. */
export function undecodableOf(message: object): Undecodable | undefined {
  return (message as { [UNDECODABLE]?: Undecodable })[UNDECODABLE];
}

/** What may still be unpacked for one response. A partition gets one batch even when nothing is left, so each moves on. */
export interface Budget {
  left: number;
  /** most that one batch may unpack to */
  readonly per_batch: number;
}

/** Unpacks the records of a batch. @throws Oversize, or anything where the bytes are damaged */
export type Decompress = (codec: number, bytes: Buffer, most: number) => Promise<Buffer>;

/** More than may be unpacked. */
export class Oversize extends Error {}
/** A fault of this installation and not of the bytes, such as a missing package: it has to stop who reads, since no batch would be read. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}

export interface BatchContext {
  firstOffset: string;
  firstTimestamp: string;
  partitionLeaderEpoch: number;
  inTransaction: boolean;
  isControlBatch: boolean;
  lastOffsetDelta: number;
  producerId: string;
  producerEpoch: number;
  firstSequence: number;
  maxTimestamp: string;
  timestampType: number;
  magicByte: number;
}

/** Where a batch lies in the bytes. */
export interface BatchFrame {
  at: number;
  /** behind its last byte */
  end: number;
  base: number;
  last: number;
  producer: string;
  isTransactional: boolean;
  isControl: boolean;
}

/** @returns undefined when the rest is the beginning of a batch only. @throws where no batch begins */
export function frameAt(bytes: Buffer, at: number): BatchFrame | undefined {
  if (bytes.length - at < AT.records) return undefined;
  const length = bytes.readInt32BE(at + AT.length);
  const end = at + PREFIX + length;
  if (length < AT.records - PREFIX) throw new Error(`a record batch of ${length} bytes`);
  if (end > bytes.length) return undefined;
  const base = Number(bytes.readBigInt64BE(at + AT.base));
  const attributes = bytes.readInt16BE(at + AT.attributes);
  return {
    at,
    end,
    base,
    last: base + bytes.readInt32BE(at + AT.last_delta),
    producer: bytes.readBigInt64BE(at + AT.producer).toString(),
    isTransactional: (attributes & 0x10) !== 0,
    isControl: (attributes & 0x20) !== 0,
  };
}

/** 0 and 1 are the formats before record batches; undefined when there are too few bytes to say. */
export function magicAt(bytes: Buffer, at: number): number | undefined {
  return at + AT.magic < bytes.length ? bytes.readInt8(at + AT.magic) : undefined;
}

/**
 * All records of a batch, and behind them a control record when the last offset of the batch is not among them: the cleaner takes records and
 * keeps the batch's range, and who reads goes on behind the last record that it is given.
 */
export async function decodeBatch(bytes: Buffer, frame: BatchFrame, budget: Budget, decompress: Decompress): Promise<Message[]> {
  const { at, end } = frame;
  const context = contextOf(bytes, frame);
  const count = bytes.readInt32BE(at + AT.count);
  try {
    if (crc32c(bytes, at + AT.attributes, end) !== bytes.readUInt32BE(at + AT.crc))
      return [standIn(bytes, frame, context, 'checksum', 'its checksum is wrong')];
    const codec = bytes.readInt16BE(at + AT.attributes) & 0x07;
    let body = bytes.subarray(at + AT.records, end);
    if (count > 0 && codec !== 0) body = await decompress(codec, body, budget.per_batch);
    if (count * LEAST_RECORD > body.length) throw new Error(`${count} records in ${body.length} bytes`);
    const cost = body.length + Math.max(count, 0) * RECORD_OVERHEAD;
    if (cost > budget.per_batch) throw new Oversize(`${count} records of ${body.length} bytes`);
    budget.left -= cost;
    const messages = readRecords(body, count, frame.base, context);
    const last = messages.at(-1);
    if (last === undefined || Number(last.offset) < frame.last) messages.push(placeholder(frame, context));
    return messages;
  } catch (error) {
    if (error instanceof Unsupported) throw error;
    const reason = error instanceof Oversize ? 'oversize' : 'damaged';
    return [standIn(bytes, frame, context, reason, error instanceof Error ? error.message : String(error))];
  }
}

/** Moves who reads behind the batch, and is never seen: kafkajs takes control records out. */
export function placeholder(frame: BatchFrame, context?: BatchContext): Message {
  return {
    magicByte: 2,
    attributes: 0,
    timestamp: context?.maxTimestamp ?? '-1',
    offset: String(frame.last),
    key: null,
    value: null,
    headers: {},
    isControlRecord: true,
    batchContext: context,
  };
}

function standIn(bytes: Buffer, frame: BatchFrame, context: BatchContext, reason: Undecodable['reason'], detail: string): Message {
  const what: Undecodable = {
    reason,
    detail: detail.slice(0, 200),
    first_offset: frame.base,
    last_offset: frame.last,
    records: bytes.readInt32BE(frame.at + AT.count),
    bytes: frame.end - frame.at,
  };
  // nobody waits for the records of a control batch
  return { ...placeholder(frame, context), isControlRecord: frame.isControl, [UNDECODABLE]: what } as Message;
}

function contextOf(bytes: Buffer, { at, base, last, producer, isTransactional, isControl }: BatchFrame): BatchContext {
  return {
    firstOffset: String(base),
    firstTimestamp: bytes.readBigInt64BE(at + AT.first_time).toString(),
    partitionLeaderEpoch: bytes.readInt32BE(at + AT.epoch),
    inTransaction: isTransactional,
    isControlBatch: isControl,
    lastOffsetDelta: last - base,
    producerId: producer,
    producerEpoch: bytes.readInt16BE(at + AT.producer_epoch),
    firstSequence: bytes.readInt32BE(at + AT.sequence),
    maxTimestamp: bytes.readBigInt64BE(at + AT.max_time).toString(),
    timestampType: (bytes.readInt16BE(at + AT.attributes) & 0x08) !== 0 ? 1 : 0,
    magicByte: bytes.readInt8(at + AT.magic),
  };
}

/** @throws where the bytes are not that many records, no more and no less */
function readRecords(body: Buffer, count: number, base: number, context: BatchContext): Message[] {
  const reader = new Reader(body);
  const messages: Message[] = [];
  const first_time = Number(context.firstTimestamp);
  const append_time = context.timestampType === 1 ? context.maxTimestamp : undefined;
  const { magicByte, isControlBatch } = context;
  for (let i = 0; i < count; i++) {
    const end = reader.varint() + reader.at;
    const attributes = reader.int8();
    const timestamp = append_time ?? String(first_time + reader.varint());
    if (append_time !== undefined) reader.varint();
    const offset = String(base + reader.varint());
    const key = reader.bytes();
    const value = reader.bytes();
    const headers: Message['headers'] = Object.create(null);
    for (let left = reader.varint(); left > 0; left--) addHeader(headers, reader);
    if (reader.at !== end) throw new Error(`record ${i} is not as long as it says`);
    messages.push({
      magicByte,
      attributes,
      timestamp,
      offset,
      key,
      value,
      headers,
      isControlRecord: isControlBatch,
      batchContext: context,
    });
  }
  if (reader.at !== body.length) throw new Error(`${body.length - reader.at} bytes are left behind the last record`);
  return messages;
}

/** A name that comes again makes a list, as in kafkajs. */
function addHeader(headers: Message['headers'], reader: Reader): void {
  const name = reader.bytes()?.toString('utf8') ?? '';
  const value = reader.bytes();
  const had = headers[name];
  if (had === undefined) headers[name] = value;
  else if (Array.isArray(had)) had.push(value);
  else headers[name] = [had, value];
}

class Reader {
  at = 0;
  constructor(readonly body: Buffer) {}

  int8(): number {
    if (this.at >= this.body.length) throw new Error('a record breaks off');
    return this.body.readInt8(this.at++);
  }

  /** Zig-zag, up to 64 bits; exact to 2^53, beyond which there are no offsets, lengths or times. */
  varint(): number {
    let value = 0;
    let shift = 0;
    let scale = 1;
    for (;;) {
      if (this.at >= this.body.length) throw new Error('a record breaks off');
      const byte = this.body[this.at++]!;
      if (shift < 28) value |= (byte & 0x7f) << shift;
      else value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      shift += 7;
      if (shift > 63) throw new Error('a number of more than ten bytes');
      scale = 2 ** shift;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  bytes(): Buffer | null {
    const length = this.varint();
    if (length === -1) return null;
    const end = this.at + length;
    if (length < -1 || end > this.body.length) throw new Error(`a field of ${length} bytes`);
    const bytes = this.body.subarray(this.at, end);
    this.at = end;
    return bytes;
  }
}
