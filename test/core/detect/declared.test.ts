import fc from 'fast-check';
import { rulesInForce } from '../../../src/core/detect/detectors.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import type { StateLimits } from '../../../src/core/state/people.js';
import { weigh } from '../../../src/core/state/record/weigh.js';
import { codecFor, peopleOf, takeOver, tickForAll } from '../../helpers/codec.js';
import { DECLARED, declaredLines, sayDeclared } from '../../helpers/declared-stories.js';
import { stateOf } from '../../helpers/record/state-of.js';
import { allRules, bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { byArrival } from '../../helpers/stories.js';
import { MINUTE } from '../../helpers/world.js';

const LATENESS = 29 * 60;
const LIMITS: Partial<StateLimits> = { allowed_lateness: 30 * 60 * MINUTE, session_idle: 30 * 24 * 60 * MINUTE };
const rules = [...allRules(), { ...bareRule('agent_overreach', { undeclared: true }), uid: 'undeclared' }].map((rule) => ({
  ...rule,
  parameters: { ...rule.parameters, report_from: 20 },
}));
const options = { config_digest: 'test', limits: LIMITS, declared: DECLARED };

function standing(events: readonly SessionEvent[]): string[] {
  const detect = createDetect(rules, options);
  const latest = new Map<string, Finding>();
  for (const event of events) for (const finding of detect.accept(event)) latest.set(finding.uid, finding);
  return [...latest.values()]
    .filter(({ status }) => status !== 'retracted')
    .map((f) => `${f.type} ${f.principal.key} ${f.level} ${f.score} ${f.trigger_event_uid} ${f.message} ${f.uid}`)
    .sort();
}

const inTime = (events: readonly SessionEvent[]): SessionEvent[] =>
  events.map((event) => ({ ...event, arrival_time: event.time })).sort((a, b) => a.time - b.time || (a.uid < b.uid ? -1 : 1));

test('acts of agents and partners in another order of arrival give the same findings', () => {
  const found = { agent_overreach: 0, partner_egress: 0 };
  fc.assert(
    fc.property(declaredLines(LATENESS), (lines) => {
      const events = lines.map(sayDeclared);
      const told = standing(byArrival(events));
      for (const type of Object.keys(found) as (keyof typeof found)[]) found[type] += told.filter((line) => line.startsWith(type)).length;
      expect(told).toEqual(standing(inTime(events)));
    }),
    { ...runs(300), endOnFailure: true },
  );
  for (const count of Object.values(found)) expect(count).toBeGreaterThan(100);
});

test('one process follows another, and says and writes what one would', () => {
  fc.assert(
    fc.property(declaredLines(LATENESS), fc.integer({ min: 1, max: 5 }), (lines, every) => {
      const whole = createDetect(rules, options);
      let relay = createDetect(rules, options);
      byArrival(lines.map(sayDeclared)).forEach((event, n) => {
        expect(tickForAll(relay, event.arrival_time)).toEqual(tickForAll(whole, event.arrival_time));
        expect(relay.accept(event)).toEqual(whole.accept(event));
        const inForce = rulesInForce(rules, 'test');
        const written = (detect: typeof whole) =>
          [...peopleOf(detect).values()].map((person) => {
            expect(weigh(person, inForce).total).toBeGreaterThanOrEqual(codecFor(rules).encode(person).length);
            return stateOf(person, inForce);
          });
        expect(written(relay)).toEqual(written(whole));
        if (n % every === 0) relay = takeOver(relay, rules, options);
      });
    }),
    runs(60),
  );
});
