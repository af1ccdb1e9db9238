import fc from 'fast-check';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import { bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { byArrival } from '../../helpers/stories.js';
import { findingsOf, silenceOf, useAt } from '../../helpers/uses.js';

/** What the person does with their own key, and in the session that was made with it. */
const own = { who: 'person' as const, place: 0 };
const made = (n: number, at: number, delay = 0) => useAt(n, at, { ...own, issues: 'ASIA3', delay });
const used = (n: number, at: number, more: object = {}) => useAt(n, at, { ...own, key: 'ASIA3', age: 10, ...more });
const ended = (n: number, at: number, effect = 'deleted', delay = 0) => useAt(n, at, { ...own, effect, delay });

const said = (events: readonly SessionEvent[]) => findingsOf('outlived_key', byArrival([...events]));

test('it says when the key was taken away, and how', () => {
  const [finding] = said([made(1, 0), used(2, 10), ended(3, 20), used(4, 30)]);
  expect(finding).toMatchObject({ score: 45, session: { uid: 'ASIA3' } });
  expect(finding!.message).toMatch(/was made with a key that was taken away \(UpdateAccessKey\) and was used 10 min later/);
  expect(finding!.evidence.map(({ event_uid }) => event_uid.slice(-4)).sort()).toEqual(['0002', '0003', '0004']);
});

test('of a chain of keys the first end counts, whichever key it is of', () => {
  const chained = [made(1, 0), used(2, 5, { issues: 'ASIA4' }), used(3, 10, { key: 'ASIA4' })];
  expect(said([...chained, ended(4, 20), used(5, 30, { key: 'ASIA4' })])).toMatchObject([{ session: { uid: 'ASIA4' } }]);
  expect(said([...chained, useAt(4, 20, { ...own, key: 'ASIA3', effect: 'deleted' }), used(5, 30, { key: 'ASIA4' })])).toHaveLength(1);
  expect(said([...chained, useAt(4, 20, { ...own, key: 'AKIA2', effect: 'deleted' }), used(5, 30, { key: 'ASIA4' })])).toEqual([]);
});

test('keys that were made with one another in a circle are no end', () => {
  const circle = [used(1, 0, { issues: 'ASIA4' }), used(2, 1, { key: 'ASIA4', issues: 'ASIA3' })];
  expect(said([...circle, ended(3, 20), used(4, 30)])).toEqual([]);
});

test('whoever makes keys all day is found by the latest eight', () => {
  const many = Array.from({ length: 60 }, (_, n) => useAt(100 + n, n, { ...own, issues: `ASIA${100 + n}` }));
  const key = (n: number) => [...many, ended(1, 70), used(2, 80, { key: `ASIA${n}` })];
  expect(said(key(159))).toHaveLength(1);
  expect(said(key(152))).toHaveLength(1);
  expect(said(key(100))).toEqual([]);
});

test('what was said stands when the key that was made is forgotten for others that were', () => {
  const before = [made(1, 0), used(2, 10), ended(3, 20), used(4, 30)];
  const after = Array.from({ length: 60 }, (_, n) => useAt(100 + n, 31 + n, { ...own, key: 'AKIA2', issues: `ASIA${100 + n}` }));
  const findings = said([...before, ...after, used(900, 100)]);
  expect(findings.some(({ status }) => status === 'retracted')).toBe(false);
});

test('what was said can be taken back when another key that was made is forgotten, and not when its own is', () => {
  const changed = (n: number, at: number): SessionEvent => ({
    ...useAt(n, at, own),
    activity: 'credential_change',
    action: 'ChangePassword',
  });
  const other = (n: number, at: number) => useAt(n, at, { ...own, key: 'AKIA2', issues: `ASIA${n}` });
  /** @param first the key that is made first is the first to be forgotten */
  const story = (first: SessionEvent[]) => [
    ...first,
    ...Array.from({ length: 6 }, (_, n) => other(100 + n, 2 + n)),
    used(2, 10),
    ended(3, 15),
    used(4, 24),
    ...Array.from({ length: 23 }, (_, n) => changed(200 + n, 25)),
    other(300, 26),
  ];
  const late = ended(900, 18, 'enabled', 10);
  const standing = (events: readonly SessionEvent[]) => said(events).at(-1)?.status;
  expect(standing(story([other(99, 0), made(1, 1)]))).not.toBe('retracted');
  expect(standing([...story([other(99, 0), made(1, 1)]), late])).toBe('retracted');
  expect(standing([...story([made(1, 0), other(99, 1)]), late])).not.toBe('retracted');
});

test('is silent for a reason', () => {
  const silence = (events: readonly SessionEvent[]) => silenceOf('outlived_key', events);
  expect(silence([ended(1, 0, 'created'), used(2, 10), used(3, 20), ended(4, 21), used(5, 30)])).toBe(
    'nothing tells with which key it was made',
  );
  expect(silence([made(1, 0), used(2, 10), used(3, 20)])).toBe('the key that it was made with was not taken away before it');
  expect(silence([made(1, 0), ended(2, 20), used(3, 22)])).toMatch(/^so soon after/);
});

test('in whatever order records come, the same is found', () => {
  const line = fc.record({
    what: fc.constantFrom('made', 'used', 'used', 'ended', 'begun'),
    at: fc.integer({ min: 0, max: 300 }),
    delay: fc.integer({ min: 0, max: 20 * 60 }),
    place: fc.constantFrom(0, 3),
  });
  const standing = (events: readonly SessionEvent[]): string[] => {
    const detect = createDetect([bareRule('outlived_key')], { config_digest: 'test' });
    const latest = new Map<string, Finding>();
    for (const event of events) for (const finding of detect.accept(event)) latest.set(finding.uid, finding);
    const left = [...latest.values()].filter(({ status }) => status !== 'retracted');
    return left.map(({ uid, score, trigger_event_uid }) => `${uid} ${score} ${trigger_event_uid}`).sort();
  };
  let found = 0;
  fc.assert(
    fc.property(fc.array(line, { minLength: 3, maxLength: 12 }), (lines) => {
      const events = [{ what: 'known', at: 0, delay: 0, place: 0 }, ...lines].map(({ what, at, delay, place }, n) => {
        if (what === 'used') return useAt(n, at, { ...own, place, key: 'ASIA3', age: at + 1, delay });
        return what === 'made'
          ? made(n, at, delay)
          : ended(n, at, what === 'ended' ? 'deleted' : what === 'begun' ? 'enabled' : 'created', delay);
      });
      const inTime = events.map((event) => ({ ...event, arrival_time: event.time }));
      const told = standing(byArrival(inTime));
      found += told.length;
      expect(standing(byArrival(events))).toEqual(told);
    }),
    runs(500),
  );
  expect(found).toBeGreaterThan(20);
});

test('a use that was logged before its key was made is none of it, whichever record comes first', () => {
  const events = (delay: number) => [ended(1, 0), used(2, 6, { delay }), made(3, 7)];
  expect(said(events(0))).toEqual([]);
  expect(said(events(2))).toEqual([]);
});
