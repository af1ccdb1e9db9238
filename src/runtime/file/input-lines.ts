import { type Damage, DamagedInput } from './damage.js';
import type { Input } from './inputs.js';
import { type Line, LineReader } from './lines.js';

export interface InputLinesOptions {
  max_record_bytes: number;
  signal: AbortSignal;
  onBytes?: ((count: number) => void) | undefined;
  /** what an earlier reading of the input met: this one goes no further, so that both have read the same */
  known?: Damage | undefined;
}

/** Lines of one input to its end, or to where it cannot be read any further. */
export class InputLines {
  private readonly reader: LineReader;
  private error: DamagedInput | undefined;
  private count = 0;

  /** @param place of the input in the command line, from 1 */
  constructor(
    input: Input,
    private readonly place: number,
    private readonly options: InputLinesOptions,
  ) {
    this.reader = new LineReader(this.untilDamage(input.chunks(options.onBytes)), options.max_record_bytes);
  }

  /** As that of `LineReader`. */
  take(): Line | undefined {
    if (this.count === this.options.known?.lines) return undefined;
    const line = this.reader.take();
    if (line !== undefined) this.count = line.number;
    return line;
  }

  /** As that of `LineReader`; throws when it was told to stop. */
  async fill(): Promise<boolean> {
    const { signal, known } = this.options;
    signal.throwIfAborted();
    const hasMore = this.count !== known?.lines && (await this.reader.fill());
    // a stream that is taken away to stop the program is not damaged
    signal.throwIfAborted();
    return hasMore;
  }

  close(): Promise<void> {
    return this.reader.close();
  }

  /** It was read to its end and held no line; to be asked after the last. */
  get isEmpty(): boolean {
    return this.count === 0 && this.damage === undefined;
  }

  /** Why reading ended, when it was not at the end; to be asked after the last line. */
  get damage(): Damage | undefined {
    const { known } = this.options;
    return known ?? (this.error === undefined ? undefined : { input: this.place, lines: this.count, error: this.error });
  }

  private async *untilDamage(chunks: AsyncGenerator<Uint8Array, void, void>): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* chunks;
    } catch (error) {
      if (!(error instanceof DamagedInput)) throw error;
      this.error = error;
    }
  }
}
