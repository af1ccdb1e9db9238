import type { Log } from '../../log.js';
import { CODE, codeOf, isHopeless } from './client/answers.js';
import type { Admin, Watermarks } from './transport.js';

/** Between two tries, each of which has its own patience, ms. */
const PAUSE_MS = 1000;

/** Where a group is in a topic, and how far the topic reaches. */
export interface Standing {
  positions: Awaited<ReturnType<Admin['committed']>>;
  marks: Watermarks[];
}

/** What the stages ask of the brokers, asked until there is an answer: brokers that are away are no reason to end. */
export class PatientAdmin implements Pick<Admin, 'committed' | 'watermarks' | 'ids' | 'missing'> {
  private admin: Promise<Admin> | undefined;
  private isConnected = false;
  private isClosed = false;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly open: () => Promise<Admin>,
    private readonly log: Pick<Log, 'warn'>,
  ) {}

  committed(group_id: string, topic: string): ReturnType<Admin['committed']> {
    return this.patiently((admin) => admin.committed(group_id, topic));
  }

  watermarks(topic: string): ReturnType<Admin['watermarks']> {
    return this.patiently((admin) => admin.watermarks(topic));
  }

  ids(topics: readonly string[]): ReturnType<Admin['ids']> {
    return this.patiently((admin) => admin.ids(topics));
  }

  missing(topics: readonly string[]): Promise<string[]> {
    return this.patiently((admin) => admin.missing(topics));
  }

  /** undefined when there is no such topic. Any other answer is waited for */
  standing(group_id: string, topic: string): Promise<Standing | undefined> {
    return this.patiently(async (admin) => {
      try {
        return { positions: await admin.committed(group_id, topic), marks: await admin.watermarks(topic) };
      } catch (error) {
        if (codeOf(error) !== CODE.UNKNOWN_TOPIC_OR_PARTITION) throw error;
        // it may have been said of another topic that is asked for, or by a broker that hears of it late
        const found = await admin.describe([topic]);
        if (found.get(topic) !== undefined) throw error;
        return undefined;
      }
    });
  }

  /**
   * Who still waits is told that it is over. What is still connecting is not waited for, since with brokers that stand still that takes minutes: who
   * closes the transport cuts it off.
   */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const tell of [...this.waiting]) tell();
    const { isConnected } = this;
    const end = this.letGo();
    if (isConnected) await end;
  }

  private async letGo(): Promise<void> {
    const { admin } = this;
    this.admin = undefined;
    // it may never have been connected
    this.isConnected = false;
    await admin?.then((one) => one.close()).catch(() => {});
  }

  private async patiently<T>(ask: (admin: Admin) => Promise<T>): Promise<T> {
    for (;;) {
      if (this.isClosed) throw new Error('closed');
      this.admin ??= this.open();
      const mine = this.admin;
      const answer = mine.then((admin) => {
        this.isConnected = true;
        return ask(admin);
      });
      try {
        return await this.untilClosed(answer);
      } catch (error) {
        if (this.isClosed || isHopeless(error)) throw error;
        this.log.warn({ error: String(error) }, 'no answer from Kafka; trying again');
        // others may have another one by now
        if (this.admin === mine) void this.letGo();
      }
      await this.pause();
    }
  }

  private async pause(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PAUSE_MS);
    });
    await this.untilClosed(over).finally(() => clearTimeout(timer));
  }

  /** @throws when it is closed first */
  private untilClosed<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const tell = () => reject(new Error('closed'));
      const settled = () => this.waiting.delete(tell);
      this.waiting.add(tell);
      answer.then(resolve, reject).then(settled, settled);
    });
  }
}
