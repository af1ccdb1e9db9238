import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { SessionvigilError } from '../../../errors.js';
import type { Codec } from './internals.js';
import { lz4Size } from './lz4-size.js';
import { Oversize, Unsupported } from './record-batch.js';

/**
 * The four compressions of Kafka, each with a limit of what it may unpack to: a megabyte of gzip or zstd can hold gigabytes, and whoever may write
 * to a raw topic may write that. kafkajs has gzip only, without a limit, and stops at the others.
 */

/** 64 MB: 64 times the largest batch that a broker takes as it is set by default. */
export const MOST_UNPACKED = 64 * 1024 * 1024;

/** As in the attributes of a batch. */
export const CODEC = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

const gzip = promisify(zlib.gzip);
const unzip = promisify(zlib.unzip) as (bytes: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>;

/** Node has zstd from 22.15 on. */
interface Zstd {
  zstdCompress?(bytes: Buffer, done: (error: Error | null, made: Buffer) => void): void;
  zstdDecompress?(bytes: Buffer, options: { maxOutputLength: number }, done: (error: Error | null, made: Buffer) => void): void;
}
const native: Zstd = zlib as Zstd;

/** @throws Oversize; Unsupported for a compression that is not one of the four; anything where the bytes are damaged */
export async function unpack(codec: number, bytes: Buffer, most = MOST_UNPACKED): Promise<Buffer> {
  if (codec === CODEC.gzip) return await ungzip(bytes, most);
  if (codec === CODEC.snappy) return unsnappy(bytes, most);
  if (codec === CODEC.lz4) return await unlz4(bytes, most);
  if (codec === CODEC.zstd) return await unzstd(bytes, most);
  throw new Error(`compression ${codec}`);
}

/** @throws SV_KAFKA_CLIENT for zstd on a Node that cannot write it */
export async function pack(codec: number, bytes: Buffer): Promise<Buffer> {
  if (codec === CODEC.gzip) return await gzip(bytes);
  if (codec === CODEC.snappy) return snappy(bytes);
  if (codec === CODEC.lz4) return await lz4().compressFrame(bytes);
  if (native.zstdCompress === undefined)
    throw new SessionvigilError('SV_KAFKA_CLIENT', 'zstd is written by Node 22.15 and later only; this Node reads it');
  return await promisify(native.zstdCompress)(bytes);
}

/** For kafkajs's own table of codecs. */
export function codecOf(codec: number, most: number): Codec {
  return { compress: ({ buffer }) => pack(codec, buffer), decompress: (bytes) => unpack(codec, bytes, most) };
}

async function ungzip(bytes: Buffer, most: number): Promise<Buffer> {
  try {
    return await unzip(bytes, { maxOutputLength: most });
  } catch (error) {
    throw isTooLarge(error) ? new Oversize(`gzip of more than ${most} bytes`) : error;
  }
}

function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}

// ---- snappy: as it is, or in the framing of Java's library, which most clients write

const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** Magic, then two versions. */
const XERIAL_HEADER = 16;
/** What Java's library cuts into. */
const XERIAL_BLOCK = 32 * 1024;

interface Snappy {
  compress(bytes: Buffer): Buffer;
  uncompress(bytes: Buffer, most?: number): Buffer;
}
const snappyjs = (): Snappy => required<Snappy>('snappyjs');

function unsnappy(bytes: Buffer, most: number): Buffer {
  const blocks: Buffer[] = [];
  if (bytes.length >= XERIAL_HEADER && bytes.subarray(0, XERIAL.length).equals(XERIAL)) {
    for (let at = XERIAL_HEADER; at < bytes.length; ) {
      const size = bytes.readInt32BE(at);
      if (size < 0 || at + 4 + size > bytes.length) throw new Error('a block of snappy breaks off');
      blocks.push(bytes.subarray(at + 4, at + 4 + size));
      at += 4 + size;
    }
  } else blocks.push(bytes);
  let left = most;
  for (const block of blocks) {
    left -= snappySize(block);
    if (left < 0) throw new Oversize(`snappy of more than ${most} bytes`);
  }
  const { uncompress } = snappyjs();
  const made = blocks.map((block) => uncompress(block));
  return made.length === 1 ? made[0]! : Buffer.concat(made);
}

/** The unpacked size stands in front of each block. */
function snappySize(block: Buffer): number {
  let size = 0;
  for (let i = 0; i < 5; i++) {
    const byte = block[i];
    if (byte === undefined) break;
    size += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return size;
  }
  throw new Error('a block of snappy without its size');
}

function snappy(bytes: Buffer): Buffer {
  const header = Buffer.alloc(XERIAL_HEADER);
  XERIAL.copy(header);
  header.writeInt32BE(1, 8);
  header.writeInt32BE(1, 12);
  const parts: Buffer[] = [header];
  const { compress } = snappyjs();
  for (let at = 0; at < bytes.length; at += XERIAL_BLOCK) {
    const block = compress(bytes.subarray(at, at + XERIAL_BLOCK));
    const size = Buffer.alloc(4);
    size.writeInt32BE(block.length);
    parts.push(size, block);
  }
  return Buffer.concat(parts);
}

// ---- lz4: frames

interface Lz4 {
  compressFrame(bytes: Buffer): Promise<Buffer>;
  decompressFrame(bytes: Buffer): Promise<Buffer>;
}
const lz4 = (): Lz4 => required<Lz4>('lz4-napi');

async function unlz4(bytes: Buffer, most: number): Promise<Buffer> {
  if (lz4Size(bytes, most) > most) throw new Oversize(`lz4 of more than ${most} bytes`);
  return await lz4().decompressFrame(bytes);
}

// ---- zstd: by Node where it can, else by a reader in JavaScript

interface Fzstd {
  Decompress: new (take: (part: Uint8Array, isLast?: boolean) => void) => { push(bytes: Uint8Array, isLast?: boolean): void };
}

async function unzstd(bytes: Buffer, most: number): Promise<Buffer> {
  const { zstdDecompress } = native;
  if (zstdDecompress === undefined) return unzstdSlowly(bytes, most);
  return await new Promise((resolve, reject) => {
    zstdDecompress(bytes, { maxOutputLength: most }, (error, made) => {
      if (error === null) resolve(made);
      else reject(isTooLarge(error) ? new Oversize(`zstd of more than ${most} bytes`) : error);
    });
  });
}

/** How much is given to fzstd at once: it unpacks all that it gets before it says anything, and 4 bytes may stand for 128 KB. */
const ZSTD_STEP = 512;

/** What every reader should be able to look back to, as RFC 8878 recommends; Java's client asks for 2 MB. */
const ZSTD_WINDOW = 8 * 1024 * 1024;

/** Also where Node itself can, for tests. */
export function unzstdSlowly(bytes: Buffer, most: number): Buffer {
  const window = zstdWindow(bytes);
  if (window > Math.max(most, ZSTD_WINDOW)) throw new Oversize(`zstd that looks back ${window} bytes`);
  const parts: Uint8Array[] = [];
  let size = 0;
  let isWhole = false;
  const reader = new (required<Fzstd>('fzstd').Decompress)((part, isLast) => {
    size += part.length;
    if (size > most) throw new Oversize(`zstd of more than ${most} bytes`);
    parts.push(part.slice());
    isWhole ||= isLast === true;
  });
  for (let at = 0; at < bytes.length; at += ZSTD_STEP) reader.push(bytes.subarray(at, at + ZSTD_STEP), at + ZSTD_STEP >= bytes.length);
  if (!isWhole) throw new Error('zstd that breaks off');
  return Buffer.concat(parts);
}

/** Bytes that the frame wants to be kept, as its header says (RFC 8878, 3.1.1.1); its reader takes that memory at once. */
function zstdWindow(bytes: Buffer): number {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== 0xfd2fb528) throw new Error('no frame of zstd');
  const descriptor = bytes[4]!;
  const isSingle = (descriptor & 0x20) !== 0;
  if (!isSingle) {
    const base = 2 ** (10 + (bytes[5]! >> 3));
    return base + (base / 8) * (bytes[5]! & 7);
  }
  const at = 5 + [0, 1, 2, 4][descriptor & 3]!;
  const size = descriptor >> 6;
  if (bytes.length < at + 8) return 0;
  if (size === 0) return bytes[at]!;
  if (size === 1) return bytes.readUInt16LE(at) + 256;
  return size === 2 ? bytes.readUInt32LE(at) : Number(bytes.readBigUInt64LE(at));
}

/** Loaded when first needed. @throws Unsupported when it is not there, or not for this platform */
function required<T>(name: string): T {
  try {
    return require(name) as T;
  } catch (cause) {
    throw new Unsupported(`the package ${name} cannot be loaded: ${String(cause).split('\n')[0]}`, { cause });
  }
}
