import { sha256 } from '@noble/hashes/sha256';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import { canonicalJson } from './canonical-json.js';
import type { Raw } from './mapped.js';

/** Stands for the vendor's event id where there is none: the same record, sent again or written in another order of members, has the same. */
export function recordUid(record: Raw): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(record)))).slice(0, 32);
}
