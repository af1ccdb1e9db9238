import { laneOf } from '../../../src/core/state/lane.js';
import { say } from '../../helpers/world.js';

const unknown = () => undefined;
const EVENT = say({ at: 0, n: 1 });
const agent = (kind: 'browser' | 'native' | 'library' | 'unknown', family?: string) => ({ original: 'x', kind, family });

test('a published client decides, whatever the user agent claims', () => {
  const event = { ...EVENT, client: { uid: 'c1' }, user_agent: agent('library', 'python-requests') };
  expect(laneOf(event, (uid) => (uid === 'c1' ? 'browser' : undefined))).toBe('browser');
});

test('a client in no list leaves it to the user agent', () => {
  expect(laneOf({ ...EVENT, client: { uid: 'c2' }, user_agent: agent('library') }, unknown)).toBe('cli');
});

test('a client with a name and no id leaves it to the user agent', () => {
  expect(laneOf({ ...EVENT, client: { name: 'x' }, user_agent: agent('native') }, () => 'cli')).toBe('native');
});

test.each([
  ['browser', 'chrome', 'browser'],
  ['native', 'teams', 'native'],
  ['library', 'curl', 'cli'],
  ['unknown', 'x', 'browser'],
  ['native', 'outlook', 'mail'],
  ['native', 'apple-mail', 'mail'],
  ['native', 'thunderbird', 'mail'],
  ['native', 'exchange-activesync', 'mail'],
  ['native', 'outlook-mobile', 'mail'],
] as const)('%s %s is %s', (kind, family, lane) => {
  expect(laneOf({ ...EVENT, user_agent: agent(kind, family) }, unknown)).toBe(lane);
});

test.each(['IMAP4', 'POP3', 'Authenticated SMTP', 'Exchange ActiveSync', 'MAPI Over HTTP', 'Exchange Web Services (EWS)', 'RPC over HTTP'])(
  'without a user agent the protocol %s is mail',
  (protocol) => {
    expect(laneOf({ ...EVENT, user_agent: undefined, auth: { protocol } }, unknown)).toBe('mail');
  },
);

test('a browser is one, whatever the protocol', () => {
  expect(laneOf({ ...EVENT, user_agent: agent('browser'), auth: { protocol: 'EWS' } }, unknown)).toBe('browser');
});

test('a user agent that says nothing leaves it to the protocol', () => {
  expect(laneOf({ ...EVENT, user_agent: agent('unknown'), auth: { protocol: 'imap' } }, unknown)).toBe('mail');
});

test('nothing known is a browser, so that a deviation stands out', () => {
  expect(laneOf({ ...EVENT, user_agent: undefined, auth: { protocol: 'oauth2' } }, unknown)).toBe('browser');
  expect(laneOf({ ...EVENT, user_agent: undefined, auth: undefined }, unknown)).toBe('browser');
});

test('at Okta every program is the browser whose cookie the session is', () => {
  const event = { ...EVENT, source: { ...EVENT.source, vendor: 'okta' as const }, user_agent: agent('library', 'curl') };
  expect(laneOf(event, unknown)).toBe('browser');
});

describe('an app that acts for somebody', () => {
  const app = {
    ...EVENT,
    session: { ...EVENT.session!, confidence: 'surrogate' as const },
    client: { uid: 'c9' },
    device: undefined,
    user_agent: undefined,
    is_presence: false,
  };

  test('is none of the browsers in which it was let in', () => {
    expect(laneOf(app, unknown)).toBe('app');
    expect(laneOf({ ...app, activity: 'data_export' }, unknown)).toBe('app');
    expect(laneOf({ ...app, is_presence: true }, unknown)).toBe('browser');
    expect(laneOf({ ...app, activity: 'oauth_consent' }, unknown)).toBe('browser');
    expect(laneOf({ ...app, activity: 'session_revoke' }, unknown)).toBe('browser');
  });

  test('has a session of its own, and neither device nor browser', () => {
    expect(laneOf({ ...app, session: EVENT.session }, unknown)).toBe('browser');
    expect(laneOf({ ...app, session: undefined }, unknown)).toBe('browser');
    expect(laneOf({ ...app, client: { name: 'x' } }, unknown)).toBe('browser');
    expect(laneOf({ ...app, device: { uid: 'd1', evidence: 'observed' } }, unknown)).toBe('browser');
    expect(laneOf({ ...app, user_agent: agent('native') }, unknown)).toBe('native');
  });
});
