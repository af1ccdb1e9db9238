import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { SessionvigilError } from '../../errors.js';
import { coded } from '../file/write-error.js';

const NAME = 'run.lock';
/** How often a holder says that it is there, and after how long of silence one on another machine counts as gone, ms. */
const BEAT_MS = 5_000;
const SILENCE_MS = 60_000;

interface Holder {
  pid: number;
  host: string;
  /** when the process started, in the words of the system; tells it from another that has its number by now */
  start: string | undefined;
}

/**
 * The right of one process to write into a folder. A process that was killed leaves its file behind: it counts for nothing once there is no such
 * process, or, when it ran on another machine, which cannot be asked, once it has been silent for a minute.
 */
export class Lock {
  private readonly beat: NodeJS.Timeout;

  private constructor(private readonly path: string) {
    this.beat = setInterval(() => touch(path), BEAT_MS);
    this.beat.unref();
  }

  /** @param now wall clock, ms @throws SV_OUTPUT_LOCKED, SV_OUTPUT_WRITE */
  static take(folder: string, now: number, self: Holder = ourselves()): Lock {
    const path = join(folder, NAME);
    const own = `${path}.${self.host}.${self.pid}`;
    return coded(path, () => {
      writeFileSync(own, JSON.stringify(self));
      try {
        while (!link(own, path)) clear(path, `${own}.stale`, now);
        return new Lock(path);
      } finally {
        rmSync(own, { force: true });
      }
    });
  }

  release(): void {
    clearInterval(this.beat);
    rmSync(this.path, { force: true });
  }
}

/** Makes the name for the file if nobody has it: the one step that only one of several can do. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes a lock away whose holder is gone. @param aside where it is looked at once more, out of everybody's way */
function clear(path: string, aside: string, now: number): void {
  const before = read(path, now);
  if (before === undefined) return;
  refuseIfHeld(path, before);
  renameSync(path, aside);
  const moved = read(aside, now);
  if (moved !== undefined && moved.text !== before.text) {
    // another process took it between the two looks: it gets it back
    link(aside, path);
    rmSync(aside, { force: true });
    refuseIfHeld(path, moved);
    return;
  }
  rmSync(aside, { force: true });
}

interface Found {
  text: string;
  /** since its holder was heard of last, ms */
  silence: number;
}

function read(path: string, now: number): Found | undefined {
  try {
    return { text: readFileSync(path, 'utf8'), silence: now - statSync(path).mtimeMs };
  } catch {
    return undefined;
  }
}

function refuseIfHeld(path: string, { text, silence }: Found): void {
  const holder = parse(text);
  if (holder === undefined) return;
  const { pid, host, start } = holder;
  const isHeld = host === hostname() ? isRunning(pid, start) : silence < SILENCE_MS;
  if (!isHeld) return;
  throw new SessionvigilError('SV_OUTPUT_LOCKED', `another process writes there: ${path} is held by process ${pid} on ${host}`);
}

function parse(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // killed before it was written whole
    return undefined;
  }
}

function isRunning(pid: number, start: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = startOf(pid);
  return now !== ENDED && (now === undefined || start === undefined || now === start);
}

export function ourselves(): Holder {
  return { pid: process.pid, host: hostname(), start: startOf(process.pid) };
}

/** A process that ended and that its parent has not asked for yet. */
const ENDED = 'ended';

/** Boot and clock ticks since then at which a process started; undefined where the system does not tell. */
function startOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the name of the program stands in brackets and may hold anything; behind it the state comes first and the start as the 20th word
    const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return words[0] === 'Z' || words[0] === 'X' ? ENDED : `${boot}:${words[19]}`;
  } catch {
    return undefined;
  }
}

function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // somebody took it away: what is written next will tell what is wrong
  }
}
