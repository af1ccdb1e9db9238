import type { Group, TopicPartition } from '../kafka/transport.js';

/**
 * A heartbeat goes out every second, and a fetch is answered four times a second: who hears nothing for so long is cut off, or everybody waits for
 * somebody, ms.
 */
const SILENT_MS = 8000;

/** Why a stage is not ready that has not heard of its group for so long; undefined when it need not be said. @param ms */
export function silenceOf(ms: number): string | undefined {
  return ms > SILENT_MS ? `its group has not answered for ${secondsOf(ms)} s` : undefined;
}

/** What is asked of the group of who reads. */
export type Reading = Pick<Group, 'isLeaderless' | 'unanswered'>;

/** How a partition is read, for people who look. */
export interface ReadState {
  /** no broker leads it, as far as is known: nothing of it can be read, and nobody but the brokers can help */
  is_leaderless: boolean;
  /** since a broker has answered what is asked of it, where that is long; its lag is that of the last answer */
  unanswered_seconds: number;
  /** for so long nobody has said who leads it either: what is known may be old, and started anew it would be found out */
  is_outdated: boolean;
}

/** @param parts read together: one of them is enough */
export function readState(group: Reading, parts: readonly TopicPartition[]): ReadState {
  const silent = parts.map((at) => group.unanswered(at)).filter(({ ms }) => ms > SILENT_MS);
  return {
    is_leaderless: parts.some((at) => group.isLeaderless(at)),
    unanswered_seconds: secondsOf(Math.max(0, ...silent.map(({ ms }) => ms))),
    is_outdated: silent.some(({ is_outdated }) => is_outdated),
  };
}

/** Why a stage is not ready that reads these, naming the one that waits longest; undefined when all are read. */
export function unreadOf(group: Reading, parts: Iterable<TopicPartition>): string | undefined {
  let [count, longest] = [0, 0];
  let first: TopicPartition | undefined;
  for (const at of parts) {
    const { ms } = group.unanswered(at);
    if (ms <= SILENT_MS) continue;
    count++;
    if (ms > longest) [longest, first] = [ms, at];
  }
  if (first === undefined) return undefined;
  const why = group.isLeaderless(first) ? 'it has no leader, or is not there' : 'its leader does not answer';
  const others = count > 1 ? `; nor are ${count - 1} more` : '';
  return `${first.topic}/${first.partition} is not read for ${secondsOf(longest)} s, ${why}${others}`;
}

function secondsOf(ms: number): number {
  return Math.floor(ms / 1000);
}
