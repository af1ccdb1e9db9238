import { parameterReader } from '../../../../../src/core/normalize/sources/google/google-parameters.js';
import { authOf, clientOf, deviceOf, sessionOf } from '../../../../../src/core/normalize/sources/google/google-session.js';
import type { GoogleActivity } from '../../../../../src/core/normalize/sources/google/google-shapes.js';

const activity = (parts: object): GoogleActivity =>
  ({ app: 'admin', actor: { profileId: '1002' }, network: {}, device: {}, ...parts }) as unknown as GoogleActivity;
const none = parameterReader(undefined);

function session(parts: object, parameters: object = {}, act: 'session_use' | 'sign_out' = 'session_use') {
  const one = activity(parts);
  const parameter = parameterReader(parameters);
  const client = clientOf(one, parameter);
  return sessionOf(one, parameter, { type: 'human', uid: '1002' }, client, deviceOf(one, parameter), 'google_workspace:C1', act);
}

const DEVICE = { deviceId: 'd1', deviceType: 'DESKTOP_MAC' };
const NETWORK = { ipAsn: [64500], regionCode: 'NO' };
const APP = { profileId: '1002', applicationInfo: { oauthClientId: 'c1' } };

test('the best of what there is', () => {
  expect(session({ device: DEVICE, actor: APP, network: NETWORK })).toMatchObject({ uid: '1002:d1', confidence: 'surrogate' });
  expect(session({ actor: APP, network: NETWORK })).toMatchObject({ uid: '1002:c1', confidence: 'surrogate' });
  expect(session({ network: NETWORK })).toMatchObject({ uid: '1002:AS64500:NO', confidence: 'low' });
});

test('nothing to build it of gives none', () => {
  expect(session({})).toBeUndefined();
  expect(session({ network: { ipAsn: [64500] } })).toBeUndefined();
  expect(session({ network: { regionCode: 'NO', ipAsn: [] } })).toBeUndefined();
  expect(session({ actor: { profileId: '105250506097979753968' }, network: NETWORK })).toBeUndefined();
  expect(session({ actor: { profileId: '1002', callerType: 'KEY' }, network: NETWORK })).toBeUndefined();
});

test('a project of Google`s own pages is no app that somebody let in', () => {
  const parameters = { originating_app_id: '691301496089' };
  expect(session({ app: 'drive', network: NETWORK }, parameters)).toMatchObject({ confidence: 'low' });
  expect(clientOf(activity({ app: 'drive' }), parameterReader(parameters))).toEqual({ uid: '691301496089', name: undefined });
});

test('a sign-out does not end a device', () => {
  expect(session({ device: DEVICE }, {}, 'sign_out')).toBeUndefined();
  expect(session({ network: NETWORK }, {}, 'sign_out')).toMatchObject({ confidence: 'low' });
});

test('the device of the person, not the one that an administrator acts on', () => {
  expect(deviceOf(activity({ device: DEVICE }), none)).toMatchObject({ uid: 'd1', os: 'macos' });
  expect(deviceOf(activity({ app: 'admin' }), parameterReader({ DEVICE_ID: 'x' }))).toBeUndefined();
  expect(deviceOf(activity({ app: 'context_aware_access' }), parameterReader({ CAA_DEVICE_ID: 'UNKNOWN' }))).toBeUndefined();
  expect(deviceOf(activity({ app: 'mobile' }), parameterReader({ DEVICE_ID: 'x', OS_VERSION: 'iOS 18.1' }))).toMatchObject({
    uid: 'x',
    os: 'ios',
  });
});

test.each<[object, boolean | undefined]>([
  [{ login_challenge_method: ['password'] }, false],
  [{ login_challenge_method: ['password', 'google_prompt'] }, true],
  [{ login_challenge_method: 'passkey' }, true],
  [{ login_challenge_method: ['none'], login_type: 'saml' }, undefined],
  [{ login_challenge_method: ['captcha', 'password'] }, false],
  [{ is_second_factor: true }, true],
])('a second factor: %p is %p', (parameters, isMfa) => {
  expect(authOf('login', 'success', parameterReader(parameters))?.is_mfa).toBe(isMfa);
  expect(authOf('login', 'failure', parameterReader(parameters))?.is_mfa).toBeUndefined();
});

test('how the sign-in was made', () => {
  expect(authOf('login', 'success', parameterReader({ login_type: 'saml' }))?.protocol).toBe('saml20');
  expect(authOf('login', 'success', parameterReader({ login_type: 'exchange' }))?.protocol).toBe('token_exchange');
  expect(authOf('drive', 'success', none)).toBeUndefined();
});
