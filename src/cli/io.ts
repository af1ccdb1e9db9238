import type { Readable, Writable } from 'node:stream';
import { SessionvigilError } from '../errors.js';

/** The world as a command sees it; tests bring their own. */
export interface Io {
  stdin: Readable;
  stdout: Writable & { isTTY?: boolean; columns?: number };
  stderr: Writable & { isTTY?: boolean; columns?: number };
  env: Readonly<Record<string, string | undefined>>;
  /** wall clock, ms */
  now(): number;
  /** the most memory that the process had at once, bytes; absent where nobody can tell */
  peakMemory?(): number;
  /** aborted when the process is asked to stop */
  signal: AbortSignal;
  /** from the first call on the process is told to read its configuration again by SIGHUP, in place of being ended by it */
  onHangup?(act: () => void): void;
}

const BATCH_CHARACTERS = 64 * 1024;

/** Standard output in large pieces, at the pace of whoever reads it. A reader that goes away ends the command quietly. */
export class Out {
  private text = '';
  private failure: NodeJS.ErrnoException | undefined;
  private readonly gone = new AbortController();

  constructor(private readonly stream: Writable) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.failure ??= error;
      if (this.isGone) this.gone.abort();
    });
  }

  /** Aborted when nobody reads any more. */
  get signal(): AbortSignal {
    return this.gone.signal;
  }

  /** The reader went away, as `head` does. */
  get isGone(): boolean {
    return this.failure?.code === 'EPIPE' || this.failure?.code === 'ERR_STREAM_DESTROYED';
  }

  async write(text: string): Promise<void> {
    this.text += text;
    if (this.text.length >= BATCH_CHARACTERS) await this.flush();
  }

  /** Hands over what is left and waits until it is out. */
  async flush(): Promise<void> {
    const { text, stream } = this;
    this.text = '';
    if (text !== '' && this.failure === undefined) {
      const error = await new Promise<Error | null | undefined>((resolve) => stream.write(text, resolve));
      this.failure ??= error ?? undefined;
      if (this.isGone) this.gone.abort();
    }
    if (this.failure !== undefined && !this.isGone) {
      throw new SessionvigilError('SV_OUTPUT_WRITE', `cannot write to standard output: ${this.failure.code ?? this.failure.message}`, [], {
        cause: this.failure,
      });
    }
  }
}
