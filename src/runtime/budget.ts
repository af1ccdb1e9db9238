import type { InRecord } from './kafka/transport.js';

/** What a record takes beside its bytes: the objects that stand for it. */
const RECORD_BYTES = 200;

export function sizeOf({ key, value }: Pick<InRecord, 'key' | 'value'>): number {
  return (key?.length ?? 0) + (value?.length ?? 0) + RECORD_BYTES;
}

/** Bytes of records that wait in this process, and what each of those that hold some may hold. */
export class Budget {
  private used = 0;
  private holders = 0;

  /** @param limit bytes in all */
  constructor(private readonly limit: number) {}

  get bytes(): number {
    return this.used;
  }

  add(bytes: number): void {
    this.used += bytes;
  }

  /** One more that holds records, or one less. */
  holds(count: 1 | -1): void {
    this.holders += count;
  }

  /** Bytes for each. */
  share = (): number => this.limit / Math.max(1, this.holders);
}
