import type { InRecord, OutRecord, TopicPartition } from './transport.js';

/** What is told of a record that was put aside. */
export interface DeadLetter {
  /** a word of a closed set */
  reason: string;
  /** which stage could not go on with it */
  stage: string;
  /** where it was read */
  topic: string;
  partition: number;
  offset: number;
  /** that of the record, ms; absent when it had none */
  timestamp?: number;
  /** more about the reason, never of what the record holds */
  detail?: string;
  /** how often it was tried: 1, and one more for each time that it was sent back */
  attempt: number;
  /** when it was put aside, ms */
  time: number;
  /** of the original value, when only its beginning is kept */
  cut_from?: number;
  /** what of the original was too long to be kept */
  left_out?: readonly (typeof BESIDE)[number][];
}

/** What a record has beside its value. */
const BESIDE = ['key', 'headers'] as const;

export interface PutAside {
  record: InRecord;
  reason: string;
  stage: string;
  detail?: string | undefined;
  /** ms */
  time: number;
  /** the topic of dead letters, and a partition of it */
  to: TopicPartition;
  /**
   * Most bytes of the value; of what is longer the beginning is kept, and the original stays where it was read. A long key and long headers take from
   * it, and are left out when all does not fit. `letterLimit` says what the topic has room for; default: what every topic of dead letters has that `topics create` made.
   */
  limit?: number | undefined;
}

const HEADER = {
  reason: 'sv-reason',
  stage: 'sv-stage',
  topic: 'sv-topic',
  partition: 'sv-partition',
  offset: 'sv-offset',
  timestamp: 'sv-timestamp',
  detail: 'sv-detail',
  attempt: 'sv-attempt',
  time: 'sv-time',
  cut_from: 'sv-cut-from',
  left_out: 'sv-left-out',
} as const;
/** On a record that was sent back: how often that was done. The stages do not take it for one that they know already. */
export const REPLAYED = 'sv-replayed';
/** On a record of the dead-letter topic without a value: the letter at this offset of the same partition was sent back. */
const RECEIPT = 'sv-receipt-of';
/** No record that was read takes these along: whoever writes into a raw topic must not say where a letter is sent. */
const RESERVED: ReadonlySet<string> = new Set([...Object.values(HEADER), REPLAYED, RECEIPT]);

/** The headers, for a person. */
export const HEADERS: Readonly<Record<string, string>> = {
  [HEADER.reason]: 'why, in a word of a closed set',
  [HEADER.stage]: 'which stage could not go on with it: normalize, detect or respond',
  [HEADER.topic]: 'topic that it was read from',
  [HEADER.partition]: 'its partition there',
  [HEADER.offset]: 'its offset there',
  [HEADER.timestamp]: 'its time there, ms; absent when it had none',
  [HEADER.detail]: 'more about the reason, never of what the record holds',
  [HEADER.attempt]: 'how often it was tried: 1, and one more each time that it was sent back',
  [HEADER.time]: 'when it was put aside, ms',
  [HEADER.cut_from]: 'length of its value, when that was too long and only the beginning is here',
  [HEADER.left_out]: '`key`, `headers` or both with a blank between, when these were too long to be here',
};

/** 2 MB less what goes around it. A letter that is refused for good would stop the stage on every start. */
const LETTER_BYTES = 2 * 1024 * 1024 - 64 * 1024;
/** Most bytes of the key, and of the headers, of which there is always room beside the value. */
const BESIDE_BYTES = 16 * 1024;
/** Around a header: its lengths. */
const HEADER_OVERHEAD = 10;
const DETAIL_LENGTH = 500;

/**
 * The record as it is put aside: its key, value and headers byte by byte, and what is to be known of it in headers of our own. Whatever it holds, the
 * letter fits.
 */
export function deadLetter({ record, reason, stage, detail, time, to, limit = LETTER_BYTES }: PutAside): OutRecord {
  const { value, timestamp } = record;
  const kept = { key: record.key, headers: withoutReserved(record.headers) };
  const bytes = { key: record.key?.length ?? 0, headers: bytesOf(kept.headers) };
  const isWhole = (value?.length ?? 0) + BESIDE.reduce((sum, part) => sum + Math.max(0, bytes[part] - BESIDE_BYTES), 0) <= limit;
  const left_out = isWhole ? [] : BESIDE.filter((part) => bytes[part] > BESIDE_BYTES);
  const isCut = value !== null && value.length > limit;
  return {
    ...to,
    key: left_out.includes('key') ? null : kept.key,
    value: isCut ? value.subarray(0, limit) : value,
    headers: {
      ...(left_out.includes('headers') ? {} : kept.headers),
      [HEADER.reason]: reason,
      [HEADER.stage]: stage,
      [HEADER.topic]: record.topic,
      [HEADER.partition]: String(record.partition),
      [HEADER.offset]: String(record.offset),
      ...(timestamp < 0 ? {} : { [HEADER.timestamp]: String(timestamp) }),
      ...(detail === undefined ? {} : { [HEADER.detail]: detail.slice(0, DETAIL_LENGTH) }),
      [HEADER.attempt]: String(replaysOf(record) + 1),
      [HEADER.time]: String(time),
      ...(isCut ? { [HEADER.cut_from]: String(value.length) } : {}),
      ...(left_out.length > 0 ? { [HEADER.left_out]: left_out.join(' ') } : {}),
    },
    timestamp: time,
  };
}

/** What a record of the dead-letter topic says; undefined when it is none of ours. */
export function parseDeadLetter({ headers }: Pick<InRecord, 'headers'>): DeadLetter | undefined {
  const [reason, stage, topic] = [HEADER.reason, HEADER.stage, HEADER.topic].map((name) => textOf(headers[name]));
  const [partition, offset, time] = [HEADER.partition, HEADER.offset, HEADER.time].map((name) => numberOf(headers[name]));
  if (reason === undefined || stage === undefined || topic === undefined) return undefined;
  if (partition === undefined || offset === undefined || time === undefined) return undefined;
  const [timestamp, attempt = 1, cut_from] = [HEADER.timestamp, HEADER.attempt, HEADER.cut_from].map((name) => numberOf(headers[name]));
  const [detail, left_out] = [HEADER.detail, HEADER.left_out].map((name) => textOf(headers[name]));
  return {
    reason,
    stage,
    topic,
    partition,
    offset,
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(detail === undefined ? {} : { detail }),
    attempt,
    time,
    ...(cut_from === undefined ? {} : { cut_from }),
    ...(left_out === undefined ? {} : { left_out: BESIDE.filter((part) => left_out.split(' ').includes(part)) }),
  };
}

/**
 * The letter's original as it goes back to where it was read, and the receipt for it. Both belong into one transaction: then it is sent back once.
 * @param partitions of the topic that it goes to: one that was made anew may have fewer
 */
export function sendBack(
  letter: InRecord,
  { topic, partition, timestamp, attempt }: DeadLetter,
  partitions: number,
): [OutRecord, OutRecord] {
  const back: OutRecord = {
    topic,
    partition: partition % partitions,
    key: letter.key,
    value: letter.value,
    headers: { ...withoutReserved(letter.headers), [REPLAYED]: String(attempt) },
    ...(timestamp === undefined ? {} : { timestamp }),
  };
  const receipt: OutRecord = {
    topic: letter.topic,
    partition: letter.partition,
    key: null,
    value: null,
    headers: { [RECEIPT]: String(letter.offset) },
  };
  return [back, receipt];
}

/** Offset of the letter, in the same partition, that was sent back; undefined when the record is no receipt. */
export function parseReceipt({ headers }: Pick<InRecord, 'headers'>): number | undefined {
  return numberOf(headers[RECEIPT]);
}

/** How often a record was sent back; 0 when it never was. */
export function replaysOf({ headers }: Pick<InRecord, 'headers'>): number {
  return numberOf(headers[REPLAYED]) ?? 0;
}

function withoutReserved(headers: InRecord['headers']): Record<string, string | Buffer> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !RESERVED.has(name)));
}

function bytesOf(headers: Readonly<Record<string, string | Buffer>>): number {
  let bytes = 0;
  for (const name in headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(headers[name]!) + HEADER_OVERHEAD;
  return bytes;
}

function textOf(value: Buffer | string | undefined): string | undefined {
  return value === undefined ? undefined : value.toString();
}

/** A whole number from 0 on. */
function numberOf(value: Buffer | string | undefined): number | undefined {
  const text = textOf(value);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
