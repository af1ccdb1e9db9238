import type { Finding, RevocationCommand } from '../../core/event/index.js';
import type { DurableRespond, RespondStats } from '../../core/pipeline.js';
import { deadLetter } from '../kafka/dead-letter.js';
import type { DeadLetterReason } from '../kafka/dead-letter-reasons.js';
import { partitionOf } from '../kafka/murmur2.js';
import type { InRecord, OutRecord } from '../kafka/transport.js';
import type { RespondCodec } from '../store/respond-codec.js';
import { RESERVED, type Standing, type TopicIds, type Why, type Work } from '../work.js';
import { POSITION_KEY, positionRecord, readPosition } from './position.js';

export interface RespondWorkOptions {
  partition: number;
  topics: { revocations: string; dead_letters: string; changelog: string };
  /** see DetectWorkOptions */
  ids?: TopicIds;
  /** most bytes of a dead letter's value */
  letter_limit: number | undefined;
  /** of the topic of revocations, which are keyed by principal */
  revocation_partitions: number;
  respond: DurableRespond;
  codec: RespondCodec;
  /** @returns undefined when the bytes are none of ours */
  decodeFinding(bytes: Buffer): Finding | undefined;
  encodeCommand(command: RevocationCommand): Buffer;
  poison: ReadonlySet<number>;
  /** wall time for what goes to the dead letters, ms */
  now(): number;
  said: {
    /** what can be read from now on */
    committed(commands: readonly RevocationCommand[]): void;
    dead(reason: DeadLetterReason): void;
  };
}

/**
 * respond on one partition of the candidates, which holds whole tenants. Incidents are few and small, so each that changes is written in the
 * transaction of what it led to, and nothing has to be read again after a restore.
 */
export class RespondWork implements Work {
  private out: OutRecord[] = [];
  private uncommitted: RevocationCommand[] = [];
  private position = 0;
  private stored: Standing = { position: 0, replay_from: 0 };
  private readonly skipped = new Set<number>();

  constructor(private readonly options: RespondWorkOptions) {}

  get has_news(): boolean {
    return this.out.length > 0;
  }

  restore(key: Buffer, value: Buffer | null): void {
    const { respond, codec, topics } = this.options;
    if (key[0] !== RESERVED) {
      const name = key.toString('utf8');
      respond.restore(name, value === null ? undefined : codec.decode(name, value));
    } else if (key.equals(POSITION_KEY) && value !== null) this.stored = readPosition(value, topics.changelog);
  }

  restored(): Standing {
    this.options.respond.restored();
    const { position, topics } = this.stored;
    this.position = position;
    return { position, replay_from: position, topics };
  }

  readonly prepared = 0;

  prepare(): boolean {
    return true;
  }

  accept(record: InRecord): void {
    const { poison, decodeFinding, respond } = this.options;
    if (poison.has(record.offset)) {
      if (!this.skipped.has(record.offset)) this.bury(record, 'detector_failed');
      this.skipped.add(record.offset);
      return;
    }
    if (record.value === null) {
      this.bury(record, 'empty_value');
      return;
    }
    const finding = decodeFinding(record.value);
    if (finding === undefined) this.bury(record, 'event_malformed');
    else for (const command of respond.accept(finding)) this.say(command, finding.principal.key);
  }

  /** Incidents are few: they are restored sooner than each could be kept. */
  undo(): boolean {
    return false;
  }

  take(position: number, _why: Why): OutRecord[] {
    const { topics, partition, respond, codec, ids } = this.options;
    const changed = respond.takeChanged();
    if (this.out.length === 0 && changed.length === 0 && position === this.position) return [];
    this.position = position;
    const records = [
      ...this.out,
      ...changed.map(({ key, record }) => ({
        topic: topics.changelog,
        partition,
        key,
        value: record === undefined ? null : Buffer.from(codec.encode(record)),
      })),
      positionRecord(topics.changelog, partition, { position, replay_from: position, topics: ids }),
    ];
    this.out = [];
    return records;
  }

  committed(): void {
    const { uncommitted } = this;
    this.uncommitted = [];
    if (uncommitted.length > 0) this.options.said.committed(uncommitted);
  }

  stats(): RespondStats {
    return this.options.respond.stats();
  }

  /** Keyed by person, as findings are: a command and what cancels it stay in order. */
  private say(command: RevocationCommand, key: string): void {
    const { topics, revocation_partitions, encodeCommand } = this.options;
    this.out.push({
      topic: topics.revocations,
      partition: partitionOf(key, revocation_partitions),
      key,
      value: encodeCommand(command),
    });
    this.uncommitted.push(command);
  }

  private bury(record: InRecord, reason: DeadLetterReason): void {
    const { topics, partition, letter_limit, now, said } = this.options;
    this.out.push(
      deadLetter({ record, reason, stage: 'respond', time: now(), to: { topic: topics.dead_letters, partition }, limit: letter_limit }),
    );
    said.dead(reason);
  }
}
