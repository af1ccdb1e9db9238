import fc from 'fast-check';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { PROBATION_MS } from '../../../src/core/state/habits.js';
import { type Observation, observe } from '../../../src/core/state/observation.js';
import { newPrint, traitsOf } from '../../../src/core/state/print.js';
import {
  COUNTED_DAYS,
  cookiesBefore,
  deviceAtSignIn,
  isLearned,
  learnSignIn,
  newSignIns,
  SIGN_IN_DAYS,
  type SignInDay,
  type SignIns,
  signInsBefore,
} from '../../../src/core/state/sign-ins.js';
import { runs } from '../../helpers/runs.js';
import { type Line, say } from '../../helpers/world.js';

const DAY_MS = 86_400_000;
/** A day that begins at midnight, UTC. */
const MONDAY = Date.UTC(2026, 2, 2);

function seen(time: number, line: Partial<Line> = {}, over: Partial<SessionEvent> = {}): Observation {
  const event = { ...say({ at: 0, n: 0, activity: 'sign_in', ...line }), time, ...over };
  return observe(event, newPrint('browser', traitsOf(event)));
}

function taught(...lessons: Observation[]): SignIns {
  const signIns = newSignIns(lessons[0]?.time ?? MONDAY);
  for (const lesson of lessons) learnSignIn(signIns, lesson);
  return signIns;
}

const ever = (signIns: SignIns): SignInDay => signInsBefore(signIns, MONDAY + 100 * DAY_MS);

describe('what is counted', () => {
  test('of sixteen days the latest eleven', () => expect([SIGN_IN_DAYS, COUNTED_DAYS]).toEqual([16, 11]));

  test('a sign-in, and what its log says of it', () => {
    const lessons = [
      seen(MONDAY, { device: 'd1' }, { auth: { is_mfa: true, keep_signed_in: true, protocol: 'device_code' } }),
      seen(MONDAY, {}, { auth: { is_mfa: false, keep_signed_in: false, protocol: 'oauth2' } }),
      seen(MONDAY, { product: 'graph_activity' }, { auth: undefined }),
    ];
    expect(ever(taught(...lessons))).toEqual({
      day: 0,
      sign_ins: 3,
      // the third log names no devices, so that none is named there says nothing
      device_logged: 2,
      with_device: 1,
      handheld_logged: 0,
      handheld_with_device: 0,
      factor_logged: 2,
      with_factor: 1,
      keep_logged: 2,
      kept_signed_in: 1,
      device_code: 1,
    });
  });

  test('nothing but sign-ins, though anything tells since when the person is known', () => {
    const signIns = taught(seen(MONDAY + 5, { activity: 'session_use' }), seen(MONDAY, { activity: 'session_use' }));
    expect(signIns).toEqual({ since_time: MONDAY, days: [], cookie_days: [] });
  });

  test('by days of UTC, in their order', () => {
    const signIns = taught(...[3, 1, 2, 1].map((day) => seen(MONDAY + day * DAY_MS - 1)));
    const first = MONDAY / DAY_MS;
    expect(signIns.days.map(({ day, sign_ins }) => [day - first, sign_ins])).toEqual([
      [0, 2],
      [1, 1],
      [2, 1],
    ]);
  });

  test('of the latest days; one that is older than all of them is not among them', () => {
    const signIns = taught(...Array.from({ length: SIGN_IN_DAYS + 4 }, (_, day) => seen(MONDAY + day * DAY_MS)));
    expect(signIns.days.map(({ day }) => day - MONDAY / DAY_MS)).toEqual(Array.from({ length: SIGN_IN_DAYS }, (_, n) => n + 4));
    learnSignIn(signIns, seen(MONDAY));
    expect(signIns.days).toHaveLength(SIGN_IN_DAYS);
    expect(signIns.since_time).toBe(MONDAY);
  });

  test('phones apart from computers', () => {
    const lessons = [
      seen(MONDAY, { agent: 3, device: 'phone' }),
      seen(MONDAY, { agent: 3 }),
      seen(MONDAY, { agent: 3, product: 'graph_activity' }),
      seen(MONDAY, { device: 'laptop' }),
      // a program that does not say what it runs on is no phone
      seen(MONDAY, { agent: 4 }),
    ];
    expect(ever(taught(...lessons))).toMatchObject({ device_logged: 4, with_device: 2, handheld_logged: 2, handheld_with_device: 1 });
  });

  test('of a program that says nothing of itself as of a computer', () => {
    expect(ever(taught(seen(MONDAY, { agent: 6, device: 'd1' })))).toMatchObject({ device_logged: 1, with_device: 1, handheld_logged: 0 });
  });

  test('so many of the latest that what is learned while it is asked changes nothing', () => {
    const days = Array.from({ length: SIGN_IN_DAYS }, (_, day) => seen(MONDAY + day * DAY_MS));
    const signIns = taught(...days);
    // what was over three days before the last day
    const time = MONDAY + (SIGN_IN_DAYS - 1) * DAY_MS + PROBATION_MS - 2 * DAY_MS;
    const before = signInsBefore(signIns, time);
    expect(before.sign_ins).toBe(COUNTED_DAYS);
    for (let day = 0; day < 2; day++) learnSignIn(signIns, seen(MONDAY + (SIGN_IN_DAYS + day) * DAY_MS));
    expect(signInsBefore(signIns, time)).toEqual(before);
    expect(ever(signIns).sign_ins).toBe(COUNTED_DAYS);
  });

  test('the same in any order of lessons', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.integer({ min: 0, max: SIGN_IN_DAYS * 24 - 1 }), { maxLength: 30 })
          .chain((hours) => fc.tuple(fc.constant(hours), fc.shuffledSubarray(hours, { minLength: hours.length }))),
        ([hours, shuffled]) => {
          const learned = (all: readonly number[]) => taught(...all.map((hour) => seen(MONDAY + (hour * DAY_MS) / 24)));
          expect(learned(shuffled)).toEqual(learned(hours));
        },
      ),
      runs(100),
    );
  });
});

describe('the device that a sign-in names', () => {
  const okta = (action: string, device?: string): Observation => seen(MONDAY, { product: 'system_log', action, device });

  test('is that of its log', () => {
    expect(deviceAtSignIn(seen(MONDAY, { device: 'd1' }))).toBe('d1');
    expect(deviceAtSignIn(seen(MONDAY))).toBe('none');
    expect(deviceAtSignIn(seen(MONDAY, { product: 'graph_activity' }))).toBeUndefined();
  });

  test('is said by Okta once, where the session starts', () => {
    expect(deviceAtSignIn(okta('user.session.start', 'd1'))).toBe('d1');
    expect(deviceAtSignIn(okta('user.session.start'))).toBe('none');
    expect(deviceAtSignIn(okta('user.authentication.auth_via_mfa'))).toBeUndefined();
    expect(deviceAtSignIn(okta('policy.evaluate_sign_on', 'd1'))).toBeUndefined();
  });

  test('counts as often', () => {
    const one = taught(okta('policy.evaluate_sign_on', 'd1'), okta('user.session.start', 'd1'), okta('user.session.start'));
    expect(ever(one)).toMatchObject({ sign_ins: 3, device_logged: 2, with_device: 1 });
  });
});

describe('cookies of browsers', () => {
  const ofDay = (day: number, line: Partial<Line> = {}): Observation => seen(MONDAY + day * DAY_MS, { cookie: 'c1', ...line });
  const always = MONDAY + 100 * DAY_MS;

  test('are counted where the log names them, and of those the ones that were there on an earlier day', () => {
    const signIns = newSignIns(MONDAY);
    for (const isAgain of [false, true, true]) learnSignIn(signIns, ofDay(0), isAgain);
    learnSignIn(signIns, ofDay(0, { agent: 3 }), true);
    learnSignIn(signIns, ofDay(0, { agent: 3 }));
    learnSignIn(signIns, seen(MONDAY), true);
    learnSignIn(signIns, ofDay(0, { agent: 4 }), true);
    expect(cookiesBefore(signIns, always)).toEqual({ day: 0, logged: 5, again: 3, handheld_logged: 2, handheld_again: 1 });
  });

  test('on the latest eleven of sixteen days, over before the probation', () => {
    const signIns = newSignIns(MONDAY);
    for (let day = 0; day < SIGN_IN_DAYS + 1; day++) learnSignIn(signIns, ofDay(day), true);
    expect(signIns.cookie_days).toHaveLength(SIGN_IN_DAYS);
    expect(cookiesBefore(signIns, always)).toMatchObject({ logged: COUNTED_DAYS, again: COUNTED_DAYS });
    expect(cookiesBefore(signIns, MONDAY + 4 * DAY_MS + PROBATION_MS).logged).toBe(3);
    expect(cookiesBefore(signIns, MONDAY + 4 * DAY_MS + PROBATION_MS - 1).logged).toBe(2);
    learnSignIn(signIns, ofDay(0), true);
    expect(signIns.cookie_days[0]?.day).toBe(MONDAY / DAY_MS + 1);
  });

  test('are nothing to whoever has none', () => {
    expect(cookiesBefore(undefined, always).logged).toBe(0);
    const [one, two] = [newSignIns(MONDAY), newSignIns(MONDAY)];
    learnSignIn(one, ofDay(0));
    expect(two.cookie_days).toEqual([]);
  });
});

describe('what counts at a moment', () => {
  const signIns = taught(seen(MONDAY), seen(MONDAY + DAY_MS));

  test('are days that were over before the probation', () => {
    const counted = (ms: number) => signInsBefore(signIns, MONDAY + ms + PROBATION_MS).sign_ins;
    expect([0, DAY_MS - 1, DAY_MS, 2 * DAY_MS - 1, 2 * DAY_MS].map(counted)).toEqual([0, 0, 1, 1, 2]);
  });

  test('is nothing of somebody who never signed in', () => {
    expect(signInsBefore(undefined, MONDAY).sign_ins).toBe(0);
    expect(signInsBefore(newSignIns(MONDAY), MONDAY + 90 * DAY_MS).sign_ins).toBe(0);
  });
});

describe('known well enough', () => {
  const signIns = taught(seen(MONDAY), seen(MONDAY + DAY_MS));

  test('after so many days', () => {
    expect(isLearned(signIns, MONDAY + 14 * DAY_MS - 1, 14, 10)).toBe(false);
    expect(isLearned(signIns, MONDAY + 14 * DAY_MS, 14, 10)).toBe(true);
  });

  test('or so many sign-ins', () => {
    const over = MONDAY + 2 * DAY_MS + PROBATION_MS;
    expect(isLearned(signIns, over - 1, 14, 2)).toBe(false);
    expect(isLearned(signIns, over, 14, 2)).toBe(true);
    expect(isLearned(signIns, over, 14, 3)).toBe(false);
  });

  test('is nobody of whom nothing was learned', () => {
    expect(isLearned(undefined, MONDAY, 0, 0)).toBe(false);
  });
});
