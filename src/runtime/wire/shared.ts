import type { AvroReader } from './avro-reader.js';

/** Records beside one another under one hash. */
const WAYS = 4;
/** Longer records are made anew each time, bytes: no usual one comes near, and a flood of long ones must not fill the memory. */
const MAX_BYTES = 1024;

interface Entry {
  hash: number;
  /** the record's bytes, a character each: a third of what a Buffer of them takes */
  bytes: string;
  value: object;
}

/**
 * Gives one and the same frozen object for the same bytes of a sub-record: whoever keeps thousands of events keeps one endpoint, and what is
 * remembered for an object is found again. Bounded: among those that share a hash the newest are kept.
 */
export class Shared<T extends object> {
  private readonly entries: (Entry | undefined)[];
  private readonly sets: number;

  /**
   * @param read makes a record of what stands at the reader
   * @param skip passes over it
   * @param max records kept, a power of two
   */
  constructor(
    private readonly read: (reader: AvroReader) => T,
    private readonly skip: (reader: AvroReader) => void,
    max: number,
  ) {
    this.entries = new Array(max).fill(undefined);
    this.sets = max / WAYS;
  }

  next(reader: AvroReader): T {
    const start = reader.at;
    this.skip(reader);
    const end = reader.at;
    const bytes = reader.bytes;
    const length = end - start;
    if (length > MAX_BYTES) {
      reader.at = start;
      return this.read(reader);
    }
    const hash = hashOf(bytes, start, end);
    const first = (hash & (this.sets - 1)) * WAYS;
    for (let place = first; place < first + WAYS; place++) {
      const entry = this.entries[place];
      if (entry === undefined) break;
      if (entry.hash === hash && entry.bytes.length === length && isEqual(entry.bytes, bytes, start)) return entry.value as T;
    }
    reader.at = start;
    const value = Object.freeze(this.read(reader));
    for (let place = first + WAYS - 1; place > first; place--) this.entries[place] = this.entries[place - 1];
    this.entries[first] = { hash, bytes: bytes.toString('latin1', start, end), value };
    return value;
  }
}

/** Four bytes a step: the multiplications wait for one another, the rest does not. */
function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = end - start;
  let i = start;
  for (const last = end - 3; i < last; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash = Math.imul(hash ^ word, 0x2c1b3c6d);
    hash ^= hash >>> 15;
  }
  for (; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x2c1b3c6d);
  return hash ^ (hash >>> 15);
}

function isEqual(text: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
