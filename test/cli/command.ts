import { PassThrough, Readable } from 'node:stream';
import { run } from '../../src/cli/program.js';

export interface Ran {
  status: number;
  stdout: string;
  stderr: string;
}

export interface World {
  stdin?: string | Uint8Array;
  env?: Record<string, string>;
  /** columns of the terminal that stdout and stderr are */
  terminal?: number;
  /** wall clock, ms */
  now?: number;
  signal?: AbortSignal;
}

/** 2026-06-01T00:00:00Z: the clock of these tests. */
export const NOW = Date.UTC(2026, 5, 1);

/** Runs a command as the binary does, without a process. */
export async function command(args: readonly string[], { stdin = '', env = {}, terminal, now = NOW, signal }: World = {}): Promise<Ran> {
  const look = terminal === undefined ? {} : { isTTY: true, columns: terminal };
  const stdout = Object.assign(new PassThrough(), look);
  const stderr = Object.assign(new PassThrough(), look);
  const texts = Promise.all([textOf(stdout), textOf(stderr)]);
  const status = await run(args, {
    stdin: Readable.from(stdin.length === 0 ? [] : [Buffer.from(stdin)]),
    stdout,
    stderr,
    env,
    now: () => now,
    signal: signal ?? new AbortController().signal,
  });
  stdout.end();
  stderr.end();
  const [out, err] = await texts;
  return { status, stdout: out, stderr: err };
}

export function lines<T = Record<string, unknown>>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

async function textOf(stream: PassThrough): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
