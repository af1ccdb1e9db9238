/**
 * The key in a person's record, read without the rest: it stands second, after a version that takes one byte.
 * @param at where the record begins
 */
export function keyAt(bytes: Buffer, at: number): string {
  const [from, length] = placeOf(bytes, at);
  return bytes.toString('utf8', from, from + length);
}

export function holdsKey(bytes: Buffer, at: number, key: string): boolean {
  const [from, length] = placeOf(bytes, at);
  if (length < key.length) return false;
  if (length > key.length) return bytes.toString('utf8', from, from + length) === key;
  for (let i = 0; i < length; i++) if (bytes[from + i] !== key.charCodeAt(i)) return false;
  return true;
}

function placeOf(bytes: Buffer, at: number): [from: number, length: number] {
  let from = at + 1;
  let zigzag = 0;
  for (let shift = 0; ; shift += 7) {
    // past the end there is nothing, and would be for ever
    if (from >= bytes.length) throw new RangeError('a person’s record ends before its key');
    const byte = bytes[from++]!;
    zigzag |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [from, zigzag >>> 1];
  }
}
