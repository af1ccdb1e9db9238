import type { SessionEvent } from '../event/index.js';
import { type Fact, HELD_OPEN_STEP, isBefore, isDone, type Moment, type Observation } from '../state/observation.js';
import type { Print } from '../state/print.js';
import { HELD_OPEN_MS, holdsOpen, isShell, isShellPrint, isToldOpen, tellsOpen } from '../state/vendor-shell.js';
import type { PersonScene } from './judgement.js';
import { isSuspectedBy } from './suspicion.js';
import { isAccustomed } from './ways-out.js';

/** By this the person's story holds on to what a shell is held open by, for as long as it is, however much is done in the shell meanwhile. */
export function heldOpenFact(rule: number, event: SessionEvent): readonly Fact[] | undefined {
  if (!tellsOpen(event.source.vendor, event.action) || !isDone(event)) return undefined;
  return [{ rule, step: HELD_OPEN_STEP, by: '', value: '' }];
}

/**
 * Is it the vendor's shell, which the person's own browser held open within the hour before? What the session itself shows of it decides, and all of it has
 * to be the session's own. A session that shows nothing (a role that was taken in the shell, a key for a while) is believed by what the person's others
 * show, where all of that is from a place that the session is known from, or that the person is used to.
 * @param isOwn is a print one of the session's own, as far as the rule knows?
 */
export function isOwnShell(scene: PersonScene, seen: Observation, isOwn: (print: Print) => boolean): boolean {
  return isShell(seen) && isHeldOpen(scene, seen, isOwn, holdersBefore(scene, seen));
}

function isHeldOpen(scene: PersonScene, seen: Observation, isOwn: (print: Print) => boolean, all: readonly Observation[]): boolean {
  const own = seen.session === undefined ? [] : all.filter(({ session }) => session === seen.session);
  if (own.length > 0) return own.every(({ print }) => isOwn(print));
  return all.length > 0 && all.every((other) => isFromOwnPlace(scene, seen, other, isOwn));
}

/**
 * Does the event place nobody, since it is the vendor's shell, which nobody held open who is held for a stranger? Of Google's nobody can know who has it open:
 * that it is Google's machine and says so is all.
 */
export function isPlaceless(scene: PersonScene, seen: Observation): boolean {
  if (!isShell(seen)) return false;
  if (!isToldOpen(seen)) return true;
  const holders = holdersBefore(scene, seen);
  if (holders.some((other) => isSuspectedBy(scene.person, other, seen))) return false;
  return isHeldOpen(scene, seen, (print) => wasUsed(print, seen), holders);
}

/** What held a shell open within the hour before, in the session and anywhere. The session has what arrived just now, the story what the session let go of. */
function holdersBefore({ person: { story } }: PersonScene, seen: Observation): Observation[] {
  const theirs = holdersIn(story.tail, seen);
  return seen.session === undefined ? theirs : [...theirs, ...holdersIn(seen.session.tail, seen)];
}

function holdersIn(tail: readonly Observation[], { time, uid }: Moment): Observation[] {
  const found: Observation[] = [];
  for (let i = tail.length - 1; i >= 0 && tail[i]!.time >= time - HELD_OPEN_MS; i--) {
    const other = tail[i]!;
    if (isBefore(other.time, other.uid, time, uid) && holdsOpen(other)) found.push(other);
  }
  return found;
}

function isFromOwnPlace(scene: PersonScene, seen: Observation, { endpoint }: Observation, isOwn: (print: Print) => boolean): boolean {
  if (endpoint?.prefix === undefined) return false;
  if (isAccustomed(scene, endpoint, seen.time)) return true;
  const { session } = seen;
  return (
    session?.prints.some((print) => print.endpoint?.prefix === endpoint.prefix && !isShellPrint(print, session) && isOwn(print)) === true
  );
}

/** Was a print of the session's used up to an event? */
function wasUsed(print: Print, { session, time, uid }: Observation): boolean {
  if (print.folded_count > 0) return true;
  return session?.tail.some((other) => other.print === print && !isBefore(time, uid, other.time, other.uid)) === true;
}
