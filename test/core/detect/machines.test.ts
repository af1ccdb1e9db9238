import fc from 'fast-check';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { expectOneAfterTheOther, inTime, LATENESS, OPTIONS, standing, talkative } from '../../helpers/arrivals.js';
import { machines, sayUse } from '../../helpers/machine-stories.js';
import { allRules } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { byArrival } from '../../helpers/stories.js';

const rules = talkative(allRules()).map((rule) =>
  rule.detector === 'nhi_egress' ? { ...rule, parameters: { ...rule.parameters, repositories_from: 2 } } : rule,
);

/** Of a credential whose end is told late the latest use alone is held, with what was odd of those before: when the first was is not known any more. */
const OF_THE_LATEST: ReadonlySet<string> = new Set(['use_after_key_end', 'use_after_expiry']);

const told = (events: readonly SessionEvent[]) =>
  standing(rules, OPTIONS, events, (f) => {
    const began = OF_THE_LATEST.has(f.type) ? 'at some time' : f.first_seen_time;
    return `${f.type} ${f.principal.key} ${f.token?.uid} ${f.level} ${f.score} ${began} ${f.uid}`;
  });

/** Whose they are is known already: what fails is remembered of nobody else. */
const known = (['machine', 'person'] as const).map((who, i) =>
  sayUse({ n: 9000 + i, at: -60, delay: 0, who, key: 'AKIA9', place: 3, agent: 4, effect: 'created' }),
);

test('uses of credentials in another order of arrival give the same findings', () => {
  let found = 0;
  fc.assert(
    fc.property(machines(LATENESS), (lines) => {
      const events = [...known, ...lines.map(sayUse)];
      const late = told(byArrival(events));
      found += late.length;
      expect(late).toEqual(told(inTime(events)));
    }),
    { ...runs(500), endOnFailure: true },
  );
  expect(found).toBeGreaterThan(100);
});

test('one process follows another, and says and writes what one would', () => {
  fc.assert(
    fc.property(machines(LATENESS, 10), fc.integer({ min: 1, max: 5 }), (lines, every) =>
      expectOneAfterTheOther(rules, OPTIONS, lines.map(sayUse), (n) => n % every === 0),
    ),
    runs(60),
  );
});
