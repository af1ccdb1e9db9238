import { createHash } from 'node:crypto';

/** The first bytes of a file as far as they were read: tells it from another that has its place, and knows it again in another place. */
export interface Head {
  length: number;
  /** 16 hex digits */
  digest: string;
}

/** Lengths of heads, so that a file need not be compared at every length; what is shorter than the first has its own. */
const LENGTHS = [1024, 512, 256, 128, 64];

/** As much of a file as is looked at for its head. */
export const HEAD_BYTES = 1024;

/** How long the head is of a file that was read up to `offset`. */
export function headLength(offset: number): number {
  return LENGTHS.find((length) => length <= offset) ?? offset;
}

/** @param start the file's first bytes, `length` of them and more */
export function headOf(start: Uint8Array, length: number): Head {
  return { length, digest: createHash('sha256').update(start.subarray(0, length)).digest('hex').slice(0, 16) };
}

/** As much of what was read last as is looked at for its foot: records of a kind may end alike, so that it holds several. */
export const FOOT_BYTES = 16 * 1024;

/** Tells whether what was read of a file still stands there: its first bytes may be those of each file of its kind. @param read what was read last */
export function footOf(read: Uint8Array): Head {
  return headOf(read, read.length);
}

export function hasHead(start: Uint8Array, { length, digest }: Head): boolean {
  return start.length >= length && headOf(start, length).digest === digest;
}
