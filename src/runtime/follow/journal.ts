import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding } from '../../core/event/index.js';
import { SessionvigilError } from '../../errors.js';
import { fileInput } from '../file/inputs.js';
import { LineReader } from '../file/lines.js';
import { coded } from '../file/write-error.js';
import type { Range } from './chunk.js';
import type { Cursor } from './cursors.js';

export const JOURNAL_NAME = 'journal.ndjson';
const VERSION = 1;
const BLOCK_BYTES = 1024 * 1024;

/** How long an output file is, and which file it is: somebody may have put another in its place. */
export type OutputLengths = Readonly<Record<string, { id: string; length: number }>>;

/** What the journal keeps of a range. */
export type JudgedRange = Omit<Range, 'portion'>;

/** One chunk that was judged and written. */
export interface Entry {
  chunk: number;
  /** wall clock by which records from the future were told, ms */
  time: number;
  /** the arrival clock behind it, ms; null before the first event */
  arrival: number | null;
  /** digest of what judged */
  config_digest: string;
  ranges: JudgedRange[];
  outputs: OutputLengths;
  /** what it led to; absent in journals of old, which do not tell */
  said?: Finding[];
}

/** Where the chunks of the journal begin: what is left of those that were dropped. */
export interface Base {
  journal: number;
  chunk: number;
  arrival: number | null;
  cursors: Cursor[];
  outputs: OutputLengths;
}

/** One line as it was read, and where the next one begins. */
interface ReadLine {
  value: unknown;
  end: number;
}

/**
 * What was judged, chunk by chunk: a line is appended and made durable after everything that the chunk led to. What stands in an output
 * behind the lengths of the last line was never committed. The lines of the past are what a restart reads the input again by.
 */
export class Journal {
  private constructor(
    private readonly path: string,
    private descriptor: number,
    readonly base: Base,
    private last: Pick<Entry, 'chunk' | 'arrival' | 'outputs'>,
    /** arrival clock of the oldest chunk, ms; undefined when there is none with a time */
    private oldest: number | undefined,
    private size: number,
  ) {}

  /**
   * Reads what is there, or begins. A last line that is not whole was never committed and is taken away.
   * @param outputs how long the outputs are, for one that begins
   * @param told of where the chunks begin, then of every chunk, in order
   * @throws SV_JOURNAL_DAMAGED, SV_OUTPUT_WRITE
   */
  static async open(
    folder: string,
    outputs: () => OutputLengths,
    told: { base(base: Base): void; entry(entry: Entry): void },
  ): Promise<Journal> {
    const path = join(folder, JOURNAL_NAME);
    if (!existsSync(path)) {
      const base = { journal: VERSION, chunk: 0, arrival: null, cursors: [], outputs: outputs() };
      return new Journal(path, create(path, base), base, base, undefined, lengthOf(base));
    }
    let base: Base | undefined;
    let last: Pick<Entry, 'chunk' | 'arrival' | 'outputs'> | undefined;
    let oldest: number | undefined;
    let size = 0;
    for await (const { value, end } of linesOf(path)) {
      if (base === undefined) {
        base = value as Base;
        if (base.journal !== VERSION) throw damaged(path, `is of version ${base.journal}; this program reads ${VERSION}`);
        last = base;
        told.base(base);
      } else {
        const entry = value as Entry;
        oldest ??= entry.arrival ?? undefined;
        told.entry(entry);
        last = entry;
      }
      size = end;
    }
    if (base === undefined || last === undefined) throw damaged(path, 'has no first line');
    const descriptor = coded(path, () => openSync(path, 'r+'));
    coded(path, () => {
      ftruncateSync(descriptor, size);
      fsyncSync(descriptor);
    });
    return new Journal(path, descriptor, base, last, oldest, size);
  }

  /** Every chunk once more, in order. */
  async *entries(): AsyncGenerator<Entry, void, void> {
    let isBase = true;
    for await (const { value } of linesOf(this.path)) {
      if (!isBase) yield value as Entry;
      isBase = false;
    }
  }

  /** Lengths of the outputs as they were committed last. */
  get outputs(): OutputLengths {
    return this.last.outputs;
  }

  /** Arrival clock behind the last chunk, ms; null before the first event. */
  get arrival(): number | null {
    return this.last.arrival;
  }

  get bytes(): number {
    return this.size;
  }

  /** Arrival clock of the oldest chunk, ms. */
  get from(): number | undefined {
    return this.oldest;
  }

  /** Commits a chunk: durable when this returns. @throws SV_OUTPUT_WRITE */
  append(entry: Omit<Entry, 'chunk'>): void {
    const whole: Entry = { chunk: this.last.chunk + 1, ...entry };
    coded(this.path, () => {
      writeWhole(this.descriptor, asLine(whole), this.size);
      fdatasyncSync(this.descriptor);
    });
    this.size += lengthOf(whole);
    this.last = whole;
    this.oldest ??= whole.arrival ?? undefined;
  }

  /**
   * Drops the chunks that lie before a time on the arrival clock, which nothing remembers any more. The journal is written anew beside the
   * old one and takes its place whole.
   * @param cursorsOf how far files were judged, of those that are still needed, by the digests of the ranges that are kept
   */
  async dropBefore(arrival: number, cursorsOf: (kept: ReadonlySet<string>) => Cursor[]): Promise<void> {
    let base: Base = this.base;
    const kept = new Set<string>();
    let start: number | undefined;
    let oldest: number | undefined;
    let before = 0;
    for await (const { value, end } of linesOf(this.path)) {
      const entry = value as Entry;
      if (before > 0 && start === undefined) {
        if (entry.arrival === null || entry.arrival < arrival) {
          base = { ...base, chunk: entry.chunk, arrival: entry.arrival, outputs: entry.outputs };
        } else start = before;
      }
      if (start !== undefined) {
        oldest ??= entry.arrival ?? undefined;
        for (const { digest } of entry.ranges) kept.add(digest);
      }
      before = end;
    }
    const descriptor = create(this.path, { ...base, cursors: cursorsOf(kept) }, { from: this.descriptor, start: start ?? before });
    closeSync(this.descriptor);
    this.descriptor = descriptor;
    this.oldest = oldest;
    this.size = fstatSync(descriptor).size;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** Writes a journal beside the old one, puts it in its place, and leaves it open. @param rest what of another one follows the first line */
function create(path: string, base: Base, rest?: { from: number; start: number }): number {
  const partial = `${path}.partial`;
  return coded(path, () => {
    rmSync(partial, { force: true });
    const descriptor = openSync(partial, 'wx+');
    let at = writeWhole(descriptor, asLine(base), 0);
    if (rest !== undefined) {
      const block = Buffer.allocUnsafe(BLOCK_BYTES);
      for (let from = rest.start; ; ) {
        const length = readSync(rest.from, block, 0, block.length, from);
        if (length === 0) break;
        from += length;
        at += writeWhole(descriptor, block.subarray(0, length), at);
      }
    }
    fsyncSync(descriptor);
    renameSync(partial, path);
    syncFolder(dirname(path));
    return descriptor;
  });
}

/** Makes the names in a folder durable. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function writeWhole(descriptor: number, bytes: Buffer, position: number): number {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, position + at);
  return bytes.length;
}

function asLine(value: Base | Entry): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

function lengthOf(value: Base | Entry): number {
  return asLine(value).length;
}

/** The whole lines of a journal. Only its last may be broken: it was being written when the program was killed. @throws SV_JOURNAL_DAMAGED */
async function* linesOf(path: string): AsyncGenerator<ReadLine, void, void> {
  const size = coded(path, () => statSync(path).size);
  const reader = new LineReader(fileInput(path, size).chunks(), Number.POSITIVE_INFINITY);
  let broken: number | undefined;
  let end = 0;
  try {
    do {
      for (let line = reader.take(); line !== undefined; line = reader.take()) {
        if (broken !== undefined) throw damaged(path, `cannot be read at line ${broken}, and goes on behind it`);
        end += line.length + 1;
        // without its line end it is not whole, though it may look so
        const value = end > size ? undefined : parse(line.bytes);
        if (value === undefined) broken = line.number;
        else yield { value, end };
      }
    } while (await reader.fill());
  } finally {
    await reader.close();
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function damaged(path: string, what: string): SessionvigilError {
  return new SessionvigilError('SV_JOURNAL_DAMAGED', `${path} ${what}`);
}
