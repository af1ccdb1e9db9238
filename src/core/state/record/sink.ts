/**
 * Takes a record field by field, in the order of its schema: before what may be absent whether it is present; of a list its length and its items
 * and, unless it is empty, its end.
 */
export interface RecordSink {
  /** whole, up to 2^53 either way */
  int(value: number): void;
  /** whole, from 0 on, mostly below 15 */
  small(value: number): void;
  presence(isThere: boolean): void;
  endOfList(): void;
  /** ms */
  time(value: number): void;
  double(value: number): void;
  flag(value: boolean): void;
  text(value: string): void;
}

/** Gives back what a sink took, asked in the same order. */
export interface RecordSource {
  int(): number;
  small(): number;
  presence(): boolean;
  /** @returns how many more items come: a list may be written in parts */
  endOfList(): number;
  /** What comes next was written by itself, to be put behind what came so far. */
  body(): void;
  time(): number;
  double(): number;
  flag(): boolean;
  text(): string;
}

/** @param write called for every item */
export function writeList<T>(out: RecordSink, list: readonly T[], write: (item: T) => void): void {
  const { length } = list;
  out.small(length);
  if (length === 0) return;
  for (let i = 0; i < length; i++) write(list[i]!);
  out.endOfList();
}

export function writeTexts(out: RecordSink, list: readonly string[]): void {
  const { length } = list;
  out.small(length);
  if (length === 0) return;
  for (let i = 0; i < length; i++) out.text(list[i]!);
  out.endOfList();
}

export function writeInts(out: RecordSink, list: readonly number[]): void {
  const { length } = list;
  out.small(length);
  if (length === 0) return;
  for (let i = 0; i < length; i++) out.int(list[i]!);
  out.endOfList();
}

/** @returns whether something comes */
export function writePresence(out: RecordSink, value: unknown): boolean {
  const isThere = value !== undefined;
  out.presence(isThere);
  return isThere;
}

export function writeOptionalText(out: RecordSink, value: string | undefined): void {
  out.presence(value !== undefined);
  if (value !== undefined) out.text(value);
}

export function writeOptionalInt(out: RecordSink, value: number | undefined): void {
  out.presence(value !== undefined);
  if (value !== undefined) out.int(value);
}

export function writeOptionalPlace(out: RecordSink, value: number | undefined): void {
  out.presence(value !== undefined);
  if (value !== undefined) out.small(value);
}

export function writeOptionalTime(out: RecordSink, value: number | undefined): void {
  out.presence(value !== undefined);
  if (value !== undefined) out.time(value);
}

export function writeOptionalDouble(out: RecordSink, value: number | undefined): void {
  out.presence(value !== undefined);
  if (value !== undefined) out.double(value);
}

export function writeOptionalFlag(out: RecordSink, value: boolean | undefined): void {
  out.presence(value !== undefined);
  if (value !== undefined) out.flag(value);
}

export function readList<T>(from: RecordSource, read: () => T): T[] {
  let count = from.small();
  if (count === 0) return [];
  const list: T[] = new Array(count);
  for (let at = 0; count !== 0; count = from.endOfList()) while (count-- > 0) list[at++] = read();
  return list;
}

export function readTexts(from: RecordSource): string[] {
  let count = from.small();
  if (count === 0) return [];
  const list: string[] = new Array(count);
  for (let at = 0; count !== 0; count = from.endOfList()) while (count-- > 0) list[at++] = from.text();
  return list;
}

export function readInts(from: RecordSource): number[] {
  let count = from.small();
  if (count === 0) return [];
  const list: number[] = new Array(count);
  for (let at = 0; count !== 0; count = from.endOfList()) while (count-- > 0) list[at++] = from.int();
  return list;
}

export function isPresent(from: RecordSource): boolean {
  return from.presence();
}

export function readOptionalText(from: RecordSource): string | undefined {
  return from.presence() ? from.text() : undefined;
}

export function readOptionalInt(from: RecordSource): number | undefined {
  return from.presence() ? from.int() : undefined;
}

export function readOptionalPlace(from: RecordSource): number | undefined {
  return from.presence() ? from.small() : undefined;
}

export function readOptionalTime(from: RecordSource): number | undefined {
  return from.presence() ? from.time() : undefined;
}

export function readOptionalDouble(from: RecordSource): number | undefined {
  return from.presence() ? from.double() : undefined;
}

export function readOptionalFlag(from: RecordSource): boolean | undefined {
  return from.presence() ? from.flag() : undefined;
}
