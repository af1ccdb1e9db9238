import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readdirSync, readSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { coded } from '../file/write-error.js';
import { type OutputLengths, syncFolder } from './journal.js';

const NEWLINE = 10;

interface Output {
  path: string;
  descriptor: number;
  id: string;
  length: number;
  /** what stands behind this was never committed; undefined when all of it was */
  committed: number | undefined;
  text: string[];
}

/**
 * Files that are only ever appended to, whole lines at once. What a chunk leads to is collected and written when it is committed. A file that
 * somebody moved away, as log rotation does, is begun anew. Errors are SV_OUTPUT_WRITE.
 *
 * What an earlier process wrote and did not commit is written again with the first chunk, which leads to the same. Somebody may have read it by
 * then and would take a file that became shorter for another one: so it stays where it is as far as it is the same.
 */
export class Outputs {
  private constructor(private readonly files: ReadonlyMap<string, Output>) {}

  /** Makes the files that are not there. */
  static open(folder: string, names: readonly string[]): Outputs {
    const files = new Map(names.map((name) => [name, openOutput(join(folder, name))]));
    coded(folder, () => syncFolder(folder));
    return new Outputs(files);
  }

  /**
   * Goes back to what was committed.
   * @returns names of files that are not as they were left: shorter, or others; they are appended to as they are
   */
  rewind(lengths: OutputLengths): string[] {
    const strange: string[] = [];
    for (const [name, file] of this.files) {
      const known = lengths[name];
      if (known === undefined) continue;
      if (known.id !== file.id) cutMoved(file.path, known);
      if (known.id !== file.id || file.length < known.length) {
        if (file.length > 0 || known.length > 0) strange.push(name);
      } else if (file.length > known.length) file.committed = known.length;
    }
    return strange;
  }

  /** One value on one line, to be written with the chunk. */
  json(name: string, value: unknown): void {
    this.files.get(name)?.text.push(`${JSON.stringify(value)}\n`);
  }

  /**
   * Begins those anew that were moved away and have something to be written. The journal has to know of them before anything is: what a process
   * writes into a file that the journal does not know, and does not commit, would stay there when it comes again.
   * @returns whether there are any
   */
  renew(): boolean {
    let isNew = false;
    for (const file of this.files.values()) if (file.text.length > 0 || file.committed !== undefined) isNew = renew(file) || isNew;
    return isNew;
  }

  /** Writes what was collected; durable when this returns. What is not committed and does not come again is taken away. */
  flush(): OutputLengths {
    for (const file of this.files.values()) if (file.text.length > 0 || file.committed !== undefined) append(file);
    return this.lengths();
  }

  lengths(): OutputLengths {
    return Object.fromEntries([...this.files].map(([name, { id, length, committed }]) => [name, { id, length: committed ?? length }]));
  }

  close(): void {
    for (const { descriptor } of this.files.values()) closeSync(descriptor);
  }
}

function openOutput(path: string): Output {
  return coded(path, () => {
    const descriptor = openSync(path, 'a+');
    const { dev, ino, size } = fstatSync(descriptor, { bigint: true });
    return { path, descriptor, id: `${dev}:${ino}`, length: Number(size), committed: undefined, text: [] };
  });
}

/** @returns whether there is no longer the file that was, so that another was begun */
function renew(file: Output): boolean {
  return coded(file.path, () => {
    const found = statSync(file.path, { bigint: true, throwIfNoEntry: false });
    if (found !== undefined && `${found.dev}:${found.ino}` === file.id) return false;
    // what was left in it uncommitted goes with it
    if (file.committed !== undefined) ftruncateSync(file.descriptor, file.committed);
    closeSync(file.descriptor);
    Object.assign(file, { ...openOutput(file.path), text: file.text });
    syncFolder(dirname(file.path));
    return true;
  });
}

/**
 * A file that was renamed while nobody ran, as log rotation does, may end with what was never committed and comes again in the new one: it is taken
 * away. It is known by its inode and its name, and what was committed of it ends with a line.
 */
function cutMoved(path: string, { id, length }: { id: string; length: number }): void {
  const stem = basename(path, extname(path));
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(stem)) continue;
    const moved = join(dirname(path), name);
    coded(moved, () => {
      const found = statSync(moved, { bigint: true, throwIfNoEntry: false });
      if (found === undefined || !found.isFile() || `${found.dev}:${found.ino}` !== id || found.size <= BigInt(length)) return;
      const descriptor = openSync(moved, 'r+');
      try {
        const last = Buffer.alloc(1);
        if (length > 0 && (readSync(descriptor, last, 0, 1, length - 1) !== 1 || last[0] !== NEWLINE)) return;
        ftruncateSync(descriptor, length);
        fdatasyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    });
  }
}

function append(file: Output): void {
  coded(file.path, () => {
    const bytes = Buffer.from(file.text.join(''));
    for (let at = standing(file, bytes); at < bytes.length; ) at += writeSync(file.descriptor, bytes, at);
    fdatasyncSync(file.descriptor);
    file.length = fstatSync(file.descriptor).size;
    file.text = [];
  });
}

/** How much of what is to be written stands behind what was committed; what stands there and is not the same is taken away. */
function standing(file: Output, bytes: Buffer): number {
  const { committed, descriptor, length } = file;
  file.committed = undefined;
  if (committed === undefined) return 0;
  const there = Buffer.alloc(length - committed);
  let read = 0;
  for (let more = -1; read < there.length && more !== 0; read += more)
    more = readSync(descriptor, there, read, there.length - read, committed + read);
  let same = 0;
  while (same < read && there[same] === bytes[same]) same++;
  if (same < there.length) ftruncateSync(descriptor, committed + same);
  return same;
}
