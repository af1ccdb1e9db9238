import type { Answer, Normalize } from '../../core/pipeline.js';
import type { Damage } from './damage.js';
import { InputLines, type InputLinesOptions } from './input-lines.js';
import type { Input } from './inputs.js';
import type { Line } from './lines.js';
import type { Sorted } from './merge.js';

/** A record of an input, answered. */
export interface AnsweredRecord {
  /** place of the input in the list, from 1 */
  input: number;
  line: Line;
  answer: Answer;
  /** running maximum of event time of its input so far, ms; -Infinity before the first time */
  latest: number;
  /** what made the program fail on it, when the answer's reason is `defect` */
  error?: unknown;
}

const TOO_LARGE: Answer = { outcome: 'rejected', reason: 'too_large', events: [] };
/** A record that makes the code fail is answered like one that cannot be read: nothing that arrives can stop the stream. */
export const DEFECT: Answer = { outcome: 'rejected', reason: 'defect', events: [] };

/** Records that are normalized ahead, of what is read already. */
const READY = 256;

/** Records of one input in its own order, each with the running maximum of event time: what files have in place of an arrival time. */
export class RecordSource implements Sorted<AnsweredRecord> {
  private readonly lines: InputLines;
  private latest = Number.NEGATIVE_INFINITY;
  private ready: AnsweredRecord[] = [];
  private next = 0;

  constructor(
    input: Input,
    private readonly place: number,
    private readonly options: InputLinesOptions & { normalize: Normalize },
  ) {
    this.lines = new InputLines(input, place, options);
  }

  /** What was read of the input is normalized as a whole before any of it is handed over: each stage's code and data stay warm. */
  take(): AnsweredRecord | undefined {
    if (this.next === this.ready.length) {
      this.ready = [];
      this.next = 0;
      for (let line = this.lines.take(); line !== undefined; line = this.lines.take()) {
        this.ready.push(this.answer(line));
        if (this.ready.length === READY) break;
      }
    }
    const record = this.ready[this.next];
    if (record !== undefined) this.next++;
    return record;
  }

  private answer(line: Line): AnsweredRecord {
    if (line.is_too_large) return { input: this.place, line, answer: TOO_LARGE, latest: this.latest };
    try {
      const answer = this.options.normalize(line.bytes);
      for (const { time } of answer.events) if (time > this.latest) this.latest = time;
      return { input: this.place, line, answer, latest: this.latest };
    } catch (error) {
      return { input: this.place, line, answer: DEFECT, latest: this.latest, error };
    }
  }

  fill(): Promise<boolean> {
    return this.lines.fill();
  }

  /** It held no line. */
  get isEmpty(): boolean {
    return this.lines.isEmpty;
  }

  /** Why it ended before its end. */
  get damage(): Damage | undefined {
    return this.lines.damage;
  }

  close(): Promise<void> {
    return this.lines.close();
  }
}
