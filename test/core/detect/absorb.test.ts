import fc from 'fast-check';
import { rulesInForce } from '../../../src/core/detect/detectors.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import type { StateLimits } from '../../../src/core/state/people.js';
import { PERSON_BYTES_MAX } from '../../../src/core/state/person.js';
import { weigh } from '../../../src/core/state/record/weigh.js';
import { codecFor, peopleOf, takeOver } from '../../helpers/codec.js';
import { allRules, eagerRules } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { memoryOf } from '../../helpers/same-person.js';
import { bursts, byArrival } from '../../helpers/stories.js';
import { type Line, MINUTE, say } from '../../helpers/world.js';

const ADDRESS = 'default/alex@example.com';
const KEYS = [ADDRESS, 'default/okta:acme:00u1', 'default/entra:46ad0f7f'] as const;
const LATENESS = 120;
/** All that is told here can still be re-ordered when the link is learned. */
const limits = { allowed_lateness: 30 * 24 * 60 * MINUTE };

/** The same event, under another of the person's keys. */
function under(event: SessionEvent, key: string): SessionEvent {
  return { ...event, principal: { ...event.principal, key } };
}

/** No revision comes twice, and none goes back: a finding that was forgotten for want of room begins again. */
function inOrder(findings: readonly Finding[]): void {
  const latest = new Map<string, number>();
  for (const { uid, revision } of findings) {
    if (revision !== 1) expect(revision).toBe((latest.get(uid) ?? 0) + 1);
    latest.set(uid, revision);
  }
}

/** What stands of what was said, whatever uid it has. */
function standing(findings: readonly Finding[]): string[] {
  const latest = new Map<string, Finding>();
  for (const finding of findings) {
    const before = latest.get(finding.uid);
    // nothing is said twice, and nothing out of its order
    expect(finding.revision).toBe((before?.revision ?? 0) + 1);
    latest.set(finding.uid, finding);
  }
  return [...latest.values()]
    .filter(({ status }) => status !== 'retracted' && status !== 'closed')
    .map(({ type, principal, session, level, score, trigger_event_uid }) =>
      [type, principal.key, session?.uid, level, score, trigger_event_uid].join(' '),
    )
    .sort();
}

const stories = bursts({ lateness: LATENESS, days: 3 }).chain((lines) =>
  fc.record({
    // who never succeeded is remembered under no key: that is another story
    lines: fc.constant(lines.map((line): Line => ({ ...line, who: 'alex@example.com', status: 'success' }))),
    keys: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: lines.length, maxLength: lines.length }),
    learned: fc.tuple(fc.nat({ max: lines.length }), fc.nat({ max: lines.length })),
  }),
);

/** All with one program from one place: hardly anything to compare, and now and then something. */
const alike: typeof stories = stories.map((story) => {
  const { place = 0, agent = 0, device = 'd1', cookie } = story.lines[0]!;
  return { ...story, lines: story.lines.map((line) => ({ ...line, place, agent, device, cookie, product: 'sign_in' })) };
});

describe.each([
  ['people nobody knows yet', allRules(), stories],
  ['people who are soon known', eagerRules(), stories],
  ['people who do all in one way', allRules(), alike],
] as const)('%s', (_, rules, stories) => {
  const options = { config_digest: 'test', limits };

  test('a link that is learned late leads to the same as one that was known from the start', () => {
    fc.assert(
      fc.property(stories, fc.boolean(), ({ lines, keys, learned }, isRelayed) => {
        const events = byArrival(lines.map(say));
        const whole = createDetect(rules, options);
        let late = createDetect(rules, options);
        const told: Finding[] = [];
        const toldLate: Finding[] = [];
        events.forEach((event, n) => {
          for (const [i, at] of learned.entries()) if (at === n) toldLate.push(...(late.absorb(KEYS[i + 1]!, ADDRESS) ?? []));
          if (isRelayed) late = takeOver(late, rules, options);
          const key = KEYS[keys[n]!]!;
          const isKnown = key === ADDRESS || learned[keys[n]! - 1]! <= n;
          told.push(...whole.accept(under(event, ADDRESS)));
          toldLate.push(...late.accept(under(event, isKnown ? ADDRESS : key)));
        });
        for (const key of KEYS.slice(1)) toldLate.push(...(late.absorb(key, ADDRESS) ?? []));
        expect(standing(toldLate)).toEqual(standing(told));
        const [person, ...others] = [...peopleOf(late).values()];
        expect(others).toEqual([]);
        expect(memoryOf(person!)).toEqual(memoryOf([...peopleOf(whole).values()][0]!));
        const codec = codecFor(rules);
        expect(memoryOf(codec.decode(codec.encode(person!)))).toEqual(memoryOf(person!));
      }),
      { ...runs(30), endOnFailure: true },
    );
  });
});

describe('of one program at one place there is nothing to compare', () => {
  const rules = allRules();
  const BY_ID = KEYS[1];
  const use = (n: number, more: Partial<Line>): Line => ({ at: n, n, session: 's1', device: 'd1', who: 'alex@example.com', ...more });

  /** The same under one key from the start, and under two of which it is learned at the end that they are one. */
  function both(lines: readonly (readonly [string, Line])[]) {
    const options = { config_digest: 'test', limits };
    const whole = createDetect(rules, options);
    const late = createDetect(rules, options);
    const told = lines.flatMap(([, line]) => whole.accept(under(say(line), ADDRESS)));
    const toldLate = lines.flatMap(([key, line]) => late.accept(under(say(line), key)));
    const atOnce = late.absorb(BY_ID, ADDRESS) ?? [];
    const [memory, memoryLate] = [whole, late].map((detect) => memoryOf([...peopleOf(detect).values()][0]!));
    return { told, toldLate, atOnce, memory, memoryLate };
  }

  test('but for a device that met the rules under one key and does not under the other: that is told as the link is learned', () => {
    const { told, toldLate, atOnce, memory, memoryLate } = both([
      [BY_ID, use(0, { is_compliant: true })],
      [ADDRESS, use(10, { activity: 'role_grant', details: { is_privileged: 'true' }, is_compliant: false })],
    ]);
    expect(toldLate).toEqual([]);
    expect(atOnce.map(({ type, factors }) => [type, factors.map(({ name }) => name)])).toEqual([
      ['privileged_context_change', ['posture_lost', 'privileged']],
    ]);
    expect(standing(atOnce)).toEqual(standing(told));
    expect(memoryLate).toEqual(memory);
  });

  test('what follows such a device and says nothing of it is judged like the rest', () => {
    const { memory, memoryLate } = both([
      [BY_ID, use(0, { is_compliant: true })],
      [ADDRESS, use(10, { is_compliant: false })],
      [ADDRESS, use(20, {})],
    ]);
    expect(memoryLate).toEqual(memory);
  });

  test('nor is there after the end of another session', () => {
    const { memory, memoryLate } = both([
      [BY_ID, use(0, {})],
      [ADDRESS, use(10, { session: 's2', activity: 'sign_out' })],
    ]);
    expect(memoryLate).toEqual(memory);
  });
});

/** So little room, and so short a lateness, that things are settled, folded and let go of before and after the keys are found to be one. */
const ROOMS: readonly Partial<StateLimits>[] = [
  { allowed_lateness: LATENESS * MINUTE },
  { allowed_lateness: LATENESS * MINUTE, sessions_per_person: 2, observations_per_session: 8, observations_per_person: 12 },
  { allowed_lateness: LATENESS * MINUTE, session_idle: 600 * MINUTE, person_idle: 2000 * MINUTE, sessions_per_person: 3 },
];

test('whatever was settled and let go of: bounds hold, nothing is said out of order, and what is written down goes on the same', () => {
  const rules = eagerRules();
  const inForce = rulesInForce(rules, 'test');
  fc.assert(
    fc.property(stories, fc.constantFrom(...ROOMS), fc.boolean(), ({ lines, keys, learned }, limits, isLong) => {
      const options = { config_digest: 'test', limits };
      const whole = createDetect(rules, options);
      let relay = createDetect(rules, options);
      const told: Finding[] = [];
      // what comes under a key that is another one's by now is sent on
      const moved = new Set<string>();
      // ids so long that bytes are what there is too few of
      const named = lines.map((line) => ({
        ...line,
        session: line.session === '' ? '' : `${line.session}${isLong ? 'x'.repeat(4000) : ''}${line.n % 9}`,
      }));
      byArrival(named.map(say)).forEach((event, n) => {
        for (const [i, at] of learned.entries()) {
          if (at !== n) continue;
          const findings = whole.absorb(KEYS[i + 1]!, ADDRESS);
          expect(relay.absorb(KEYS[i + 1]!, ADDRESS)).toEqual(findings);
          told.push(...(findings ?? []));
          moved.add(KEYS[i + 1]!);
        }
        const key = KEYS[keys[n]!]!;
        const one = under(event, moved.has(key) ? ADDRESS : key);
        const findings = whole.accept(one);
        expect(relay.accept(one)).toEqual(findings);
        told.push(...findings);
        relay = takeOver(relay, rules, options);
        for (const person of peopleOf(whole).values()) {
          const bytes = codecFor(rules).encode(person).length;
          expect(bytes).toBeLessThanOrEqual(PERSON_BYTES_MAX);
          expect(weigh(person, inForce).total).toBeGreaterThanOrEqual(bytes);
          expect(person.sessions.length).toBeLessThanOrEqual(limits.sessions_per_person ?? 64);
          expect(person.story.tail.length).toBeLessThanOrEqual(limits.observations_per_person ?? 256);
          for (const { tail } of person.sessions) expect(tail.length).toBeLessThanOrEqual(limits.observations_per_session ?? 64);
        }
      });
      inOrder(told);
    }),
    { ...runs(30), endOnFailure: true },
  );
});
