import type { Dimension, Factor } from '../../event/index.js';
import { isBefore, type Observation } from '../../state/observation.js';
import { newNote, type Print, type PrintNote } from '../../state/print.js';
import type { ReuseSettings } from './settings.js';

/** Dimensions that a print carries on: the order of `PrintNote.points`. */
const CARRIED = ['place_network', 'device', 'client'] as const;

/** Is the print not quite what the session is known by? */
export function deviates(note: PrintNote | undefined): note is PrintNote {
  return note?.baseline !== undefined && note.points.some((points) => points > 0);
}

/** The most points of a dimension. */
export function mostOf(factors: readonly Factor[], dimension: Dimension): number {
  let most = 0;
  for (const f of factors) if (f.dimension === dimension && f.points > most) most = f.points;
  return most;
}

/** Points of the dimensions that a print carries on. */
export function carriedPoints(factors: readonly Factor[]): readonly number[] {
  return CARRIED.map((dimension) => mostOf(factors, dimension));
}

const NO_FACTORS: readonly Factor[] = [];
const NO_POINTS: readonly number[] = CARRIED.map(() => 0);

/** The mint deviates from nothing. */
export function mintNote(print: Print, sinceTime: number, sinceUid: string): PrintNote {
  return newNote(print, undefined, sinceTime, sinceUid, NO_FACTORS, NO_POINTS);
}

/** Did this print appear after the other? Prints have the order of the story, not of arrival. */
export function isLaterNote(note: PrintNote, than: PrintNote | undefined): boolean {
  return than !== undefined && !isBefore(note.since_time, note.since_uid, than.since_time, than.since_uid);
}

/** The newcomer's own: the same print, the same address block, or a print that was suspected before the event. */
export function isOneOf(settings: ReuseSettings, newcomer: Print, other: Print, seen: Observation): boolean {
  if (other === newcomer) return true;
  const note = other.notes[settings.rule];
  if (note?.is_suspect === true && isBefore(note.suspect_time, note.suspect_uid, seen.time, seen.uid)) return true;
  return other.endpoint !== undefined && other.endpoint.prefix === newcomer.endpoint?.prefix;
}
