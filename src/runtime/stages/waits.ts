import type { Wait } from '../../core/detect/waiting.js';
import { SessionvigilError } from '../../errors.js';
import type { OutRecord } from '../kafka/transport.js';

/**
 * People of a partition of whom something is to be judged when time has passed. Each stands in the changelog, in a record of its own: looking through
 * everybody for them would make a start long.
 */
const PREFIX = Buffer.from('\u0000wait/');
const FORMAT = 1;

/** @param changed as detect gives it: without waits it is over */
export function waitRecords(
  topic: string,
  partition: number,
  changed: readonly [key: string, waits: readonly Wait[] | undefined][],
): OutRecord[] {
  return changed.map(([key, waits]) => ({
    topic,
    partition,
    key: Buffer.concat([PREFIX, Buffer.from(key)]),
    value: waits === undefined ? null : Buffer.from(JSON.stringify({ format: FORMAT, waits })),
  }));
}

/** A record of the changelog. @throws SV_KAFKA_STATE_VERSION when another version wrote it */
export function readWaits(key: Buffer, value: Buffer | null, changelog: string): [key: string, waits: readonly Wait[] | undefined] {
  const name = key.subarray(PREFIX.length).toString('utf8');
  if (value === null) return [name, undefined];
  const { format, waits } = JSON.parse(value.toString('utf8')) as { format: number; waits: Wait[] };
  if (format !== FORMAT)
    throw new SessionvigilError(
      'SV_KAFKA_STATE_VERSION',
      `what somebody waits for in ${changelog} is of format ${format}; this version reads format ${FORMAT}`,
    );
  return [name, waits];
}

export function isWaitKey(key: Buffer): boolean {
  return key.length > PREFIX.length && key.subarray(0, PREFIX.length).equals(PREFIX);
}
