import { sha256 } from '@noble/hashes/sha256';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';

/** 128 bits of SHA-256 over the parts, as hex: ids that must be the same everywhere and for ever. Parts cannot run into one another. */
export function stableUid(...parts: readonly string[]): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts)))).slice(0, 32);
}
