import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { coded } from './write-error.js';

const BUFFER_CHARACTERS = 256 * 1024;

/**
 * A folder of results that appear whole or not at all: everything is written into a folder inside it, made durable, then renamed. Whatever
 * goes wrong before that leaves what was there untouched. Errors are SV_OUTPUT_WRITE.
 */
export class OutputFolder {
  private readonly files = new Map<string, OutputFile>();

  private constructor(
    private readonly path: string,
    private readonly partial: string,
    /** folders that were made for it, outermost first */
    private readonly made: readonly string[],
  ) {}

  /** Makes the folder when it is not there, and makes sure that it can be written. */
  static open(path: string): OutputFolder {
    return coded(path, () => {
      const made = makeFolders(resolve(path));
      return new OutputFolder(path, mkdtempSync(join(path, '.partial-')), made);
    });
  }

  /** A file of the folder, to be written from its beginning. */
  file(name: string): OutputFile {
    const target = join(this.path, name);
    return coded(target, () => {
      if (statSync(target, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('a directory of this name is in the way');
      const file = new OutputFile(target, openSync(join(this.partial, name), 'wx'));
      this.files.set(name, file);
      return file;
    });
  }

  /** Path for what is needed until the results are in place; whatever is left there goes away with the folder's unfinished state. */
  scratch(name: string): string {
    return join(this.partial, name);
  }

  /** Makes every file durable, then puts all of them in place. */
  commit(): void {
    for (const file of this.files.values()) file.close();
    coded(this.path, () => {
      for (const name of this.files.keys()) renameSync(join(this.partial, name), join(this.path, name));
      rmSync(this.partial, { recursive: true });
      const folder = openSync(this.path, 'r');
      try {
        fsyncSync(folder);
      } finally {
        closeSync(folder);
      }
    });
  }

  /** Takes away what was written; never throws, since it runs when something else already failed. */
  discard(): void {
    for (const file of this.files.values()) file.abandon();
    try {
      rmSync(this.partial, { recursive: true, force: true });
      for (const folder of this.made.toReversed()) rmdirSync(folder);
    } catch {
      // what failed before is what the person needs to read
    }
  }
}

/** One by one, since `recursive` never returns where a file system takes no folders. @returns those that were not there */
function makeFolders(path: string): string[] {
  if (existsSync(path)) return [];
  const made = makeFolders(dirname(path));
  mkdirSync(path);
  return [...made, path];
}

/** Text, collected and written in large pieces. */
export class OutputFile {
  private text = '';
  private isOpen = true;

  constructor(
    private readonly target: string,
    private readonly descriptor: number,
  ) {}

  write(text: string): void {
    this.text += text;
    if (this.text.length >= BUFFER_CHARACTERS) this.flush();
  }

  /** One value on one line. */
  json(value: unknown): void {
    this.write(`${JSON.stringify(value)}\n`);
  }

  close(): void {
    this.flush();
    coded(this.target, () => fsyncSync(this.descriptor));
    this.abandon();
  }

  abandon(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.descriptor);
  }

  flush(): void {
    const bytes = Buffer.from(this.text);
    this.text = '';
    coded(this.target, () => {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.descriptor, bytes, at);
    });
  }
}
