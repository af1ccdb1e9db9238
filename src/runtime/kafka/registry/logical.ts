import { isUtf8 } from 'node:buffer';
import { type AvroReader, Malformed } from '../../wire/avro-reader.js';

/**
 * Avro's logical types as the vendors' JSON has such values: times as ISO 8601, numbers as numbers while a double holds them and as text when not
 * (which is how the readers of normalize want ids of 64 bits).
 */

/** Decimals longer than this are damage, bytes: a number of 600 digits. */
const MAX_DECIMAL = 256;
/** What `Date` can print, ms. */
const LATEST = 8_640_000_000_000_000;
const DAY_MS = 86_400_000;
const HEX = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

export function plain(value: number | bigint): number | string {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** @param digits of the fraction: 3, 6 or 9 @param zone `Z`, or nothing for a local time */
export function timestamp(value: number | bigint, digits: number, zone: string): number | string {
  const units = BigInt(10 ** (digits - 3));
  const whole = BigInt(value);
  let ms = whole / units;
  let rest = whole % units;
  if (rest < 0n) {
    rest += units;
    ms -= 1n;
  }
  if (ms > LATEST || ms < -LATEST) return plain(value);
  const text = new Date(Number(ms)).toISOString().slice(0, -1);
  return `${text}${digits === 3 ? '' : rest.toString().padStart(digits - 3, '0')}${zone}`;
}

/** @param value days since 1970 */
export function date(value: number): number | string {
  const ms = value * DAY_MS;
  return Math.abs(ms) > LATEST ? value : new Date(ms).toISOString().replace(/T.*/, '');
}

/** @param value since midnight @param digits of the fraction: 3 or 6 */
export function timeOfDay(value: number | bigint, digits: number): number | string {
  const number = Number(value);
  if (number < 0 || number >= 86_400 * 10 ** digits) return plain(value);
  return (timestamp(value, digits, '') as string).slice(11);
}

/** @param bytes two's complement, the highest first */
export function decimal(bytes: Buffer, scale: number): number | string {
  if (bytes.length > MAX_DECIMAL) throw new Malformed('a decimal of more digits than anything has');
  if (bytes.length === 0) return 0;
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
  const isSafe = unscaled <= Number.MAX_SAFE_INTEGER && unscaled >= Number.MIN_SAFE_INTEGER;
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = `${unscaled < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`;
  return isSafe ? Number(text) : text;
}

/** @param bytes 16 */
export function uuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(HEX, '$1-$2-$3-$4-$5');
}

/** A text as it stands. @throws Malformed when it is not UTF-8: two ids that differ must not become the same */
export function strictText(reader: AvroReader): string {
  const start = reader.at;
  const text = reader.text();
  // what stands for damage may also stand there by right
  if (text.includes('\ufffd')) {
    reader.at = start;
    if (!isUtf8(reader.raw(reader.long()))) throw new Malformed('a text that is not UTF-8');
  }
  return text;
}

/** Bytes that are text, as connectors carry JSON, or else base64. */
export function textOrBase64(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'base64');
}
