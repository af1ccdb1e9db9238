import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';

/** A member's place in its group. The coordinator keeps it until the session times out, unless somebody leaves for it. */
export interface Seat {
  group_id: string;
  member_id: string;
}

/** Who has written it down. */
interface Holder {
  host: string;
  pid: number;
  /** tells a process from an earlier one of the same number; undefined where the system does not say */
  began?: string | undefined;
}

/** The seat that an earlier process has not left. A file that cannot be read counts as none: then the session times out. */
export function readSeat(file: string, group_id: string): (Seat & { holder?: Holder }) | undefined {
  try {
    const seat = JSON.parse(readFileSync(file, 'utf8')) as Partial<Seat & { holder: Holder }> | null;
    if (seat?.group_id === group_id && typeof seat.member_id === 'string' && seat.member_id !== '')
      return { group_id, member_id: seat.member_id, ...(seat.holder === undefined ? {} : { holder: seat.holder }) };
  } catch {
    // none, or half a file of a full disk
  }
  return undefined;
}

/** The process that sits on it and lives; undefined when it is gone, or nobody knows. Its place is not to be given up. */
export function livingHolder({ holder }: { holder?: Holder }): number | undefined {
  if (holder === undefined || holder.host !== hostname() || holder.pid === process.pid) return undefined;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
  }
  const { began, isDead } = statOf(holder.pid);
  return isDead || began !== holder.began ? undefined : holder.pid;
}

/** Whole or not at all. @throws when the folder cannot be written */
export function writeSeat(file: string, seat: Seat): void {
  const holder: Holder = { host: hostname(), pid: process.pid, began: statOf(process.pid).began };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify({ ...seat, holder }));
  renameSync(`${file}.new`, file);
}

/** What Linux says of a process; nothing elsewhere. */
function statOf(pid: number): { began?: string; isDead: boolean } {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // behind its name, which may hold anything: the state, and 19 fields on when it began (proc(5))
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { began: fields[19]!, isDead: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return { isDead: false };
  }
}

/**
 * Removes our own seat: one that another process has written over it is theirs. What cannot be removed was most likely never written; a seat that was
 * left is left by nobody once more.
 */
export function clearSeat(file: string, { group_id, member_id }: Seat): void {
  if (readSeat(file, group_id)?.member_id !== member_id) return;
  try {
    rmSync(file, { force: true });
  } catch {
    // the folder is none, or may not be written
  }
}
