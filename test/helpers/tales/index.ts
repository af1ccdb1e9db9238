import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { PersonJudgeTale } from '../oracle.js';
import { countTale } from './count.js';
import { impossibleTravelTale } from './impossible-travel.js';
import { matchTale } from './match.js';

/** The detectors of people, told the slow and obvious way: each from the whole story up to the deed. */
export const PERSON_TALES: Readonly<Record<string, (parameters: Parameters) => PersonJudgeTale>> = {
  count: countTale,
  impossible_travel: impossibleTravelTale,
  match: matchTale,
};
