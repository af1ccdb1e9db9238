/**
 * What a frame of LZ4 unpacks to, found without unpacking: the reader has no limit of its own, and one byte may stand for 255.
 * Layout: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */

const MAGIC = 0x184d2204;
/** The blocks' largest sizes, by the code in the frame's header; less is not allowed. */
const BLOCK_SIZES: Readonly<Record<number, number>> = { 4: 64 * 1024, 5: 256 * 1024, 6: 1024 * 1024, 7: 4 * 1024 * 1024 };

/**
 * Bytes that the frame unpacks to, or something above that is still not above `most`: exact only when it has to be.
 * @throws where the bytes are no frame, or not a whole one
 */
export function lz4Size(bytes: Buffer, most: number): number {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== MAGIC) throw new Error('no frame of lz4');
  const flags = bytes[4]!;
  if (flags >> 6 !== 1) throw new Error(`lz4 of version ${flags >> 6}`);
  const has_block_checksum = (flags & 0x10) !== 0;
  const block_size = BLOCK_SIZES[(bytes[5]! >> 4) & 7];
  if (block_size === undefined) throw new Error('lz4 with blocks of an unknown size');
  const begin = 7 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0);
  const blocks = blocksOf(bytes, begin, has_block_checksum);
  const bound = blocks.reduce((sum, block) => sum + (block.isPacked ? block_size : block.length), 0);
  if (bound <= most) return bound;
  let size = 0;
  for (const { at, length, isPacked } of blocks) {
    size += isPacked ? blockSize(bytes, at, at + length) : length;
    if (size > most) break;
  }
  return size;
}

function blocksOf(bytes: Buffer, begin: number, has_checksum: boolean): { at: number; length: number; isPacked: boolean }[] {
  const blocks: { at: number; length: number; isPacked: boolean }[] = [];
  for (let at = begin; ; ) {
    if (at + 4 > bytes.length) throw new Error('a frame of lz4 breaks off');
    const head = bytes.readUInt32LE(at);
    if (head === 0) return blocks;
    const length = head & 0x7fffffff;
    at += 4;
    if (at + length > bytes.length) throw new Error('a block of lz4 breaks off');
    blocks.push({ at, length, isPacked: head >>> 31 === 0 });
    at += length + (has_checksum ? 4 : 0);
  }
}

/** Adds up lengths of literals and of matches. */
function blockSize(bytes: Buffer, begin: number, end: number): number {
  let size = 0;
  let at = begin;
  const more = (): number => {
    let sum = 0;
    let byte = 255;
    while (byte === 255 && at < end) {
      byte = bytes[at++]!;
      sum += byte;
    }
    return sum;
  };
  while (at < end) {
    const token = bytes[at++]!;
    const literals = (token >> 4) + (token >> 4 === 15 ? more() : 0);
    at += literals;
    size += literals;
    // the last sequence has literals only
    if (at >= end) break;
    at += 2;
    size += 4 + (token & 15) + ((token & 15) === 15 ? more() : 0);
  }
  return size;
}
