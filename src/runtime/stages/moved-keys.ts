import { SessionvigilError } from '../../errors.js';
import type { OutRecord } from '../kafka/transport.js';

/**
 * Keys of a partition under which nobody is remembered any more, since their person is known under another one: what still comes under them, from a
 * normalize that does not know yet, is sent on. Each stands in the changelog, in a record of its own.
 */
const PREFIX = Buffer.from('\u0000moved/');
const FORMAT = 1;
/** The one that was told first goes first. Every normalize knows of a link within seconds; what is forgotten is told again when it is learned again. */
export const MOVED_MOST = 10_000;

interface Moved {
  into: string;
  /** the partition's clock when it was told, ms */
  time: number;
}

export class MovedKeys {
  /** in the order in which they were told */
  private readonly moved = new Map<string, Moved>();
  private readonly changed = new Set<string>();
  private readonly lifted = new Set<string>();

  get size(): number {
    return this.moved.size;
  }

  /** The key that stands for this one; undefined when it stands for itself. */
  get(key: string): string | undefined {
    return this.moved.get(key)?.into;
  }

  /** @param time of the partition's clock, ms */
  set(key: string, into: string, time: number): void {
    this.moved.delete(key);
    this.moved.set(key, { into, time });
    this.changed.add(key);
    if (this.moved.size > MOVED_MOST) {
      const [oldest] = this.moved.keys();
      this.delete(oldest!);
    }
  }

  /** It stands for itself from here on. */
  delete(key: string): void {
    if (!this.moved.delete(key)) return;
    this.changed.add(key);
    this.lifted.add(key);
  }

  /** Forgets what was told before a time, ms. */
  expire(before: number): void {
    for (const [key, { time }] of this.moved) {
      if (time >= before) return;
      this.delete(key);
    }
  }

  /** Keys that stand for themselves since it was asked last: what came before went elsewhere, and a restore must not take it for theirs. */
  takeLifted(): string[] {
    const keys = [...this.lifted];
    this.lifted.clear();
    return keys;
  }

  /** What has changed since it was asked last. */
  takeRecords(topic: string, partition: number): OutRecord[] {
    const records = [...this.changed].map((key) => {
      const moved = this.moved.get(key);
      const value = moved === undefined ? null : Buffer.from(JSON.stringify({ format: FORMAT, ...moved }));
      return { topic, partition, key: Buffer.concat([PREFIX, Buffer.from(key)]), value };
    });
    this.changed.clear();
    return records;
  }

  /** A record of the changelog. @throws SV_KAFKA_STATE_VERSION when another version wrote it */
  load(key: Buffer, value: Buffer | null, changelog: string): void {
    const name = key.subarray(PREFIX.length).toString('utf8');
    this.moved.delete(name);
    if (value === null) return;
    const { format, into, time } = JSON.parse(value.toString('utf8')) as Moved & { format: number };
    if (format !== FORMAT)
      throw new SessionvigilError(
        'SV_KAFKA_STATE_VERSION',
        `a moved key in ${changelog} is of format ${format}; this version reads format ${FORMAT}`,
      );
    this.moved.set(name, { into, time });
  }
}

export function isMovedKey(key: Buffer): boolean {
  return key.length > PREFIX.length && key.subarray(0, PREFIX.length).equals(PREFIX);
}
