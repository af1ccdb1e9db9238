import type { SessionEvent } from '../event/index.js';
import { type Fact, isBefore, type Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { HOUR_MS } from './held-uses.js';
import { endOf } from './others.js';

/** So many events of one kind are held of an hour: more of them would tell no more, and each is dear while it is held. */
export const MOST_OF_KIND = 4;

/**
 * The fact, unless an earlier event like it is held of the same hour (UTC), or as many of its kind as are. What is held is the same whatever the order
 * of arrival, but for repetitions.
 * @param fact whose `by` is the kind
 */
export function heldApart({ story }: Person, event: SessionEvent, fact: Fact): readonly Fact[] | undefined {
  const from = Math.floor(event.time / HOUR_MS) * HOUR_MS;
  let held = 0;
  for (let at = story.tail.length - 1; at >= 0; at--) {
    const other = story.tail[at]!;
    if (other.time < from) break;
    const known = other.more?.facts?.find(({ rule, step, by }) => rule === fact.rule && step === fact.step && by === fact.by);
    if (known === undefined || !isBefore(other.time, other.uid, event.time, event.uid)) continue;
    if (++held >= MOST_OF_KIND || isLike(other, known, event, fact)) return undefined;
  }
  return [fact];
}

/** Whoever hides findings by place or app sees both alike. */
function isLike(other: Observation, { value }: Fact, event: SessionEvent, fact: Fact): boolean {
  const { action, src_endpoint: endpoint, client } = event;
  return value === fact.value && other.action === action && endOf(other) === endOf({ endpoint, client_uid: client?.uid });
}
