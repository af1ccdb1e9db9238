import { MOST_HELD } from '../../../src/core/detect/held-uses.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { ACT_STEP, CLONE_STEP, USE_STEP } from '../../../src/core/state/usage.js';
import { peopleOf } from '../../helpers/codec.js';
import { bareRule } from '../../helpers/rules.js';
import { DAY, tenDays, useAt } from '../../helpers/uses.js';

const LATER = 10 * DAY;

/** Numbers of the uses that are held to be judged. */
function heldOf(events: readonly SessionEvent[], steps: readonly number[] = [USE_STEP, ACT_STEP]): number[] {
  const detect = createDetect([bareRule('nhi_egress')], { config_digest: 'test' });
  for (const event of [...tenDays(), ...events]) detect.accept(event);
  const [person] = peopleOf(detect).values();
  return person!.story.tail
    .filter(({ more }) => more?.facts?.some(({ step }) => steps.includes(step)))
    .map(({ uid }) => Number(uid.slice(-4)));
}

test('what is to be expected is not held', () => {
  expect(heldOf([useAt(50, LATER), useAt(51, LATER + 1)])).toEqual([]);
});

test('of an hour, the first of each kind', () => {
  expect(heldOf([50, 51, 52].map((n) => useAt(n, LATER + n, { place: 0 })))).toEqual([50]);
  expect(heldOf([useAt(50, LATER, { place: 0 }), useAt(51, LATER + 60, { place: 0 })])).toEqual([50, 51]);
  expect(
    heldOf([useAt(50, LATER, { place: 0 }), useAt(51, LATER + 1, { place: 6 }), useAt(52, LATER + 2, { place: 0, agent: 5 })]),
  ).toEqual([50, 51, 52]);
  expect(heldOf([useAt(50, LATER, { place: 0 }), useAt(51, LATER + 1, { place: 0, key: 'AKIA2' })])).toEqual([50, 51]);
});

test('an instance`s role and a job`s are kinds of their own', () => {
  const role = { place: 0, key: 'ASIA3', age: 0 };
  const of = (instance: string) => ({ ...role, instance });
  const uses = [useAt(50, LATER, role), useAt(51, LATER + 1, of('i-0abc12345def67890')), useAt(52, LATER + 2, of('i-0abc12345def67891'))];
  expect(heldOf(uses)).toEqual([50, 51]);
});

test('an earlier one that comes late is held, too', () => {
  expect(heldOf([useAt(50, LATER + 30, { place: 0 }), { ...useAt(51, LATER, { place: 0, delay: 40 }) }])).toEqual([51, 50]);
});

test('of each kind the first of each act of consequence, too', () => {
  const acts = (['CreateAccessKey', 'StopLogging', 'CreateAccessKey', undefined] as const).map((act, n) =>
    useAt(50 + n, LATER + n, { place: 0, act }),
  );
  expect(heldOf(acts)).toEqual([50, 51, 53]);
  // one that is to be expected by where it comes from is not held, whatever it is
  expect(heldOf([useAt(50, LATER, { act: 'StopLogging' })])).toEqual([]);
});

test('acts and other uses are counted apart, and neither is without bound', () => {
  const crowd = Array.from({ length: 60 }, (_, n) => useAt(100 + n, LATER, { place: 101 + 2 * n }));
  const acts = Array.from({ length: 60 }, (_, n) => useAt(200 + n, LATER, { place: 101 + 2 * n, act: 'CreateAccessKey' }));
  expect(heldOf([...crowd, ...acts]).filter((n) => n >= 200)).toHaveLength(MOST_HELD);
  expect(heldOf([...acts, ...crowd])).toHaveLength(2 * MOST_HELD);
});

test('of an hour the first clone of each repository, and only so many', () => {
  const clone = (n: number, at: number, name: string, more = {}) => ({
    ...useAt(n, LATER + at, { place: 0, act: 'CloneThis', ...more }),
    resource: { name },
  });
  const held = (...events: SessionEvent[]) => heldOf(events, [CLONE_STEP]);
  expect(held(clone(50, 0, 'a'), clone(51, 1, 'a', { place: 6 }), clone(52, 2, 'b'), clone(53, 60, 'a'))).toEqual([50, 52, 53]);
  expect(held(clone(50, 0, 'a'), clone(51, 1, 'a', { key: 'AKIA2' }))).toEqual([50, 51]);
  expect(held(clone(50, 0, 'a', { place: 3 }), useAt(51, LATER + 1, { place: 0 }))).toEqual([]);
  expect(held(...Array.from({ length: 60 }, (_, n) => clone(100 + n, 0, `r${n}`)))).toHaveLength(MOST_HELD);
  expect(heldOf([clone(50, 0, 'a'), clone(51, 1, 'b')])).toEqual([50]);
});

test('repositories of the hour are counted, however soon events settle', () => {
  const detect = createDetect([bareRule('nhi_egress')], { config_digest: 'test', limits: { allowed_lateness: 60_000 } });
  const clones = Array.from({ length: 10 }, (_, n) => ({
    ...useAt(50 + n, LATER + 5 * n, { agent: 5, act: 'CloneThis' as const }),
    resource: { name: `r${n}` },
  }));
  const said = [...tenDays(), ...clones].flatMap((event) => detect.accept(event));
  expect(said.map(({ factors }) => factors.map(({ name }) => name))).toEqual([['client_new', 'many_repositories']]);
});

test('of one credential and hour only so many', () => {
  const crowd = Array.from({ length: 60 }, (_, n) => useAt(100 + n, LATER, { place: 101 + 2 * n }));
  expect(heldOf(crowd)).toHaveLength(MOST_HELD);
});
