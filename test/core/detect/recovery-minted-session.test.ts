import { DETECTORS } from '../../../src/core/detect/detectors.js';
import { createDetect, type DetectOptions } from '../../../src/core/detect/index.js';
import { resolve } from '../../../src/core/detect/parameters.js';
import type { Finding } from '../../../src/core/event/index.js';
import { MARKS_PER_PERSON } from '../../../src/core/state/marks.js';
import { peopleOf } from '../../helpers/codec.js';
import { bareRule } from '../../helpers/rules.js';
import { type Line, PLACES, say } from '../../helpers/world.js';

const DAY = 24 * 60;
const NOW = 14 * DAY;
const RULES = [bareRule('recovery_minted_session')];
const RESET: Partial<Line> = { at: NOW - 30, activity: 'recovery', role: 'target', byPlace: 6, byDevice: 'desk' };

function tellTo(detect: ReturnType<typeof createDetect>, lines: readonly Partial<Line>[]): Finding[] {
  const past = Array.from(
    { length: 10 },
    (_, day): Partial<Line> => ({ at: day * DAY, session: `past ${day}`, product: 'graph_activity' }),
  );
  return [...past, ...lines].flatMap((line, n) =>
    detect.accept(say({ at: NOW, n, activity: 'sign_in', product: 'graph_activity', ...line })),
  );
}

/** Ten mornings at home, then what is told. */
function said(lines: readonly Partial<Line>[], options: Partial<DetectOptions> = {}, rules = RULES): Finding[] {
  return tellTo(createDetect(rules, { config_digest: 'test', ...options }), lines);
}

const names = (findings: readonly Finding[]) => findings.at(-1)?.factors.map(({ name }) => name);

describe('what a finding says', () => {
  const [finding, ...others] = said([RESET, { session: 'new', place: 6, device: 'desk' }]);

  test('who came in, how soon, and who had opened', () => {
    expect(others).toEqual([]);
    expect(finding?.message).toBe(
      'alex@example.com signed in with edge 140 on windows from NextGenTel (AS15659), Oslo NO, 30 min after a reset by admin@example.com (recovery).',
    );
    expect(finding?.session?.uid).toBe('new');
    expect(finding?.factors.map(({ text }) => text)).toEqual([
      'From where admin@example.com did the reset: NextGenTel (AS15659), Oslo NO.',
      'On the device of admin@example.com, who did the reset.',
      'From a network that they are not used to: NextGenTel (AS15659), Oslo NO.',
      'Reset by admin@example.com (recovery) 30 min before.',
    ]);
  });

  test('and shows the reset', () => {
    expect(finding?.evidence).toMatchObject([
      { role: 'context', event_uid: 'entra:t:0010', src_endpoint: PLACES[6], device: 'desk' },
      { role: 'trigger', event_uid: 'entra:t:0011' },
    ]);
  });
});

describe("the resetter's network", () => {
  const same: Partial<Line> = { session: 'new', place: 6, agent: 2 };

  test('tells when it is nobody else’s', () => expect(names(said([RESET, same]))).toContain('resetter_network'));

  test("not when it is the operator's way out", () => {
    expect(said([RESET, same], { isOperatorEgress: ({ asn }) => asn === PLACES[6]!.asn })).toEqual([]);
  });

  test('not when nobody knows where the reset was done, or where the sign-in comes from', () => {
    expect(
      names(
        said([
          { ...RESET, byPlace: undefined },
          { ...same, place: 3 },
        ]),
      ),
    ).not.toContain('resetter_network');
    expect(names(said([{ ...RESET, byPlace: 2 }, same]))).not.toContain('resetter_network');
  });
});

test('what is known of neither is not the same', () => {
  const reset = { ...RESET, byPlace: undefined, byDevice: undefined };
  expect(names(said([reset, { session: 'new', place: 3, agent: 2 }]))).toEqual([
    'network_hosting',
    'country_new',
    'program_new',
    'after_recovery',
  ]);
  const detect = createDetect(RULES, { config_digest: 'test' });
  tellTo(detect, [reset]);
  const signIn = say({ at: NOW, n: 99, activity: 'sign_in', session: 'new', agent: 2 });
  const findings = detect.accept({ ...signIn, src_endpoint: { ...PLACES[3]!, prefix: undefined } });
  expect(names(findings)).toEqual(['network_hosting', 'country_new', 'program_new', 'after_recovery']);
});

test("a device that is the person's, too, tells nothing", () => {
  const shared = Array.from({ length: 5 }, (_, day): Partial<Line> => ({ at: (day + 3) * DAY, session: `shared ${day}`, device: 'desk' }));
  const rules = [bareRule('recovery_minted_session', { report_from: 20 })];
  expect(said([...shared, RESET, { session: 'new', device: 'desk' }], {}, rules)).toEqual([]);
});

describe("the resetter's browser", () => {
  const reset = { ...RESET, byPlace: undefined, byDevice: undefined, byCookie: 'c7' };
  const texts = (lines: readonly Partial<Line>[]) =>
    said(lines, {}, [bareRule('recovery_minted_session', { report_from: 20 })]).flatMap(({ factors }) => factors.map(({ text }) => text));

  test('tells in the person’s own place', () => {
    expect(texts([reset, { session: 'new', cookie: 'c7' }])).toContain('In the browser of admin@example.com, who did the reset.');
    expect(texts([reset, { session: 'new', cookie: 'c8' }])).toEqual([]);
    expect(texts([{ ...reset, byCookie: undefined }, { session: 'new' }])).toEqual([]);
  });

  test('is said once, where their device tells as well', () => {
    const told = texts([
      { ...reset, byDevice: 'desk' },
      { session: 'new', device: 'desk', cookie: 'c7' },
    ]);
    expect(told.filter((text) => text.includes('who did the reset'))).toEqual(['On the device of admin@example.com, who did the reset.']);
  });
});

test('a reset at the very moment opened nothing for it', () => {
  expect(
    said([
      { ...RESET, at: NOW },
      { session: 'new', place: 3 },
    ]),
  ).toEqual([]);
});

test("the resetter's device tells in the person's own place, which is held for nobody else's", () => {
  const detect = createDetect(RULES, { config_digest: 'test' });
  const findings = tellTo(detect, [RESET, { session: 'new', device: 'desk' }, { at: NOW + 4 * DAY, session: 'later' }]);
  expect(names(findings)).toEqual(['resetter_device', 'after_recovery']);
  const [person] = peopleOf(detect).values();
  expect(person?.story.suspects).toEqual([]);
  expect(person?.sessions.find(({ uid }) => uid === 'new')?.stranger_since?.time).toBe(say({ at: NOW, n: 0 }).time);
});

test('what comes from elsewhere is held for a stranger’s', () => {
  const detect = createDetect(RULES, { config_digest: 'test' });
  tellTo(detect, [RESET, { session: 'new', place: 3 }, { at: NOW + 4 * DAY, session: 'later' }]);
  expect([...peopleOf(detect).values()][0]?.story.suspects).toMatchObject([{ prefix: '178.62.10' }]);
});

test('the latest of several resets is named', () => {
  const [finding] = said([
    RESET,
    { ...RESET, at: NOW - 5, action: 'user.mfa.factor.reset_all', activity: 'mfa_change' },
    { session: 'new', place: 3 },
  ]);
  expect(finding?.message).toContain('5 min after a reset by admin@example.com (user.mfa.factor.reset_all)');
});

test('what was said stands, though the reset had to make room for others', () => {
  const detect = createDetect(RULES, { config_digest: 'test' });
  const others = Array.from({ length: MARKS_PER_PERSON }, (_, n): Partial<Line> => ({ ...RESET, at: NOW + 10 + n }));
  const findings = tellTo(detect, [
    RESET,
    { session: 'new', place: 3 },
    ...others,
    // what comes late has all of it judged anew
    { at: NOW - 10, session: 'late', activity: 'session_use' },
  ]);
  expect(findings.map(({ status }) => status)).toEqual(['new']);
  expect([...peopleOf(detect).values()][0]?.marks.some(({ uid }) => uid === 'entra:t:0010')).toBe(false);
});

describe('why it is silent', () => {
  const { parameters, create } = DETECTORS['recovery_minted_session']!;
  const judge = create(resolve(parameters, {}), 0);
  function why(lines: readonly Partial<Line>[]) {
    const detect = createDetect(RULES, { config_digest: 'test' });
    tellTo(detect, lines);
    const [person] = peopleOf(detect).values();
    const scene = { person, isOperatorEgress: () => false } as never;
    const last = person!.story.tail.length - 1;
    return { silence: judge.silence?.(scene, last), judgement: judge.judge(scene, last) };
  }

  test.each<[string, readonly Partial<Line>[], RegExp]>([
    ['no reset', [{ session: 'new', place: 3 }], /nobody else reset anything of theirs in the 24 h before/],
    ['it is at home', [RESET, { session: 'new' }], /recovery by admin@example.com, 30 min before: but it comes from a place of theirs/],
    [
      'nobody is known yet',
      [
        { ...RESET, at: 9 * DAY + 1 },
        { at: 9 * DAY + 2, session: 'new', place: 3 },
      ],
      /not known well enough/,
    ],
    ['it goes on', [{ session: 'x' }, { session: 'x', at: NOW + 6, place: 3 }], /began earlier/],
  ])('%s', (_name, lines, text) => expect(why(lines)).toEqual({ silence: expect.stringMatching(text), judgement: undefined }));
});
