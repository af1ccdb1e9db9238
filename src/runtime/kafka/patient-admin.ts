import type { Log } from '../../log.js';
import { isHopeless } from './client/answers.js';
import type { Admin } from './transport.js';

/** Between two tries, each of which has its own patience, ms. */
const PAUSE_MS = 1000;

/** What the stages ask of the brokers, asked until there is an answer: brokers that are away are no reason to end. */
export class PatientAdmin implements Pick<Admin, 'committed' | 'watermarks'> {
  private admin: Promise<Admin> | undefined;
  private isClosed = false;
  private wake = (): void => {};

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

  /** Who still waits is told that it is over. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.wake();
    const { admin } = this;
    await admin?.then((one) => one.close()).catch(() => {});
  }

  private async patiently<T>(ask: (admin: Admin) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        this.admin ??= this.open();
        return await ask(await this.admin);
      } catch (error) {
        if (this.isClosed || isHopeless(error)) throw error;
        this.log.warn({ error: String(error) }, 'no answer from Kafka; trying again');
        // it may never have been connected
        const { admin } = this;
        this.admin = undefined;
        admin?.then((one) => one.close()).catch(() => {});
      }
      await this.pause();
      if (this.isClosed) throw new Error('closed');
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PAUSE_MS);
      const before = this.wake;
      this.wake = () => {
        clearTimeout(timer);
        resolve();
        before();
      };
    });
  }
}
