import { SessionvigilError } from '../../errors.js';
import type { OutRecord } from '../kafka/transport.js';
import type { Standing } from '../work.js';

/** The record of a changelog that says where its owner stood, and what else of the partition belongs to that place. */
export interface PositionRecord extends Standing {
  /** of the stage's own */
  [more: string]: unknown;
}

export const POSITION_KEY = Buffer.from('\u0000position');

/**
 * Version of what a changelog means: the position lies in it, and states may be older than the position by what lies between `replay_from` and it.
 * A program that does not know the version would restore something else than was committed.
 */
const FORMAT = 1;

export function positionRecord(topic: string, partition: number, position: PositionRecord): OutRecord {
  return { topic, partition, key: POSITION_KEY, value: Buffer.from(JSON.stringify({ format: FORMAT, ...position })) };
}

/** @throws SV_KAFKA_STATE_VERSION when another version wrote it */
export function readPosition(value: Buffer, changelog: string): PositionRecord {
  const read = JSON.parse(value.toString('utf8')) as PositionRecord & { format: number };
  const { format, position, replay_from } = read;
  if (format === FORMAT && Number.isSafeInteger(position) && Number.isSafeInteger(replay_from) && replay_from <= position) return read;
  throw new SessionvigilError(
    'SV_KAFKA_STATE_VERSION',
    `the position in ${changelog} is of format ${format}; this version reads format ${FORMAT}`,
  );
}
