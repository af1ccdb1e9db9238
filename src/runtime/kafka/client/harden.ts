import { SessionvigilError } from '../../../errors.js';
import { CODEC, codecOf, MOST_UNPACKED } from './codecs.js';
import { internals } from './internals.js';
import { closedClient } from './patches/closed-client.js';
import { failedAuthentication } from './patches/failed-authentication.js';
import { fetchResponse } from './patches/fetch-response.js';
import { halfAnswer } from './patches/half-answer.js';
import { leaderless } from './patches/leaderless.js';
import type { Patch } from './patches/patch.js';
import { requestTimeout } from './patches/request-timeout.js';
import { requestTimer } from './patches/request-timer.js';
import { silentBroker } from './patches/silent-broker.js';

export interface HardenOptions {
  /** most bytes that a batch, and all batches of a response together, may unpack to; default 64 MB */
  most_unpacked?: number | undefined;
}

/** What was done to a defect. */
export interface Mended {
  patch: string;
  /** absent: this kafkajs does not have it */
  outcome: 'applied' | 'absent';
}

const patches = (most_unpacked: number): Patch[] => [
  requestTimer,
  requestTimeout,
  halfAnswer,
  closedClient,
  failedAuthentication,
  silentBroker,
  leaderless,
  fetchResponse(most_unpacked),
];

let done: { most_unpacked: number; outcome: Promise<Mended[]> } | undefined;

/**
 * Mends what we use of kafkajs, for this process: the codecs that it lacks, and defects of its connections and of its reading. Each defect is tried first; one that is not
 * there is left alone, and one that is still there afterwards is an error. To be called before kafkajs is used; calling it again does nothing.
 * @throws SV_KAFKA_CLIENT when the installed kafkajs is built differently
 */
export function harden({ most_unpacked = MOST_UNPACKED }: HardenOptions = {}): Promise<Mended[]> {
  if (done?.most_unpacked !== most_unpacked) done = { most_unpacked, outcome: apply(most_unpacked) };
  return done.outcome;
}

async function apply(most_unpacked: number): Promise<Mended[]> {
  const { codecs } = internals();
  for (const codec of [CODEC.gzip, CODEC.snappy, CODEC.lz4, CODEC.zstd]) {
    const made = codecOf(codec, most_unpacked);
    codecs[codec] = () => made;
  }
  const mended: Mended[] = [];
  for (const patch of patches(most_unpacked)) mended.push({ patch: patch.name, outcome: await mend(patch) });
  return mended;
}

/** @throws SV_KAFKA_CLIENT */
export async function mend(patch: Patch): Promise<Mended['outcome']> {
  if (!(await tried(patch))) return 'absent';
  patch.apply();
  if (await tried(patch)) throw unknown(patch, 'it is still there after it was mended');
  return 'applied';
}

async function tried(patch: Patch): Promise<boolean> {
  try {
    return await patch.hasDefect();
  } catch (cause) {
    throw unknown(patch, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unknown({ name }: Patch, reason: string, cause?: unknown): SessionvigilError {
  return new SessionvigilError('SV_KAFKA_CLIENT', `kafkajs ${internals().version} cannot be mended (${name}): ${reason}`, [], { cause });
}
