import { createDetect } from '../../../src/core/detect/index.js';
import type { Silence } from '../../../src/core/detect/unjudged.js';
import { bareRule } from '../../helpers/rules.js';
import { alive, OPTIONS, RULES, type Step, step, tell, WITHIN } from '../../helpers/sign-on.js';
import { MINUTE, T0 } from '../../helpers/world.js';

const KNOWN: Step = { at: 0, what: 'okta' };
const FORGED: Step = { at: 120, what: 'slack', session: 'forged' };
const ANYBODY = [bareRule('no_sign_on', { within: WITHIN * MINUTE, unknown_too: true })];

/** @param from minutes @param to minutes */
const silence = (from?: number, to?: number): Silence => ({
  ...(from === undefined ? {} : { first_time: T0 + from * MINUTE }),
  ...(to === undefined ? {} : { last_time: T0 + to * MINUTE }),
});
function unjudged(steps: readonly Step[], end: number, rules = RULES) {
  const detect = createDetect(rules, OPTIONS);
  tell(detect, steps.map(step), end);
  return detect.unjudged();
}
const okta = (waiting: number, missed: number, silent?: Silence) => [
  { tenant: 'default', provider: 'okta', waiting, missed, ...(silent === undefined ? {} : { silence: silent }) },
];

test.each([
  ['it had a hole', [KNOWN, ...alive(0, 100, 10), ...alive(170, 400, 10), FORGED], 400, okta(1, 0, silence(100, 170))],
  ['it has stopped', [KNOWN, ...alive(0, 120, 10), FORGED], 300, okta(1, 0, silence(120))],
  ['it is as late as it may be', [KNOWN, ...alive(0, 120, 10), FORGED], 210, okta(1, 0)],
  ['nobody is kept waiting', [KNOWN, ...alive(0, 600, 10), FORGED], 600, []],
  ['nothing is enforced there', [KNOWN, ...alive(0, 120, 10), { ...FORGED, what: 'use' }], 300, []],
] as const)('whose log tells of nobody, and since when: %s', (_, steps, end, told) => {
  expect(unjudged(steps, end)).toEqual(told);
});

test('of somebody whom the provider never told of: a log that was not heard of before, or never', () => {
  expect(unjudged([...alive(100, 400, 10), FORGED], 400, ANYBODY)).toEqual(okta(1, 0, silence(undefined, 100)));
  expect(unjudged([FORGED], 400, ANYBODY)).toEqual(okta(1, 0, silence()));
});

test('the longest silence is told, and each session counts', () => {
  const log = [...alive(0, 100, 10), ...alive(170, 300, 10), ...alive(400, 600, 10)];
  const sessions: Step[] = [120, 121, 310].map((at) => ({ at, what: 'slack', session: `s${at}` }));
  expect(unjudged([KNOWN, ...log, ...sessions], 600)).toEqual(okta(3, 0, silence(300, 400)));
});

test('a session that is explained meanwhile is not among them', () => {
  const log = [...alive(0, 120, 10), ...alive(200, 400, 10)];
  expect(unjudged([KNOWN, ...log, FORGED], 400)).toEqual(okta(1, 0, silence(120, 200)));
  expect(unjudged([KNOWN, ...log, FORGED, { at: 122, delay: 60, what: 'sso' }], 400)).toEqual([]);
});

test('those that are judged no more are counted on, and when the log speaks again the silence has an end', () => {
  const detect = createDetect(RULES, { ...OPTIONS, limits: { allowed_lateness: 300 * MINUTE } });
  tell(detect, [KNOWN, ...alive(0, 120, 10), FORGED].map(step), 600);
  expect(detect.unjudged()).toEqual(okta(0, 1, silence(120)));
  expect(detect.stats()).toMatchObject({ waiting_sessions: 0, missed_sessions: 1 });
  const again = alive(700, 800, 10).map((one, n) => step(one, 900 + n));
  for (const event of again) {
    detect.tick(event.time);
    detect.accept(event);
  }
  detect.tick(T0 + 900 * MINUTE);
  expect(detect.unjudged()).toEqual(okta(0, 1, silence(120, 700)));
});

test('what is enforced no more keeps nobody', () => {
  const detect = createDetect(RULES, OPTIONS);
  tell(detect, [KNOWN, ...alive(0, 120, 10), FORGED].map(step), 300);
  detect.configure(RULES, { config_digest: 'test' });
  expect(detect.unjudged()).toEqual([]);
});
