import { compileConditions } from '../../../src/core/detect/conditions.js';
import { scoreOf } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { PersonJudgeTale } from '../oracle.js';
import { keyOf, own } from './own-rule.js';

const DAY_MS = 86_400_000;

export function matchTale(parameters: Parameters): PersonJudgeTale {
  const { test } = compileConditions(parameters['where']);
  const per = String(parameters['per']);
  return (tale, at) => {
    const deed = tale.story[at]!;
    const event = tale.eventOf(deed);
    if (!test(event)) return undefined;
    const key = per === 'day' || per === 'event' ? '' : (keyOf(event, per) ?? '');
    return {
      score: scoreOf(own(tale, deed, parameters, 'matched'), false),
      episode: per === 'event' ? deed.uid : `${key}@${Math.floor(deed.time / DAY_MS)}`,
      session: deed.session,
    };
  };
}
