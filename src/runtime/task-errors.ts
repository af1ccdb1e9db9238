import { SessionvigilError } from '../errors.js';
import type { InRecord, Undecodable } from './kafka/transport.js';

/** A record makes the program fail. */
export class Poisoned extends Error {
  override readonly name = 'Poisoned';
  constructor(
    readonly offset: number,
    options?: ErrorOptions,
  ) {
    super(`the record at offset ${offset} makes the program fail`, options);
  }
}

/** What the work was made for is not in force any more. */
export class Outdated extends Error {
  override readonly name = 'Outdated';
}

/** The broker has nothing at the position of the input: going on elsewhere would leave something out. */
export function outOfRange(topic: string, partition: number, offset: number): SessionvigilError {
  return new SessionvigilError(
    'SV_KAFKA_INPUT_LOST',
    `${topic}/${partition} has no offset ${offset} any more, and what lies there is needed`,
  );
}

/** The changelog knows nothing of what was done. */
export function contradicts(changelog: string, input: string, partition: number, before: number): SessionvigilError {
  const text = `${changelog}/${partition} has no position, and ${input}/${partition} was worked off up to ${before}`;
  return new SessionvigilError('SV_KAFKA_STATE_CONTRADICTS', `${text}: it was deleted, and everything would be said once more`);
}

/** The changelog was written with another topic than there is now. */
export function contradictsTopic(topic: string): SessionvigilError {
  const text = `${topic} is not the topic that was worked with before: it was deleted and made anew`;
  return new SessionvigilError('SV_KAFKA_STATE_CONTRADICTS', `${text}, and what lies in the others belongs to the one that is gone`);
}

/** The changelog speaks of more than there is. */
export function contradictsEnd(changelog: string, input: string, partition: number, position: number, high: number): SessionvigilError {
  const text = `${changelog}/${partition} has worked off ${input}/${partition} up to ${position}, and it ends at ${high}`;
  return new SessionvigilError('SV_KAFKA_STATE_CONTRADICTS', `${text}: it was deleted and made anew, or cut`);
}

/** A batch of a topic of our own cannot be read: what was in it is needed. */
export function damaged({ topic, partition }: InRecord, { reason, detail, first_offset, last_offset }: Undecodable): SessionvigilError {
  const where = `${topic}/${partition}, offsets ${first_offset} to ${last_offset}`;
  return new SessionvigilError('SV_STATE_DAMAGED', `${where} cannot be read (${reason}: ${detail})`);
}
