import { HeardAccounts } from '../../core/detect/heard.js';
import type { IdentityTable } from '../../core/identity/table.js';
import { DriftMeter } from '../../core/normalize/drift/meter.js';
import { createAssignor } from '../kafka/assignor.js';
import { type Admin, EARLIEST, type Group, type OutRecord, type TopicPartition, type Transport } from '../kafka/transport.js';
import { damaged } from '../task-errors.js';
import { unreadOf } from './silence.js';
import { SourceIds } from './source-ids.js';

export interface IdentityFeedOptions {
  topic: string;
  /** of this process alone: everybody reads all of it */
  group_id: string;
  transport: Transport;
  admin: Pick<Admin, 'watermarks'>;
  /** the table in force; another one after a change of the configuration, with what this one has learned */
  table(): Pick<IdentityTable, 'adopt'>;
  /**
   * Another process has learned it a moment ago: what this one sent under the id until now has to be told of. Of a process that died before it heard
   * of it whoever starts next tells.
   */
  adopted(key: string): void;
  /** wall time, ms */
  now(): number;
  /** what is known of the fields of logs goes the same way */
  fields: Pick<DriftMeter, 'adopt'>;
  /** and of whose accounts their records are */
  accounts: Pick<HeardAccounts, 'adopt'>;
  /** and which topics they came in */
  topics: Pick<SourceIds, 'adopt'>;
  failed(error: unknown): void;
}

/**
 * Who starts later than this after a link was told has nothing to add, ms: whoever was there then has heard of it. As long as somebody was there: when
 * nothing was told since, they may all have died then.
 */
const YOUNG_MS = 10 * 60_000;

/**
 * Who is who, as all processes have learned it from records: a compacted topic, read to its end before the first record is keyed, and on from there.
 * What fields each log has is in it too, which accounts came and which topics they came in: what was before a restart is what they are held to after it.
 */
export class IdentityFeed {
  private readonly group: Group;
  /** partition -> offset to be reached before it counts as read */
  private wanted: Map<number, number> | undefined;
  private readonly reached = new Map<number, number>();
  /** when the latest record was told, ms */
  private latest = Number.NEGATIVE_INFINITY;
  /** links that may be young, until it is read to its end: only then is it known what was told last */
  private unsaid: { name: string; timestamp: number }[] = [];
  private links: OutRecord[] = [];
  private assigned: readonly TopicPartition[] = [];

  constructor(private readonly options: IdentityFeedOptions) {
    const { group_id, topic, transport, failed } = options;
    this.group = transport.group({
      group_id,
      topics: [topic],
      assignor: createAssignor({
        name: 'sessionvigil-identities',
        unitOf: (_, partition) => String(partition),
        claims: () => ({ generation: 0, units: new Map() }),
      }),
      events: {
        assigned: (partitions) => {
          this.assigned = partitions;
          for (const at of partitions) this.group.seek({ ...at, offset: this.reached.get(at.partition) ?? EARLIEST });
          this.group.resume(partitions);
        },
        batch: ({ partition }, records, next) => {
          const table = options.table();
          for (const record of records) {
            const { key, value, timestamp, undecodable } = record;
            // who is who would be another one from here on
            if (undecodable !== undefined) {
              failed(damaged(record, undecodable));
              return;
            }
            this.latest = Math.max(this.latest, timestamp);
            if (key === null || value === null) continue;
            const name = key.toString();
            if (DriftMeter.owns(name)) options.fields.adopt(name, value.toString());
            else if (HeardAccounts.owns(name)) options.accounts.adopt(name, value.toString());
            else if (SourceIds.owns(name)) options.topics.adopt(name, value.toString());
            else if (table.adopt(name, value.toString())) this.unsaid.push({ name, timestamp });
          }
          this.reached.set(partition, next);
          this.sayYoung();
        },
        heartbeat: () => {},
        lost: () => {},
        failed,
        outOfRange: (at) => {
          this.group.seek({ ...at, offset: EARLIEST });
          this.group.resume([at]);
        },
      },
    });
  }

  async start(): Promise<void> {
    const { admin, topic } = this.options;
    const marks = await admin.watermarks(topic);
    this.wanted = new Map(marks.filter(({ low, high }) => high > low).map(({ partition, high }) => [partition, high]));
    await this.group.start();
  }

  stop(): Promise<void> {
    return this.group.stop();
  }

  get isRead(): boolean {
    if (this.wanted === undefined) return false;
    for (const [partition, high] of this.wanted) if ((this.reached.get(partition) ?? 0) < high) return false;
    return true;
  }

  /** Why what others learn may not be heard of; undefined when it is. */
  get unreadyReason(): string | undefined {
    const unread = unreadOf(this.group, this.assigned);
    if (unread !== undefined) return `who is who: ${unread}`;
    return this.isRead ? undefined : 'who is who is being read';
  }

  private sayYoung(): void {
    const young = Math.min(this.options.now(), this.latest) - YOUNG_MS;
    this.unsaid = this.unsaid.filter(({ timestamp }) => timestamp < 0 || timestamp >= young);
    if (!this.isRead) return;
    for (const { name } of this.unsaid) this.options.adopted(name);
    this.unsaid = [];
  }

  /** A link that this process has learned, or what it knows of the fields of a log. @param value undefined: nothing any more */
  readonly told = (key: string, value: string | undefined): void => {
    this.links.push({ topic: this.options.topic, partition: 0, key, value: value === undefined ? null : Buffer.from(value) });
  };

  /** Those that nobody has sent yet. */
  takeLinks(): OutRecord[] {
    const { links } = this;
    if (links.length > 0) this.links = [];
    return links;
  }
}
