import type { Progress } from '../runtime/file/replay.js';
import type { Io } from './io.js';

/** Time between two looks, ms: as often as an eye can use. */
const PERIOD_MS = 250;

/** One line on a terminal that says how far a replay is; says nothing elsewhere. */
export class ProgressLine {
  private readonly started: number;
  private passStarted: number;
  private pass: Progress['pass'] | undefined;
  private shown = 0;
  private hasLine = false;

  constructor(private readonly io: Pick<Io, 'stderr' | 'now'>) {
    this.started = this.passStarted = io.now();
  }

  readonly update = (progress: Progress): void => {
    const { stderr, now } = this.io;
    if (stderr.isTTY !== true) return;
    const time = now();
    if (progress.pass !== this.pass) {
      this.pass = progress.pass;
      this.passStarted = time;
    }
    if (time - Math.max(this.shown, this.started) < PERIOD_MS) return;
    this.shown = time;
    this.hasLine = true;
    stderr.write(`\r\u001b[2K${inWords(progress, time - this.passStarted)}`);
  };

  /** Takes the line away, so that what follows starts on a clean one. */
  clear(): void {
    if (this.hasLine) this.io.stderr.write('\r\u001b[2K');
    this.hasLine = false;
  }
}

function inWords({ pass, records, bytes, total_bytes }: Progress, elapsed_ms: number): string {
  const rate = elapsed_ms > 0 ? Math.round((records * 1000) / elapsed_ms) : 0;
  const share = total_bytes > 0 ? `, ${Math.min(100, Math.floor((bytes * 100) / total_bytes))} %` : '';
  return `${pass === 'identities' ? 'learning who is who' : 'replaying'}: ${records} records, ${rate}/s${share}`;
}
