import { createGunzip } from 'node:zlib';

/** Packed bytes that are handed over at once: little, so that a file that waits for its turn in a merge holds little of what is in them. */
const PACKED_BYTES = 4 * 1024;
/** What the last step before damage unpacked is lost with it, so steps are small; smaller ones would cost time. */
const UNPACKED_BYTES = 16 * 1024;

/**
 * Unpacks gzip, several members one after another. Before it throws it gives what stands before the damage, to less than 16 KiB, and the same
 * whatever the pace of the reader: a stream in a pipe would throw away what the reader had not taken yet.
 */
export async function* gunzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  let member: Member | undefined;
  let isFirst = true;
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += PACKED_BYTES) {
        let rest = chunk.subarray(at, at + PACKED_BYTES);
        while (rest.length > 0) {
          if (member === undefined) {
            // members may be padded with noughts up to the end of a block, and go on after it
            if (!isFirst) rest = withoutPadding(rest);
            if (rest.length === 0) break;
            member = new Member();
            isFirst = false;
          }
          const unused: Uint8Array | undefined = await member.write(rest);
          yield* member.take();
          if (unused === undefined) break;
          member.close();
          member = undefined;
          rest = unused;
        }
      }
    }
    if (member === undefined) return;
    await member.end();
    yield* member.take();
  } finally {
    member?.close();
  }
}

function withoutPadding(bytes: Uint8Array): Uint8Array {
  let at = 0;
  while (at < bytes.length && bytes[at] === 0) at++;
  return bytes.subarray(at);
}

/** A run of gzip members that follow one another without a gap. */
class Member {
  private readonly gunzip = createGunzip({ chunkSize: UNPACKED_BYTES });
  private pieces: Uint8Array[] = [];
  private failure: Error | undefined;
  private hasEnded = false;
  private written = 0;
  private wake = (): void => {};

  constructor() {
    this.gunzip.on('data', (piece: Uint8Array) => void this.pieces.push(piece));
    this.gunzip.on('error', (error) => {
      this.failure = error;
      this.wake();
    });
    this.gunzip.on('end', () => {
      this.hasEnded = true;
      this.wake();
    });
  }

  /** @returns what stands behind its end, when it has ended */
  async write(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    await this.settled((done) => void this.gunzip.write(bytes, () => done()));
    if (this.hasEnded) return bytes.subarray(this.gunzip.bytesWritten - this.written);
    this.written += bytes.length;
    return undefined;
  }

  end(): Promise<void> {
    return this.settled(() => void this.gunzip.end());
  }

  /** What was unpacked since the last time. @throws what the bytes are not */
  *take(): Generator<Uint8Array, void, void> {
    const unpacked = this.pieces;
    this.pieces = [];
    yield* unpacked;
    if (this.failure !== undefined) throw this.failure;
  }

  close(): void {
    this.gunzip.destroy();
  }

  private settled(act: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      act(resolve);
    });
  }
}
