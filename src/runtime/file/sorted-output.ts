import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { LineReader } from './lines.js';
import { mergeSorted, type Sorted } from './merge.js';
import { OutputFile, type OutputFolder } from './output-folder.js';
import { coded } from './write-error.js';

/** Where a line stands among the others: by the number, then by the second, which is of one type throughout a file. */
export type SortKey = readonly [number, number | string];

interface Entry {
  key: SortKey;
  /** the line, without its end */
  text: string;
}

/** Characters that are held and sorted at once. */
const RUN_CHARACTERS = 16 * 1024 * 1024;
/** what an entry takes beside its text, about as much as so many characters */
const ENTRY_CHARACTERS = 128;
/** Runs that are merged at once: each is an open file and a chunk of its text. */
const MAX_RUNS = 128;
const CHUNK_BYTES = 64 * 1024;

/**
 * A file of the output folder with its lines in the order of their keys, whatever the order in which they come; lines with equal keys in that
 * of their texts. Sorts in memory what fits there; else in runs, which are put aside in files of their own and merged at the end. The folder
 * takes those files away when it is committed or discarded. Errors are SV_OUTPUT_WRITE.
 */
export class SortedOutput {
  private readonly target: OutputFile;
  private entries: Entry[] = [];
  private size = 0;
  private runs: string[] = [];
  private count = 0;

  /** @param most characters to hold */
  constructor(
    private readonly folder: OutputFolder,
    private readonly name: string,
    private readonly most: number = RUN_CHARACTERS,
  ) {
    this.target = folder.file(name);
  }

  /** One value on one line. */
  json(key: SortKey, value: unknown): void {
    const text = JSON.stringify(value);
    this.entries.push({ key, text });
    this.size += text.length + ENTRY_CHARACTERS;
    if (this.size >= this.most) this.runs.push(this.putAside());
  }

  /** Writes everything in order; to be called once, at the end. Throws when it was told to stop. */
  async finish(signal: AbortSignal): Promise<void> {
    if (this.runs.length === 0) {
      for (const { text } of this.sorted()) this.target.write(`${text}\n`);
      return;
    }
    if (this.entries.length > 0) this.runs.push(this.putAside());
    while (this.runs.length > MAX_RUNS) {
      const path = this.nextPath();
      const merged = new OutputFile(
        path,
        coded(path, () => openSync(path, 'wx')),
      );
      try {
        await mergeRuns(this.runs.splice(0, MAX_RUNS), signal, (entry) => merged.write(asLine(entry)));
        merged.flush();
      } finally {
        merged.abandon();
      }
      this.runs.push(path);
    }
    await mergeRuns(this.runs.splice(0), signal, ({ text }) => this.target.write(`${text}\n`));
  }

  /** Writes what is held into a file of its own. @returns its path */
  private putAside(): string {
    const path = this.nextPath();
    const file = new OutputFile(
      path,
      coded(path, () => openSync(path, 'wx')),
    );
    try {
      for (const entry of this.sorted()) file.write(asLine(entry));
      file.flush();
    } finally {
      file.abandon();
    }
    return path;
  }

  /** What is held, in order, and no longer held. */
  private sorted(): Entry[] {
    const { entries } = this;
    this.entries = [];
    this.size = 0;
    return entries.sort(compare);
  }

  private nextPath(): string {
    return this.folder.scratch(`${this.name}.run-${++this.count}`);
  }
}

function compare({ key: a, text: s }: Entry, { key: b, text: t }: Entry): number {
  return a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : s < t ? -1 : s > t ? 1 : 0);
}

/** JSON holds no line end: the key on one line, then the text on the next. */
function asLine({ key, text }: Entry): string {
  return `${JSON.stringify(key)}\n${text}\n`;
}

/** Merges runs and takes their files away. */
async function mergeRuns(paths: readonly string[], signal: AbortSignal, handle: (entry: Entry) => void): Promise<void> {
  const runs: RunReader[] = [];
  try {
    for (const path of paths) runs.push(new RunReader(path, signal));
    await mergeSorted(runs, compare, handle);
  } finally {
    for (const run of runs) await run.close();
  }
  for (const path of paths) coded(path, () => rmSync(path));
}

/** Entries of a run, as they were put aside. */
class RunReader implements Sorted<Entry> {
  private readonly lines: LineReader;
  private key: SortKey | undefined;

  constructor(
    path: string,
    private readonly signal: AbortSignal,
  ) {
    this.lines = new LineReader(chunksOf(path), Number.POSITIVE_INFINITY);
  }

  take(): Entry | undefined {
    for (let line = this.lines.take(); line !== undefined; line = this.lines.take()) {
      const text = Buffer.from(line.bytes.buffer, line.bytes.byteOffset, line.bytes.length).toString('utf8');
      if (this.key === undefined) this.key = JSON.parse(text) as SortKey;
      else {
        const entry = { key: this.key, text };
        this.key = undefined;
        return entry;
      }
    }
    return undefined;
  }

  fill(): Promise<boolean> {
    this.signal.throwIfAborted();
    return this.lines.fill();
  }

  close(): Promise<void> {
    return this.lines.close();
  }
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array, void, void> {
  const descriptor = coded(path, () => openSync(path, 'r'));
  try {
    for (;;) {
      // a new buffer each time: lines are views into it
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      const length = coded(path, () => readSync(descriptor, buffer));
      if (length === 0) return;
      yield buffer.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}
