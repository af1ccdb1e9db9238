import { factor, scoreOf } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { PersonJudgeTale } from '../oracle.js';
import { deviceOf } from './sign-in.js';
import { strange } from './strange.js';

const DAY_MS = 86_400_000;
const PROBATION_MS = 3 * DAY_MS;

/** Somebody who never hides came out of hiding. */
export function anonymizerTale(parameters: Parameters): PersonJudgeTale {
  const number = (name: string): number => Number(parameters[name]);
  const all = { ...parameters, points_country_new: 0, points_network_new: 0, points_network_hosting: 0 };
  return (tale, at) => {
    const deed = tale.story[at]!;
    const { endpoint, device_uid } = deed.look.traits;
    const kind = ['vpn', 'tor'].find((word) => word === endpoint?.as_class);
    if (kind === undefined || !(deed.is_presence || (deed.is_done && deed.activity === 'sign_in'))) return undefined;
    if (tale.principal.type !== 'human' || tale.principal.tags?.includes('shared') === true) return undefined;
    if (!tale.isKnown(deed.time, number('learning_days'), number('learning_sign_ins')) || tale.isSuspected(deed)) return undefined;
    if (tale.isHabit('anonymizer', kind, deed.time) || tale.isAccustomed(endpoint!, deed.time)) return undefined;
    const place = factor(kind === 'tor' ? 'network_tor' : 'network_vpn', number(`points_network_${kind}`), kind);
    const factors = [place, ...strange(tale, deed, all).filter(({ dimension }) => dimension !== 'place_network')];
    const logged = tale
      .lessonsBefore(deed.time)
      .filter((other) => other.activity === 'sign_in' && deviceOf(other) !== undefined)
      .filter((other) => (Math.floor(other.time / DAY_MS) + 1) * DAY_MS <= deed.time - PROBATION_MS);
    const named = logged.filter((other) => deviceOf(other) !== 'none');
    const isNearlyAll = logged.length >= number('device_sign_ins') && named.length / logged.length >= number('device_percent') / 100;
    if (device_uid === 'none' && isNearlyAll) factors.push(factor('device_missing', number('points_device_missing'), 'none'));
    return { score: scoreOf(factors, true), episode: `${kind}@${Math.floor(deed.time / DAY_MS)}`, session: deed.session };
  };
}
