import type { Input } from './inputs.js';
import { LineReader } from './lines.js';

/**
 * Shows every record of the files to the identities table before anything is judged, so that a record which carries only an id reaches its
 * person wherever the link to it stands. Streams are left out: they can be read but once.
 */
export async function learnFrom(
  inputs: readonly Input[],
  learn: (record: Uint8Array) => void,
  options: { max_record_bytes: number; signal: AbortSignal; onBytes?(count: number): void; onRecord?(): void },
): Promise<void> {
  for (const input of inputs) {
    if (input.size === undefined) continue;
    const lines = new LineReader(input.chunks(options.onBytes), options.max_record_bytes);
    try {
      do {
        for (let line = lines.take(); line !== undefined; line = lines.take()) {
          options.onRecord?.();
          if (!line.is_too_large) attempt(learn, line.bytes);
        }
        options.signal.throwIfAborted();
      } while (await lines.fill());
    } finally {
      await lines.close();
    }
  }
}

/** What fails here fails again when the record is judged, and is reported there. */
function attempt(learn: (record: Uint8Array) => void, record: Uint8Array): void {
  try {
    learn(record);
  } catch {
    // see above
  }
}
