import { DETECTORS } from './detectors.js';
import { type AddressData, FACTORS, type FactorName, type FactorSpec } from './factors.js';
import { resolve } from './parameters.js';
import type { Rule } from './rule.js';

/** What rules lack where data on addresses are missing: by uid, in order. */
export interface Sight {
  /** find nothing */
  blind: string[];
  /** find less: some of their factors are never there, but for what the vendor asserts of an address and what lists of prefixes say */
  dim: string[];
}

const POINTS = 'points_';

/** @param rules any; those that are deprecated judge nothing anyway */
export function sightWithout(missing: readonly AddressData[], rules: readonly Rule[]): Sight {
  const sight: Sight = { blind: [], dim: [] };
  const lacks = (needs: readonly AddressData[] = []) => needs.some((data) => missing.includes(data));
  for (const { uid, status, detector, parameters } of rules) {
    const known = DETECTORS[detector];
    if (known === undefined || status === 'deprecated') continue;
    const given = resolve(known.parameters, parameters);
    const isLess = Object.entries(given).some(([name, points]) => Number(points) > 0 && lacks(needsOf(name)));
    if (lacks(known.needs)) sight.blind.push(uid);
    else if (isLess) sight.dim.push(uid);
  }
  return { blind: sight.blind.sort(), dim: sight.dim.sort() };
}

/** @param parameter of a detector: `points_<factor>`, or another */
function needsOf(parameter: string): readonly AddressData[] | undefined {
  if (!parameter.startsWith(POINTS)) return undefined;
  const { needs }: FactorSpec = FACTORS[parameter.slice(POINTS.length) as FactorName];
  return needs;
}
