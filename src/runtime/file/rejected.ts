import { REJECT_REASONS } from '../../core/normalize/outcome.js';
import type { Answer } from '../../core/pipeline.js';
import type { Line } from './lines.js';

/** How much of a rejected record is kept, bytes: enough to see what it is. */
const KEPT_BYTES = 64 * 1024;

/** A rejected record as it is written down: where it stood, why, and what it was; base64 when it is not UTF-8. */
export interface RejectedRecord {
  /** place of the input in the command line, from 1: no path, so that the same files give the same bytes wherever they are */
  input: number;
  line: number;
  reason: Answer['reason'];
  /** the rest of the record made events: one part of a batch was rejected */
  is_partial?: true;
  /** length in the input */
  bytes: number;
  original?: string;
  original_base64?: string;
  is_truncated?: true;
}

export function isRejection(reason: Answer['reason']): boolean {
  return reason !== undefined && Object.hasOwn(REJECT_REASONS, reason);
}

export function rejectedRecord(
  input: number,
  { number, bytes, length }: Line,
  { outcome, reason }: Pick<Answer, 'outcome' | 'reason'>,
): RejectedRecord {
  const kept = bytes.subarray(0, KEPT_BYTES);
  const isTruncated = kept.length < length;
  const text = decode(kept, isTruncated);
  return {
    input,
    line: number,
    reason,
    ...(outcome === 'events' ? { is_partial: true } : {}),
    bytes: length,
    ...(text === undefined ? { original_base64: Buffer.from(kept).toString('base64') } : { original: text }),
    ...(isTruncated ? { is_truncated: true } : {}),
  };
}

/** @param isTruncated the last character may have been cut */
function decode(bytes: Uint8Array, isTruncated: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isTruncated });
  } catch {
    return undefined;
  }
}
