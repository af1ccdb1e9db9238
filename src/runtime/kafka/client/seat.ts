import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A member's place in its group. The coordinator keeps it until the session times out, unless somebody leaves for it. */
export interface Seat {
  group_id: string;
  member_id: string;
}

/** The seat that an earlier process has not left. A file that cannot be read counts as none: then the session times out. */
export function readSeat(file: string, group_id: string): Seat | undefined {
  try {
    const seat = JSON.parse(readFileSync(file, 'utf8')) as Partial<Seat> | null;
    if (seat?.group_id === group_id && typeof seat.member_id === 'string' && seat.member_id !== '')
      return { group_id, member_id: seat.member_id };
  } catch {
    // none, or half a file of a full disk
  }
  return undefined;
}

/** Whole or not at all. @throws when the folder cannot be written */
export function writeSeat(file: string, seat: Seat): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(seat));
  renameSync(`${file}.new`, file);
}

/** What cannot be removed was most likely never written; a seat that was left is left by nobody once more. */
export function clearSeat(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // the folder is none, or may not be written
  }
}
