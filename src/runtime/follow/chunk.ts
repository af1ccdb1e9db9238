import type { Normalize } from '../../core/pipeline.js';
import { mergeSorted } from '../file/merge.js';
import { type AnsweredRecord, RecordSource } from '../file/records.js';
import { type Cursors, standsAsRead } from './cursors.js';
import type { Files, Followed } from './files.js';
import { FOOT_BYTES, footOf, type Head, hasHead, headLength, headOf } from './head.js';
import { FileChanged, lineLimit, Portion } from './portion.js';

/** A part of a file that is judged in one chunk. */
export interface Range {
  id: string;
  path: string;
  from: number;
  to: number;
  /** lines of the file before it, and in it */
  line: number;
  lines: number;
  /** of the file up to `to` */
  head: Head;
  digest: string;
  /** of the bytes before `to` */
  foot?: Head;
  /** bytes of the longest line that the digest is of as a whole */
  most_line?: number;
  portion: Portion;
}

/** Bytes that are judged and committed at once: what is held of them in memory is a small multiple. */
export const CHUNK_BYTES = 8 * 1024 * 1024;
/** Files that are merged at once. */
const MOST_FILES = 128;
/** Bytes that are looked at for the time of a file's next record. */
const PEEK_BYTES = 64 * 1024;

export interface ChunkOptions {
  files: Files;
  cursors: Cursors;
  /** only the times of events matter: the records are normalized once more when they are judged */
  normalize: Normalize;
  max_record_bytes: number;
  most_bytes?: number | undefined;
  most_files?: number | undefined;
  signal: AbortSignal;
}

/**
 * What is judged next: all that can be read, or when that is more than a chunk the part of it that happened first, so that a folder full of
 * old files is judged in the order of time over all of them. A file that changes meanwhile is left for the next look at the folder.
 * @returns ranges in the order of their paths; none when there is nothing to read
 */
export async function nextChunk(options: ChunkOptions): Promise<Range[]> {
  const { files, most_bytes = CHUNK_BYTES, most_files = MOST_FILES } = options;
  const changed = new Set<Followed>();
  for (;;) {
    options.signal.throwIfAborted();
    const pending = files.pending().filter((file) => !changed.has(file));
    if (pending.length === 0) return [];
    const bytes = pending.reduce((sum, file) => sum + file.end - files.startOf(file).offset, 0);
    let current: Followed | undefined;
    try {
      if (bytes <= most_bytes && pending.length <= most_files) {
        const ranges: Range[] = [];
        for (current of pending) ranges.push(await rangeOf(current, options));
        return ranges;
      }
      return await firstInTime(pending, options, (file) => {
        current = file;
      });
    } catch (error) {
      if (!(error instanceof FileChanged) || current === undefined) throw error;
      changed.add(current);
    }
  }
}

/** All that can be read of a file. */
async function rangeOf(file: Followed, options: ChunkOptions): Promise<Range> {
  const portion = await new Portion(file.content, options.files.startOf(file).offset, file.end, lineLimit(options.max_record_bytes)).read();
  return finished(file, portion, Number.POSITIVE_INFINITY, options);
}

async function finished(file: Followed, portion: Portion, most: number, { files, cursors }: ChunkOptions): Promise<Range> {
  const cursor = cursors.of(file.id);
  // cut and written anew since it was looked at
  if (!file.isGzip && cursor !== undefined) {
    if (!hasHead(await file.content.read(0, cursor.head.length), cursor.head) || !(await standsAsRead(file.content, cursor)))
      throw new FileChanged();
  }
  const { lines, to } = portion.cut(most);
  const { id, path, start } = file;
  const head = headOf(start, headLength(to));
  return {
    id,
    path,
    from: portion.from,
    to,
    line: files.startOf(file).lines,
    lines,
    head,
    digest: portion.digest(),
    foot: footOf(portion.lastBytes(FOOT_BYTES)),
    most_line: portion.mostLine,
    portion,
  };
}

/** The part of what can be read that happened first, a chunk of it. */
async function firstInTime(pending: readonly Followed[], options: ChunkOptions, onFile: (file: Followed) => void): Promise<Range[]> {
  const { files, most_bytes = CHUNK_BYTES, most_files = MOST_FILES } = options;
  let chosen = pending;
  let until = Number.POSITIVE_INFINITY;
  if (pending.length > most_files) {
    const times = new Map<Followed, number>();
    for (const file of pending) {
      onFile(file);
      times.set(file, await timeOfNext(file, options));
    }
    const byTime = [...pending].sort((a, b) => compare(times.get(a)!, times.get(b)!));
    chosen = byTime.slice(0, most_files).sort((a, b) => (a.path < b.path ? -1 : 1));
    until = times.get(byTime[most_files]!)!;
  }
  const portions = chosen.map(
    (file) => new Portion(file.content, files.startOf(file).offset, file.end, lineLimit(options.max_record_bytes)),
  );
  const sources = portions.map((portion, i) => {
    const file = chosen[i]!;
    return new RecordSource({ name: file.path, size: 0, chunks: () => reading(file, portion, onFile) }, i + 1, options);
  });
  const taken = chosen.map(() => 0);
  let bytes = 0;
  const isEnd = ({ latest }: AnsweredRecord) => bytes >= most_bytes || (bytes > 0 && latest > until);
  try {
    await mergeSorted(
      sources,
      (a, b) => compare(a.latest, b.latest),
      ({ input, line }) => {
        taken[input - 1] = line.number;
        bytes += line.length + 1;
      },
      isEnd,
    );
  } finally {
    await Promise.all(sources.map((source) => source.close()));
  }
  const ranges: Range[] = [];
  for (const [i, file] of chosen.entries()) {
    onFile(file);
    if (taken[i]! > 0) ranges.push(await finished(file, portions[i]!, taken[i]!, options));
  }
  return ranges;
}

/** Says which file is read whenever it is. */
async function* reading(file: Followed, portion: Portion, onFile: (file: Followed) => void): AsyncGenerator<Uint8Array, void, void> {
  const bytes = portion.reading();
  for (;;) {
    onFile(file);
    const { value, done } = await bytes.next();
    if (done === true) return;
    yield value;
  }
}

/** Event time of the next record that has one, ms; -Infinity when none is near. */
async function timeOfNext(file: Followed, { files, normalize, max_record_bytes, signal }: ChunkOptions): Promise<number> {
  const { offset } = files.startOf(file);
  if (file.next?.offset === offset) return file.next.time;
  const portion = new Portion(file.content, offset, Math.min(file.end, offset + PEEK_BYTES), lineLimit(max_record_bytes));
  const source = new RecordSource({ name: file.path, size: 0, chunks: () => portion.reading() }, 1, {
    normalize,
    max_record_bytes,
    signal,
  });
  let time = Number.NEGATIVE_INFINITY;
  try {
    await mergeSorted(
      [source],
      () => 0,
      ({ latest }) => {
        time = latest;
      },
      () => time !== Number.NEGATIVE_INFINITY,
    );
  } finally {
    await source.close();
    // open for the chunk that it will be part of
    await file.content.release(offset);
  }
  file.next = { offset, time };
  return time;
}

/** Before its first time a file is at -Infinity, which has no difference from itself. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
