import type { Level } from '../event/index.js';
import { deviceOf, isHabit, networkOf } from '../state/habits.js';
import type { Person } from '../state/person.js';
import type { Print } from '../state/print.js';
import { mintOf, type Session } from '../state/session.js';
import { isAccustomed } from './accustomed.js';
import type { EvidenceSource, Judgement, PersonScene } from './judgement.js';
import { LEVEL_FROM, rankOf } from './levels.js';
import { hashed } from './own-rule.js';

/**
 * The network prefix by which findings of other rules and sessions are found to be of the same theft, or of the same journey: the stranger's, or when
 * nobody is held for one, where the event came from, if that is not the person's own place. Of low findings, of which there are many, those do that speak of
 * the place: a country that is new at the sign-in is the beginning of what is done there a moment later.
 * @param trigger the event that the judgement is of
 */
export function originOf(
  scene: PersonScene,
  { stranger, factors }: Judgement,
  level: Level,
  { endpoint, time }: EvidenceSource,
): string | undefined {
  if (stranger !== undefined) return stranger.prefix;
  // behind an address of the vendor's own, or a private one, is anybody
  if (endpoint?.class !== 'public') return undefined;
  if (rankOf(level) < rankOf('medium') && !factors.some(({ dimension, points }) => dimension === 'place_network' && points > 0))
    return undefined;
  return isAccustomed(scene, endpoint, time) ? undefined : endpoint.prefix;
}

/**
 * By what a thief is known again who comes from another address block: device, device cookie, and the program at its network operator. A thief's
 * sessions at one provider of servers stand in many blocks. What is the person's own tells nobody: an honest finding must not be glued to a theft.
 * @param trigger the event that the judgement is of
 * @param session that it speaks of
 */
export function meansOf(person: Person, { score, stranger }: Judgement, trigger: EvidenceSource, session: Session | undefined): string[] {
  if (score < LEVEL_FROM.medium || stranger?.prefix === undefined) return [];
  const print = printOf(person, trigger, session);
  // the event may be the owner's, who came back to what the stranger did
  if (print?.endpoint?.prefix !== stranger.prefix) return [];
  const owner = session === undefined || stranger.session === session ? undefined : mintOf(session);
  if (owner === print) return [];
  const { cookie_uid, user_agent, endpoint } = print;
  const { time } = trigger;
  const means: string[] = [];
  const device = deviceOf(print);
  if (device !== undefined && device !== owner?.device_uid && !isHabit(person.habits, 'device', device, time))
    means.push(`device ${device}`);
  if (cookie_uid !== undefined && cookie_uid !== owner?.cookie_uid && !isHabit(person.habits, 'cookie', cookie_uid, time))
    means.push(`cookie ${cookie_uid}`);
  const network = networkOf(print);
  if (network !== undefined && user_agent !== undefined && !isHabit(person.habits, 'network', network, time))
    means.push(`${network} ${endpoint.country ?? ''} ${user_agent.original}`);
  // user agents are long, and people's state is small
  return means.map(hashed);
}

/** The print of an event that is spoken of. The session has its events before the person's story does. */
export function printOf({ story }: Person, { uid }: EvidenceSource, session: Session | undefined): Print | undefined {
  return (session?.tail.findLast((seen) => seen.uid === uid) ?? story.tail.findLast((seen) => seen.uid === uid))?.print;
}
