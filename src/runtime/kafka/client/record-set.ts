import { internals, type Message } from './internals.js';
import { type BatchFrame, type Budget, type Decompress, decodeBatch, frameAt, magicAt, placeholder } from './record-batch.js';

/** A transaction that was given up: everything that this producer wrote from this offset to its abort marker never happened. */
export interface Aborted {
  producerId: string;
  firstOffset: string;
}

/**
 * Which batches belong to transactions that were given up. kafkajs begins one such transaction a record at most, takes the broker's list for
 * sorted and any record with a certain key for a marker, and so shows records of aborted transactions when several begin before what was fetched.
 */
export class AbortedBatches {
  readonly #pending: Aborted[];
  readonly #open = new Set<string>();

  constructor(aborted: readonly Aborted[]) {
    this.#pending = [...aborted].sort((a, b) => Number(b.firstOffset) - Number(a.firstOffset));
  }

  /** To be asked of every batch, in order. */
  has({ last, producer, isTransactional, isControl }: BatchFrame): boolean {
    while (this.#pending.length > 0 && Number(this.#pending.at(-1)!.firstOffset) <= last) this.#open.add(this.#pending.pop()!.producerId);
    if (!isTransactional) return false;
    // the first marker that a producer gets after that is the abort: no other transaction of it can lie between
    return isControl ? this.#open.delete(producer) : this.#open.has(producer);
  }
}

/**
 * All records of what was fetched of a partition, in order. Ends early where the bytes do, or when enough has been unpacked: the rest comes with
 * the next fetch.
 */
export async function decodeRecordSet(
  bytes: Buffer,
  aborted: readonly Aborted[],
  budget: Budget,
  decompress: Decompress,
): Promise<Message[]> {
  const given_up = new AbortedBatches(aborted);
  const messages: Message[] = [];
  let at = 0;
  while (messages.length === 0 || budget.left > 0) {
    const magic = magicAt(bytes, at);
    if (magic === undefined) break;
    if (magic !== 2) {
      const end = endOfOld(bytes, at);
      const { Decoder, oldMessages } = internals();
      const old = await oldMessages(new Decoder(bytes.subarray(at, end)), end - at);
      for (const message of old) messages.push({ ...message, headers: {}, isControlRecord: false });
      if (old.length === 0 || end === bytes.length) break;
      at = end;
      continue;
    }
    const frame = frameAt(bytes, at);
    if (frame === undefined) break;
    at = frame.end;
    if (given_up.has(frame)) messages.push(placeholder(frame));
    else for (const message of await decodeBatch(bytes, frame, budget, decompress)) messages.push(message);
  }
  return messages;
}

/** Where the messages of the formats before record batches end that begin here; kafkajs reads those. */
function endOfOld(bytes: Buffer, at: number): number {
  let end = at;
  while (end + 12 <= bytes.length) {
    const magic = magicAt(bytes, end);
    if (magic === 2) return end;
    if (magic !== undefined && magic !== 0 && magic !== 1) throw new Error(`records of format ${magic}`);
    const size = bytes.readInt32BE(end + 8);
    if (size < 0) throw new Error(`a message of ${size} bytes`);
    end += 12 + size;
  }
  return bytes.length;
}
