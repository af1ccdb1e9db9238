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
  const gunzip = createGunzip({ chunkSize: UNPACKED_BYTES });
  let pieces: Uint8Array[] = [];
  let failure: Error | undefined;
  // whatever follows the last member is padding, and nobody asks for it
  let hasEnded = false;
  let wake = (): void => {};
  const settled = (act: (done: () => void) => void): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      act(resolve);
    });
  gunzip.on('data', (piece: Uint8Array) => void pieces.push(piece));
  gunzip.on('error', (error) => {
    failure = error;
    wake();
  });
  gunzip.on('end', () => {
    hasEnded = true;
    wake();
  });
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += PACKED_BYTES) {
        await settled((done) => void gunzip.write(chunk.subarray(at, at + PACKED_BYTES), () => done()));
        const unpacked = pieces;
        pieces = [];
        yield* unpacked;
        if (failure !== undefined) throw failure;
        if (hasEnded) return;
      }
    }
    await settled(() => void gunzip.end());
    yield* pieces;
    if (failure !== undefined) throw failure;
  } finally {
    gunzip.destroy();
  }
}
