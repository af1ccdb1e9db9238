import type { Factor } from '../../event/index.js';
import type { Observation } from '../../state/observation.js';
import type { Print, PrintNote } from '../../state/print.js';
import type { Session } from '../../state/session.js';
import { factor } from '../factors.js';
import type { Scene } from '../judgement.js';
import { printName } from '../names.js';
import { deviates, deviatesByMore, isSameLog, isSwitch } from './notes.js';
import type { ReuseSettings } from './settings.js';

/** One token is held by one program; two networks at once are two holders. Compared within one log, since logs see split paths. */
export function judgeToken(settings: ReuseSettings, scene: Scene, at: number, note: PrintNote, out: Factor[]): void {
  const { tail } = scene.session;
  const seen = tail[at]!;
  if (seen.is_bound && seen.activity === 'sign_in')
    out.push(factor('bound_token', settings.points('bound_token'), 'The sign-in was bound to its device by a key.'));
  if (seen.token_uid === undefined || (note.points[0] ?? 0) <= 0) return;
  const since = seen.time - settings.tokenWithin;
  let elsewhere: Observation | undefined;
  let before: Observation | undefined;
  for (let i = at - 1; i >= 0 && before === undefined; i--) {
    const other = tail[i]!;
    if (other.time < since) break;
    if (!isSameToken(other, seen)) continue;
    if (other.print === seen.print) before = elsewhere === undefined ? undefined : other;
    else if (other.print.endpoint !== undefined && !deviates(other.print.notes[settings.rule])) elsewhere ??= other;
  }
  if (elsewhere === undefined) return;
  const name = heldBy(settings, note, before, seen);
  out.push(
    factor(
      name,
      settings.points(name),
      `One token, ${seen.token_uid}, on two networks: ${printName(elsewhere.print)} and ${printName(seen.print)}.`,
    ),
  );
}

/** The session's own fingerprint comes back and finds that the token it still holds was used elsewhere in between. */
export function judgeReturn(settings: ReuseSettings, scene: Scene, at: number): { suspect: Print; factors: Factor[] } | undefined {
  const { tail } = scene.session;
  const seen = tail[at]!;
  if (seen.token_uid === undefined || !hasElsewhere(settings, scene.session)) return undefined;
  const since = seen.time - settings.tokenWithin;
  let between: Observation | undefined;
  for (let i = at - 1; i >= 0; i--) {
    const other = tail[i]!;
    if (other.time < since) break;
    if (!isSameToken(other, seen)) continue;
    const note = other.print.notes[settings.rule];
    if (note === undefined) continue;
    if (deviates(note)) {
      if ((note.points[0] ?? 0) > 0) between = other;
    } else if (between !== undefined) {
      const theirs = between.print.notes[settings.rule]!;
      const name = heldBy(settings, theirs, other, seen);
      if (name === 'same_token_moved') return undefined;
      const text = `One token, ${seen.token_uid}, on two networks at a time: ${printName(seen.print)} and ${printName(between.print)}.`;
      return { suspect: between.print, factors: [...theirs.factors, factor(name, settings.points(name), text)] };
    }
  }
  return undefined;
}

/**
 * What a token on two networks says of its holders. Back and forth between different programs there are two, and in two countries when no VPN
 * explains the other. Between programs that look alike it may be a lunch with the laptop, or a hotspot, unless it is over within minutes.
 * @param before the earlier use on the side of `seen`, when there was one on the other side in between
 */
function heldBy(
  settings: ReuseSettings,
  note: PrintNote,
  before: Observation | undefined,
  seen: Observation,
): 'same_token' | 'same_token_overlap' | 'same_token_moved' {
  if (before !== undefined && deviatesByMore(note)) return 'same_token';
  if (isSwitch(note)) return 'same_token_moved';
  if (note.factors.some((f) => f.name === 'country_changed' || f.name === 'in_session_speed')) return 'same_token';
  return before !== undefined && seen.time - before.time <= settings.tokenOverlap ? 'same_token_overlap' : 'same_token_moved';
}

/** Was the session used from anywhere but where it is known? Most never were, and need no look through what they did. */
function hasElsewhere(settings: ReuseSettings, session: Session): boolean {
  for (const print of session.prints) {
    const note = print.notes[settings.rule];
    if (deviates(note) && (note.points[0] ?? 0) > 0) return true;
  }
  return false;
}

/** Logs see different sides of a split path, so a token is compared within one log. */
function isSameToken(a: Observation, b: Observation): boolean {
  return a.token_uid === b.token_uid && isSameLog(a, b);
}
