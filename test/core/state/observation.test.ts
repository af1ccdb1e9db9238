import type { SessionEvent } from '../../../src/core/event/index.js';
import { isBefore, observe } from '../../../src/core/state/observation.js';
import { newPrint, traitsOf } from '../../../src/core/state/print.js';
import { PLACES, say, T0 } from '../../helpers/world.js';

const EVENT = say({ at: 0, n: 1 });
const of = (over: Partial<SessionEvent>) => observe({ ...EVENT, ...over }, newPrint('browser', traitsOf(EVENT)));

test('keeps of an event what detectors look at', () => {
  const print = newPrint('browser', traitsOf(EVENT));
  const token = { uid: 't1', kind: 'uti', is_bound: true, is_cae: true, issued_time: 1, expires_time: 2 };
  const event: SessionEvent = {
    ...EVENT,
    action: 'Sign-in',
    activity: 'token_issue',
    token,
    client: { uid: 'c1' },
    device: { uid: 'd1', evidence: 'claimed' },
  };
  expect(observe(event, print)).toEqual({
    time: T0,
    uid: 'entra:t:0001',
    print,
    session: undefined,
    is_compliant: undefined,
    is_done: true,
    is_presence: true,
    geo: 'test',
    more: undefined,
    vendor: 'entra',
    product: 'sign_in',
    action: 'Sign-in',
    activity: 'token_issue',
    endpoint: PLACES[0],
    client_uid: 'c1',
    token_uid: 't1',
    token_issued_time: 1,
    token_expires_time: 2,
    is_bound: true,
    is_cae: true,
    is_fresh: false,
    is_sensitive: false,
    device_uid: 'd1',
    device_evidence: 'claimed',
    scores: [],
  });
});

test('what is not said is not made up', () => {
  const bare = of({ token: undefined, client: undefined, device: undefined });
  expect(bare).toMatchObject({ is_bound: false, is_cae: false, is_fresh: false });
  expect([bare.token_uid, bare.client_uid, bare.device_uid, bare.token_issued_time, bare.token_expires_time]).toEqual(
    Array(5).fill(undefined),
  );
  expect(of({ device: { evidence: 'observed', cookie_uid: 'c' } }).device_uid).toBeUndefined();
  expect(of({ token: { uid: 't', kind: 'uti', is_bound: false, is_cae: false } })).toMatchObject({ is_bound: false, is_cae: false });
});

describe('fresh', () => {
  test.each([
    ['a sign-in with a method', { activity: 'sign_in', auth: { method: 'password and push' } }, true],
    ['no sign-in', { activity: 'token_issue', auth: { method: 'password' } }, false],
    ['no method', { activity: 'sign_in', auth: { protocol: 'oauth2' } }, false],
    ['nothing said', { activity: 'sign_in', auth: undefined }, false],
    ['by an earlier token', { activity: 'sign_in', auth: { method: 'password', incoming_token: 'primary_refresh_token' } }, false],
    ['by an earlier authentication', { activity: 'sign_in', auth: { method: 'Previously satisfied' } }, false],
  ] as const)('%s: %#', (_name, over, fresh) => {
    expect(of(over).is_fresh).toBe(fresh);
  });
});

describe('sensitive', () => {
  test.each([
    'inbox_rule',
    'mail_forwarding',
    'mailbox_delegation',
    'mfa_change',
    'device_register',
    'oauth_consent',
    'app_credential',
    'api_key',
    'role_grant',
    'policy_change',
    'audit_tamper',
    'impersonation',
  ] as const)('%s', (activity) => {
    expect(of({ activity }).is_sensitive).toBe(true);
  });

  test.each(['session_use', 'sign_in', 'mail_access', 'mail_send', 'other'] as const)('not %s', (activity) => {
    expect(of({ activity }).is_sensitive).toBe(false);
  });

  test.each<[string, Record<string, string>, boolean]>([
    ['nothing is known of it', { rule_name: 'News' }, true],
    ['it only sorts', { move_to: 'News', rule_name: 'News' }, false],
    ['it hides', { move_to: 'RSS Feeds' }, true],
    ['it moves to a folder of deleted mail', { move_to: 'Deleted Items' }, true],
    ['it sends on', { move_to: 'News', forward_to: 'x@evil.example' }, true],
    ['it deletes', { move_to: 'News', delete_message: 'true' }, true],
    ['it does not delete', { move_to: 'News', delete_message: 'false', mark_as_read: 'false' }, false],
    ['it marks as read', { move_to: 'News', mark_as_read: 'true' }, true],
    ['it looks for words', { move_to: 'News', subject_contains: 'invoice' }, true],
    ['its name is a full stop', { move_to: 'News', rule_name: '.' }, true],
  ])('a mail rule when %s', (_name, details, sensitive) => {
    expect(of({ activity: 'inbox_rule', details }).is_sensitive).toBe(sensitive);
  });

  test('where mail is moved says something of a mail rule alone', () => {
    expect(of({ activity: 'session_use', details: { move_to: 'RSS Feeds' } }).is_sensitive).toBe(false);
    expect(of({ activity: 'role_grant', details: { move_to: 'News' } }).is_sensitive).toBe(true);
  });

  test('not the download of a file', () => {
    expect(of({ activity: 'data_export' }).is_sensitive).toBe(false);
  });

  test('any act on an administrative surface', () => {
    expect(of({ activity: 'session_use', details: { is_admin_surface: 'true' } }).is_sensitive).toBe(true);
    expect(of({ activity: 'session_use', details: { is_admin_surface: 'false' } }).is_sensitive).toBe(false);
  });
});

test('one order: event time, then uid', () => {
  expect(isBefore(1, 'b', 2, 'a')).toBe(true);
  expect(isBefore(2, 'a', 1, 'b')).toBe(false);
  expect(isBefore(1, 'a', 1, 'b')).toBe(true);
  expect(isBefore(1, 'b', 1, 'a')).toBe(false);
  expect(isBefore(1, 'a', 1, 'a')).toBe(false);
});
