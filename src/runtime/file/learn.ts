import type { Damage } from './damage.js';
import { InputLines } from './input-lines.js';
import type { Input } from './inputs.js';

/**
 * Shows every record of the files to the identities table before anything is judged, so that a record which carries only an id reaches its
 * person wherever the link to it stands. Streams are left out: they can be read but once.
 * @returns for each input, in their order, where it is damaged
 */
export async function learnFrom(
  inputs: readonly Input[],
  learn: (record: Uint8Array) => void,
  options: { max_record_bytes: number; signal: AbortSignal; onBytes?(count: number): void; onRecord?(): void },
): Promise<(Damage | undefined)[]> {
  const damages: (Damage | undefined)[] = [];
  for (const [i, input] of inputs.entries()) {
    damages.push(undefined);
    if (input.size === undefined) continue;
    const lines = new InputLines(input, i + 1, options);
    try {
      do {
        for (let line = lines.take(); line !== undefined; line = lines.take()) {
          options.onRecord?.();
          if (!line.is_too_large) attempt(learn, line.bytes);
        }
      } while (await lines.fill());
      damages[i] = lines.damage;
    } finally {
      await lines.close();
    }
  }
  return damages;
}

/** What fails here fails again when the record is judged, and is reported there. */
function attempt(learn: (record: Uint8Array) => void, record: Uint8Array): void {
  try {
    learn(record);
  } catch {
    // see above
  }
}
