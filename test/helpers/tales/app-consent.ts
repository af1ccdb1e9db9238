import { areWide } from '../../../src/core/detect/acts.js';
import { type FactorName, factor, scoreOf } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import type { PersonJudgeTale } from '../oracle.js';

const DAY_MS = 86_400_000;

const isConsent = ({ activity, subject_role, status }: SessionEvent) =>
  activity === 'oauth_consent' && subject_role === 'target' && status === 'success';

/** Everybody who ever let the app in, up to the consent that is asked about. */
export function appConsentTale(parameters: Parameters): PersonJudgeTale {
  const make = (name: FactorName) => factor(name, Number(parameters[`points_${name}`]), name);
  return (tale, at) => {
    const asked = tale.eventOf(tale.story[at]!);
    if (!isConsent(asked)) return undefined;
    const all = tale.story
      .slice(0, at + 1)
      .map((deed) => tale.eventOf(deed))
      .filter(isConsent);
    const first = all[0]!.time;
    if (asked.time - first > Number(parameters['new_for'])) return undefined;
    const lately = all.filter(({ time }) => time >= asked.time - Number(parameters['within']));
    const people = new Set(lately.map(({ actor }) => actor?.principal?.key ?? ''));
    const scopes = asked.details?.['scopes'] ?? '';
    const factors = [
      ...(people.size >= Number(parameters['at_least']) ? [make('app_campaign')] : []),
      ...(areWide(scopes) && /offline_access/.test(scopes) ? [make('app_reaches_far')] : []),
    ];
    return { score: scoreOf(factors, false), episode: `new@${Math.floor(first / DAY_MS)}`, session: undefined };
  };
}
