import fc from 'fast-check';
import type { DetectOptions } from '../../../src/core/detect/index.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { expectOneAfterTheOther, inTime, LATENESS, OPTIONS, standing, talkative } from '../../helpers/arrivals.js';
import { DECLARED, declaredLines, sayDeclared } from '../../helpers/declared-stories.js';
import { allRules, bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { byArrival } from '../../helpers/stories.js';

const rules = talkative([...allRules(), { ...bareRule('agent_overreach', { undeclared: true }), uid: 'undeclared' }]);
const options: DetectOptions = { ...OPTIONS, declared: DECLARED };

const told = (events: readonly SessionEvent[]) =>
  standing(
    rules,
    options,
    events,
    (f) => `${f.type} ${f.principal.key} ${f.level} ${f.score} ${f.first_seen_time} ${f.trigger_event_uid} ${f.message} ${f.uid}`,
  );

test('acts of agents and partners in another order of arrival give the same findings', () => {
  const found = { agent_overreach: 0, partner_egress: 0 };
  fc.assert(
    fc.property(declaredLines(LATENESS), (lines) => {
      const events = lines.map(sayDeclared);
      const late = told(byArrival(events));
      for (const type of Object.keys(found) as (keyof typeof found)[]) found[type] += late.filter((line) => line.startsWith(type)).length;
      expect(late).toEqual(told(inTime(events)));
    }),
    { ...runs(300), endOnFailure: true },
  );
  for (const count of Object.values(found)) expect(count).toBeGreaterThan(100);
});

test('one process follows another, and says and writes what one would', () => {
  fc.assert(
    fc.property(declaredLines(LATENESS), fc.integer({ min: 1, max: 5 }), (lines, every) =>
      expectOneAfterTheOther(rules, options, lines.map(sayDeclared), (n) => n % every === 0),
    ),
    runs(60),
  );
});
