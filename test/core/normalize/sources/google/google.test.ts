import type { Mapped, Raw } from '../../../../../src/core/normalize/mapped.js';
import { createGoogleMapper } from '../../../../../src/core/normalize/sources/google/google.js';
import { VENDORS } from '../../../../../src/core/normalize/sources/index.js';
import { FIXTURES, fixture } from '../../fixtures.js';

const mapper = createGoogleMapper('fallback');

function record(app: string, name: string, parameters: object = {}, rest: object = {}): Raw {
  return {
    kind: 'admin#reports#activity',
    id: { applicationName: app, customerId: 'C04fjord7', time: '2026-03-02T08:15:30.250Z', uniqueQualifier: '-7' },
    actor: { email: 'ingrid@fjord.example', profileId: '1001' },
    ipAddress: '203.0.113.24',
    events: [{ type: 'x', name, parameters: Object.entries(parameters).map(([key, value]) => ({ name: key, value })) }],
    ...rest,
  };
}

const one = (...given: Parameters<typeof record>): Mapped => mapper.map(record(...given))[0] as Mapped;

test('it is on the list, and takes nobody else`s records', () => {
  expect(VENDORS).toContain('google_workspace');
  for (const other of FIXTURES.filter(({ vendor }) => vendor !== 'google_workspace'))
    expect([other.name, mapper.recognises(other.input)]).toEqual([other.name, false]);
  for (const own of FIXTURES.filter(({ vendor, name }) => vendor === 'google_workspace' && name !== 'page'))
    expect([own.name, mapper.recognises(own.input)]).toEqual([own.name, true]);
});

test('of an activity no more events are told than any has', () => {
  expect(mapper.map(record('login', 'logout', {}, { events: Array(1_300_000).fill({}) }))).toHaveLength(1000);
});

test('the customer is the account; without one, what the configuration says', () => {
  expect(one('login', 'logout').account).toBe('C04fjord7');
  const [bare] = mapper.map({ id: { applicationName: 'login' }, name: 'logout' });
  expect(bare?.account).toBe('fallback');
  expect(bare?.id).toBeUndefined();
});

test('a record without events makes none', () => {
  expect(mapper.map(record('login', 'x', {}, { events: [] }))).toEqual([]);
  expect(mapper.map({ eventType: 'x' })).toEqual([]);
});

test('events of one activity have ids of their own, whoever split them', () => {
  const shared = fixture('google_workspace', 'file-shared').expected.map(({ id }) => id);
  expect(new Set(shared).size).toBe(2);
  const split = (user: string) =>
    mapper.map(
      record(
        'drive',
        'x',
        {},
        { events: { type: 'acl_change', name: 'change_user_access', parameters: [{ name: 'target_user', value: user }] } },
      ),
    )[0]?.id;
  expect(split('a@fjord.example')).not.toBe(split('b@fjord.example'));
  expect(split('a@fjord.example')).toBe(split('a@fjord.example'));
});

test.each<[string, string, object, string]>([
  ['login', 'login_failure', {}, 'failure'],
  ['login', 'login_challenge', { login_challenge_status: 'Challenge Failed.' }, 'failure'],
  ['login', 'login_challenge', { login_challenge_status: 'Challenge Passed.' }, 'success'],
  ['login', 'login_challenge', {}, 'interrupted'],
  ['saml', 'login_failure', {}, 'failure'],
  ['token', 'request', {}, 'interrupted'],
  ['context_aware_access', 'ACCESS_DENY_EVENT', {}, 'failure'],
  ['context_aware_access', 'MONITOR_MODE_ACCESS_DENY_EVENT', {}, 'success'],
  ['chrome', 'CHROME_OS_LOGIN_FAILURE_EVENT', {}, 'failure'],
  ['admin', 'CUSTOMER_TAKEOUT_FAILED', {}, 'failure'],
  ['login', 'risky_sensitive_action_blocked', {}, 'success'],
  ['mobile', 'FAILED_PASSWORD_ATTEMPTS_EVENT', {}, 'success'],
  ['admin', 'CREATE_USER', {}, 'success'],
])('%s %s %p: %s', (app, name, parameters, status) => {
  expect(one(app, name, parameters).status).toBe(status);
});

test('who is placed by an event, and who is not', () => {
  expect(one('login', 'login_success').is_presence).toBe(true);
  expect(one('admin', 'ALERT_CENTER_VIEW').is_presence).toBe(true);
  expect(one('drive', 'view').is_presence).toBe(true);
  // a program exchanges tokens, a client keeps files in step, an app calls from its own server, nobody is in the room
  expect(one('login', 'login_success', { login_type: 'exchange' }).is_presence).toBe(false);
  expect(one('drive', 'sync_item_content').is_presence).toBe(false);
  expect(one('drive', 'view', { originating_app_id: '962300000000' }).is_presence).toBe(false);
  expect(one('calendar', 'create_event', { api_kind: 'api_v3' }).is_presence).toBe(false);
  expect(one('token', 'activity', { client_id: 'c' }).is_presence).toBe(false);
  expect(one('meet', 'call_ended').is_presence).toBe(false);
  expect(one('login', 'login_success', {}, { ipAddress: undefined }).is_presence).toBe(false);
  expect(one('login', 'login_failure').is_presence).toBe(false);
  expect(one('drive', 'view', {}, { isAgenticAction: true }).is_presence).toBe(false);
  expect(one('admin', 'CREATE_USER', {}, { actor: { callerType: 'KEY', key: 'robot' } }).is_presence).toBe(false);
});

test('sentinels are nobody and nowhere', () => {
  const mapped = one(
    'login',
    'login_success',
    { login_challenge_method: 'none' },
    {
      actor: { email: 'unknown', profileId: '-' },
      ipAddress: '',
      networkInfo: { ipAsn: [], regionCode: '' },
      userDeviceInfo: { deviceId: 'n/a' },
    },
  );
  expect(mapped).toMatchObject({ principal: { type: 'unknown' } });
  expect([mapped.principal.uid, mapped.principal.email, mapped.ip, mapped.session, mapped.device, mapped.auth]).toEqual(
    Array(6).fill(undefined),
  );
});

test('a verdict has the severity of its rule; what takes one back has none', () => {
  expect(one('rules', 'rule_match', { severity: 'LOW', rule_type: 'ACTIVITY' }).risk).toEqual({ level: 'low', reasons: ['ACTIVITY'] });
  expect(one('mobile', 'DEVICE_COMPROMISED_EVENT', { DEVICE_COMPROMISED_STATE: 'NOT_COMPROMISED' }).risk?.level).toBe('none');
  expect(one('mobile', 'DEVICE_COMPROMISED_EVENT', { DEVICE_COMPROMISED_STATE: 'COMPROMISED' }).risk?.level).toBe('unknown');
  expect(one('drive', 'view').risk).toBeUndefined();
});

test('own codes and passwords are changes, those of others recoveries', () => {
  const self = { USER_EMAIL: 'Ingrid@fjord.example' };
  const other = { USER_EMAIL: 'ola@fjord.example' };
  expect(one('admin', 'CHANGE_PASSWORD', self).activity).toBe('credential_change');
  expect(one('admin', 'GENERATE_2SV_SCRATCH_CODES', self).activity).toBe('mfa_change');
  expect(one('admin', 'CHANGE_PASSWORD', other).activity).toBe('recovery');
  expect(one('admin', 'GENERATE_2SV_SCRATCH_CODES', other)).toMatchObject({
    activity: 'recovery',
    targets: [{ email: 'ola@fjord.example' }],
  });
});

test('an id beyond what a number holds is never rounded', () => {
  const actor = { email: 'ingrid@fjord.example', profileId: Number('111440584475724055600') };
  expect(() => mapper.map(record('login', 'logout', {}, { actor }))).toThrow();
});
