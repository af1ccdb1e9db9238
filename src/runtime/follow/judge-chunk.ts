import type { KeyMove } from '../../core/identity/absorbs.js';
import type { Normalize } from '../../core/pipeline.js';
import type { Judging, Sink } from '../file/judging.js';
import { learnFrom } from '../file/learn.js';
import { mergeSorted } from '../file/merge.js';
import { type AnsweredRecord, RecordSource } from '../file/records.js';
import type { Range } from './chunk.js';

/** What turns the records of a chunk into events. */
export interface Reader {
  /** to look at a record before it is judged */
  normalize: Normalize;
  /** to judge it */
  normalizeOnce: Normalize;
  learn(record: Uint8Array): void;
  /** keys that others stand for since it was asked last */
  moves(): KeyMove[];
  max_record_bytes: number;
}

/**
 * One chunk, as a replay judges its files: who is who is learned from all of it first, then its ranges are merged by the running maximum of
 * event time. The same ranges in the same order give the same, whenever they are read.
 */
export async function judgeChunk(
  ranges: readonly Pick<Range, 'path' | 'portion'>[],
  { normalizeOnce: normalize, learn, moves, max_record_bytes }: Reader,
  judging: Judging,
  sink: Sink,
  onRecord: (record: AnsweredRecord) => void = () => {},
): Promise<{ absorbed: number }> {
  // a chunk that has begun is finished: half of one would be in memory and nowhere else
  const { signal } = new AbortController();
  const inputs = ranges.map(({ path, portion }) => portion.input(path));
  await learnFrom(inputs, learn, { max_record_bytes, signal });
  // before its records: what was judged of an id alone belongs to who they are about
  const absorbed = judging.absorb(moves(), sink);
  const sources = inputs.map((input, i) => new RecordSource(input, i + 1, { normalize, max_record_bytes, signal }));
  await mergeSorted(sources, byLatest, (record) => onRecord(judging.accept(record, sink)));
  return { absorbed };
}

/** Before its first time a range is at -Infinity, which has no difference from itself. */
function byLatest({ latest: a }: AnsweredRecord, { latest: b }: AnsweredRecord): number {
  return a === b ? 0 : a - b;
}
