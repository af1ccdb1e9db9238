import type { Watermarks } from './transport.js';

/** What the group of normalize keeps beside a position. */
export interface Note {
  /** of the source, as it was then */
  generation: number;
  /** of the record before the position, ms; undefined when none was read since the process has it */
  arrival: number | undefined;
}

export function noteOf({ generation, arrival }: Note): string {
  return arrival === undefined ? String(generation) : `${generation} ${arrival}`;
}

export function readNote(note = ''): Note {
  const [generation = 0, arrival] = note.split(' ').map(Number);
  return {
    generation: Number.isSafeInteger(generation) && generation > 0 ? generation : 1,
    arrival: Number.isSafeInteger(arrival) ? arrival : undefined,
  };
}

/**
 * Whether offsets have begun again since: what comes now would be taken for what was there before, and left out. Under another generation of the source
 * that is known, and the position counts for nothing.
 */
export function isRecreated({ offset, note }: { offset: number; note?: string }, { high }: Watermarks, generation: number): boolean {
  return offset > high && readNote(note).generation === generation;
}
