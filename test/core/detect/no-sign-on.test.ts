import fc from 'fast-check';
import { rulesInForce } from '../../../src/core/detect/detectors.js';
import { Explainer } from '../../../src/core/detect/explain.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { PERSON_BYTES_MAX, type Person } from '../../../src/core/state/person.js';
import { weigh } from '../../../src/core/state/record/weigh.js';
import { codecFor, peopleOf } from '../../helpers/codec.js';
import { bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { afternoons, alive, arriving, OPTIONS, RULES, type Step, standing, step, tell, WAIT } from '../../helpers/sign-on.js';
import { MINUTE, T0 } from '../../helpers/world.js';

const END = 1500;
/** That the provider knows the person, and nothing of them since. */
const KNOWN: Step = { at: 0, what: 'okta' };
const FORGED: Step = { at: 120, what: 'slack', session: 'forged' };

const told = (steps: readonly Step[], rules = RULES, end = END) => tell(createDetect(rules, OPTIONS), steps.map(step), end);
const inTime = (events: readonly SessionEvent[]) => events.map((event) => ({ ...event, arrival_time: event.time }));

test('it is said when the provider`s log must have told, and not before', () => {
  const said = told([KNOWN, ...alive(0, 600, 10), FORGED]);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatchObject({ status: 'new', level: 'medium', score: 45, session: { uid: 'forged' } });
  // at the first tick at which the log has spoken of the end of the wait
  expect(said[0]!.time).toBe(T0 + (120 + WAIT + 1) * MINUTE);
  expect(said[0]!.factors[0]!.text).toContain(
    'Nothing of them at the identity provider in the 60 min before: it told of them before that.',
  );
});

test('whatever the order in which records come, the same stands in the end', () => {
  const found = { said: 0, quiet: 0 };
  fc.assert(
    fc.property(afternoons(300), (events) => {
      const late = tell(createDetect(RULES, OPTIONS), events, END);
      const early = tell(createDetect(RULES, OPTIONS), inTime(events), END);
      expect(standing(late)).toEqual(standing(early));
      found[standing(late).length > 0 ? 'said' : 'quiet']++;
    }),
    { ...runs(150), seed: 7 },
  );
  // a property that holds of nothing proves nothing
  expect(Math.min(found.said, found.quiet)).toBeGreaterThan(10);
});

test('what stands rests on events alone: plainly told, of each sign-in at Slack', () => {
  const okta = ({ source, status, subject_role }: SessionEvent) =>
    source.vendor === 'okta' && status === 'success' && subject_role === 'actor';
  const plainly = (events: readonly SessionEvent[]): string[] =>
    events
      .filter(({ source, activity, status }) => source.vendor === 'slack' && activity === 'sign_in' && status === 'success')
      .filter(({ time, principal }) => {
        const theirs = events.filter((one) => okta(one) && one.principal.key === principal.key).map((one) => one.time);
        const isExplained = theirs.some((at) => at >= time - 60 * MINUTE && at <= time + 5 * MINUTE);
        if (isExplained || !theirs.some((at) => at < time)) return false;
        const log = events
          .filter(({ source }) => source.vendor === 'okta')
          .map((one) => one.time)
          .sort((a, b) => a - b);
        const from = log.findLastIndex((at) => at <= time - 60 * MINUTE);
        const to = log.findIndex((at) => at >= time + WAIT * MINUTE);
        return from >= 0 && to >= 0 && log.slice(from, to + 1).every((at, i, all) => i === 0 || at - all[i - 1]! <= 60 * MINUTE);
      })
      .map(({ uid }) => uid)
      .sort();
  fc.assert(
    fc.property(afternoons(300), (events) => {
      const triggers = standing(tell(createDetect(RULES, OPTIONS), events, END)).map((line) => line.split(' ')[0]);
      expect(triggers).toEqual(plainly(events));
    }),
    runs(150),
  );
});

test('one process follows another, after every record, and says the same', () => {
  fc.assert(
    fc.property(afternoons(200), (events) => {
      const whole = createDetect(RULES, OPTIONS);
      let relay = createDetect(RULES, OPTIONS);
      const waits = new Map<string, NonNullable<ReturnType<typeof relay.takeWaits>[number][1]>>();
      const next = () => {
        for (const [key, list] of relay.takeWaits()) {
          if (list === undefined) waits.delete(key);
          else waits.set(key, list);
        }
        const to = createDetect(RULES, OPTIONS);
        const codec = codecFor(RULES);
        for (const person of peopleOf(relay).values()) peopleOf(to).put(codec.decode(codec.encode(person)));
        to.resume(JSON.parse(JSON.stringify(relay.standing())));
        for (const [key, list] of waits) to.restoreWaits(key, JSON.parse(JSON.stringify(list)));
        relay = to;
      };
      const both = {
        accept(event: SessionEvent) {
          const said = relay.accept(event);
          expect(said).toEqual(whole.accept(event));
          next();
          return said;
        },
        tick(time: number) {
          const said = relay.tick(time);
          expect(said).toEqual(whole.tick(time));
          return said;
        },
      };
      tell(both, events, END);
    }),
    runs(25),
  );
});

test('a key of theirs that is learned late: what the provider told under it explains', () => {
  const detect = createDetect(RULES, OPTIONS);
  const other = 'default/okta:acme:00u1';
  const events = [KNOWN, ...alive(0, 600), { at: 110, what: 'okta' } as Step, FORGED].map(step);
  const apart = events.map((event) => {
    const isOther = event.uid === events.at(-2)!.uid;
    return isOther ? { ...event, principal: { ...event.principal, key: other } } : event;
  });
  const said = tell(detect, apart, 400);
  expect(standing(said)).toHaveLength(1);
  said.push(...detect.absorb(other, 'default/alex@example.com')!);
  expect(standing(said)).toEqual([]);
});

test('what waits under a key goes along to the other', () => {
  const detect = createDetect(RULES, OPTIONS);
  const alias = 'default/slack:W1';
  const events = [KNOWN, ...alive(0, 130), FORGED].map(step);
  const apart = events.map((event) =>
    event.source.vendor === 'slack' ? { ...event, principal: { ...event.principal, key: alias } } : event,
  );
  // the provider knows nobody by that name
  expect(tell(detect, apart, 140)).toEqual([]);
  const said = detect.absorb(alias, 'default/alex@example.com')!;
  const later = alive(140, 400).map((one, i) => step(one, 900 + i));
  for (const event of later) {
    said.push(...detect.tick(event.time));
    said.push(...detect.accept(event));
  }
  expect(standing(said)).toHaveLength(1);
});

test('of people who are judged nothing is waited for: with each look fewer', () => {
  const detect = createDetect(RULES, OPTIONS);
  const size = () => (detect as unknown as { waiting: { size: number } }).waiting.size;
  tell(detect, [KNOWN, ...alive(0, 130, 10), FORGED].map(step), 130);
  expect(size()).toBe(1);
  tell(
    detect,
    alive(130, 300, 10).map((one, i) => step(one, 800 + i)),
    300,
  );
  expect(size()).toBe(0);
  // what is explained when it comes does not wait at all
  const explained = createDetect(RULES, OPTIONS);
  tell(explained, [...alive(0, 130), { at: 119, what: 'sso' } as Step, FORGED].map(step), 130);
  expect((explained as unknown as { waiting: { size: number } }).waiting.size).toBe(0);
});

test('a log that stays silent: nobody waits for longer than things can still be re-ordered', () => {
  const detect = createDetect(RULES, { ...OPTIONS, limits: { allowed_lateness: 300 * MINUTE } });
  const said = tell(detect, [KNOWN, ...alive(0, 120), FORGED].map(step), 600);
  expect(said).toEqual([]);
  expect((detect as unknown as { waiting: { size: number } }).waiting.size).toBe(0);
});

test('somebody whom the provider never told of is judged where a rule says so', () => {
  const own = { ...FORGED, who: 'local@example.com' };
  expect(told([...alive(0, 600), own])).toEqual([]);
  const said = told([...alive(0, 600), own], [bareRule('no_sign_on', { within: 60 * MINUTE, unknown_too: true })]);
  expect(said.map(({ factors }) => factors[0]!.text)).toEqual([expect.stringContaining('it never told of them before')]);
});

test('what was held against them is suspected no longer when it is explained, and other rules hear of it', () => {
  const acts = [...RULES, bareRule('post_compromise')];
  const rule: Step = { at: 125, what: 'use', session: 'forged', place: 3 };
  const events = [KNOWN, ...alive(0, 600), { ...FORGED, place: 3 }].map(step);
  const act: SessionEvent = { ...step(rule, 700), activity: 'api_key', action: 'token_created', details: { owner: 'self' } };
  const detect = createDetect(acts, OPTIONS);
  const said = tell(detect, [...events, act], 500);
  expect(new Set(said.map(({ type }) => type))).toEqual(new Set(['no_sign_on', 'post_compromise']));
  said.push(...detect.accept({ ...step({ at: 119, what: 'okta' }, 800), arrival_time: T0 + 510 * MINUTE }));
  expect(standing(said)).toEqual([]);
});

describe('explained', () => {
  const explained = (steps: readonly Step[], rules = RULES, who = 'alex@example.com') => {
    const explainer = new Explainer(rules, OPTIONS);
    const all = steps.map(step).map((event) => ({ ...event }));
    let minute = T0 / MINUTE;
    const shown = arriving(all).map((event) => {
      for (; (minute + 1) * MINUTE <= event.arrival_time; minute++) explainer.tick((minute + 1) * MINUTE);
      if (event.principal.email === who) return explainer.accept(event);
      explainer.engine.passed(event);
      return undefined;
    });
    explainer.tick((minute + 1) * MINUTE);
    explainer.conclude();
    return shown.find((one) => one?.event.session?.uid === 'forged')!;
  };
  const silence = (steps: readonly Step[]) => explained(steps).answers[0]!.silence;

  test('what became of it stands with the event that it is about', () => {
    const { answers, findings } = explained([KNOWN, ...alive(0, 600), FORGED]);
    expect(answers[0]).toMatchObject({ score: 45, level: 'medium' });
    expect(findings).toHaveLength(1);
  });

  test.each<[string, readonly Step[], string | RegExp]>([
    ['they were there', [...alive(0, 600), { at: 110, what: 'okta' }, FORGED], 'okta told of them 10 min before'],
    ['a moment later', [KNOWN, ...alive(0, 600), { at: 122, what: 'sso' }, FORGED], 'okta told of them around that time'],
    ['nobody knows them', [...alive(0, 600), FORGED], 'okta never told of them before: perhaps it knows them by another name'],
    ['the log may still tell', [KNOWN, ...alive(0, 130, 10), FORGED], 'it waits until okta has told of the 30 min after it'],
    [
      'it was silent',
      [KNOWN, ...alive(0, 100, 10), ...alive(170, 400, 10), FORGED],
      /^okta was silent for longer than 60 min about everybody/,
    ],
    ['no sign-in', [KNOWN, ...alive(0, 600), { ...FORGED, what: 'use' }], 'it begins no session where single sign-on is enforced'],
  ])('%s', (_, steps, why) => {
    expect(silence(steps)).toEqual(typeof why === 'string' ? why : expect.stringMatching(why));
  });

  test('where nothing is configured', () => {
    const explainer = new Explainer(RULES, { config_digest: 'test' });
    expect(explainer.accept(step(FORGED, 0)).answers[0]!.silence).toBe(
      'single sign-on is enforced nowhere, as far as the configuration says',
    );
  });
});

test('whoever makes many events meanwhile does not wash out that they came in, nor that it was by right', () => {
  const flood = Array.from({ length: 600 }, (_, n): Step => ({ at: 120 + n * 0.04, what: 'use', session: 'forged' }));
  const lanes = Array.from({ length: 300 }, (_, n): Step => ({ at: 121 + n * 0.05, what: 'use', session: `more${n}` }));
  const forged = [KNOWN, ...alive(0, 600, 10), FORGED, ...flood, ...lanes];
  expect(standing(told(forged)).map((line) => line.split(' ')[1])).toEqual(['forged']);
  expect(standing(told([{ at: 100, what: 'okta' }, ...forged]))).toEqual([]);
});

test('what is remembered of it is weighed with the rest of the person', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 80 }), (moments) => {
      const detect = createDetect(RULES, OPTIONS);
      const steps = moments.map((at, n): Step => ({ at, what: n % 3 === 0 ? 'slack' : 'okta' }));
      tell(detect, steps.map(step), 3100);
      for (const person of peopleOf(detect).values()) {
        const { total } = weigh(person, rulesInForce(RULES, 'test'));
        expect(total).toBeGreaterThanOrEqual(codecFor(RULES).encode(person).length);
        // as little as everybody has is reserved
        expect(total + person.room).toBeLessThanOrEqual(PERSON_BYTES_MAX + 1024);
      }
    }),
    runs(60),
  );
});

test('a person who is at the provider all day takes little for it', () => {
  const detect = createDetect(RULES, OPTIONS);
  const day = Array.from({ length: 1000 }, (_, n) => step({ at: n * 2 + (n % 7) * 13, what: 'okta' }, n));
  tell(detect, day, 2100);
  const [person] = [...peopleOf(detect).values()] as Person[];
  expect(person!.habits!.sign_on.length).toBeLessThan(10);
});

test('a thief who makes sessions by the dozen waits in one small record, and each is said', () => {
  const forged = Array.from({ length: 80 }, (_, n): Step => ({ at: 120 + n / 4, what: 'slack', session: `forged${n}` }));
  const detect = createDetect(RULES, OPTIONS);
  expect(tell(detect, [KNOWN, ...alive(0, 120, 10), ...forged].map(step), 160)).toEqual([]);
  const [[, waits] = ['', undefined]] = detect.takeWaits();
  expect(JSON.stringify(waits).length).toBeLessThan(4096);
  expect(standing(told([KNOWN, ...alive(0, 600, 10), ...forged]))).toHaveLength(80);
});
