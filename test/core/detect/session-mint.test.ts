import { loadReach } from '../../../src/config/reach.js';
import { DETECTORS } from '../../../src/core/detect/detectors.js';
import { createDetect, type DetectOptions } from '../../../src/core/detect/index.js';
import { resolve } from '../../../src/core/detect/parameters.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import { createRespond } from '../../../src/core/respond/respond.js';
import { newPerson } from '../../../src/core/state/person.js';
import { peopleOf } from '../../helpers/codec.js';
import { bareRule } from '../../helpers/rules.js';
import { type Line, PLACES, say } from '../../helpers/world.js';

const DAY = 24 * 60;
const NOW = 14 * DAY;
const RULES = [bareRule('session_mint', { report_from: 20 })];

/** Ten mornings at home on the laptop, then what is told. */
function said(lines: readonly Partial<Line>[], options: Partial<DetectOptions> = {}, rules = RULES): Finding[] {
  const detect = createDetect(rules, { config_digest: 'test', ...options });
  return tellTo(detect, lines);
}

function tellTo(detect: ReturnType<typeof createDetect>, lines: readonly Partial<Line>[], over: Partial<SessionEvent> = {}): Finding[] {
  const past = Array.from({ length: 10 }, (_, day): Partial<Line> => ({ at: day * DAY, session: `past ${day}`, device: 'laptop' }));
  return [...past, ...lines].flatMap((line, n) => detect.accept({ ...say({ at: NOW, n, activity: 'sign_in', ...line }), ...over }));
}

const THIEF: Partial<Line> = { session: 'new', place: 3 };

describe('what a finding says', () => {
  const [finding, ...others] = said([{ at: NOW - 10, session: 'own', device: 'laptop' }, THIEF]);

  test('who signed in, with what and from where', () => {
    expect(others).toEqual([]);
    expect(finding?.message).toBe(
      'alex@example.com signed in with edge 140 on windows from DigitalOcean (AS14061), hosting, Amsterdam NL, not as they do.',
    );
    expect(finding?.session?.uid).toBe('new');
  });

  test('why', () => {
    expect(finding?.factors.map(({ text }) => text)).toEqual([
      'From a network for rent: DigitalOcean (AS14061), hosting, Amsterdam NL.',
      'From a country that they are not used to be in: Amsterdam NL.',
      'No device id, though 10 of the 10 sign-ins from computers before had one.',
      'The person was at a device of theirs 10 min before with edge 140 on windows from Telenor (AS2119), Oslo NO.',
    ]);
  });

  test('and shows where the person was', () => {
    expect(finding?.evidence.map(({ role, event_uid }) => [role, event_uid])).toEqual([
      ['baseline', 'entra:t:0010'],
      ['trigger', 'entra:t:0011'],
    ]);
  });
});

test('without anybody elsewhere it shows the sign-in alone', () => {
  expect(said([THIEF])[0]?.evidence.map(({ role }) => role)).toEqual(['trigger']);
});

test("an operator's own way out is nothing new", () => {
  expect(said([THIEF], { isOperatorEgress: ({ asn }) => asn === PLACES[3]!.asn })).toEqual([]);
});

test('all records of one sign-in are one finding', () => {
  const findings = said([THIEF, { ...THIEF, at: NOW + 1, auth: { is_mfa: true } }]);
  expect(new Set(findings.map(({ uid }) => uid)).size).toBe(1);
});

test('sign-ins of a sure thief that name no session are one finding a day', () => {
  const sure = { ...THIEF, session: '', agent: 4 };
  const tries = Array.from({ length: 5 }, (_, n): Partial<Line> => ({ ...sure, at: NOW + n * 60 }));
  const findings = said([...tries, { ...sure, at: NOW + DAY }]);
  expect(findings.map(({ level }) => level)).toContain('critical');
  expect(new Set(findings.map(({ uid }) => uid)).size).toBe(2);
});

/** What stands at the end. */
function standing(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [finding.uid, finding])).values()].filter(({ status }) => status !== 'retracted');
}

describe('one stranger over the days', () => {
  const days = (count: number, line: Partial<Line>, first = NOW): Partial<Line>[] =>
    Array.from({ length: count }, (_, day) => ({ ...line, at: first + day * DAY, session: `new ${day}` }));

  test('is one finding that names every sign-in', () => {
    const findings = said(days(3, { place: 3 }));
    const [finding, ...others] = standing(findings);
    expect(others).toEqual([]);
    expect(findings.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(finding?.session?.uid).toBe('new 0');
    expect(finding?.evidence.map(({ role, event_uid }) => [role, event_uid])).toEqual([
      ['context', 'entra:t:0011'],
      ['context', 'entra:t:0012'],
      ['trigger', 'entra:t:0010'],
    ]);
    expect(finding?.last_seen_time).toBe(say({ at: NOW + 2 * DAY, n: 0 }).time);
  });

  test('names a sign-in once, of however many records', () => {
    const again = (line: Partial<Line>): Partial<Line>[] => [line, { ...line, at: line.at! + 1 }];
    const [finding] = standing(said(days(2, { place: 3 }).flatMap(again)));
    expect(finding?.evidence.map(({ event_uid }) => event_uid)).toEqual(['entra:t:0012', 'entra:t:0010']);
  });

  const SATURDAY = NOW + 5 * DAY;

  test('who moved, with a new machine of the organisation, is asked for a factor and seen as one', () => {
    const mac = { place: 4, agent: 2, device: 'mac', is_compliant: true };
    const lines = Array.from({ length: 12 }, (_, n) => ({
      ...mac,
      at: SATURDAY + Math.floor(n / 3) * DAY + (n % 3) * 200,
      session: `new ${n}`,
    }));
    const findings = standing(said(lines));
    expect(new Set(findings.map(({ level }) => level))).toEqual(new Set(['medium']));
    // the first of its evidence: from Saturday on, and from Monday on
    expect(findings.map(({ first_seen_time }) => first_seen_time)).toEqual(
      [SATURDAY, SATURDAY + 2 * DAY].map((at) => say({ at, n: 0 }).time),
    );
    expect(findings).toHaveLength(2);
    expect(new Set(findings.map(({ incident_uid }) => incident_uid)).size).toBe(1);
  });

  test('is known by the device, from whatever network', () => {
    const mac = { agent: 2, device: 'mac', is_compliant: true };
    expect(
      standing(
        said([
          { ...mac, place: 4, session: 'a' },
          { ...mac, place: 5, at: NOW + 60, session: 'b' },
        ]),
      ),
    ).toHaveLength(1);
  });

  test('is another on another network, without a device', () => {
    expect(
      standing(
        said([
          { place: 3, session: 'a' },
          { place: 4, at: NOW + 60, session: 'b' },
        ]),
      ),
    ).toHaveLength(2);
  });

  test('in whichever of the sessions something is done later, it is one incident', () => {
    const rules = [...RULES, bareRule('session_reuse')];
    const last = { session: 'new 1', at: NOW + DAY + 30, activity: 'session_use', place: 4, agent: 2 } as const;
    const findings = standing(said([...days(2, { place: 3 }), last], {}, rules));
    expect(findings.map(({ type }) => type)).toEqual(['session_mint', 'session_reuse']);
    expect(new Set(findings.map(({ incident_uid }) => incident_uid)).size).toBe(1);
  });

  test('each session of a sure thief has a finding and a command of its own, in one incident', () => {
    const rules = [{ ...RULES[0]!, response: { medium: 'step_up', high: 'revoke_session' } as const }];
    const own = days(3, { device: 'laptop' }, NOW - 10).map((line, n) => ({ ...line, session: `own ${n}` }));
    const findings = said(
      [...own, ...days(3, THIEF)].sort((a, b) => a.at! - b.at!),
      {},
      rules,
    );
    expect(standing(findings).map(({ level, session }) => [level, session?.uid])).toEqual([0, 1, 2].map((n) => ['high', `new ${n}`]));
    expect(new Set(findings.map(({ incident_uid }) => incident_uid)).size).toBe(1);
    const okta = { ...loadReach().vendors.okta!, user_uid: undefined };
    const respond = createRespond({ ...loadReach(), vendors: { entra: okta } });
    const commands = findings.flatMap((finding) => respond.accept(finding));
    expect(commands.map(({ action, target }) => [action, target.session])).toEqual([0, 1, 2].map((n) => ['revoke_session', `new ${n}`]));
  });

  test('who turns out to be a sure thief by a late record has one, too', () => {
    const findings = said([THIEF, { at: NOW - 10, delay: 60, session: 'own', device: 'laptop' }]);
    expect(findings.map(({ status, level }) => [status, level])).toEqual([
      ['new', 'medium'],
      ['new', 'high'],
      ['retracted', 'medium'],
    ]);
    expect(new Set(findings.map(({ incident_uid }) => incident_uid)).size).toBe(1);
  });
});

describe('who is held for a stranger', () => {
  /** the person is at their laptop at the time */
  const OWN: Partial<Line> = { at: NOW - 10, session: 'own', device: 'laptop' };

  function person(lines: readonly Partial<Line>[]) {
    const detect = createDetect(RULES, { config_digest: 'test' });
    tellTo(detect, [...lines, { at: NOW + 4 * DAY, session: 'later', device: 'laptop' }]);
    return [...peopleOf(detect).values()][0]!;
  }

  test('the session and the address block of a sign-in of high and above, of which nothing is learned', () => {
    const { story, habits, sessions } = person([OWN, THIEF, { ...THIEF, at: NOW + 2, activity: 'session_use', place: 2 }]);
    expect(story.suspects.map(({ prefix }) => prefix)).toEqual(['178.62.10']);
    expect(sessions.find(({ uid }) => uid === 'new')?.stranger_since?.time).toBe(say({ at: NOW, n: 0 }).time);
    expect(habits?.network.map(({ value }) => value)).toEqual(['2119']);
  });

  test('not what is medium: who moves house or switches on a VPN has to become used to it', () => {
    const { story, habits } = person([THIEF]);
    expect(story.suspects).toEqual([]);
    expect(habits?.network.map(({ value }) => value)).toEqual(['2119', '14061']);
  });

  test('from its first sign-in on, also when there are more', () => {
    const { sessions } = person([OWN, THIEF, { ...THIEF, at: NOW + 2 }]);
    expect(sessions.find(({ uid }) => uid === 'new')?.stranger_since?.time).toBe(say({ at: NOW, n: 0 }).time);
  });

  test('not what is low', () => {
    const { story, habits } = person([{ session: 'new', place: 6 }]);
    expect(story.suspects).toEqual([]);
    expect(habits?.network.map(({ value }) => value)).toEqual(['2119', '15659']);
  });

  test("nor the person's own address block, whatever comes from there", () => {
    const { story, sessions } = person([{ session: 'new', agent: 4, client: '4765445b-32c6-49b0-83e6-1d93765276ca' }]);
    expect(story.suspects).toEqual([]);
    expect(sessions.find(({ uid }) => uid === 'new')?.stranger_since?.time).toBe(say({ at: NOW, n: 0 }).time);
  });
});

test('the session that was minted and what is done in it are one incident', () => {
  const rules = [...RULES, bareRule('session_reuse')];
  const findings = said([THIEF, { ...THIEF, at: NOW + 30, activity: 'session_use', place: 4, agent: 2 }], {}, rules);
  expect(findings.map(({ type }) => type)).toEqual(['session_mint', 'session_reuse', 'session_mint']);
  expect(new Set(findings.map(({ incident_uid }) => incident_uid)).size).toBe(1);
  expect(findings[2]).toMatchObject({ revision: 2, score: findings[0]?.score, incident_level: findings[1]?.level });
});

test('looks back as far as it has to', () => {
  const { parameters, create } = DETECTORS['session_mint']!;
  expect(create(resolve(parameters, {}), 0).lookBack).toBe(12 * 3_600_000);
  expect(create(resolve(parameters, { here_within: 0 }), 0).lookBack).toBe(30 * 60_000);
});

describe('why it is silent', () => {
  const { parameters, create } = DETECTORS['session_mint']!;
  const judge = create(resolve(parameters, {}), 0);
  function why(lines: readonly Partial<Line>[], over: Partial<SessionEvent> = {}) {
    const detect = createDetect(RULES, { config_digest: 'test' });
    tellTo(detect, lines, over);
    const person = [...peopleOf(detect).values()][0] ?? newPerson(say({ at: 0, n: 0 }));
    const scene = { person, isOperatorEgress: () => false } as never;
    const last = person.story.tail.length - 1;
    return { silence: judge.silence?.(scene, last), judgement: judge.judge(scene, last) };
  }

  test.each<[string, readonly Partial<Line>[], Partial<SessionEvent>, RegExp]>([
    ['nobody is known yet', [{ at: 9 * DAY, session: 'x' }], {}, /not known well enough/],
    ['all is as ever', [{ session: 'x', device: 'laptop' }], {}, /sign in like that/],
    ['it goes on', [{ session: 'x' }, { session: 'x', at: NOW + 6, place: 3 }], {}, /began earlier/],
    [
      'a machine',
      [THIEF],
      { principal: { key: 'default/build', type: 'service', email: undefined, name: 'build' } },
      /shared account or a machine/,
    ],
  ])('%s', (_name, lines, over, text) => expect(why(lines, over)).toEqual({ silence: expect.stringMatching(text), judgement: undefined }));
});
