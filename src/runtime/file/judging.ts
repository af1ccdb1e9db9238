import type { Finding, SessionEvent } from '../../core/event/index.js';
import type { KeyMove } from '../../core/identity/absorbs.js';
import { conclude, judge, passTime, type Said, type Stages } from '../../core/pipeline.js';
import { SessionvigilError } from '../../errors.js';
import { DefectRate } from '../defect-rate.js';
import { type AnsweredRecord, DEFECT } from './records.js';

const MINUTE_MS = 60_000;
/** As many ticks as the state needs to look at everybody once; more would say nothing new. */
const MAX_TICKS = 1440;

/** Takes what comes out of the pipeline, in the order in which it does. */
export interface Sink extends Said {
  event(event: SessionEvent): void;
}

/** Takes nothing: for judging once more what was judged before. */
export const NO_SINK: Sink = { event() {}, finding() {}, command() {} };

/** Whether somebody chose not to see it: it is kept apart. */
export function isSuppressed({ status }: Finding): boolean {
  return status === 'suppressed';
}

/**
 * Records of files through detect and respond. Files have no arrival time: it is the latest event time over all records so far, and the
 * minutes of this clock tick, so that the same records in the same order give the same whatever the clock says.
 */
export class Judging {
  private lastTick: number | undefined;

  /** @param arrival the arrival clock, ms: where an earlier run left it, or -Infinity */
  constructor(
    private readonly stages: Stages,
    private arrival = Number.NEGATIVE_INFINITY,
  ) {
    if (arrival !== Number.NEGATIVE_INFINITY) this.lastTick = Math.floor(arrival / MINUTE_MS);
  }

  /** Latest event time so far, ms; -Infinity before the first. */
  get clock(): number {
    return this.arrival;
  }

  /** @returns the record; answered as a defect when it made the program fail */
  accept(record: AnsweredRecord, sink: Sink): AnsweredRecord {
    if (record.latest > this.arrival) this.arrival = record.latest;
    this.tick(sink);
    try {
      for (const event of record.answer.events) {
        event.arrival_time = this.arrival;
        sink.event(event);
        judge(event, this.stages, sink);
      }
      return record;
    } catch (error) {
      if (error instanceof SessionvigilError) throw error;
      return { ...record, answer: DEFECT, error };
    }
  }

  /** Keys of one person that were found to be one. @returns how many had something to join */
  absorb(moves: readonly KeyMove[], sink: Sink): number {
    let count = 0;
    for (const { from, into } of moves) {
      const findings = into === undefined ? undefined : this.stages.detect.absorb(from, into);
      if (findings === undefined) continue;
      count++;
      conclude(findings, this.stages, sink);
    }
    return count;
  }

  /** What a change of the rules leads to. */
  conclude(findings: readonly Finding[], sink: Sink): void {
    conclude(findings, this.stages, sink);
  }

  private tick(sink: Sink): void {
    if (this.arrival === Number.NEGATIVE_INFINITY) return;
    const minute = Math.floor(this.arrival / MINUTE_MS);
    const last = this.lastTick ?? minute;
    for (let m = Math.max(last + 1, minute - MAX_TICKS + 1); m <= minute; m++) passTime(m * MINUTE_MS, this.stages, sink);
    this.lastTick = minute;
  }
}

/** Counts records that made the program fail. */
export class Defects {
  private readonly rate: DefectRate;

  /** @param window see DefectRate; a replay has one for all of it */
  constructor(window = Number.POSITIVE_INFINITY) {
    this.rate = new DefectRate('SV_INTERNAL', window);
  }

  /** @throws SV_INTERNAL when there are too many */
  count({ answer, error }: AnsweredRecord): void {
    this.rate.passed(1);
    if (answer === DEFECT) this.rate.failed(error);
  }
}
