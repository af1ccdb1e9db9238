/**
 * Takes a record field by field, in the order of its schema. Absent and present are 0 and 1 before what is present, a list is its length, its
 * items and, unless it is empty, a 0 behind them: as Avro has it.
 */
export interface RecordSink {
  /** whole, up to 2^53 either way */
  int(value: number): void;
  /** ms */
  time(value: number): void;
  double(value: number): void;
  flag(value: boolean): void;
  text(value: string): void;
}

/** Gives back what a sink took, asked in the same order. */
export interface RecordSource {
  int(): number;
  time(): number;
  double(): number;
  flag(): boolean;
  text(): string;
}

/** @param write called for every item */
export function writeList<T>(out: RecordSink, list: readonly T[], write: (item: T) => void): void {
  const { length } = list;
  out.int(length);
  if (length === 0) return;
  for (let i = 0; i < length; i++) write(list[i]!);
  out.int(0);
}

export function writeTexts(out: RecordSink, list: readonly string[]): void {
  const { length } = list;
  out.int(length);
  if (length === 0) return;
  for (let i = 0; i < length; i++) out.text(list[i]!);
  out.int(0);
}

export function writeInts(out: RecordSink, list: readonly number[]): void {
  const { length } = list;
  out.int(length);
  if (length === 0) return;
  for (let i = 0; i < length; i++) out.int(list[i]!);
  out.int(0);
}

/** @returns whether something comes */
export function writePresence(out: RecordSink, value: unknown): boolean {
  const isThere = value !== undefined;
  out.int(isThere ? 1 : 0);
  return isThere;
}

export function writeOptionalText(out: RecordSink, value: string | undefined): void {
  if (value === undefined) out.int(0);
  else {
    out.int(1);
    out.text(value);
  }
}

export function writeOptionalInt(out: RecordSink, value: number | undefined): void {
  if (value === undefined) out.int(0);
  else {
    out.int(1);
    out.int(value);
  }
}

export function writeOptionalTime(out: RecordSink, value: number | undefined): void {
  if (value === undefined) out.int(0);
  else {
    out.int(1);
    out.time(value);
  }
}

export function writeOptionalDouble(out: RecordSink, value: number | undefined): void {
  if (value === undefined) out.int(0);
  else {
    out.int(1);
    out.double(value);
  }
}

export function writeOptionalFlag(out: RecordSink, value: boolean | undefined): void {
  if (value === undefined) out.int(0);
  else {
    out.int(1);
    out.flag(value);
  }
}

/** How many come: Avro allows a list to be written in parts. @returns 0 after the last */
export function readCount(from: RecordSource): number {
  const count = from.int();
  if (count >= 0) return count;
  // below zero, followed by their bytes, for whoever wants to skip them
  from.int();
  return -count;
}

export function readList<T>(from: RecordSource, read: () => T): T[] {
  let count = readCount(from);
  if (count === 0) return [];
  const list: T[] = new Array(count);
  for (let at = 0; count !== 0; count = readCount(from)) while (count-- > 0) list[at++] = read();
  return list;
}

export function readTexts(from: RecordSource): string[] {
  let count = readCount(from);
  if (count === 0) return [];
  const list: string[] = new Array(count);
  for (let at = 0; count !== 0; count = readCount(from)) while (count-- > 0) list[at++] = from.text();
  return list;
}

export function readInts(from: RecordSource): number[] {
  let count = readCount(from);
  if (count === 0) return [];
  const list: number[] = new Array(count);
  for (let at = 0; count !== 0; count = readCount(from)) while (count-- > 0) list[at++] = from.int();
  return list;
}

export function isPresent(from: RecordSource): boolean {
  return from.int() !== 0;
}

export function readOptionalText(from: RecordSource): string | undefined {
  return from.int() === 0 ? undefined : from.text();
}

export function readOptionalInt(from: RecordSource): number | undefined {
  return from.int() === 0 ? undefined : from.int();
}

export function readOptionalTime(from: RecordSource): number | undefined {
  return from.int() === 0 ? undefined : from.time();
}

export function readOptionalDouble(from: RecordSource): number | undefined {
  return from.int() === 0 ? undefined : from.double();
}

export function readOptionalFlag(from: RecordSource): boolean | undefined {
  return from.int() === 0 ? undefined : from.flag();
}
