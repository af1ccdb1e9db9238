import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type ErrorCode, type Problem, SessionvigilError } from '../../errors.js';
import { DamagedInput } from './damage.js';
import { gunzipped } from './gunzip.js';

const CHUNK_BYTES = 256 * 1024;
/** of each file's first chunk: in a replay of a year of hourly files all are open, but most of them wait for their turn with no more than this */
const FIRST_CHUNK_BYTES = 16 * 1024;

/** One thing to read records from. */
export interface Input {
  /** as it was given; `-` is stdin */
  name: string;
  /** bytes on disk; undefined for a stream, which can be read only once and has no end in sight */
  size: number | undefined;
  /**
   * Its bytes, unpacked when they are gzip.
   * @param onBytes told of bytes as they are read, before unpacking
   * @throws DamagedInput while reading, after all that stands before the damage; SV_INPUT_UNREADABLE when no more files can be opened
   */
  chunks(onBytes?: (count: number) => void): AsyncGenerator<Uint8Array, void, void>;
}

/**
 * Looks at every input before any is read.
 * @param world its stdin is touched only when an input is `-`, and only when that is read
 * @throws SV_INPUT_MISSING, SV_INPUT_DIRECTORY, SV_INPUT_UNREADABLE, SV_CLI_USAGE: the first one's code, all in the problems
 */
export async function findInputs(names: readonly string[], world: { readonly stdin: Readable }): Promise<Input[]> {
  const wrong: (Problem & { code: ErrorCode })[] = [];
  const inputs: Input[] = [];
  for (const name of names) {
    if (name === '-') {
      if (inputs.some((input) => input.name === '-'))
        wrong.push({ code: 'SV_CLI_USAGE', file: '-', message: 'stdin can be read only once' });
      inputs.push({ name, size: undefined, chunks: (onBytes) => unpacked(fromStream(world.stdin, onBytes), name) });
      continue;
    }
    try {
      const found = await stat(name);
      if (found.isDirectory())
        wrong.push({
          code: 'SV_INPUT_DIRECTORY',
          file: name,
          message: `is a directory; name the files in it: ${name.replace(/\/+$/, '')}/*`,
        });
      else {
        // opened once beforehand, so that a file without permission is known before any work is done
        if (found.isFile()) await (await open(name, 'r')).close();
        inputs.push(fileInput(name, found.isFile() ? found.size : undefined));
      }
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' || code === 'ENOTDIR') wrong.push({ code: 'SV_INPUT_MISSING', file: name, message: 'no such file' });
      else wrong.push({ code: 'SV_INPUT_UNREADABLE', file: name, message: `cannot be opened: ${code ?? cause}` });
    }
  }
  const first = wrong[0];
  if (first === undefined) return inputs;
  const about = wrong.length === 1 ? `${first.file}: ${first.message}` : `${wrong.length} inputs cannot be read`;
  throw new SessionvigilError(first.code, about, wrong.length === 1 ? [] : wrong);
}

/** A file as an input, without a look at whether it is there. @param size bytes on disk */
export function fileInput(name: string, size: number | undefined): Input {
  return { name, size, chunks: (onBytes) => unpacked(fromFile(name, onBytes), name) };
}

async function* fromFile(name: string, onBytes?: (count: number) => void): AsyncGenerator<Uint8Array, void, void> {
  let file: Awaited<ReturnType<typeof open>> | undefined;
  try {
    file = await open(name, 'r');
    for (let size = FIRST_CHUNK_BYTES; ; size = CHUNK_BYTES) {
      // a new buffer each time: lines are views into it, and the merge holds on to some
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(size), 0, size, null);
      if (bytesRead === 0) return;
      onBytes?.(bytesRead);
      yield buffer.subarray(0, bytesRead);
    }
  } catch (cause) {
    throw unreadable(name, cause);
  } finally {
    await file?.close();
  }
}

async function* fromStream(stream: Readable, onBytes?: (count: number) => void): AsyncGenerator<Uint8Array, void, void> {
  try {
    for await (const chunk of stream) {
      onBytes?.((chunk as Uint8Array).length);
      yield chunk as Uint8Array;
    }
  } catch (cause) {
    throw unreadable('-', cause);
  }
}

/** Gzip is known by its first two bytes; a name that ends in .gz promises it. */
async function* unpacked(chunks: AsyncGenerator<Uint8Array, void, void>, name: string): AsyncGenerator<Uint8Array, void, void> {
  try {
    const start = await beginning(chunks);
    if (start.length === 0) return;
    const isGzip = start[0] === 0x1f && start[1] === 0x8b;
    if (isGzip) yield* fromGzip(prepend(start, chunks), name);
    else if (name.endsWith('.gz')) throw new DamagedInput('SV_INPUT_GZIP', name, 'not gzip, though its name says so');
    else yield* prepend(start, chunks);
  } finally {
    await chunks.return();
  }
}

/** Two bytes and more, unless there are fewer. */
async function beginning(chunks: AsyncGenerator<Uint8Array, void, void>): Promise<Uint8Array> {
  let start: Uint8Array = new Uint8Array(0);
  while (start.length < 2) {
    const next = await chunks.next();
    if (next.done === true) break;
    start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  return start;
}

async function* fromGzip(chunks: AsyncGenerator<Uint8Array, void, void>, name: string): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* gunzipped(chunks);
  } catch (cause) {
    if (cause instanceof SessionvigilError) throw cause;
    throw new DamagedInput('SV_INPUT_GZIP', name, `damaged gzip: ${(cause as Error).message}`, cause);
  }
}

async function* prepend(start: Uint8Array, rest: AsyncGenerator<Uint8Array, void, void>): AsyncGenerator<Uint8Array, void, void> {
  yield start;
  yield* rest;
}

function unreadable(name: string, cause: unknown): SessionvigilError {
  if (cause instanceof SessionvigilError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  // no damage to this file: the next one would fare no better
  if (code === 'EMFILE' || code === 'ENFILE') {
    const reason = 'too many files are open at once; raise the limit (ulimit -n)';
    return new SessionvigilError('SV_INPUT_UNREADABLE', `${name}: ${reason}`, [], { cause });
  }
  return new DamagedInput('SV_INPUT_UNREADABLE', name, `cannot be read any further: ${code ?? cause}`, cause);
}
