import type { Finding, RevocationCommand } from '../../core/event/index.js';
import type { Answer, Detect, DetectStats, Normalize, Respond } from '../../core/pipeline.js';
import { SessionvigilError } from '../../errors.js';
import { count, Finals, newTally, type Tally } from '../tally.js';
import type { Input } from './inputs.js';
import { LineReader } from './lines.js';
import { mergeSorted } from './merge.js';
import type { OutputFile, OutputFolder } from './output-folder.js';
import { type AnsweredRecord, RecordSource } from './records.js';
import { rejectedRecord } from './rejected.js';

const MINUTE_MS = 60_000;
/** As many ticks as the state needs to look at everybody once; more would say nothing new. */
const MAX_TICKS = 60;
/** A defect in this share of the records and more means that the program is bad, not the data. */
const MAX_DEFECT_SHARE = 0.01;
const FEW_DEFECTS = 10;

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
  respond: Respond;
  /** shows a record to the identities table before anything is judged; files only, a stream can be read but once */
  learn?: ((record: Uint8Array) => void) | undefined;
  max_record_bytes: number;
  /** where events and rejected records go as they come */
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
  if (options.learn !== undefined) await learnFrom(inputs, options.learn, options, progress, onBytes);
  progress.pass = 'events';
  progress.records = 0;
  const run = new Run(options, progress);
  const sources = inputs.map(
    (input, i) => new RecordSource(input, i + 1, { ...options, normalize: (record) => run.normalize(record), onBytes }),
  );
  try {
    await mergeSorted(
      sources,
      (record) => record.latest,
      (record) => run.accept(record),
    );
  } finally {
    await Promise.all(sources.map((source) => source.close()));
  }
  return run.result();
}

function totalBytes(inputs: readonly Input[], isTwice: boolean): number {
  return inputs.reduce((total, { size = 0 }) => total + size * (isTwice ? 2 : 1), 0);
}

async function learnFrom(
  inputs: readonly Input[],
  learn: (record: Uint8Array) => void,
  options: ReplayOptions,
  progress: Progress,
  onBytes: (bytes: number) => void,
) {
  for (const input of inputs) {
    if (input.size === undefined) continue;
    const lines = new LineReader(input.chunks(onBytes), options.max_record_bytes);
    try {
      do {
        for (let line = lines.take(); line !== undefined; line = lines.take()) {
          progress.records++;
          if (!line.is_too_large) learn(line.bytes);
        }
        options.signal.throwIfAborted();
      } while (await lines.fill());
    } finally {
      await lines.close();
    }
  }
}

/** One pass of events through detect and respond, with everything that is counted and kept on the way. */
class Run {
  private readonly tally = newTally();
  private readonly finals = new Finals();
  private readonly events: OutputFile | undefined;
  private readonly rejected: OutputFile | undefined;
  /** the arrival clock: latest event time over all inputs, ms */
  private arrival = Number.NEGATIVE_INFINITY;
  private lastTick: number | undefined;
  /** what failed, by the answer that stands for it */
  private readonly errors = new WeakMap<Answer, unknown>();

  constructor(
    private readonly options: ReplayOptions,
    private readonly progress: Progress,
  ) {
    this.events = options.output?.file('events.ndjson');
    this.rejected = options.output?.file('rejected.ndjson');
  }

  /** A record that makes the code fail is answered like one that cannot be read, so that nothing that arrives can stop the stream. */
  normalize(record: Uint8Array): Answer {
    try {
      return this.options.normalize(record);
    } catch (error) {
      return this.defect(error);
    }
  }

  accept(record: AnsweredRecord): void {
    this.progress.records++;
    if (record.latest > this.arrival) this.arrival = record.latest;
    this.tick();
    const answer = this.judge(record.answer);
    count(this.tally, answer);
    if (answer.outcome === 'rejected') {
      this.rejected?.json(rejectedRecord(record.input, record.line, answer.reason));
      if (answer.reason === 'defect') this.report(record, answer);
    }
  }

  result(): ReplayResult {
    return {
      tally: this.tally,
      findings: this.finals.allFindings(),
      commands: this.finals.allCommands(),
      state: this.options.detect.stats(),
    };
  }

  private judge(answer: Answer): Answer {
    try {
      for (const event of answer.events) {
        event.arrival_time = this.arrival;
        this.events?.json(event);
        for (const finding of this.options.detect.accept(event)) {
          this.finals.finding(finding);
          for (const command of this.options.respond.accept(finding)) this.finals.command(command);
        }
      }
      return answer;
    } catch (error) {
      if (error instanceof SessionvigilError) throw error;
      return this.defect(error);
    }
  }

  /** Wall time does not pass in a replay: the minutes of the arrival clock do. */
  private tick(): void {
    if (this.arrival === Number.NEGATIVE_INFINITY) return;
    const minute = Math.floor(this.arrival / MINUTE_MS);
    const last = this.lastTick ?? minute;
    for (let m = Math.max(last + 1, minute - MAX_TICKS + 1); m <= minute; m++) this.options.detect.tick(m * MINUTE_MS);
    this.lastTick = minute;
  }

  private defect(error: unknown): Answer {
    const answer: Answer = { outcome: 'rejected', reason: 'defect', events: [] };
    this.errors.set(answer, error);
    return answer;
  }

  private report({ input, line }: AnsweredRecord, answer: Answer): void {
    const cause = this.errors.get(answer);
    this.options.onDefect?.(cause, { input, line: line.number });
    const { records, rejected } = this.tally;
    const defects = rejected['defect'] ?? 0;
    if (defects <= FEW_DEFECTS || defects <= records * MAX_DEFECT_SHARE) return;
    throw new SessionvigilError('SV_INTERNAL', `${defects} of ${records} records made the program fail`, [], { cause });
  }
}
