import type { Budget } from '../budget.js';
import { type Claim, createAssignor } from '../kafka/assignor.js';
import type { Group, TopicPartition, Transport } from '../kafka/transport.js';
import { type Phase, Task, type TaskOptions, type TaskStatus, type TaskWatch } from '../task.js';
import type { Work } from '../work.js';
import { type ReadState, readState, silenceOf, unreadOf } from './silence.js';

/** Told of what happens in a stage, for metrics and the log. */
export interface StageWatch extends TaskWatch {
  assigned(partitions: number, generation: number): void;
  heartbeat(): void;
  lost(reason: string): void;
}

export interface OwnerStageOptions {
  /** detect or respond */
  name: string;
  group_id: string;
  input: string;
  changelog: string;
  transactionalId(partition: number): string;
  transport: Transport;
  createWork: TaskOptions['createWork'];
  budget: Budget;
  /** where the group was told that a partition is; below zero when it never was */
  told(partition: number): Promise<number>;
  ids: TaskOptions['ids'];
  /** see TaskOptions */
  chunk_ms: number;
  commit_interval: number;
  seat_file?: string;
  elapsed(): number;
  watch: StageWatch;
}

/** How often the group is told where its members are, ms. */
const TELL_MS = 5000;

/** A stage that owns its partitions: a task for each that the group assigns, kept for as long as it stays. */
export class OwnerStage {
  private readonly group: Group;
  private readonly tasks = new Map<number, Task>();
  private generation = 0;
  private is_member = false;
  private is_stopping = false;
  /** when the group was heard of last, on the clock of `elapsed` */
  private heard_at = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: OwnerStageOptions) {
    const { name, group_id, input, changelog, transport, seat_file, watch } = options;
    this.group = transport.group({
      group_id,
      topics: [input, changelog],
      // input and changelog of one number belong to one owner
      assignor: createAssignor({ name: `sessionvigil-${name}`, unitOf: (_, partition) => String(partition), claims: () => this.claims() }),
      ...(seat_file === undefined ? {} : { seat_file }),
      events: {
        assigned: (partitions, generation) => this.assigned(partitions, generation),
        batch: ({ topic, partition }, records, next, high) => this.tasks.get(partition)?.push(topic, records, next, high),
        heartbeat: (sent_at) => {
          this.heard_at = sent_at;
          for (const task of this.tasks.values()) task.heartbeat(sent_at);
          watch.heartbeat();
        },
        lost: (reason) => {
          this.is_member = false;
          watch.lost(reason);
        },
        failed: (error) => watch.failed(error),
        outOfRange: ({ topic, partition }) => this.tasks.get(partition)?.outOfRange(topic),
      },
    });
  }

  start(): Promise<void> {
    this.timer = setInterval(() => void this.tell([...this.tasks.values()]), TELL_MS);
    return this.group.start();
  }

  /** Where it is, for those who look at lags: it never goes by it itself. */
  private async tell(tasks: readonly Task[]): Promise<void> {
    if (!this.is_member) return;
    const { input } = this.options;
    // no further than what is committed: a changelog that knows of less is taken for one that was deleted
    const positions = tasks
      .filter((task) => task.status().committed > 0)
      .map((task) => ({ topic: input, partition: task.partition, offset: task.status().committed }));
    await this.group.commit(positions).catch(() => {});
  }

  /** Every task finishes its chunk and commits; then the group is left, so that others take over at once. */
  async stop(): Promise<void> {
    this.is_stopping = true;
    clearInterval(this.timer);
    const { tasks } = this;
    await Promise.all([...tasks.values()].map((task) => task.stop()));
    await this.tell([...tasks.values()]);
    await this.group.stop();
  }

  /** Lets go at once: nothing is finished, and nothing committed. */
  drop(): void {
    this.is_stopping = true;
    clearInterval(this.timer);
    for (const task of this.tasks.values()) task.drop();
  }

  /** Why it is not ready; undefined when it is. */
  get unreadyReason(): string | undefined {
    const { name, elapsed } = this.options;
    if (!this.is_member) return `${name}: not in its group`;
    const silence = silenceOf(elapsed() - this.heard_at);
    if (silence !== undefined) return `${name}: ${silence}`;
    const unread = unreadOf(
      this.group,
      [...this.tasks.keys()].flatMap((partition) => this.partsOf(partition)),
    );
    if (unread !== undefined) return `${name}: ${unread}`;
    const [one] = [...this.tasks.values()].filter((task) => !task.is_running);
    return one === undefined ? undefined : `${name}: partition ${one.partition} is ${one.status().phase}`;
  }

  status(): { generation: number; is_member: boolean; partitions: (TaskStatus & ReadState)[] } {
    const partitions = [...this.tasks.values()]
      .map((task) => ({ ...task.status(), ...readState(this.group, this.partsOf(task.partition)) }))
      .sort((a, b) => a.partition - b.partition);
    return { generation: this.generation, is_member: this.is_member, partitions };
  }

  private partsOf(partition: number): TopicPartition[] {
    const { input, changelog } = this.options;
    return [input, changelog].map((topic) => ({ topic, partition }));
  }

  get input(): string {
    return this.options.input;
  }

  /** Of its partitions: those that are read again hold people, too. */
  get count(): number {
    return this.tasks.size;
  }

  /** What works now. */
  works(): Work[] {
    return [...this.tasks.values()].flatMap((task) => task.running() ?? []);
  }

  /** What works now and is to be told of what has changed; what is not ready yet begins anew. */
  renewed(): Work[] {
    return [...this.tasks.values()].flatMap((task) => task.renewed() ?? []);
  }

  private claims(): { generation: number; units: Map<string, Claim> } {
    const units = new Map<string, Claim>();
    for (const task of this.tasks.values()) {
      const claim = CLAIMS[task.status().phase];
      if (claim !== undefined) units.set(String(task.partition), claim);
    }
    return { generation: this.generation, units };
  }

  private assigned(partitions: readonly TopicPartition[], generation: number): void {
    const { input, budget, watch } = this.options;
    if (this.is_stopping) return;
    this.generation = generation;
    this.is_member = true;
    this.heard_at = this.options.elapsed();
    const mine = new Set(partitions.filter(({ topic }) => topic === input).map(({ partition }) => partition));
    for (const [partition, task] of this.tasks) {
      if (mine.has(partition)) {
        task.rejoined();
        continue;
      }
      task.drop();
      this.tasks.delete(partition);
      budget.holds(-1);
    }
    for (const partition of mine) {
      if (this.tasks.has(partition)) continue;
      budget.holds(1);
      this.tasks.set(partition, this.open(partition));
    }
    watch.assigned(mine.size, generation);
  }

  private open(partition: number): Task {
    const { input, changelog, transactionalId, transport, createWork, budget, told, ids, chunk_ms, commit_interval, elapsed, watch } =
      this.options;
    return new Task({
      partition,
      input,
      changelog,
      transactional_id: transactionalId(partition),
      connect: (id) => transport.transactional(id),
      told: (at) => told(at),
      ids,
      group: this.group,
      createWork,
      elapsed,
      chunk_ms,
      commit_interval,
      share: budget.share,
      queued: (bytes) => budget.add(bytes),
      watch,
    });
  }
}

/** What a task's phase is worth to the group. */
const CLAIMS: Readonly<Record<Phase, Claim | undefined>> = {
  fencing: 'restoring',
  restoring: 'restoring',
  replaying: 'running',
  running: 'running',
  waiting: 'restoring',
  closed: undefined,
};
