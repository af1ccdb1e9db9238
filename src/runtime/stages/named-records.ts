import type { FeedsStanding } from '../../core/state/feeds.js';
import { SessionvigilError } from '../../errors.js';
import type { OutRecord } from '../kafka/transport.js';

const FORMAT = 1;

/**
 * What belongs to the place where a restore begins to read again, by name: each stands in the changelog in a record of its own, written when it has
 * changed. There may be hundreds, which are too many for the record of the position: that one is written with every chunk.
 */
export class NamedRecords<Value> {
  private readonly prefix: Buffer;
  /** as they are written, by name */
  private readonly written = new Map<string, string>();
  /** what was written last, so that what is the same is not written out to see that; null: nothing yet */
  private last: Readonly<Record<string, Value>> | undefined | null = null;

  /**
   * @param prefix of their keys, without the mark of what is reserved
   * @param field of the record that holds the value
   * @param what it is, for people
   */
  constructor(
    prefix: string,
    private readonly field: string,
    private readonly what: string,
  ) {
    this.prefix = Buffer.from(`\u0000${prefix}`);
  }

  isKey(key: Buffer): boolean {
    return key.length > this.prefix.length && key.subarray(0, this.prefix.length).equals(this.prefix);
  }

  /** A record of the changelog. @throws SV_KAFKA_STATE_VERSION when another version wrote it */
  load(key: Buffer, value: Buffer | null, changelog: string): void {
    const name = key.subarray(this.prefix.length).toString('utf8');
    if (value === null) {
      this.written.delete(name);
      return;
    }
    const text = value.toString('utf8');
    const { format } = JSON.parse(text) as { format: number };
    if (format !== FORMAT)
      throw new SessionvigilError(
        'SV_KAFKA_STATE_VERSION',
        `${this.what} stands in ${changelog} in format ${format}; this version reads format ${FORMAT}`,
      );
    this.written.set(name, text);
  }

  /** What was read; undefined when it was nothing. */
  standing(): Record<string, Value> | undefined {
    if (this.written.size === 0) return undefined;
    const standing: Record<string, Value> = {};
    for (const [name, text] of this.written) standing[name] = (JSON.parse(text) as Record<string, Value>)[this.field]!;
    return standing;
  }

  /** What is to be written, so that this is what is read. @param standing not changed afterwards */
  take(topic: string, partition: number, standing: Readonly<Record<string, Value>> | undefined): OutRecord[] {
    const { last } = this;
    if (standing === last) return [];
    this.last = standing;
    const records: OutRecord[] = [];
    const write = (name: string, value: string | null) =>
      void records.push({
        topic,
        partition,
        key: Buffer.concat([this.prefix, Buffer.from(name)]),
        value: value === null ? null : Buffer.from(value),
      });
    for (const [name, value] of Object.entries(standing ?? {})) {
      if (last?.[name] === value) continue;
      const text = JSON.stringify({ format: FORMAT, [this.field]: value });
      if (this.written.get(name) === text) continue;
      this.written.set(name, text);
      write(name, text);
    }
    for (const name of this.written.keys()) {
      if (standing !== undefined && Object.hasOwn(standing, name)) continue;
      this.written.delete(name);
      write(name, null);
    }
    return records;
  }
}

/** When the logs of identity providers were alive. Whoever looks after hundreds of tenants has hundreds of logs. */
export const feedRecords = () => new NamedRecords<FeedsStanding[string]>('feed/', 'runs', 'when a log was alive');
