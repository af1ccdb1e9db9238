import type { InRecord } from '../transport.js';
import { undecodableOf } from './record-batch.js';

/** A partition's part of a fetch, as kafkajs decodes it: 64-bit numbers are texts. */
export interface FetchedPartition {
  partition: number;
  errorCode: number;
  highWatermark: string;
  lastStableOffset?: string;
  abortedTransactions?: { producerId: string; firstOffset: string }[] | null;
  messages: RawRecord[];
}

export interface RawRecord {
  offset: string;
  timestamp: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer | string | (Buffer | string)[]>;
  isControlRecord: boolean;
  batchContext?: { producerId: string; inTransaction: boolean };
}

export interface Fetched {
  records: InRecord[];
  /** of the next record to ask for */
  next: number;
  high_watermark: number;
}

/** The second 16 bits of a control record's key. */
const ABORT = 0;

/**
 * What a reader of committed records may see from `from` on. kafkajs's own filter takes one aborted transaction per record off a list that it
 * takes for sorted, and any record with four zero bytes as key for the end of one.
 */
export function readFetched(topic: string, fetched: FetchedPartition, from: number): Fetched {
  const { partition, messages } = fetched;
  const stable = Number(fetched.lastStableOffset ?? -1);
  const high_watermark = stable >= 0 ? stable : Number(fetched.highWatermark);
  const aborted = fetched.abortedTransactions?.length
    ? fetched.abortedTransactions.map((one) => ({ first: Number(one.firstOffset), id: one.producerId })).sort((a, b) => a.first - b.first)
    : undefined;
  const inside = new Set<string>();
  let entered = 0;
  const records: InRecord[] = [];
  let next = from;
  for (let i = 0; i < messages.length; i++) {
    const message = messages[i]!;
    const offset = Number(message.offset);
    if (offset >= next) next = offset + 1;
    if (aborted !== undefined) {
      while (entered < aborted.length && aborted[entered]!.first <= offset) inside.add(aborted[entered++]!.id);
      const context = message.batchContext;
      if (message.isControlRecord) {
        if (context !== undefined && message.key !== null && message.key.length >= 4 && message.key.readInt16BE(2) === ABORT)
          inside.delete(context.producerId);
      } else if (context?.inTransaction === true && inside.has(context.producerId)) continue;
    }
    // a compressed batch begins before what was asked for
    if (message.isControlRecord || offset < from) continue;
    const record: InRecord = {
      topic,
      partition,
      offset,
      timestamp: Number(message.timestamp),
      key: message.key,
      value: message.value,
      headers: single(message.headers),
    };
    const undecodable = undecodableOf(message);
    if (undecodable !== undefined) record.undecodable = undecodable;
    records.push(record);
  }
  return { records, next, high_watermark };
}

/** Of several headers with one name the last counts. */
function single(headers: RawRecord['headers']): InRecord['headers'] {
  for (const name in headers) {
    const value = headers[name]!;
    if (Array.isArray(value)) headers[name] = value[value.length - 1]!;
  }
  return headers as InRecord['headers'];
}
