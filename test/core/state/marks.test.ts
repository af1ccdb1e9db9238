import fc from 'fast-check';
import type { SessionEvent } from '../../../src/core/event/index.js';
import {
  addMark,
  concerns,
  couldEnd,
  isOfKey,
  JOB_ENDS_KEPT,
  KEY_ISSUES_KEPT,
  KEY_MARKS_KEPT,
  MARKS_PER_PERSON,
  type Mark,
  markOf,
  providerOf,
} from '../../../src/core/state/marks.js';
import type { CredentialNames } from '../../../src/core/state/usage.js';
import { PLACES, say, T0 } from '../../helpers/world.js';

const ADMIN = { principal: { key: 'default/admin@example.com', type: 'human' as const, email: 'admin@example.com' } };

function event(over: Partial<SessionEvent>): SessionEvent {
  return { ...say({ at: 0, n: 1 }), ...over };
}

describe('which events mark', () => {
  test.each(['sign_out', 'session_revoke', 'credential_change', 'recovery'] as const)('%s', (activity) => {
    expect(markOf(event({ activity }))?.kind).toBe(activity);
  });

  test.each(['session_use', 'sign_in', 'token_issue', 'role_grant'] as const)('not %s', (activity) => {
    expect(markOf(event({ activity }))).toBeUndefined();
  });

  test.each(['failure', 'interrupted', 'unknown'] as const)('not what ended in %s', (status) => {
    expect(markOf(event({ activity: 'session_revoke', status }))).toBeUndefined();
  });

  test.each([
    ['user.mfa.factor.reset_all', true],
    ['user.mfa.factor.deactivate', true],
    ['user.mfa.factor.suspend', true],
    ['User deleted security info', true],
    ['Admin removed security info', true],
    ['Disable Strong Authentication', true],
    ['2sv_unenroll', true],
    ['Revoke security info', true],
    ['User registered security info', false],
    ['user.mfa.factor.activate', false],
  ])('a change of factors that takes one away: %s %s', (action, marks) => {
    expect(markOf(event({ activity: 'mfa_change', action, subject_role: 'target', actor: ADMIN })) !== undefined).toBe(marks);
  });

  test.each([
    ['api_key', 'deleted', 'key_end'],
    ['api_key', 'disabled', 'key_end'],
    ['app_credential', 'deleted', 'key_end'],
    ['api_key', 'enabled', 'key_begin'],
    ['api_key', 'created', undefined],
    ['other', 'disabled', 'key_end'],
  ] as const)('what was done to a key that is named: %s %s', (activity, effect, kind) => {
    const mark = markOf(event({ activity, details: { effect, key_uid: 'k' }, subject_role: 'target', actor: ADMIN }));
    expect(mark?.kind).toBe(kind);
    if (kind !== undefined) expect(mark).toMatchObject({ session_uid: 'k', own_session_uid: undefined, by: 'admin@example.com' });
    expect(markOf(event({ activity, details: { effect } }))).toBeUndefined();
    expect(markOf(event({ activity, details: { effect, key_uid: 'k' }, status: 'failure' }))).toBeUndefined();
    expect(markOf(event({ activity, details: { effect, key_uid: 'k', acts_on: 'x@example.com' } }))).toBeUndefined();
  });

  test('a job that is done', () => {
    const details = { kind: 'job_token', effect: 'deleted', key_uid: 'job:1' };
    expect(markOf(event({ activity: 'other', details }))).toMatchObject({ kind: 'job_end', session_uid: 'job:1' });
    expect(markOf(event({ activity: 'other', details, status: 'failure' }))).toBeUndefined();
    expect(markOf(event({ activity: 'other', details: { ...details, effect: 'created' } }))).toBeUndefined();
  });

  test('a key for a while that was made with another', () => {
    const issue = { activity: 'token_issue' as const, token: { uid: 'AKIA1', kind: 'access_key_id' } as SessionEvent['token'] };
    const details = { issued_key_uid: 'ASIA1' };
    expect(markOf(event({ ...issue, details }))).toMatchObject({ kind: 'key_issue', session_uid: 'ASIA1', own_session_uid: 'AKIA1' });
    expect(markOf(event({ ...issue, details, token: undefined }))).toBeUndefined();
    expect(markOf(event({ ...issue, details, status: 'failure' }))).toBeUndefined();
    expect(markOf(event({ ...issue, details, subject_role: 'target' }))).toBeUndefined();
    // a role that a person takes may be theirs, one that a machine takes is another machine
    const role = { ...details, target: 'arn:aws:iam::1:role/Deploy' };
    expect(markOf(event({ ...issue, details: role }))?.kind).toBe('key_issue');
    const { principal } = event({});
    expect(markOf(event({ ...issue, details: role, principal: { ...principal, type: 'service' } }))).toBeUndefined();
    expect(markOf(event({ ...issue, details, principal: { ...principal, type: 'service' } }))?.kind).toBe('key_issue');
  });

  test.each([
    ['DeleteAccessKey', undefined, 'key_end'],
    ['UpdateAccessKey', 'Inactive', 'key_end'],
    ['UpdateAccessKey', 'Active', undefined],
    ['system.api_token.revoke', undefined, 'key_end'],
    ['system.api_token.enable', undefined, 'key_begin'],
    ['GetAccessKeyLastUsed', undefined, undefined],
  ])('what a vendor says of a key in its own words: %s %s', (action, change, kind) => {
    const details = change === undefined ? { key_uid: 'k' } : { key_uid: 'k', change };
    expect(markOf(event({ activity: 'other', action, details }))?.kind).toBe(kind);
    expect(markOf(event({ activity: 'other', action }))).toBeUndefined();
    expect(markOf(event({ activity: 'api_key', action, details: { ...details, effect: 'created' } }))).toBeUndefined();
  });

  test('what took keys away and made another ends those that are gone', () => {
    const details = { key_uid: 'new', ended_key_uid: 'a b' };
    expect(markOf(event({ activity: 'app_credential', details }))).toMatchObject({ kind: 'key_end', session_uid: 'a b' });
  });

  test('what is added to an app begins, and may have ended before', () => {
    const details = { key_uid: 'new' };
    expect(markOf(event({ activity: 'app_credential', details }))).toMatchObject({ kind: 'key_begin', session_uid: 'new' });
    expect(markOf(event({ activity: 'app_credential', details, status: 'failure' }))).toBeUndefined();
    expect(markOf(event({ activity: 'app_credential', details: { kind: 'secret' } }))).toBeUndefined();
  });

  test('a grant begins and ends at whose it is, not at the app', () => {
    const details = { key_uid: 'client', acts_on: 'app' };
    expect(markOf(event({ activity: 'oauth_consent', details }))).toMatchObject({ kind: 'key_begin', session_uid: 'client' });
    const app = { key: 'default/app', type: 'service' as const };
    expect(markOf(event({ activity: 'oauth_consent', details, subject_role: 'target', principal: app, actor: ADMIN }))).toBeUndefined();
    expect(markOf(event({ activity: 'oauth_consent', details: { acts_on: 'app' } }))).toBeUndefined();
    const revoked = { key_uid: 'client', scope: 'session' };
    expect(markOf(event({ activity: 'session_revoke', details: revoked }))).toMatchObject({ kind: 'key_end', session_uid: 'client' });
  });

  test.each<[string, Partial<Mark>, Partial<CredentialNames>, string, boolean]>([
    ['by its id', {}, {}, 'github', true],
    ['by its other id', { session_uid: '42' }, {}, 'github', true],
    ['by both', { session_uid: '42 abc=' }, { other_uid: undefined }, 'github', true],
    ['another one', { session_uid: '43 abd=' }, {}, 'github', false],
    ['a part of an id', { session_uid: '4' }, {}, 'github', false],
    ['of another vendor', {}, {}, 'gitlab', false],
    ['in another account', { account: 'other' }, {}, 'github', false],
    ['in another account, of a key that is the same everywhere', { account: 'other' }, { account: undefined }, 'github', true],
    ['where the account is in no record', { account: 'default' }, {}, 'github', true],
    ['a sign-out', { kind: 'sign_out' }, {}, 'github', false],
  ])('is it an end of this credential: %s', (_name, over, names, vendor, is) => {
    const end = event({
      activity: 'other',
      action: 'x.revoke',
      details: { key_uid: 'abc=' },
      source: { vendor: 'github', product: 'audit', account: 'fjord' },
    });
    const key: CredentialNames = { uid: 'abc=', kind: 'hashed_token', account: 'fjord', other_uid: '42', ...names };
    expect(isOfKey({ ...markOf(end)!, ...over }, key, vendor)).toBe(is);
  });

  test('what is done to keys goes first when there are too many: machines do it all day', () => {
    const marks = [markOf(event({ activity: 'session_revoke', uid: 'r' }))!];
    for (let n = 0; n < 50; n++)
      addMark(
        marks,
        markOf(event({ activity: 'api_key', details: { effect: 'deleted', key_uid: `k${n}` }, uid: `u${n}`, time: T0 + n + 1 }))!,
      );
    expect(marks).toHaveLength(MARKS_PER_PERSON);
    expect(marks[0]!.uid).toBe('r');
  });

  test("not the actor's copy of what was done to somebody else", () => {
    expect(markOf(event({ activity: 'session_revoke', details: { acts_on: 'x@example.com' } }))).toBeUndefined();
    expect(markOf(event({ activity: 'session_revoke', subject_role: 'target', details: { acts_on: 'x@example.com' } }))).toBeDefined();
  });

  test('not a sign-out of no session', () => {
    expect(markOf(event({ activity: 'sign_out', session: undefined }))).toBeUndefined();
    expect(markOf(event({ activity: 'session_revoke', session: undefined }))).toBeDefined();
  });
});

describe('what a mark says', () => {
  test('a sign-out ends its own session, known by its root where there is one', () => {
    const session = { uid: 'child', root_uid: 'root', issuer: 'entra:t', confidence: 'high' as const };
    expect(markOf(event({ activity: 'sign_out', session }))).toEqual({
      kind: 'sign_out',
      time: T0,
      uid: 'entra:t:0001',
      vendor: 'entra',
      account: 't',
      action: 'session_use',
      session_uid: 'root',
      by: undefined,
      by_endpoint: undefined,
      by_device: undefined,
      by_cookie: undefined,
      own_session_uid: 'root',
    });
    expect(markOf(event({ activity: 'sign_out', session: { ...session, root_uid: undefined } }))?.session_uid).toBe('child');
  });

  test('a revocation of one session names it', () => {
    expect(markOf(event({ activity: 'session_revoke', details: { session: 's9' } }))?.session_uid).toBe('s9');
    expect(markOf(event({ activity: 'session_revoke' }))?.session_uid).toBeUndefined();
  });

  test('a revocation of one session that it does not name says nothing, other ends do', () => {
    const one = { scope: 'session' };
    expect(markOf(event({ activity: 'session_revoke', details: one }))).toBeUndefined();
    expect(markOf(event({ activity: 'session_revoke', details: { ...one, session: 's9' } }))?.session_uid).toBe('s9');
    expect(markOf(event({ activity: 'session_revoke', details: { scope: 'user' } }))).toMatchObject({ session_uid: undefined });
    expect(markOf(event({ activity: 'recovery', details: one }))).toMatchObject({ kind: 'recovery', session_uid: undefined });
  });

  test('who did it, when it was somebody else', () => {
    const target = (actor: SessionEvent['actor']) => markOf(event({ activity: 'recovery', subject_role: 'target', actor }));
    expect(target(ADMIN)).toMatchObject({ by: 'admin@example.com', own_session_uid: undefined });
    expect(target({ principal: { key: 'k', type: 'human', name: 'Ada' } })?.by).toBe('Ada');
    expect(target({ principal: { key: 'k', type: 'human' } })?.by).toBe('k');
    expect(target(undefined)?.by).toBeUndefined();
    expect(target({ user_agent: undefined })?.by).toBeUndefined();
    expect(markOf(event({ activity: 'recovery' }))).toMatchObject({ by: undefined, own_session_uid: 's1' });
  });

  test('from where and on what device, as the log saw them', () => {
    const by = (actor: SessionEvent['actor']) => markOf(event({ activity: 'recovery', subject_role: 'target', actor }))!;
    const place = PLACES[3]!;
    expect(by({ src_endpoint: place, device: { uid: 'd7', evidence: 'observed' } })).toMatchObject({ by_endpoint: place, by_device: 'd7' });
    expect(by({ src_endpoint: { ...place, class: 'private' }, device: { uid: 'd7', evidence: 'claimed' } })).toMatchObject({
      by_endpoint: undefined,
      by_device: undefined,
    });
    expect(by({})).toMatchObject({ by_endpoint: undefined, by_device: undefined, by_cookie: undefined });
    expect(by({ device: { evidence: 'observed', cookie_uid: 'c7' } })).toMatchObject({ by_device: undefined, by_cookie: 'c7' });
    const own = { evidence: 'observed', cookie_uid: 'c7' } as const;
    expect(markOf(event({ activity: 'recovery', device: own, actor: { device: own } }))?.by_cookie).toBeUndefined();
    // what people do to themselves, they do from where their sessions are
    expect(markOf(event({ activity: 'recovery', actor: { src_endpoint: place } }))?.by_endpoint).toBeUndefined();
  });

  test('Microsoft 365 lives on the sessions of Entra', () => {
    expect(providerOf('m365')).toBe('entra');
    expect(providerOf('okta')).toBe('okta');
    expect(markOf(event({ activity: 'session_revoke', source: { vendor: 'm365', product: 'audit', account: 't' } }))?.vendor).toBe('entra');
  });
});

function mark(time: number, uid: string): Mark {
  return { ...markOf(event({ activity: 'session_revoke' }))!, time, uid };
}

describe('the list of marks', () => {
  test('is in event-time order, then by uid, whatever the order of arrival', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.nat(4), fc.constantFrom('a', 'b', 'c')), { selector: String, maxLength: 12 }), (list) => {
        const marks: Mark[] = [];
        for (const [time, uid] of list) addMark(marks, mark(time, `${time}${uid}`));
        const names = marks.map(({ uid }) => uid);
        expect(names).toEqual([...names].sort());
        expect(marks).toHaveLength(list.length);
      }),
    );
  });

  test('takes each mark once', () => {
    const marks: Mark[] = [];
    expect(addMark(marks, mark(5, 'a'))).toBe(true);
    expect(addMark(marks, mark(7, 'b'))).toBe(true);
    expect(addMark(marks, mark(5, 'a'))).toBe(false);
    expect(addMark(marks, mark(7, 'b'))).toBe(false);
    expect(marks).toHaveLength(2);
  });

  test('holds thirty-two: the oldest goes', () => {
    const marks: Mark[] = [];
    expect(MARKS_PER_PERSON).toBe(32);
    for (let i = 0; i < 33; i++) addMark(marks, mark(i, `m${String(i).padStart(2, '0')}`));
    expect(marks).toHaveLength(32);
    expect(marks[0]?.uid).toBe('m01');
    expect(marks.at(-1)?.uid).toBe('m32');
  });

  test('the oldest end of a single session goes before the end of all of them', () => {
    const marks: Mark[] = [];
    const isSingle = (i: number) => i === 5 || i === 9;
    for (let i = 0; i < 33; i++)
      addMark(marks, { ...mark(i, `m${String(i).padStart(2, '0')}`), session_uid: isSingle(i) ? 's1' : undefined });
    expect(marks.map(({ uid }) => uid)).toEqual(
      Array.from({ length: 33 }, (_, i) => `m${String(i).padStart(2, '0')}`).filter((uid) => uid !== 'm05'),
    );
  });
});

test('beyond thirty-two the least worth goes: what its person did, then what was no revocation, then the end of one session', () => {
  const kinds: Partial<Mark>[] = [
    { by: undefined, kind: 'sign_out', session_uid: 's1' },
    { by: undefined, kind: 'credential_change', session_uid: undefined },
    { by: undefined, kind: 'session_revoke', session_uid: 's1' },
    { by: undefined, kind: 'session_revoke', session_uid: undefined },
    { by: undefined, kind: 'recovery', session_uid: undefined },
    { by: 'admin', kind: 'credential_change', session_uid: 's1' },
    { by: 'admin', kind: 'mfa_change', session_uid: undefined },
    { by: 'admin', kind: 'recovery', session_uid: 's1' },
    { by: 'admin', kind: 'session_revoke', session_uid: undefined },
  ];
  // the worthiest came first, so that age alone would let it go first
  const marks: Mark[] = [];
  for (const [i, over] of [...kinds].reverse().entries()) addMark(marks, { ...mark(i, `k${kinds.length - 1 - i}`), ...over });
  const worthy = { by: 'admin', kind: 'session_revoke', session_uid: undefined } as const;
  for (let i = marks.length; i < MARKS_PER_PERSON; i++) addMark(marks, { ...mark(100 + i, `w${i}`), ...worthy });
  const gone = kinds.map((_, i) => addMark(marks, { ...mark(200 + i, `n${i}`), ...worthy }));
  expect(gone.map((one) => (one === true || one === false ? one : one.uid))).toEqual([
    'k0',
    'k1',
    'k2',
    'k4',
    'k3',
    'k5',
    'k6',
    'k7',
    'k8',
  ]);
});

describe('whom a mark concerns', () => {
  test('one session, when it names one', () => {
    const one = { ...mark(1, 'a'), session_uid: 's1' };
    expect(concerns(one, 'entra:t', 's1')).toBe(true);
    expect(concerns(one, 'entra:t', 's2')).toBe(false);
  });

  test('else every session of its provider', () => {
    expect(concerns(mark(1, 'a'), 'entra:t', 's1')).toBe(true);
    expect(concerns(mark(1, 'a'), 'okta:o', 's1')).toBe(false);
  });

  test.each([
    ['entra:t', true],
    ['entra:default', true],
    ['entra:u', false],
    ['entra:at', false],
    ['entra:adefault', false],
    ['entra-t', false],
    ['oktas:t', false],
    ['entr:t', false],
    ['entrance:t', false],
  ])("of that provider's account: %s", (issuer, isMeant) => {
    expect(concerns(mark(1, 'a'), issuer, 's1')).toBe(isMeant);
  });

  test.each([
    ['entra:t', true],
    ['entra:default', true],
    ['okta:t', false],
  ])('of all its accounts where the log names none: %s', (issuer, isMeant) => {
    expect(concerns({ ...mark(1, 'a'), account: 'default' }, issuer, 's1')).toBe(isMeant);
  });
});

test('an end of everything reaches what was there, one that names its session proves that it was', () => {
  expect(couldEnd(mark(5, 'a'), 4)).toBe(true);
  expect(couldEnd(mark(5, 'a'), 5)).toBe(false);
  expect(couldEnd({ ...mark(5, 'a'), session_uid: 's1' }, 6)).toBe(true);
});

test('which of keys and which of all else stay does not depend on which came first', () => {
  const one = fc.record({
    at: fc.nat({ max: 500 }),
    kind: fc.constantFrom('key_end', 'key_issue', 'job_end', 'sign_out'),
    byAdmin: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.uniqueArray(one, { selector: ({ at }) => at, minLength: 1, maxLength: 90 }), (all) => {
      const made = all.map(({ at, kind, byAdmin }): Mark => {
        return { ...mark(at, `m${at}`), kind, session_uid: `s${at}`, by: byAdmin ? 'admin' : undefined };
      });
      const keptOf = (list: readonly Mark[]): Mark[] => {
        const marks: Mark[] = [];
        for (const next of list) addMark(marks, next);
        return marks;
      };
      const kept = keptOf(made);
      expect(keptOf([...made].reverse())).toEqual(kept);
      expect(keptOf([...made].sort((a, b) => Number(a.kind < b.kind) - Number(a.kind > b.kind)))).toEqual(kept);
      const others = MARKS_PER_PERSON - KEY_MARKS_KEPT - KEY_ISSUES_KEPT - JOB_ENDS_KEPT;
      const least = { key_end: KEY_MARKS_KEPT, key_issue: KEY_ISSUES_KEPT, job_end: JOB_ENDS_KEPT, sign_out: others };
      for (const [name, most] of Object.entries(least)) {
        const count = (list: readonly Mark[]) => list.filter(({ kind }) => kind === name).length;
        expect(count(kept)).toBeGreaterThanOrEqual(Math.min(count(made), most));
      }
    }),
  );
});
