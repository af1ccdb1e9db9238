import type { Endpoint } from '../../event/index.js';
import { hasHabit, isHabit } from '../../state/habits.js';
import { isBefore } from '../../state/observation.js';
import { NO_AGENT, newNote, type Print, type PrintNote, type Traits } from '../../state/print.js';
import { mintOf, type Session } from '../../state/session.js';
import { isShellPrint } from '../../state/vendor-shell.js';
import { type Comparison, compare, isForRent, moveBetween } from '../compare.js';
import { factor, scoreOf } from '../factors.js';
import type { Scene } from '../judgement.js';
import { clientName } from '../names.js';
import { lastTimeOf } from '../recall.js';
import { isAccustomed } from '../ways-out.js';
import { carriedPoints, isLaterNote, mintNote, mostOf } from './notes.js';
import type { ReuseSettings } from './settings.js';

/** What a print says when it first appears: its distance from the nearest print that nobody suspects. */
export function introduce(settings: ReuseSettings, scene: Scene, at: number): PrintNote {
  const { session } = scene;
  const seen = session.tail[at]!;
  const print = seen.print;
  if (isShellPrint(print, session) && mintOf(session) === print) return mintNote(print, seen.time, seen.uid);
  let sameLane = false;
  for (const known of session.prints) {
    if (known !== print && known.lane === print.lane && isBaseline(settings, session, known)) {
      sameLane = true;
      break;
    }
  }
  let nearest: PrintNote | undefined;
  let nearestSum = Number.POSITIVE_INFINITY;
  let nearestLast = Number.NEGATIVE_INFINITY;
  let nearestSince: PrintNote | undefined;
  for (const known of session.prints) {
    const theirs = known.notes[settings.rule];
    if (known === print || theirs === undefined || !isBaseline(settings, session, known)) continue;
    // A new lane is another program: only network and device can be compared, and with the mint.
    const isOther = sameLane ? known.lane !== print.lane : theirs.baseline !== undefined;
    if (isOther && print.lane !== 'app') continue;
    const candidate = compareWith(settings, scene, at, known, theirs, sameLane);
    const sum = scoreOf(candidate.factors, false);
    // An app may work beside its servers where the person let it in.
    if (isOther && sum > 0) continue;
    const last = lastTimeOf(session, at, known, seen.time);
    // Of equals the one that was used last: that is what the person was doing.
    if (sum > nearestSum || (sum === nearestSum && (last < nearestLast || (last === nearestLast && isLaterNote(theirs, nearestSince)))))
      continue;
    nearest = candidate;
    nearestSum = sum;
    nearestLast = last;
    nearestSince = theirs;
  }
  if (nearest !== undefined) judgeSpeed(settings, scene, at, nearest);
  else nearest = besideShell(settings, scene, at);
  return nearest === undefined ? mintNote(print, seen.time, seen.uid) : inCompanyOf(settings, scene.session, print, nearest);
}

/**
 * A session that began in a vendor's shell is known by nothing else at first. Whoever comes from a way out of the person's own is then what it is known by;
 * anybody else is compared with the shell, or the first thief would be.
 */
function besideShell(settings: ReuseSettings, scene: Scene, at: number): PrintNote | undefined {
  const { session } = scene;
  const { print, time } = session.tail[at]!;
  const mint = mintOf(session);
  if (mint === undefined || !isShellPrint(mint, session) || isShellPrint(print, session)) return undefined;
  if (print.endpoint !== undefined && isOwnWayOut(scene, print.endpoint, time)) return undefined;
  // While its owner holds it open nothing is noted of a shell.
  return compareWith(settings, scene, at, mint, mintNote(mint, time, ''), mint.lane === print.lane);
}

/** The operator's, or one that the person is used to. Of somebody who is used to none yet any that is not for rent may be theirs. */
function isOwnWayOut(scene: Scene, endpoint: Endpoint, time: number): boolean {
  return isAccustomed(scene, endpoint, time) || (!hasHabit(scene.person.habits, 'network', time) && !isForRent(endpoint.as_class));
}

/**
 * A fingerprint that shows up behind the very address block of a suspect is the suspect's next program or next log: what is known of the
 * one holds for the other. A mailbox log that names no browser would else make the thief's forwarding rule look like a change of network.
 */
function inCompanyOf(settings: ReuseSettings, session: Session, print: Print, note: PrintNote): PrintNote {
  const prefix = print.endpoint?.prefix;
  if (prefix === undefined || (note.points[0] ?? 0) <= 0) return note;
  let suspect: PrintNote | undefined;
  for (const other of session.prints) {
    const theirs = other.notes[settings.rule];
    if (theirs?.is_suspect !== true || other.endpoint?.prefix !== prefix) continue;
    if (suspect === undefined || isBefore(theirs.since_time, theirs.since_uid, suspect.since_time, suspect.since_uid)) suspect = theirs;
  }
  if (suspect === undefined) return note;
  const factors = [...note.factors];
  for (const theirs of suspect.factors) if (theirs.points > mostOf(note.factors, theirs.dimension)) factors.push(theirs);
  note.factors = factors;
  note.points = carriedPoints(factors);
  return note;
}

/** Is it one that others are compared with: nobody's that is suspected, no shell, and not known only by how far it is from a shell? */
function isBaseline(settings: ReuseSettings, session: Session, print: Print): boolean {
  const note = print.notes[settings.rule];
  if (note === undefined || note.is_suspect || isShellPrint(print, session)) return false;
  return note.baseline === undefined || !isShellPrint(note.baseline, session);
}

function compareWith(settings: ReuseSettings, scene: Scene, at: number, known: Print, theirs: PrintNote, sameLane: boolean): PrintNote {
  const seen = scene.session.tail[at]!;
  const print = seen.print;
  const { habits } = scene.person;
  // Some operators rent out servers everywhere: theirs is the person's egress in the countries where the person is used to be.
  const isKnownEgress = (endpoint: NonNullable<Traits['endpoint']>): boolean =>
    scene.isOperatorEgress(endpoint) ||
    (endpoint.asn !== undefined &&
      isHabit(habits, 'network', String(endpoint.asn), seen.time) &&
      (endpoint.country === undefined || isHabit(habits, 'country', endpoint.country, seen.time)));
  const { factors }: Comparison = compare(theirs.known, print, undefined, settings.compare, isKnownEgress, sameLane);
  if (!sameLane && factors.length > 0 && print.user_agent?.kind === 'library' && !isHabit(scene.person.habits, 'lane', 'cli', seen.time)) {
    factors.push(
      factor(
        'library_new_lane',
        settings.points('library_new_lane'),
        `A programming library, ${clientName(print.user_agent)}, takes part in a session that had none.`,
      ),
    );
  }
  // Step by step a thief could drift away from the mint; so what the nearest print deviated by is carried on. Not so where it sat behind the
  // very address block of what it was compared with: a second browser at home. What it inherited of place was never of its own making.
  const merged = [...factors];
  const isSecond = isAtItsBaseline(known, theirs);
  for (const inherited of theirs.factors) {
    if (isSecond && inherited.dimension !== 'place_network') continue;
    if (inherited.points > mostOf(factors, inherited.dimension)) merged.push(inherited);
  }
  const points = carriedPoints(merged);
  return newNote(fillUnknown(print, theirs.known), known, seen.time, seen.uid, merged, points);
}

/** Speed is from where the session was last, whichever print the newcomer is compared with. */
function judgeSpeed(settings: ReuseSettings, scene: Scene, at: number, note: PrintNote): void {
  const { session } = scene;
  const seen = session.tail[at]!;
  const to = seen.print.endpoint;
  if (to === undefined || (note.points[0] ?? 0) <= 0) return;
  let from: Print | undefined;
  let fromTime = Number.NEGATIVE_INFINITY;
  for (const print of session.prints) {
    const theirs = print.notes[settings.rule];
    if (print === seen.print || print.endpoint === undefined || theirs === undefined || theirs.is_suspect) continue;
    const last = lastTimeOf(session, at, print, seen.time);
    if (last < fromTime || (last === fromTime && isLaterNote(theirs, from?.notes[settings.rule]))) continue;
    from = print;
    fromTime = last;
  }
  const move = from?.endpoint === undefined ? undefined : moveBetween(from.endpoint, to, seen.time - fromTime, settings.compare);
  if (move === undefined) return;
  note.factors = [...note.factors, move.factor];
  note.points = carriedPoints(note.factors);
  note.travel = move.travel;
}

function fillUnknown(print: Print, from: Traits): Traits {
  return {
    endpoint: print.endpoint ?? from.endpoint,
    user_agent: print.user_agent === undefined || print.user_agent === NO_AGENT ? from.user_agent : print.user_agent,
    device_uid: print.device_uid ?? from.device_uid,
    device_os: print.device_os ?? from.device_os,
    cookie_uid: print.cookie_uid ?? from.cookie_uid,
    ja4: print.ja4 ?? from.ja4,
  };
}

function isAtItsBaseline(print: Print, note: PrintNote): boolean {
  const prefix = print.endpoint?.prefix;
  return prefix !== undefined && prefix === note.baseline?.endpoint?.prefix;
}
