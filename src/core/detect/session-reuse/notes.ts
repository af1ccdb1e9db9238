import type { Dimension, Factor } from '../../event/index.js';
import { isBefore, type Observation } from '../../state/observation.js';
import { newNote, type Print, type PrintNote } from '../../state/print.js';
import { PLACELESS } from '../compare.js';
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

/**
 * Of the prints that a deviating one was compared with, step by step, the first that is the owner's: neither behind the newcomer's address block
 * nor as far from home as the newcomer is, which a thief's first program is too.
 */
export function ownerOf(settings: ReuseSettings, newcomer: Print, note: PrintNote): Print {
  const distance = note.points[0] ?? 0;
  const prefix = newcomer.endpoint?.prefix;
  let owner = note.baseline!;
  // A chain is as long as there are prints; no session has a hundred.
  for (let step = 0; step < 100; step++) {
    const theirs = owner.notes[settings.rule];
    if (!deviates(theirs)) break;
    const isAsFar = distance > 0 && (theirs.points[0] ?? 0) >= distance;
    if (!isAsFar && (prefix === undefined || owner.endpoint?.prefix !== prefix)) break;
    owner = theirs.baseline!;
  }
  return owner;
}

/** Logs of one service that sees its callers from one side: interactive and other sign-ins at Entra are two logs of the same door. */
export function isSameLog(a: Observation, b: Observation): boolean {
  if (a.vendor !== b.vendor) return false;
  return a.product === b.product || (isEntraDoor(a) && isEntraDoor(b));
}

function isEntraDoor({ vendor, product }: Observation): boolean {
  return vendor === 'entra' && (product === 'sign_in' || product === 'non_interactive_sign_in');
}

/** Does the print differ by device or client as well, and not by its place alone? */
export function deviatesByMore(note: PrintNote): boolean {
  return (note.points[1] ?? 0) > 0 || (note.points[2] ?? 0) > 0;
}

/** The same browser now here and now behind a VPN, or a rented server of the same country, is one person with a switch. */
export function isSwitch(note: PrintNote): boolean {
  if (note.factors.some(({ name }) => name === 'network_rented_abroad')) return false;
  return !deviatesByMore(note) && PLACELESS.has(note.known.endpoint?.as_class ?? 'unknown');
}

/** The newcomer's own: the same print, the same address block, or a print that was suspected before the event. */
export function isOneOf(settings: ReuseSettings, newcomer: Print, other: Print, seen: Observation): boolean {
  if (other === newcomer) return true;
  const note = other.notes[settings.rule];
  if (note?.is_suspect === true && isBefore(note.suspect_time, note.suspect_uid, seen.time, seen.uid)) return true;
  return other.endpoint !== undefined && other.endpoint.prefix === newcomer.endpoint?.prefix;
}
