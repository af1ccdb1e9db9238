// However long, one file: the stages of a process in one straight line, what each is given, and in which order they start and stop.

import { randomUUID } from 'node:crypto';
import type { Judgement } from '../app.js';
import type { KafkaConfig } from '../config/kafka.js';
import { rulesInForce } from '../core/detect/detectors.js';
import type { HeardAccounts } from '../core/detect/heard.js';
import { createDetect } from '../core/detect/index.js';
import type { Finding, RevocationCommand } from '../core/event/index.js';
import { renamedBetween } from '../core/identity/absorbs.js';
import type { DriftMeter } from '../core/normalize/drift/meter.js';
import type { Reach } from '../core/respond/reach.js';
import { createRespond } from '../core/respond/respond.js';
import { DEFAULT_LIMITS } from '../core/state/people.js';
import { SessionvigilError } from '../errors.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { Budget } from './budget.js';
import { DefectRate } from './defect-rate.js';
import { DriftReport } from './drift-report.js';
import { countIdentities, tellConflict } from './identities.js';
import { seatFile } from './kafka/leave-seats.js';
import { namesOf, type Stage } from './kafka/names.js';
import { PatientAdmin } from './kafka/patient-admin.js';
import { SourceMetrics } from './kafka/source-metrics.js';
import type { Producer, Transport } from './kafka/transport.js';
import { OwnTopics } from './own-topics.js';
import { lastHeard, SignOnReport } from './sign-on-report.js';
import { Absorbs } from './stages/absorbs.js';
import { DetectWork } from './stages/detect-work.js';
import { IdentityFeed } from './stages/identity-feed.js';
import { NormalizeStage, type RawSource } from './stages/normalize-stage.js';
import { OwnerStage } from './stages/owner-stage.js';
import { RespondWork } from './stages/respond-work.js';
import { SourceIds } from './stages/source-ids.js';
import type { ReadValue } from './stages/source-task.js';
import { StageMetrics } from './stages/stage-metrics.js';
import { progressOfOwned, progressOfRaw, Watchdog } from './stages/watchdog.js';
import { createPeopleStore, THAWED_TIMES } from './store/people-store.js';
import type { PersonCodec } from './store/person-codec.js';
import type { RespondCodec } from './store/respond-codec.js';
import { createStreamCodec } from './wire/stream-record.js';

export interface ServiceOptions {
  kafka: KafkaConfig;
  stages: readonly Stage[];
  transport: Transport;
  /** in force when the service starts */
  judgement: Judgement;
  reach: Reach;
  /** another one when the configuration, the rules or the lists have changed */
  reload(): Judgement | undefined;
  personCodec(judgement: Judgement): PersonCodec;
  respondCodec: RespondCodec;
  readValue(source: KafkaConfig['sources'][number]): ReadValue;
  /** what normalize tells of the fields of records */
  meter: DriftMeter;
  /** and of whose accounts they are */
  heard: HeardAccounts;
  encodeFinding(finding: Finding): Buffer;
  encodeCommand(command: RevocationCommand): Buffer;
  max_record_bytes: number;
  /** most bytes of a dead letter's value; absent: what `topics create` makes room for */
  letter_limit: number | undefined;
  future_tolerance: number;
  /** the schema registry does not answer, and something waits for it */
  isRegistryAway(): boolean;
  metrics: Metrics;
  log: Log;
  /** ms, wall time */
  now(): number;
  /** ms, by a clock that is never set */
  elapsed(): number;
}

/** Records of a window by which a rate of defects is judged. */
const DEFECT_WINDOW = 100_000;
/** A chunk ends after so long, ms, so that nothing else in the process waits long. */
const CHUNK_MS = 20;
/** How often the rules' files are looked at and figures are brought up to date, ms. */
const LOOK_MS = 1000;
const CHUNK_RECORDS = 500;
/** So many kinds of records are written down at a look, as far as their fields are to be told. */
const KINDS_AT_A_LOOK = 5;
/** So many accounts, as far as they are new or of another day. */
const ACCOUNTS_AT_A_LOOK = 20;
/** Of the time for the shutdown so much is kept for leaving groups and closing connections, ms. */
const LEAVING_MS = 5000;
/** What is still to be said then is said within so long, when all of the time is over, ms. */
const LEAST_LEAVING_MS = 100;
/** What can wait is done for so long at a time, ms, and then not for so long. */
const TIDY_MS = 3;
const TIDY_PAUSE_MS = 50;

/**
 * The stages of one process on Kafka, wired in one straight line. Runs until it is told to stop or something happens that trying again would not
 * mend: then `failure` rejects, and nothing more is written.
 */
export class Service {
  private readonly owners: { stage: Stage; owner: OwnerStage }[] = [];
  private normalize: NormalizeStage | undefined;
  private feed: IdentityFeed | undefined;
  private readonly absorbs: Absorbs;
  private producer: Producer | undefined;
  private readonly admin: PatientAdmin;
  private judgement: Judgement;
  /** of the records of people who are objects, in a partition of detect */
  private thawedBytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private tidying: NodeJS.Timeout | undefined;
  private readonly budget: Budget;
  private readonly measures: StageMetrics;
  private readonly watchdog: Watchdog;
  private readonly own: OwnTopics;
  private readonly drift: DriftReport;
  private readonly signOn: SignOnReport;
  /** every stage is there, ready or not */
  private is_started = false;
  private is_ended = false;
  private fail: (error: unknown) => void = () => {};
  /** rejects with what cannot be mended */
  readonly failure: Promise<never>;

  constructor(private readonly options: ServiceOptions) {
    const { kafka, judgement, meter, heard, metrics, log, elapsed, now, transport } = options;
    this.admin = new PatientAdmin(() => transport.admin(), log);
    this.watchdog = new Watchdog(elapsed);
    const { topics } = namesOf(kafka);
    this.own = new OwnTopics({
      topics: Object.values(topics),
      lasting: [
        ...(options.stages.includes('detect') ? [topics.events, topics.detect_changelog] : []),
        ...(options.stages.includes('respond') ? [topics.candidates, topics.respond_changelog] : []),
      ],
      admin: this.admin,
      elapsed,
      log,
      failed: (error) => this.fail(error),
    });
    this.drift = new DriftReport({ meter, metrics, log });
    this.signOn = new SignOnReport({ heard, enforced: () => this.judgement.detecting.enforced, metrics, log });
    this.judgement = judgement;
    this.absorbs = new Absorbs({
      topic: namesOf(kafka).topics.events,
      partitions: kafka.partitions,
      codec: createStreamCodec(),
      table: () => this.judgement.identities,
    });
    this.budget = new Budget(kafka.max_in_flight_bytes);
    this.failure = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.failure.catch(() => {});
    this.measures = new StageMetrics({ metrics, log, elapsed, now, failed: (error) => this.fail(error) });
  }

  async start(): Promise<void> {
    const { kafka, stages, metrics } = this.options;
    metrics.set('sessionvigil_in_flight_limit_bytes', kafka.max_in_flight_bytes);
    if (stages.includes('respond')) this.owners.push({ stage: 'respond', owner: this.createRespond() });
    if (stages.includes('detect')) this.owners.push({ stage: 'detect', owner: this.createDetect() });
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.tidying = setInterval(() => this.tidy(), TIDY_PAUSE_MS);
    await Promise.all(this.owners.map(({ owner }) => owner.start()));
    if (stages.includes('normalize')) await this.startNormalize();
    this.is_started = true;
  }

  /** Lets go of everything at once, after a failure: nothing is finished and nothing committed, but the groups are left. */
  async abandon(): Promise<void> {
    this.is_ended = true;
    clearInterval(this.timer);
    clearInterval(this.tidying);
    this.normalize?.drop();
    for (const { owner } of this.owners) owner.drop();
    await this.admin.close();
  }

  /** Finishes what is at work, commits, leaves the groups. @throws SV_KAFKA_SHUTDOWN_TIMEOUT when that takes longer than the configuration allows */
  async stop(): Promise<void> {
    this.is_ended = true;
    clearInterval(this.timer);
    clearInterval(this.tidying);
    const { elapsed, kafka, transport } = this.options;
    const { shutdown_grace } = kafka;
    const ends = elapsed() + shutdown_grace;
    // the rest of the time is for leaving, which brokers that stand still do not answer either
    const working = Math.max(shutdown_grace / 2, shutdown_grace - LEAVING_MS);
    let late: NodeJS.Timeout | undefined;
    const patience = new Promise<never>((_, reject) => {
      const seconds = (ms: number) => Math.round(ms / 100) / 10;
      const text = `what was at work was not finished within ${seconds(working)} s; the rest of kafka.shutdown_grace, ${seconds(shutdown_grace)} s, is for leaving`;
      const error = new SessionvigilError('SV_KAFKA_SHUTDOWN_TIMEOUT', text);
      late = setTimeout(() => reject(error), working);
    });
    try {
      await Promise.race([this.stopAll(), patience]);
    } finally {
      clearTimeout(late);
      await transport.close(Math.max(LEAST_LEAVING_MS, ends - elapsed()));
    }
  }

  /** Why it is not ready, without names of people. */
  get unreadyReason(): string | undefined {
    const { unreadyReason } = this.own;
    if (unreadyReason !== undefined) return unreadyReason;
    if (this.feed?.isRead === false) return this.feed.unreadyReason;
    for (const { owner } of this.owners) if (owner.unreadyReason !== undefined) return owner.unreadyReason;
    // behind the stages: while no broker answers, that their groups do not says more
    return this.normalize?.unreadyReason ?? this.feed?.unreadyReason ?? (this.is_started ? undefined : 'starting');
  }

  /** Why it should be started anew. */
  get stuckReason(): string | undefined {
    return this.watchdog.stuckReason;
  }

  status(): Record<string, unknown> {
    const stages: Record<string, unknown> = {};
    if (this.normalize !== undefined)
      stages['normalize'] = { ...this.normalize.status(), schema_drift: this.drift.status(), sign_on_unheard: this.signOn.status() };
    for (const { stage, owner } of this.owners) {
      const works = owner.works().filter((work) => work instanceof DetectWork);
      stages[stage] = {
        ...owner.status(),
        ...(stage === 'detect' ? { sign_on_logs: lastHeard(works.map((work) => work.heardLogs())) } : {}),
      };
    }
    const { config_digest } = this.judgement.detecting;
    const { bytes } = this.budget;
    return { ready: this.unreadyReason === undefined, reason: this.unreadyReason, config_digest, in_flight_bytes: bytes, stages };
  }

  private async stopAll(): Promise<void> {
    // in the order of the flow: what one has written, the next one may still work off
    await this.normalize?.stop();
    await Promise.all(this.owners.map(({ owner }) => owner.stop()));
    await Promise.all([this.feed?.stop(), this.producer?.close(), this.admin.close()]);
  }

  private createDetect(): OwnerStage {
    const { kafka, personCodec, encodeFinding, letter_limit, elapsed, now } = this.options;
    const { topics } = namesOf(kafka);
    const codec = createStreamCodec();
    const said = this.measures.detect();
    this.share(kafka.partitions);
    return this.owner('detect', topics.events, topics.detect_changelog, (partition, poison, ids) => {
      const { judgement } = this;
      const store = createPeopleStore({ codec: personCodec(judgement), thawed_bytes: () => this.thawedBytes });
      return new DetectWork({
        partition,
        topics: { ...topics, changelog: topics.detect_changelog },
        ids,
        partitions: kafka.partitions,
        keep_moved: judgement.detecting.limits?.person_idle ?? DEFAULT_LIMITS.person_idle,
        letter_limit,
        codec,
        store,
        detect: createDetect(judgement.rules, judgement.detecting, store),
        judging: judgement,
        suppress: () => this.judgement.suppress,
        encodeFinding: (finding) => encodeFinding(this.judgement.joinOwners(finding)),
        poison,
        flush: kafka.state_flush,
        elapsed,
        now,
        said,
      });
    });
  }

  private createRespond(): OwnerStage {
    const { kafka, reach, respondCodec, encodeCommand, letter_limit, now } = this.options;
    const { topics } = namesOf(kafka);
    const said = this.measures.respond();
    return this.owner(
      'respond',
      topics.candidates,
      topics.respond_changelog,
      (partition, poison, ids) =>
        new RespondWork({
          partition,
          topics: { ...topics, changelog: topics.respond_changelog },
          ids,
          revocation_partitions: kafka.partitions,
          letter_limit,
          respond: createRespond(reach, { keeps_changes: true }),
          codec: respondCodec,
          decodeFinding,
          encodeCommand,
          poison,
          now,
          said,
        }),
    );
  }

  private owner(
    stage: 'detect' | 'respond',
    input: string,
    changelog: string,
    createWork: ConstructorParameters<typeof OwnerStage>[0]['createWork'],
  ): OwnerStage {
    const { kafka, transport, elapsed } = this.options;
    const names = namesOf(kafka);
    return new OwnerStage({
      name: stage,
      group_id: names.group(stage),
      input,
      changelog,
      transactionalId: (partition) => names.transactional(stage, partition),
      transport,
      createWork,
      told: async (partition) => {
        const positions = await this.admin.committed(names.group(stage), input);
        return positions.find((at) => at.partition === partition)?.offset ?? -1;
      },
      ids: async () => {
        const found = await this.admin.ids([input, changelog]);
        return { input: found.get(input), changelog: found.get(changelog) };
      },
      budget: this.budget,
      chunk_ms: CHUNK_MS,
      commit_interval: kafka.commit_interval,
      ...this.seat(stage),
      elapsed,
      watch: this.measures.watch(stage, new DefectRate('SV_KAFKA_DEFECT_RATE', DEFECT_WINDOW)),
    });
  }

  private async startNormalize(): Promise<void> {
    const { admin } = this;
    const { kafka, transport, max_record_bytes, letter_limit, future_tolerance, elapsed, now, metrics } = this.options;
    const names = namesOf(kafka);
    const { topics } = names;
    const ids = new SourceIds((key, value) => this.feed?.told(key, value));
    this.feed = new IdentityFeed({
      topic: topics.identities,
      group_id: `${kafka.application_id}.${kafka.generation}.identities.${randomUUID()}`,
      transport,
      admin,
      table: () => this.judgement.identities,
      adopted: this.absorbs.note,
      fields: this.options.meter,
      accounts: this.options.heard,
      topics: ids,
      now,
      failed: (error) => this.fail(error),
    });
    this.absorbs.noteAll(renamedBetween(undefined, this.judgement.identities, this.tenants));
    await this.feed.start();
    await this.untilRead(this.feed);
    if (this.is_ended) return;
    this.producer = await transport.producer();
    if (this.is_ended) return this.producer.close();
    const sources = new SourceMetrics(metrics, elapsed);
    this.normalize = new NormalizeStage({
      group_id: names.group('normalize'),
      sources: kafka.sources.map((source) => this.rawSource(source)),
      topics,
      partitions: kafka.partitions,
      links: () => this.feed!.takeLinks(),
      absorbs: this.absorbs,
      enforced: () => this.judgement.detecting.enforced,
      chunk_ms: CHUNK_MS,
      chunk_records: CHUNK_RECORDS,
      max_record_bytes,
      letter_limit,
      future_tolerance,
      elapsed,
      now,
      said: this.measures.sources(sources, new DefectRate('SV_KAFKA_DEFECT_RATE', DEFECT_WINDOW)),
      transport,
      admin,
      ids,
      producer: this.producer,
      codec: createStreamCodec(),
      budget: this.budget,
      commit_interval: kafka.commit_interval,
      ...this.seat('normalize'),
      watch: this.measures.normalize(sources),
    });
    await this.normalize.start();
  }

  /** Told by the identity table of what it learns; see AppOptions. */
  readonly onLink = (key: string, value: string): void => {
    this.feed?.told(key, value);
    this.absorbs.note(key);
    tellConflict(key, value, this.options.log);
  };

  private get tenants(): string[] {
    const { kafka } = this.options;
    return [...new Set([...this.judgement.tenants, ...kafka.sources.flatMap(({ tenant }) => tenant ?? [])])];
  }

  private rawSource(source: KafkaConfig['sources'][number]): RawSource {
    const { topic, generation, start } = source;
    let made = this.judgement;
    let normalize = made.normalizeStream(source);
    return {
      topic,
      generation,
      start,
      read: this.options.readValue(source),
      normalize: (record) => {
        if (made !== this.judgement) {
          made = this.judgement;
          normalize = made.normalizeStream(source);
        }
        return normalize(record);
      },
    };
  }

  private seat(stage: Stage): { seat_file: string } | Record<string, never> {
    const file = seatFile(this.options.kafka, stage);
    return file === undefined ? {} : { seat_file: file };
  }

  /** Between two chunks: have the rules changed, and what is there to be said of how it goes? */
  private look(): void {
    try {
      const next = this.options.reload();
      if (next !== undefined) this.configure(next);
      for (const { stage, owner } of this.owners) {
        this.measures.owner(stage, owner);
        if (stage === 'detect') this.share(owner.count);
      }
      if (this.normalize !== undefined) this.measures.raw(this.normalize);
      if (this.feed !== undefined) countIdentities(this.options.metrics, this.judgement.identities);
      if (this.feed?.isRead === true) this.tellSources(this.feed);
      this.own.look();
      this.measures.bytes(this.budget.bytes, this.unreadyReason === undefined);
      this.watch();
    } catch (error) {
      this.fail(error);
    }
  }

  /** What is known of the logs that come: to other processes, and to whoever watches. */
  private tellSources(feed: IdentityFeed): void {
    const { meter, heard } = this.options;
    for (const { key, value } of [...meter.take(KINDS_AT_A_LOOK), ...heard.take(ACCOUNTS_AT_A_LOOK)]) feed.told(key, value);
    this.drift.look();
    this.signOn.look();
  }

  /** What the people of each partition may take as objects, so that it is the same for the process however many it has. */
  private share(partitions: number): void {
    // before there are any it is not known how many will come
    if (partitions > 0) this.thawedBytes = this.options.kafka.state_objects_bytes / THAWED_TIMES / partitions;
  }

  /** What makes memory smaller, and nobody waits for. */
  private tidy(): void {
    const { elapsed } = this.options;
    const until = elapsed() + TIDY_MS;
    try {
      for (const { owner } of this.owners)
        for (const work of owner.works()) if (work instanceof DetectWork) while (elapsed() < until && work.tidy());
    } catch (error) {
      this.fail(error);
    }
  }

  private configure(next: Judgement): void {
    const { identities } = this.judgement;
    const isSame = inForceOf(next).digest === inForceOf(this.judgement).digest;
    this.judgement = next;
    // who reads no records has none to say it behind
    if (this.feed !== undefined) this.absorbs.noteAll(renamedBetween(identities, next.identities, this.tenants));
    // who reads everything again by signal and finds it as it was has nothing to tell anybody
    if (isSame) return;
    for (const { owner } of this.owners)
      for (const work of owner.renewed()) if (work instanceof DetectWork) work.configure(next.rules, next.detecting);
  }

  /** Does every partition get on? */
  private watch(): void {
    // started anew it would wait for the same, or not start at all
    const isAway = this.options.isRegistryAway() || this.measures.isSilent || this.own.unreadyReason !== undefined;
    const parts = this.owners.flatMap(({ stage, owner }) => progressOfOwned(stage, owner.status().partitions));
    if (this.normalize !== undefined) parts.push(...progressOfRaw(this.normalize.status().partitions));
    this.watchdog.look(parts, isAway);
  }

  private async untilRead(feed: IdentityFeed): Promise<void> {
    while (!feed.isRead && !this.is_ended) await Promise.race([this.failure, new Promise((resolve) => setTimeout(resolve, 20))]);
  }
}

/** What respond judges is what detect has said: JSON of a finding. */
function decodeFinding(bytes: Buffer): Finding | undefined {
  try {
    const finding = JSON.parse(bytes.toString('utf8')) as Partial<Finding> | null;
    return typeof finding?.uid === 'string' && finding.principal !== undefined ? (finding as Finding) : undefined;
  } catch {
    return undefined;
  }
}

/** What rules people are written under. */
export function inForceOf({ rules, detecting }: Judgement): ReturnType<typeof rulesInForce> {
  return rulesInForce(rules, detecting.config_digest);
}
