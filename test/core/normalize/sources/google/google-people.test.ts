import { parameterReader } from '../../../../../src/core/normalize/sources/google/google-parameters.js';
import { actorOf, profileOf, targetsOf } from '../../../../../src/core/normalize/sources/google/google-people.js';
import type { GoogleActivity } from '../../../../../src/core/normalize/sources/google/google-shapes.js';

const activity = (actor: object, app = 'drive', isAgentic = false) => ({ app, actor, isAgentic }) as GoogleActivity;
const none = parameterReader(undefined);
const OLA = { email: 'ola@fjord.example', profileId: '1002' };

test('who acts', () => {
  expect(actorOf(activity(OLA), none)).toMatchObject({ type: 'human', uid: '1002', email: 'ola@fjord.example' });
  expect(actorOf(activity({ callerType: 'KEY', key: 'SYSTEM' }), none)).toMatchObject({ type: 'system', uid: 'SYSTEM' });
  expect(actorOf(activity({ callerType: 'KEY', key: 'robot-1' }), none)).toMatchObject({ type: 'service', uid: 'robot-1' });
  expect(actorOf(activity({ key: 'robot-1' }), none)).toMatchObject({ type: 'service', uid: 'robot-1' });
  expect(actorOf(activity({ email: 'x@p.iam.gserviceaccount.com' }), none)).toMatchObject({ type: 'service' });
  expect(actorOf(activity({ ...OLA, callerType: 'EXTERNAL_USER' }), none)).toMatchObject({ type: 'human', tags: ['guest'] });
  expect(actorOf(activity(OLA, 'drive', true), none)).toMatchObject({ type: 'agent', email: 'ola@fjord.example' });
});

test('the placeholder is nobody, and what is no address is no address', () => {
  expect(profileOf({ profileId: '105250506097979753968' })).toBeUndefined();
  expect(actorOf(activity({ email: '', profileId: '105250506097979753968' }), none)).toEqual({ type: 'unknown', name: undefined });
  expect(actorOf(activity({ email: 'redacted', profileId: '1002' }), none)).toMatchObject({ type: 'human', uid: '1002', name: 'redacted' });
  expect(actorOf(activity({ email: 'redacted', profileId: '1002' }), none).email).toBeUndefined();
  expect(actorOf(activity({ email: 'unknown', profileId: '-' }), none)).toEqual({ type: 'unknown', name: undefined });
});

test('an app in the place of a person, and one that a person merely uses', () => {
  const application = { oauthClientId: 'client-1', applicationName: 'Backup' };
  expect(actorOf(activity({ ...OLA, applicationInfo: { ...application, impersonation: true } }), none)).toMatchObject({
    type: 'service',
    uid: 'client-1',
    on_behalf_of: { uid: '1002' },
  });
  expect(actorOf(activity({ ...OLA, applicationInfo: { ...application, impersonation: false } }), none)).toMatchObject({ type: 'human' });
});

test('an agent whose person is not named works for its owner', () => {
  const agent = { agentId: 'agent-1', agentName: 'Notes', agentOwner: { email: 'ola@fjord.example' } };
  expect(actorOf(activity({ agentAttributionInfo: agent }), none)).toEqual({
    type: 'agent',
    uid: 'agent-1',
    name: 'Notes',
    on_behalf_of: { type: 'human', email: 'ola@fjord.example' },
  });
});

test('logs of devices name the person among their parameters', () => {
  const chrome = parameterReader({ DEVICE_USER: 'ola@fjord.example' });
  expect(actorOf(activity({ profileId: '1002' }, 'chrome'), chrome)).toMatchObject({ uid: '1002', email: 'ola@fjord.example' });
  expect(actorOf(activity({ profileId: '1002' }, 'drive'), chrome).email).toBeUndefined();
});

test('whom it was done to: not oneself, not a group, each once', () => {
  const actor = { type: 'human', email: 'Ola@fjord.example' } as const;
  expect(targetsOf(parameterReader({ USER_EMAIL: 'ola@fjord.example' }), actor)).toBeUndefined();
  expect(targetsOf(parameterReader({ USER_EMAIL: ['a@fjord.example', 'a@fjord.example', 'nobody'] }), actor)).toEqual([
    { type: 'human', email: 'a@fjord.example' },
  ]);
  expect(targetsOf(parameterReader({}), { type: 'service', on_behalf_of: { type: 'human', uid: '1002' } })).toEqual([
    { type: 'human', uid: '1002' },
  ]);
  expect(targetsOf(none, actor)).toBeUndefined();
});
