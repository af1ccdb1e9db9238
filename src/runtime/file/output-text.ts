import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { coded } from './write-error.js';

/**
 * One file that appears whole or not at all: a collector must never see half of it. Its place is tried out when it is opened, so that a path that
 * cannot be written is known before the work, not after. Errors are SV_OUTPUT_WRITE.
 */
export class OutputText {
  private readonly partial: string;
  private isOpen = true;

  private constructor(
    private readonly path: string,
    private readonly descriptor: number,
  ) {
    this.partial = partialOf(path);
  }

  static open(path: string): OutputText {
    return coded(path, () => {
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('a directory of this name is in the way');
      return new OutputText(path, openSync(partialOf(path), 'w'));
    });
  }

  commit(text: string): void {
    coded(this.path, () => {
      writeFileSync(this.descriptor, text);
      fsyncSync(this.descriptor);
      this.close();
      renameSync(this.partial, this.path);
    });
  }

  /** Takes away what was written; never throws, since it runs when something else already failed. */
  discard(): void {
    try {
      this.close();
      rmSync(this.partial, { force: true });
    } catch {
      // what failed before is what the person needs to read
    }
  }

  private close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.descriptor);
  }
}

function partialOf(path: string): string {
  return `${path}.partial`;
}
