import type { Unjudged } from '../../core/detect/unjudged.js';
import type { Finding, RevocationCommand } from '../../core/event/index.js';
import type { Detect, DetectStats, Normalize, Respond, Suppress } from '../../core/pipeline.js';
import { count, Finals, newTally, type Tally } from '../tally.js';
import type { Damage } from './damage.js';
import type { Input } from './inputs.js';
import { Defects, Judging, type Sink } from './judging.js';
import { learnFrom } from './learn.js';
import { mergeSorted } from './merge.js';
import type { OutputFolder } from './output-folder.js';
import { type AnsweredRecord, DEFECT, RecordSource } from './records.js';
import { isRejection, rejectedRecord } from './rejected.js';
import { SortedOutput } from './sorted-output.js';

export interface Progress {
  pass: 'identities' | 'events';
  records: number;
  /** bytes read of both passes, and to be read as far as known */
  bytes: number;
  total_bytes: number;
}

export interface ReplayOptions {
  normalize: Normalize;
  detect: Detect;
  suppress: Suppress;
  respond: Respond;
  /** shows a record to the identities table before anything is judged; files only, a stream can be read but once */
  learn?: ((record: Uint8Array) => void) | undefined;
  max_record_bytes: number;
  /** where events go, in order of time and uid, and rejected records, in order of input and line */
  output?: OutputFolder | undefined;
  signal: AbortSignal;
  /** called once per chunk */
  onProgress?: ((progress: Progress) => void) | undefined;
  onDefect?: ((error: unknown, where: { input: number; line: number }) => void) | undefined;
}

export interface ReplayResult {
  tally: Tally;
  findings: Finding[];
  commands: RevocationCommand[];
  state: DetectStats;
  /** sessions that nothing was said of since the log of their identity provider did not tell of the time around them */
  unjudged: Unjudged[];
  /** inputs that could not be read to their end */
  damages: Damage[];
  /** inputs that held no line: places in the command line, from 1 */
  empty: number[];
}

/**
 * The whole pipeline over inputs in the order of their arrival: the inputs are merged by the running maximum of event time in each, and
 * arrival time is that maximum over all of them. The same inputs give the same result, whatever the clock says.
 */
export async function replay(inputs: readonly Input[], options: ReplayOptions): Promise<ReplayResult> {
  const progress: Progress = { pass: 'identities', records: 0, bytes: 0, total_bytes: totalBytes(inputs, options.learn !== undefined) };
  const onBytes = (bytes: number): void => {
    progress.bytes += bytes;
    options.onProgress?.(progress);
  };
  const { learn, max_record_bytes, signal } = options;
  const onRecord = () => void progress.records++;
  const known = learn === undefined ? [] : await learnFrom(inputs, learn, { max_record_bytes, signal, onBytes, onRecord });
  progress.pass = 'events';
  progress.records = 0;
  const run = new Run(inputs, options, progress);
  const sources = inputs.map((input, i) => new RecordSource(input, i + 1, { ...options, onBytes, known: known[i] }));
  try {
    await mergeSorted(sources, byLatest, (record) => run.accept(record));
  } finally {
    await Promise.all(sources.map((source) => source.close()));
  }
  await run.finish();
  const empty = sources.flatMap(({ isEmpty }, i) => (isEmpty ? i + 1 : []));
  return { ...run.result(), damages: sources.flatMap(({ damage }) => damage ?? []), empty };
}

/** Before its first time an input is at -Infinity, which has no difference from itself. */
function byLatest({ latest: a }: AnsweredRecord, { latest: b }: AnsweredRecord): number {
  return a === b ? 0 : a - b;
}

function totalBytes(inputs: readonly Input[], isTwice: boolean): number {
  return inputs.reduce((total, { size = 0 }) => total + size * (isTwice ? 2 : 1), 0);
}

/** One pass of events through detect and respond, with everything that is counted and kept on the way. */
class Run {
  private readonly tally = newTally();
  private readonly finals = new Finals();
  private readonly events: SortedOutput | undefined;
  private readonly rejected: SortedOutput | undefined;
  private readonly judging: Judging;
  private readonly defects = new Defects();
  private readonly sink: Sink = {
    event: (event) => this.events?.json([event.time, event.uid], event),
    finding: (finding) => this.finals.finding(finding),
    command: (command) => this.finals.command(command),
  };

  constructor(
    private readonly inputs: readonly Input[],
    private readonly options: ReplayOptions,
    private readonly progress: Progress,
  ) {
    const { output } = options;
    this.judging = new Judging(options);
    if (output === undefined) return;
    this.events = new SortedOutput(output, 'events.ndjson');
    this.rejected = new SortedOutput(output, 'rejected.ndjson');
  }

  accept(record: AnsweredRecord): void {
    this.progress.records++;
    const judged = this.judging.accept(record, this.sink);
    const { input, line, answer } = judged;
    count(this.tally, answer, this.inputs[input - 1]!.size === undefined);
    if (answer.outcome === 'rejected' || isRejection(answer.reason)) {
      this.rejected?.json([input, line.number], rejectedRecord(input, line, answer));
    }
    if (answer === DEFECT) this.options.onDefect?.(judged.error, { input, line: line.number });
    this.defects.count(judged);
  }

  /** Writes what had to wait for the last record. */
  async finish(): Promise<void> {
    await this.events?.finish(this.options.signal);
    await this.rejected?.finish(this.options.signal);
  }

  result(): Omit<ReplayResult, 'damages' | 'empty'> {
    return {
      tally: this.tally,
      findings: this.finals.allFindings(),
      commands: this.finals.allCommands(),
      state: this.options.detect.stats(),
      unjudged: this.options.detect.unjudged(),
    };
  }
}
