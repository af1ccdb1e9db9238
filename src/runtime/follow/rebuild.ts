import type { Finding } from '../../core/event/index.js';
import type { Judging } from '../file/judging.js';
import type { Archive } from './archive.js';
import type { Journal, JudgedRange } from './journal.js';
import { judgeChunk, type Reader } from './judge-chunk.js';

export interface RebuildOptions {
  journal: Journal;
  archive: Archive;
  judging: Judging;
  reader: Reader;
  /** tells the reader what counts as now, ms: as it did when the chunk was judged first */
  setNow(time: number): void;
  /** what was said when the chunk was judged first, or what it leads to now where the journal does not tell: response has to know of it again */
  recall(finding: Finding): void;
  /** what the chunk leads to now: most of it was said before */
  found(finding: Finding): void;
  signal: AbortSignal;
  /** told after every chunk how many bytes of the journal's ranges were gone through */
  onProgress(bytes: number): void;
}

export interface Rebuilt {
  chunks: number;
  /** bytes that were read again, and that are gone with the files that they stood in */
  bytes: number;
  missing_bytes: number;
  missing_files: string[];
  /** digests of what judged when the chunks were judged first */
  config_digests: Set<string>;
}

/**
 * Brings memory to where it was: everything that the journal names is read and judged again, in the same order and by the same clock, and
 * nothing of it is written. What is gone from the folder is left out. Throws when it was told to stop.
 */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { journal, archive, judging, reader, setNow, recall, signal, onProgress } = options;
  const rebuilt: Rebuilt = { chunks: 0, bytes: 0, missing_bytes: 0, missing_files: [], config_digests: new Set() };
  const missing = new Set<string>();
  for await (const { time, ranges, config_digest, said } of journal.entries()) {
    signal.throwIfAborted();
    rebuilt.config_digests.add(config_digest);
    setNow(time);
    const portions: { path: string; portion: NonNullable<Awaited<ReturnType<Archive['find']>>> }[] = [];
    for (const range of ranges) {
      const portion = await archive.find(range);
      if (portion !== undefined) {
        portions.push({ path: range.path, portion });
        rebuilt.bytes += lengthOf(range);
      } else {
        missing.add(range.path);
        rebuilt.missing_bytes += lengthOf(range);
      }
    }
    const again: Finding[] = [];
    await judgeChunk(portions, reader, judging, { event() {}, command() {}, finding: (finding) => void again.push(finding) });
    for (const finding of said ?? again) recall(finding);
    for (const finding of again) options.found(finding);
    rebuilt.chunks++;
    onProgress(rebuilt.bytes + rebuilt.missing_bytes);
  }
  rebuilt.missing_files = [...missing].sort();
  return rebuilt;
}

/** Bytes of a range. */
export function lengthOf({ from, to }: Pick<JudgedRange, 'from' | 'to'>): number {
  return to - from;
}
