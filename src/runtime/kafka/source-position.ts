import type { Watermarks } from './transport.js';

/** What the group of normalize keeps beside a position. */
export interface Note {
  /** of the source, as it was then */
  generation: number;
  /** of the record before the position, ms; undefined when none was read since the process has it */
  arrival: number | undefined;
  /** partitions that the topic had when the group began to read it; undefined when who wrote it did not say */
  first_count: number | undefined;
}

export function noteOf({ generation, arrival, first_count }: Note): string {
  return `${generation} ${arrival ?? '-'} ${first_count ?? '-'}`;
}

export function readNote(note = ''): Note {
  const [generation = 0, arrival, first_count] = note.split(' ').map(Number);
  return {
    generation: Number.isSafeInteger(generation) && generation > 0 ? generation : 1,
    arrival: Number.isSafeInteger(arrival) ? arrival : undefined,
    first_count: Number.isSafeInteger(first_count) ? first_count : undefined,
  };
}

/**
 * Whether a position is one of this generation. Every one of ours has a note; one without was set by a person with Kafka's own tools, who means the topic
 * that is there now.
 */
export function isOf(note: string | undefined, generation: number): boolean {
  return !/^\d/.test(note ?? '') || readNote(note).generation === generation;
}

/**
 * Partitions that the topic had when the group began to read it, as its positions say; undefined when nobody has kept one. Those from there on were
 * added since: nobody can have meant to leave out what is in them. That a partition has no position does not tell them apart, since one that was there
 * may have gone to another process before its beginning was kept.
 */
export function firstCountOf(positions: readonly { offset: number; note?: string }[], generation: number): number | undefined {
  const counts = positions.flatMap(({ offset, note }) => {
    const { generation: of, first_count } = readNote(note);
    return offset >= 0 && of === generation && first_count !== undefined ? [first_count] : [];
  });
  return counts.length === 0 ? undefined : Math.min(...counts);
}

/**
 * Whether offsets have begun again since: what comes now would be taken for what was there before, and left out. Under another generation of the source
 * that is known, and the position counts for nothing.
 */
export function isRecreated({ offset, note }: { offset: number; note?: string }, { high }: Watermarks, generation: number): boolean {
  return offset > high && readNote(note).generation === generation;
}
