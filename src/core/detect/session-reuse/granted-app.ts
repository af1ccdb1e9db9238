import type { Print } from '../../state/print.js';
import { compare } from '../compare.js';
import type { Scene } from '../judgement.js';
import { isLaterNote } from './notes.js';
import type { ReuseSettings } from './settings.js';

/**
 * Is it the servers of an app that somebody let in: a data centre in which it worked first, or another of that operator's? Where they are has nothing to do with where the
 * person let it in. What the app deviates by is remembered all the same: its grant in a network of people is no server of its.
 */
export function isAppsServer(settings: ReuseSettings, scene: Scene, print: Print): boolean {
  const note = print.notes[settings.rule];
  const { baseline } = note ?? {};
  if (note === undefined || baseline === undefined || print.lane !== 'app' || print.endpoint?.as_class !== 'hosting') return false;
  if (baseline.lane !== 'app') return !scene.session.prints.some((other) => isEarlierApp(settings, other, print));
  const { factors } = compare(baseline, print, undefined, settings.compare, scene.isOperatorEgress, true);
  return factors.every(({ name }) => name === 'country_changed') && isAppsServer(settings, scene, baseline);
}

/** Did the app work from elsewhere before? */
function isEarlierApp({ rule }: ReuseSettings, other: Print, print: Print): boolean {
  const theirs = other.notes[rule];
  return other !== print && other.lane === 'app' && theirs !== undefined && isLaterNote(print.notes[rule]!, theirs);
}
