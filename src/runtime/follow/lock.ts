import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { SessionvigilError } from '../../errors.js';
import { coded } from '../file/write-error.js';

const NAME = 'run.lock';
/** How often a holder says that it is there, and after how long of silence it counts as gone, ms. */
const BEAT_MS = 5_000;
const SILENCE_MS = 60_000;

interface Holder {
  pid: number;
  host: string;
  /** when the process started, in the words of the system; tells it from another that has its number by now */
  start: string | undefined;
  /** where its number counts: another container has numbers of its own, though the host may have the same name */
  space: string | undefined;
}

/**
 * The right of one process to write into a folder. Whoever was heard of within a minute holds it, unless it is certain that the process is gone:
 * it ran among the processes that can be asked, and there is none with its number and its start. One that can be asked and runs holds it however
 * silent it is.
 */
export class Lock {
  private readonly beat: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly text: string,
  ) {
    this.beat = setInterval(() => this.touch(), BEAT_MS);
    this.beat.unref();
  }

  /** @param now wall clock, ms @throws SV_OUTPUT_LOCKED, SV_OUTPUT_WRITE */
  static take(folder: string, now: number, self: Holder = ourselves()): Lock {
    const path = join(folder, NAME);
    const token = randomUUID();
    const own = `${path}.${token}`;
    return coded(path, () => {
      const text = JSON.stringify({ ...self, token });
      writeFileSync(own, text);
      try {
        while (!link(own, path)) clear(path, `${own}.stale`, now);
        return new Lock(path, text);
      } finally {
        rmSync(own, { force: true });
      }
    });
  }

  /**
   * To be asked before anything is written: a process that was stopped for long may find that another took its place.
   * @throws SV_OUTPUT_LOCKED
   */
  check(): void {
    if (this.isOurs()) return;
    const by = parse(read(this.path, 0)?.text ?? '');
    const who = by === undefined ? 'it is gone' : `process ${by.pid} on ${by.host} holds it`;
    throw new SessionvigilError('SV_OUTPUT_LOCKED', `${this.path} is no longer held by this process: ${who}; nothing more is written`);
  }

  /** Takes nothing away from another that took it meanwhile. */
  release(): void {
    clearInterval(this.beat);
    if (this.isOurs()) rmSync(this.path, { force: true });
  }

  private isOurs(): boolean {
    return read(this.path, 0)?.text === this.text;
  }

  private touch(): void {
    if (!this.isOurs()) return;
    try {
      const now = new Date();
      utimesSync(this.path, now, now);
    } catch {
      // somebody took it away: the next check will tell
    }
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
  const { pid, host } = holder;
  const state = stateOf(holder);
  const isHeld = state === 'unknown' ? silence < SILENCE_MS : state === 'runs';
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

/** Whether the process runs, as far as it can be asked. */
function stateOf({ pid, host, start, space }: Holder): 'runs' | 'gone' | 'unknown' {
  if (host !== hostname() || space !== spaceOf()) return 'unknown';
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'gone';
  }
  const now = startOf(pid);
  if (now === ENDED) return 'gone';
  if (now === undefined || start === undefined) return 'unknown';
  return now === start ? 'runs' : 'gone';
}

export function ourselves(): Holder {
  return { pid: process.pid, host: hostname(), start: startOf(process.pid), space: spaceOf() };
}

/** A process that ended and that its parent has not asked for yet. */
const ENDED = 'ended';

/** Boot and namespace that numbers of processes count in; undefined where the system does not tell. */
function spaceOf(): string | undefined {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** Boot and clock ticks since then at which a process started; undefined where the system does not tell. */
export function startOf(pid: number): string | undefined {
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
