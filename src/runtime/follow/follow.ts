import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, RevocationCommand } from '../../core/event/index.js';
import type { Respond, Suppress } from '../../core/pipeline.js';
import { SessionvigilError } from '../../errors.js';
import { Defects, isSuppressed, Judging, type Sink } from '../file/judging.js';
import { type AnsweredRecord, DEFECT } from '../file/records.js';
import { isRejection, rejectedRecord } from '../file/rejected.js';
import { coded } from '../file/write-error.js';
import { count, newTally, type Tally } from '../tally.js';
import { Archive } from './archive.js';
import { nextChunk, type Range } from './chunk.js';
import { Streams } from './content.js';
import { type Cursor, Cursors } from './cursors.js';
import { Files, type Told } from './files.js';
import { Journal, type JudgedRange, type OutputLengths } from './journal.js';
import { judgeChunk } from './judge-chunk.js';
import { Lock } from './lock.js';
import type { FollowOptions, InForce } from './options.js';
import { Outputs } from './outputs.js';
import { lengthOf, rebuild } from './rebuild.js';
import { type Scanned, type Skipped, scan } from './scan.js';
import { type Since, Standing } from './standing.js';

export type { FollowOptions, InForce } from './options.js';

const OUTPUTS = ['findings.ndjson', 'suppressed.ndjson', 'revocations.ndjson', 'rejected.ndjson'];
const EVENTS = 'events.ndjson';
/** Records after which an older defect counts half. */
const DEFECT_WINDOW = 100_000;
/** Time between two words on how far a rebuild is, ms. */
const PROGRESS_MS = 5_000;
/** So much more than is needed the journal grows before it is written anew. */
const JOURNAL_SLACK = 1.1;

/**
 * Follows a folder until it is told to stop: takes up where the journal ends, then judges what comes, chunk by chunk. A chunk is judged, its
 * results are written, and the journal says so; only then the next one is read. Returns when it was stopped, with everything committed.
 * @throws SV_OUTPUT_LOCKED, SV_OUTPUT_WRITE, SV_JOURNAL_DAMAGED, SV_INTERNAL
 */
export async function follow(options: FollowOptions): Promise<void> {
  const { output, write_events, signal, now } = options;
  coded(output, () => mkdirSync(output, { recursive: true }));
  const lock = Lock.take(output, now());
  let outputs: Outputs | undefined;
  let follower: Follower | undefined;
  try {
    outputs = Outputs.open(output, write_events ? [...OUTPUTS, EVENTS] : OUTPUTS);
    follower = await Follower.open(options, outputs, lock);
    await follower.rebuild();
    while (!signal.aborted) {
      await follower.poll();
      if (!signal.aborted) await options.pause(options.poll_interval);
    }
  } catch (error) {
    // told to stop in the middle of something that can be done again
    if (!signal.aborted || error instanceof SessionvigilError) throw error;
  } finally {
    await follower?.close();
    outputs?.close();
    lock.release();
  }
}

class Follower {
  private readonly files: Files;
  private readonly judging: Judging;
  private readonly defects = new Defects(DEFECT_WINDOW);
  /** what judges the chunk that is next or at work */
  private inForce: InForce;
  /** what the chunk led to, to be counted when it is committed */
  private said: { findings: Finding[]; commands: RevocationCommand[] } = { findings: [], commands: [] };
  private hasFolder = true;
  /** memory is being rebuilt: what is judged was said before */
  private isRebuilding = true;
  /** what the last look left out, and why */
  private skipped: ReadonlyMap<string, string> = new Map();
  private lastScan = Number.NEGATIVE_INFINITY;

  private constructor(
    private readonly options: FollowOptions,
    private readonly outputs: Outputs,
    private readonly lock: Lock,
    private readonly journal: Journal,
    private readonly cursors: Cursors,
    /** bytes that the journal names */
    private readonly judgedBytes: number,
    private readonly standing: Standing,
    /** the journal tells of all its chunks what they led to */
    private readonly isTold: boolean,
  ) {
    const { input, patterns, poll_interval, settle, log, metrics, health } = options;
    const told: Told = {
      damaged(path, { code, reason }) {
        metrics.add('sessionvigil_inputs_damaged_total', 1);
        log.error({ code, file: path }, `${code}: ${path}: ${reason}; what stands before is read, the rest when it comes`);
      },
      unfinished: (path, bytes) => log.warn({ file: path, bytes }, `${path}: its last line has no end and is left until it has one`),
      replaced: (path) => log.info({ file: path }, `${path}: is another file than before, or was cut; it is read from its beginning`),
    };
    this.files = new Files({ folder: input, patterns, poll_interval, settle, cursors, told, beat: () => health.beat() });
    this.inForce = options.inForce();
    const { detect, respond } = options;
    const suppress: Suppress = (finding) => this.inForce.suppress(this.isRebuilding ? finding : this.standing.follow(finding));
    // response is told again what was said, not what is found again
    const answer: Respond = { ...respond, accept: (finding) => (this.isRebuilding ? [] : respond.accept(finding)) };
    this.judging = new Judging({ detect, suppress, respond: answer }, journal.base.arrival ?? undefined);
  }

  static async open(options: FollowOptions, outputs: Outputs, lock: Lock): Promise<Follower> {
    const cursors = new Cursors();
    const standing = new Standing();
    const { judges } = options.inForce();
    let isTold = true;
    let bytes = 0;
    const journal = await Journal.open(options.output, () => outputs.lengths(), {
      base: (base) => base.cursors.forEach((cursor) => void cursors.set(cursor)),
      entry({ ranges, said }) {
        if (said === undefined) isTold = false;
        for (const finding of said ?? []) standing.note(finding, judges);
        for (const range of ranges) {
          bytes += lengthOf(range);
          cursors.set(cursorOf(range));
        }
      },
    });
    const strange = outputs.rewind(journal.outputs);
    // what is written into another file than the one that it knows is to be found again after the next crash
    const known = journal.outputs;
    const lengths = outputs.lengths();
    if (Object.entries(lengths).some(([name, { id }]) => known[name]?.id !== id))
      journal.append({
        time: options.now(),
        arrival: journal.arrival,
        config_digest: options.inForce().config_digest,
        ranges: [],
        outputs: lengths,
        said: [],
      });
    for (const name of strange) {
      options.log.warn({ file: name }, `${name} is not as it was left; it is appended to as it is`);
    }
    return new Follower(options, outputs, lock, journal, cursors, bytes, standing, isTold);
  }

  /** Memory as it was when the last chunk was committed. */
  async rebuild(): Promise<void> {
    const isChanged = this.judgedBytes > 0 && (await this.readAgain());
    this.isRebuilding = false;
    this.catchUp(isChanged);
  }

  /** @returns whether others judge now than did then */
  private async readAgain(): Promise<boolean> {
    const { input, setNow, signal, log, metrics, health, elapsed, respond } = this.options;
    const { reader, config_digest } = this.inForce;
    const total = this.judgedBytes;
    let told = elapsed();
    let isChanged = false;
    const since = this.since(this.journal.arrival ?? Number.NEGATIVE_INFINITY);
    const percent = (bytes: number) => Math.floor((bytes * 100) / total);
    health.notReady('rebuilding: 0 %');
    log.info(`rebuilding: reading again the ${inMegabytes(total)} that were judged before`);
    const archive = await Archive.open(input, (await scan(input, this.options)).files, new Streams(() => health.beat()));
    try {
      const done = await rebuild({
        journal: this.journal,
        archive,
        judging: this.judging,
        reader,
        setNow,
        recall: (finding) => void respond.accept(finding),
        found: (finding) => this.standing.found(finding, since),
        signal,
        onProgress(bytes) {
          health.beat();
          health.notReady(`rebuilding: ${percent(bytes)} %`);
          if (elapsed() - told < PROGRESS_MS) return;
          told = elapsed();
          log.info(`rebuilding: ${percent(bytes)} % of ${inMegabytes(total)}`);
        },
      });
      metrics.set('sessionvigil_rebuild_missing_bytes', done.missing_bytes);
      if (done.missing_bytes > 0) {
        const { length } = done.missing_files;
        log.warn(
          { files: done.missing_files.slice(0, 10), bytes: done.missing_bytes },
          `${inMegabytes(done.missing_bytes)} of ${length === 1 ? 'one file' : `${length} files`} that were judged before are gone from the folder: ` +
            'sessions, habits and findings that only they told of are forgotten',
        );
      }
      isChanged = [...done.config_digests].some((digest) => digest !== config_digest);
      if (isChanged) {
        log.warn(
          'rules, lists or limits have changed since records were judged: memory is rebuilt as if those in force now had judged them all; what rules said that are gone is taken back',
        );
      }
      log.info(`rebuilt: ${done.chunks} chunks, ${inMegabytes(done.bytes)}`);
    } finally {
      await archive.close();
    }
    this.countState();
    return isChanged;
  }

  /** Says what follows from rules that were changed while nobody ran: for whoever reads the outputs it is as if they had been changed meanwhile. */
  private catchUp(isChanged: boolean): void {
    const { clock } = this.judging;
    const news = this.standing.news(clock);
    // of a journal that does not tell what was said, what is found now may have been
    const isNews = isChanged && this.isTold;
    this.conclude([...(isNews ? news : []), ...this.standing.withdrawals(clock, this.inForce.config_digest, this.since(clock).back)]);
  }

  /** @param clock arrival, ms */
  private since(clock: number): Since {
    const { allowed_lateness, session_idle } = this.options;
    return { fresh: clock - allowed_lateness, back: clock - session_idle - allowed_lateness };
  }

  /** Says what no record led to. */
  private conclude(findings: readonly Finding[]): void {
    this.judging.conclude(findings, this.sink);
    if (this.said.findings.length === 0) return;
    const outputs = this.flush();
    this.lock.check();
    this.commit(this.options.now(), [], outputs);
    this.countSaid();
  }

  /** One look at the folder, and everything that it found. */
  async poll(): Promise<void> {
    const { health, log, metrics, signal } = this.options;
    if (await this.look()) {
      while (!signal.aborted) {
        const ranges = await this.next();
        if (ranges.length === 0) break;
        await this.judge(ranges);
        if (this.options.elapsed() - this.lastScan >= this.options.poll_interval) await this.look();
      }
      // what was left uncommitted and did not come again
      if (!signal.aborted) this.flush();
      if (health.unreadyReason !== undefined && !signal.aborted && this.hasFolder) {
        health.ready();
        log.info('ready');
      }
    }
    health.beat();
    for (const report of this.options.reports) report.look();
    metrics.set('sessionvigil_ready', health.unreadyReason === undefined ? 1 : 0);
    metrics.set('sessionvigil_input_unread_bytes', this.files.unread());
  }

  async close(): Promise<void> {
    this.journal.close();
    for (const { content } of this.files.all) await content.release();
  }

  private async look(): Promise<boolean> {
    const { input, health, log, metrics, now, elapsed } = this.options;
    this.lastScan = elapsed();
    let found: Scanned;
    try {
      found = await scan(input, this.options);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      if (this.hasFolder) log.error(`${input} cannot be read (${code}); trying again`);
      health.notReady(`the input folder cannot be read: ${code}`);
      this.hasFolder = false;
      return false;
    }
    if (!this.hasFolder) log.info(`${input} can be read again`);
    this.hasFolder = true;
    this.tellSkipped(found.skipped);
    await this.files.update(found.files, { wall: now(), elapsed: elapsed() });
    metrics.add('sessionvigil_polls_total', 1);
    metrics.set('sessionvigil_last_poll_time_seconds', now() / 1000);
    metrics.set('sessionvigil_input_files', this.files.count);
    metrics.set('sessionvigil_input_unread_bytes', this.files.unread());
    return true;
  }

  /** Once, and again when it is another reason. */
  private tellSkipped(skipped: readonly Skipped[]): void {
    const { input, log } = this.options;
    for (const { path, reason } of skipped)
      if (this.skipped.get(path) !== reason) log.warn({ file: path }, `${join(input, path)} is left out: ${reason}; the rest is read`);
    this.skipped = new Map(skipped.map(({ path, reason }) => [path, reason]));
  }

  private async next(): Promise<Range[]> {
    const { inForce, setNow, now, signal, chunk_bytes } = this.options;
    this.inForce = inForce();
    this.conclude(this.inForce.said ?? []);
    const { normalize, max_record_bytes } = this.inForce.reader;
    setNow(now());
    return nextChunk({ files: this.files, cursors: this.cursors, normalize, max_record_bytes, most_bytes: chunk_bytes, signal });
  }

  private async judge(ranges: readonly Range[]): Promise<void> {
    const { setNow, now, elapsed, metrics, health } = this.options;
    const { reader } = this.inForce;
    const time = now();
    const began = elapsed();
    setNow(time);
    const tally = newTally();
    const { absorbed } = await judgeChunk(ranges, reader, this.judging, this.sink, (record) => this.answered(record, ranges, tally));
    const outputs = this.flush();
    const judged = ranges.map(({ portion: _, ...range }) => range);
    this.lock.check();
    this.commit(time, judged, outputs);
    for (const range of ranges) {
      this.cursors.set(cursorOf(range));
      await this.files.get(range.id)?.content.release(range.to);
      metrics.add('sessionvigil_input_bytes_total', lengthOf(range));
    }
    metrics.records(tally);
    this.countSaid();
    metrics.add('sessionvigil_identities_absorbed_total', absorbed);
    metrics.add('sessionvigil_chunks_total', 1);
    metrics.add('sessionvigil_chunk_seconds_total', (elapsed() - began) / 1000);
    this.countState();
    health.beat();
    await this.dropOld();
  }

  private commit(time: number, ranges: JudgedRange[], outputs: OutputLengths, said: Finding[] = this.said.findings): void {
    const { clock } = this.judging;
    const { config_digest } = this.inForce;
    this.journal.append({ time, arrival: Number.isFinite(clock) ? clock : null, config_digest, ranges, outputs, said });
  }

  private countSaid(): void {
    this.options.metrics.results(this.said.findings, this.said.commands);
    this.said = { findings: [], commands: [] };
  }

  /** Nothing is written by a process that has lost the folder to another. */
  private flush(): OutputLengths {
    this.lock.check();
    if (this.outputs.renew()) this.commit(this.options.now(), [], this.outputs.lengths(), []);
    return this.outputs.flush();
  }

  private readonly sink: Sink = {
    event: (event) => this.outputs.json(EVENTS, event),
    finding: (finding) => {
      this.outputs.json(isSuppressed(finding) ? 'suppressed.ndjson' : 'findings.ndjson', this.inForce.joinOwners(finding));
      this.standing.note(finding, this.inForce.judges);
      this.said.findings.push(finding);
    },
    command: (command) => {
      this.outputs.json('revocations.ndjson', command);
      this.said.commands.push(command);
    },
  };

  private answered(record: AnsweredRecord, ranges: readonly Range[], tally: Tally): void {
    const { answer, line, input, error } = record;
    count(tally, answer);
    const { path, line: before, from } = ranges[input - 1]!;
    const number = before + line.number;
    if (answer.outcome === 'rejected' || isRejection(answer.reason)) {
      const { input: _, ...rejected } = rejectedRecord(input, line, answer);
      this.outputs.json('rejected.ndjson', { file: path, ...rejected, line: number, offset: from + line.offset });
    }
    if (answer === DEFECT) this.options.log.error({ err: error, file: path, line: number }, `${path}:${number}: a defect`);
    this.defects.count(record);
  }

  /** The journal keeps what memory may hold, and some more, so that it is not written anew all the time. */
  private async dropOld(): Promise<void> {
    const { retention, log } = this.options;
    const { clock } = this.judging;
    const { from } = this.journal;
    if (from === undefined || clock - from <= retention * JOURNAL_SLACK) return;
    this.lock.check();
    this.standing.forget(clock - retention);
    await this.journal.dropBefore(clock - retention, (kept) => {
      this.cursors.keep(kept, (id) => this.files.get(id) !== undefined);
      return this.cursors.all();
    });
    log.debug('the journal was written anew without what nothing remembers any more');
  }

  private countState(): void {
    const { metrics, detect, respond } = this.options;
    metrics.state(detect.stats(), respond.stats());
    metrics.set('sessionvigil_journal_bytes', this.journal.bytes);
    if (Number.isFinite(this.judging.clock)) metrics.set('sessionvigil_arrival_time_seconds', this.judging.clock / 1000);
  }
}

function cursorOf({ id, path, from, to, line, lines, head, foot, digest, most_line }: JudgedRange): Cursor {
  return { id, path, offset: to, lines: line + lines, head, foot, last: { from, digest, most_line } };
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
