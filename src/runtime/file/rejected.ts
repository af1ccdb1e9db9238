import { createHash } from 'node:crypto';
import { REJECT_REASONS } from '../../core/normalize/outcome.js';
import type { Answer } from '../../core/pipeline.js';
import type { Line } from './lines.js';
import { masked } from './mask.js';

/** Characters of a rejected record that are shown: enough to see what wrote it. The record itself stays where it is. */
const SHOWN = 200;
/** Bytes that are looked at for them: what is masked becomes shorter. */
const LOOKED_AT_BYTES = 2048;

/**
 * A rejected record as it is written down: where it stands, why, and how it begins, without what could be a secret. A record that nobody could
 * read can hold a token anywhere: so the record itself is not kept, but found again by its place, its length and its hash.
 */
export interface RejectedRecord {
  /** place of the input in the command line, from 1: no path, so that the same files give the same bytes wherever they are */
  input: number;
  line: number;
  /** bytes before it in the input, unpacked */
  offset: number;
  reason: Answer['reason'];
  /** the rest of the record made events: one part of a batch was rejected */
  is_partial?: true;
  /** length in the input, without the line end */
  bytes: number;
  /** of its bytes without the line end, in hex; not of a record that is too large, which is never held whole */
  sha256?: string;
  /** its first characters, what could be a secret masked */
  start: string;
  /** there is more of it than is shown */
  is_truncated?: true;
}

export function isRejection(reason: Answer['reason']): boolean {
  return reason !== undefined && Object.hasOwn(REJECT_REASONS, reason);
}

export function rejectedRecord(
  input: number,
  { number, offset, bytes, length }: Line,
  { outcome, reason }: Pick<Answer, 'outcome' | 'reason'>,
): RejectedRecord {
  const looked = bytes.subarray(0, LOOKED_AT_BYTES);
  // UTF-16 is told by its noughts and read without them
  const text = masked(Buffer.from(looked).toString('utf8').replaceAll('\0', ''), looked.length < length);
  const start = [...text].slice(0, SHOWN).join('');
  return {
    input,
    line: number,
    offset,
    reason,
    ...(outcome === 'events' ? { is_partial: true } : {}),
    bytes: length,
    ...(bytes.length === length ? { sha256: createHash('sha256').update(bytes).digest('hex') } : {}),
    start,
    ...(start.length < text.length || looked.length < length ? { is_truncated: true } : {}),
  };
}
