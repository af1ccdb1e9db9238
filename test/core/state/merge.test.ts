import fc from 'fast-check';
import { rulesInForce } from '../../../src/core/detect/detectors.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { mergePeople, rekey } from '../../../src/core/state/merge.js';
import { type Person, SEEN_PER_PERSON } from '../../../src/core/state/person.js';
import { weigh } from '../../../src/core/state/record/weigh.js';
import { codecFor, peopleOf } from '../../helpers/codec.js';
import { allRules } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { memoryOf } from '../../helpers/same-person.js';
import { bursts, byArrival } from '../../helpers/stories.js';
import { type Line, say } from '../../helpers/world.js';

const rules = allRules();
const KEY = 'default/alex@example.com';
const copy = (person: Person): Person => codecFor(rules).decode(codecFor(rules).encode(person));

/** A person of whom so much was seen. */
function personOf(events: readonly SessionEvent[]): Person | undefined {
  const detect = createDetect(rules, { config_digest: 'test' });
  for (const event of events) detect.accept(event);
  return [...peopleOf(detect).values()][0];
}

const halves = bursts({ lateness: 120, days: 6 }).chain((lines) =>
  fc.record({
    lines: fc.constant(lines.map((line): Line => ({ ...line, who: 'alex@example.com' }))),
    isFirst: fc.array(fc.boolean(), { minLength: lines.length, maxLength: lines.length }),
  }),
);

/** What was said of each is another's concern: two findings of one thing are one of either. */
function withoutReports(person: Person): unknown {
  return memoryOf({
    ...person,
    story: { ...person.story, reports: [] },
    sessions: person.sessions.map((session) => ({ ...session, reports: [] })),
  });
}

test('it does not matter which is merged into which, also of what is settled', () => {
  fc.assert(
    fc.property(halves, ({ lines, isFirst }) => {
      const events = byArrival(lines.map(say));
      const first = personOf(events.filter((_, n) => isFirst[n]!));
      const second = personOf(events.filter((_, n) => !isFirst[n]!));
      fc.pre(first !== undefined && second !== undefined);
      const [a, b] = [copy(first!), copy(second!)];
      const told = [a, b].flatMap(({ sessions, story }) => [...sessions, story].flatMap(({ reports }) => reports));
      const { carried, doubles } = mergePeople(a, copy(second!));
      mergePeople(b, copy(first!));
      expect(withoutReports(a)).toEqual(withoutReports(b));
      // every finding that stood goes on, or another one of the same thing does
      const isOpen = ({ finding }: { finding: { status: string } }) => finding.status !== 'retracted';
      const kept = [...a.sessions, a.story].flatMap(({ reports }) => reports).filter(isOpen);
      expect(kept.length + doubles.length).toBe(told.filter(isOpen).length);
      expect(carried.every((report) => [...a.sessions, a.story].some(({ reports }) => reports.includes(report)))).toBe(true);
      expect(a.seen.length).toBeLessThanOrEqual(SEEN_PER_PERSON);
      // and it can be written down as it is
      expect(memoryOf(copy(a))).toEqual(memoryOf(a));
      expect(weigh(a, rulesInForce(rules, 'test')).total).toBeGreaterThanOrEqual(codecFor(rules).encode(a).length);
    }),
    { ...runs(100), endOnFailure: true },
  );
});

test('with another key, all that will be said of somebody speaks of it', () => {
  const theft: Line[] = [
    { at: 0, n: 0, place: 0, agent: 0, activity: 'sign_in', fresh: true },
    { at: 5, n: 1, place: 3, agent: 4 },
    { at: 6, n: 2, place: 0, agent: 0 },
  ];
  const person = personOf(theft.map((line) => say({ ...line, who: 'somebody' })))!;
  const reports = rekey(person, KEY);
  expect(reports.length).toBeGreaterThan(0);
  expect(person.key).toBe(KEY);
  const keys = [person.principal, ...person.sessions.map(({ principal }) => principal), ...reports.map(({ finding }) => finding.principal)];
  expect(new Set(keys.map(({ key }) => key))).toEqual(new Set([KEY]));
  expect(JSON.stringify(memoryOf(person))).not.toContain('default/somebody');
});

test('a print of both has the place of its first event, whoever saw it', () => {
  const at = (place: number, minute: number) => personOf([say({ at: minute, n: minute, place, agent: 0 })])!;
  const placeOf = (person: Person) => person.sessions.map(({ prints }) => prints.map(({ endpoint }) => endpoint?.city));
  for (const [into, other] of [
    [at(0, 10), at(7, 0)],
    [at(7, 0), at(0, 10)],
  ] as const) {
    mergePeople(into, other);
    expect(placeOf(into)).toEqual([['Stockholm']]);
  }
});
