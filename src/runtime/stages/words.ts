import { SessionvigilError } from '../../errors.js';
import type { OutRecord } from '../kafka/transport.js';

/**
 * Words that people's records speak of by their number, in records of the changelog of their own: so many to a key, which are written once, before
 * the first record that speaks of them, and stay for as long as the changelog does.
 */
const PREFIX = Buffer.from('\u0000words/');
const FORMAT = 1;
/** A word has 512 letters at most, of three bytes each: well below what a broker takes. */
const PER_RECORD = 250;

export interface Words {
  /** number of the first of them */
  first: number;
  words: readonly string[];
}

export function wordsRecords(topic: string, partition: number, { first, words }: Words): OutRecord[] {
  const records: OutRecord[] = [];
  for (let at = 0; at < words.length; at += PER_RECORD) {
    const part = { format: FORMAT, first: first + at, words: words.slice(at, at + PER_RECORD) };
    const key = Buffer.concat([PREFIX, Buffer.from(String(part.first))]);
    records.push({ topic, partition, key, value: Buffer.from(JSON.stringify(part)) });
  }
  return records;
}

export function isWordsKey(key: Buffer): boolean {
  return key.length > PREFIX.length && key.subarray(0, PREFIX.length).equals(PREFIX);
}

/** @throws SV_KAFKA_STATE_VERSION when another version wrote it */
export function readWords(value: Buffer, changelog: string): Words {
  const { format, first, words } = JSON.parse(value.toString('utf8')) as Words & { format: number };
  if (format === FORMAT && Number.isSafeInteger(first) && Array.isArray(words)) return { first, words };
  throw new SessionvigilError(
    'SV_KAFKA_STATE_VERSION',
    `words in ${changelog} are of format ${format}; this version reads format ${FORMAT}`,
  );
}
