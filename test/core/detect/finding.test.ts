import type { Strongest } from '../../../src/core/detect/evaluate.js';
import { actsOf, findingOf, retracted, withActs } from '../../../src/core/detect/finding.js';
import type { EvidenceSource } from '../../../src/core/detect/judgement.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import { stableUid } from '../../../src/core/event/hash.js';
import type { Action, Finding, Principal } from '../../../src/core/event/index.js';
import { newPerson, type Person } from '../../../src/core/state/person.js';
import { newSession, type Session } from '../../../src/core/state/session.js';
import { bareRule } from '../../helpers/rules.js';
import { MINUTE, PLACES, say, T0 } from '../../helpers/world.js';

const EVENT = say({ at: 0, n: 1 });

function source(uid: string, at: number, over: Partial<EvidenceSource> = {}): EvidenceSource {
  return {
    uid,
    time: T0 + at * MINUTE,
    vendor: 'entra',
    action: 'a',
    endpoint: PLACES[0],
    user_agent: 'ua',
    device: 'd1 (observed)',
    client_uid: 'c1',
    ...over,
  };
}

function strongest(score: number, rule: Partial<Rule> = {}, episode = ''): Strongest {
  const full = { ...bareRule('session_reuse'), ...rule };
  return {
    active: { rule: full, index: 0, report_from: 40 } as unknown as Strongest['active'],
    episode,
    judgement: {
      score,
      factors: [{ name: 'os_changed', dimension: 'device', points: 35, text: 'Another system.' }],
      episode,
      baseline: [source('before', 0)],
      context: [source('between', 1)],
      travel: undefined,
      message: 'is used by somebody',
      session: undefined,
      stranger: undefined,
    },
    trigger: source('now', 2),
    first_time: T0 + MINUTE,
    last_time: T0 + 2 * MINUTE,
    acts: [],
    sessions: [],
    others: [],
  };
}

function make(
  score: number,
  options: { rule?: Partial<Rule>; person?: Person; session?: Session; previous?: Finding; arrival?: number; episode?: string } = {},
): Finding {
  const person = options.person ?? newPerson(EVENT);
  const session = options.session ?? newSession(EVENT, EVENT.session!, (text) => text);
  const arrival_time = options.arrival ?? T0 + 5 * MINUTE;
  const isOperatorEgress = () => false;
  const telling = { person, isOperatorEgress, on: session, session, arrival_time, config_digest: 'digest', said: [] };
  return findingOf(strongest(score, options.rule, options.episode), telling, options.previous);
}

/** The incident of a session's first finding. */
const incidentOf = (person: Person, session: Session): string => make(65, { person: { ...person, incidents: [] }, session }).incident_uid;

test('a finding says who, what, when, against what, and what to do', () => {
  expect(make(65)).toEqual({
    schema_version: 1,
    tenant: 'default',
    uid: expect.stringMatching(/^[0-9a-f]{32}$/),
    revision: 1,
    supersedes: undefined,
    incident_uid: expect.stringMatching(/^[0-9a-f]{32}$/),
    incident_level: 'high',
    type: 'session_reuse',
    rule: { uid: 'session-reuse', title: 'session_reuse', version: 1 },
    config_digest: 'digest',
    level: 'high',
    score: 65,
    status: 'new',
    suppressed: undefined,
    time: T0 + 5 * MINUTE,
    first_seen_time: T0 + MINUTE,
    last_seen_time: T0 + 2 * MINUTE,
    trigger_event_uid: 'now',
    lateness_ms: 3 * MINUTE,
    principal: EVENT.principal,
    session: EVENT.session,
    token: undefined,
    message: "alex@example.com's entra session is used by somebody.",
    factors: [{ name: 'os_changed', dimension: 'device', points: 35, text: 'Another system.' }],
    evidence: [
      {
        event_uid: 'before',
        role: 'baseline',
        time: T0,
        vendor: 'entra',
        action: 'a',
        src_endpoint: PLACES[0],
        user_agent: 'ua',
        device: 'd1 (observed)',
        client_uid: 'c1',
      },
      expect.objectContaining({ event_uid: 'between', role: 'context', time: T0 + MINUTE }),
      expect.objectContaining({ event_uid: 'now', role: 'trigger', time: T0 + 2 * MINUTE }),
    ],
    travel: undefined,
    proposed: { action: 'revoke_session', scope: 'session' },
  });
});

describe('its uid', () => {
  const uid = (options: Parameters<typeof make>[1]) => make(65, options).uid;
  const session = (over: Partial<Session>): Session => ({ ...newSession(EVENT, EVENT.session!, (text) => text), ...over });

  test('depends on nothing but rule, principal, session and episode', () => {
    expect(make(45, { arrival: T0 + MINUTE, rule: { title: 'another', version: 7, level_cap: 'low' } }).uid).toBe(uid({}));
  });

  test.each<[string, Parameters<typeof make>[1]]>([
    ['rule', { rule: { uid: 'other' } }],
    ['person', { person: { ...newPerson(EVENT), key: 'default/kim@example.com' } }],
    ['session', { session: session({ uid: 's2' }) }],
    ['issuer', { session: session({ issuer: 'okta:o' }) }],
    ['episode', { episode: 'entra:t:end' }],
  ])('is another for another %s', (_name, options) => {
    expect(uid(options)).not.toBe(uid({}));
  });

  test('all findings of one session are one incident', () => {
    const person = newPerson(EVENT);
    expect(make(65, { episode: 'x', rule: { uid: 'other' } }).incident_uid).toBe(incidentOf(person, session({})));
    expect(incidentOf(person, session({ uid: 's2' }))).not.toBe(incidentOf(person, session({})));
    expect(incidentOf(person, session({ issuer: 'okta:o' }))).not.toBe(incidentOf(person, session({})));
    expect(incidentOf({ ...person, key: 'k' }, session({}))).not.toBe(incidentOf(person, session({})));
  });
});

test('a finding that becomes stronger tells its incident by what others are found to be of it', () => {
  const person = newPerson(EVENT);
  const first = make(30, { person });
  expect(person.incidents).toMatchObject([{ uid: first.incident_uid, prefixes: [], triggers: ['now'] }]);
  expect(make(45, { person, previous: first }).incident_uid).toBe(first.incident_uid);
  expect(person.incidents).toMatchObject([{ uid: first.incident_uid, prefixes: [PLACES[0]!.prefix], triggers: ['now'] }]);
});

test('a later revision follows the earlier and keeps when it was made', () => {
  const previous = { ...make(45), revision: 4 };
  expect(make(65, { previous, arrival: T0 + 60 * MINUTE })).toMatchObject({
    uid: previous.uid,
    revision: 5,
    supersedes: 4,
    status: 'updated',
    time: T0 + 5 * MINUTE,
    level: 'high',
  });
});

describe('when the theft was last seen', () => {
  const seen = (previous: number, over: Partial<Finding> = {}) =>
    make(65, { previous: { ...make(45), last_seen_time: T0 + previous * MINUTE, ...over }, arrival: T0 + 5 * MINUTE });

  test('is the later of what is said now and what was said before', () => {
    expect(seen(1)).toMatchObject({ last_seen_time: T0 + 2 * MINUTE, lateness_ms: 3 * MINUTE });
    expect(seen(4)).toMatchObject({ last_seen_time: T0 + 4 * MINUTE, lateness_ms: MINUTE });
  });

  test('forgets what was taken back', () => {
    expect(seen(4, { status: 'retracted' }).last_seen_time).toBe(T0 + 2 * MINUTE);
  });
});

test('a trigger ahead of its arrival is not late', () => {
  expect(make(65, { arrival: T0 }).lateness_ms).toBe(0);
});

describe('what it proposes', () => {
  const response = { medium: 'step_up', critical: 'revoke_user_sessions', low: 'notify_user' } as const;
  test.each([
    [19, undefined],
    [20, 'notify_user'],
    [40, 'step_up'],
    [65, 'step_up'],
    [85, 'revoke_user_sessions'],
  ] as const)('at %i: %s', (score, action) => {
    expect(make(score, { rule: { response } }).proposed?.action).toBe(action);
  });

  test('follows the level, which the rule caps', () => {
    expect(make(100, { rule: { response, level_cap: 'high' } })).toMatchObject({
      level: 'high',
      score: 100,
      proposed: { action: 'step_up' },
    });
  });

  test('nothing, when the rule names nothing', () => {
    expect(make(100, { rule: { response: {} } }).proposed).toBeUndefined();
  });

  test.each<[Action, string]>([
    ['revoke_session', 'session'],
    ['revoke_token', 'token'],
    ['rotate_credential', 'token'],
    ['disable_credential', 'token'],
    ['revoke_grant', 'client'],
    ['suspend_agent', 'client'],
    ['revoke_user_sessions', 'user'],
    ['step_up', 'user'],
  ])('%s is of the scope %s', (action, scope) => {
    expect(make(100, { rule: { response: { medium: action } } }).proposed).toEqual({ action, scope });
  });
});

describe('whom it names', () => {
  const person = (over: Partial<Principal>): Person => ({ ...newPerson(EVENT), principal: { key: 'k', type: 'human', ...over } });
  test.each<[Partial<Principal>, string]>([
    [{ name: 'Ada', email: 'ada@example.com', uid: 'u1' }, 'Ada'],
    [{ email: 'ada@example.com', uid: 'u1' }, 'ada@example.com'],
    [{ uid: 'u1' }, 'u1'],
    [{}, 'default/alex@example.com'],
  ])('%j', (over, name) => {
    expect(make(65, { person: person(over) }).message).toBe(`${name}'s entra session is used by somebody.`);
  });

  test("the session's own vendor's id, and what the others know beside it", () => {
    const session = {
      ...newSession(EVENT, EVENT.session!, (text) => text),
      principal: { key: 'k', type: 'human' as const, uid: 'okta-id' },
    };
    const known = person({ uid: 'entra-id', email: 'ada@example.com', name: 'Ada' });
    expect(make(65, { person: known, session }).principal).toEqual({
      key: 'k',
      type: 'human',
      uid: 'okta-id',
      email: 'ada@example.com',
      name: 'Ada',
    });
    const named = { ...session, principal: { ...session.principal, email: 'a@okta.example', name: 'A' } };
    expect(make(65, { person: known, session: named }).principal).toMatchObject({ email: 'a@okta.example', name: 'A' });
  });
});

test('what is taken back proposes nothing', () => {
  const finding = make(65);
  const now = finding.last_seen_time + 5 * MINUTE;
  const gone = { ...finding, revision: 2, supersedes: 1, status: 'retracted', proposed: undefined };
  expect(retracted(finding, now)).toEqual({ ...gone, lateness_ms: 5 * MINUTE });
  expect(retracted(finding, 0)).toEqual({ ...gone, lateness_ms: 0 });
});

test('an incident is one kind of thing among the uids', () => {
  const session = newSession(EVENT, EVENT.session!, (text) => text);
  expect(incidentOf(newPerson(EVENT), session)).toBe(stableUid('incident', EVENT.principal.key, 'entra:t', 's1'));
});

describe('the acts of the newcomer', () => {
  const finding = make(65);
  const uids = (of: Finding) => of.evidence.map((item) => `${item.role} ${item.event_uid}`);

  test('join the evidence, between what was before and the trigger, in the order of events', () => {
    const more = withActs(finding, [source('act-2', 7), source('act-1', 6)]);
    expect(uids(more)).toEqual(['baseline before', 'context between', 'context act-1', 'context act-2', 'trigger now']);
    expect(finding.evidence).toHaveLength(3);
  });

  test('at one moment, in the order of their uids', () => {
    expect(uids(withActs(finding, [source('b', 6), source('a', 6)])).slice(2, 4)).toEqual(['context a', 'context b']);
    expect(uids(withActs(finding, [source('a', 6), source('b', 6)])).slice(2, 4)).toEqual(['context a', 'context b']);
  });

  test('once each: with nothing new it is the same finding', () => {
    expect(withActs(finding, [])).toBe(finding);
    expect(withActs(finding, [source('now', 2), source('between', 1)])).toBe(finding);
  });

  test('at most eight, so that a thousand acts are no thousand revisions', () => {
    const acts = Array.from({ length: 9 }, (_, i) => source(`act-${i}`, 10 + i));
    const more = withActs(finding, acts);
    expect(more.evidence.filter((item) => item.role === 'context').map((item) => item.event_uid)).toEqual([
      'between',
      'act-0',
      'act-1',
      'act-2',
      'act-3',
      'act-4',
      'act-5',
      'act-6',
    ]);
    expect(withActs(more, [source('act-9', 30)])).toBe(more);
  });

  test('are what it names beside the baseline, and can be told again', () => {
    const finding = make(65);
    expect(actsOf(finding)).toEqual([source('between', 1), source('now', 2)]);
    expect(withActs(finding, actsOf(finding))).toBe(finding);
  });

  test('eight are kept whole', () => {
    const acts = Array.from({ length: 7 }, (_, i) => source(`act-${i}`, 10 + i));
    expect(withActs(finding, acts).evidence).toHaveLength(10);
  });
});
