import fc from 'fast-check';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import { allRules, eagerRules } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { DEEDS } from '../../helpers/stories.js';
import { type Line, say } from '../../helpers/world.js';

const lines: fc.Arbitrary<Line[]> = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 900 }),
      who: fc.constantFrom('alex@example.com', 'kim@example.com'),
      session: fc.constantFrom('s1', 's1', 's2', ''),
      place: fc.integer({ min: -1, max: 7 }),
      agent: fc.integer({ min: 0, max: 6 }),
      deed: DEEDS,
      is_compliant: fc.option(fc.boolean(), { nil: undefined }),
      product: fc.constantFrom('sign_in', 'sign_in', 'non_interactive_sign_in', 'graph_activity'),
      token: fc.option(fc.constantFrom('t1', 't2'), { nil: undefined }),
      device: fc.option(fc.constantFrom('d1', 'd2'), { nil: undefined, freq: 3 }),
      role: fc.constantFrom<'actor' | 'target'>('actor', 'actor', 'actor', 'target'),
      status: fc.constantFrom<NonNullable<Line['status']>>('success', 'success', 'success', 'success', 'failure'),
      fresh: fc.boolean(),
      risk: fc.option(fc.record({ level: fc.constantFrom('medium', 'high'), reasons: fc.constant<string[]>(['anomalousToken']) }), {
        nil: undefined,
      }),
    }),
    { minLength: 2, maxLength: 14 },
  )
  .map((list) =>
    list.map(({ deed, role, ...line }, n) => ({
      ...line,
      ...deed,
      n,
      role: ['session_revoke', 'recovery', 'credential_change'].includes(deed.activity!) ? role : 'actor',
    })),
  );

/** People are known already: what fails is remembered of nobody else. */
const known = ['alex@example.com', 'kim@example.com'].map((who, i) => say({ at: -60, n: 900 + i, who, session: '' }));

/** What must not depend on the order of arrival, of events that arrive as they stand and at the earliest. */
function outcome(events: readonly SessionEvent[]): string[] {
  let clock = 0;
  const arriving = [...known, ...events].map((event) => {
    clock = Math.max(clock, event.time);
    return { ...event, arrival_time: clock };
  });
  return standing(allRules(), arriving);
}

function standing(rules: readonly Rule[], events: readonly SessionEvent[]): string[] {
  const detect = createDetect(rules, { config_digest: 'test' });
  const latest = new Map<string, Finding>();
  for (const event of events) for (const finding of detect.accept(event)) latest.set(finding.uid, finding);
  return [...latest.values()]
    .filter((finding) => finding.status !== 'retracted')
    .map(
      (finding) =>
        `${finding.type} ${finding.principal.key} ${finding.session?.uid} ${finding.level} ${finding.score} ${finding.first_seen_time} ${finding.uid}`,
    )
    .sort();
}

const inTime = (events: readonly SessionEvent[]): SessionEvent[] => [...events].sort((a, b) => a.time - b.time || (a.uid < b.uid ? -1 : 1));

test('the same records in another order of arrival give the same findings', () => {
  fc.assert(
    fc.property(
      lines.chain((list) => fc.tuple(fc.constant(list.map(say)), fc.shuffledSubarray(list.map(say), { minLength: list.length }))),
      ([events, shuffled]) => {
        expect(outcome(shuffled)).toEqual(outcome(inTime(events)));
      },
    ),
    runs(1500),
  );
});

test('a record that comes twice changes nothing', () => {
  fc.assert(
    fc.property(lines, fc.nat(), (list, pick) => {
      const events = inTime(list.map(say));
      const again = events[pick % events.length]!;
      expect(outcome([...events, again])).toEqual(outcome(events));
    }),
    runs(300),
  );
});

test('two runs say the same, byte for byte', () => {
  const run = (list: Line[]): string => {
    const detect = createDetect(allRules(), { config_digest: 'test' });
    return JSON.stringify(list.map((line) => detect.accept(say(line))));
  };
  fc.assert(
    fc.property(lines, (list) => expect(run(list)).toBe(run(list))),
    runs(100),
  );
});

test('nor where people come from more networks than are remembered', () => {
  const HOUR = 60;
  const visits = fc.array(
    fc.record({
      hour: fc.integer({ min: 0, max: 16 * 24 }),
      network: fc.integer({ min: 0, max: 45 }),
      device: fc.option(fc.constantFrom('d1', 'd2'), { nil: undefined }),
      deed: DEEDS,
      delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 29 * HOUR })),
    }),
    { minLength: 60, maxLength: 140 },
  );
  const eventsOf = (all: readonly { hour: number; network: number; device: string | undefined; deed: Partial<Line>; delay: number }[]) =>
    all.map(({ hour, network, deed, ...line }, n) => {
      const event = say({ ...line, activity: 'sign_in', ...deed, at: hour * HOUR, n, session: `v${n}` });
      const own = { ...event.src_endpoint!, ip: `10.0.${network}.7`, asn: 64_512 + network, prefix: `10.0.${network}` };
      return event.subject_role === 'target' ? event : { ...event, src_endpoint: own };
    });
  fc.assert(
    fc.property(visits, (all) => {
      const events = eventsOf(all);
      const late = [...events].sort((a, b) => a.arrival_time - b.arrival_time);
      const told = standing(eagerRules(), late);
      expect(told).toEqual(standing(eagerRules(), inTime(events.map((event) => ({ ...event, arrival_time: event.time })))));
    }),
    { ...runs(60), endOnFailure: true },
  );
});
