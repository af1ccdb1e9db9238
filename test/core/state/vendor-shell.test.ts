import type { Endpoint, SessionEvent, UserAgent } from '../../../src/core/event/index.js';
import type { Observation } from '../../../src/core/state/observation.js';
import { holdsOpen, isShell, isShellEvent, isShellPrint, isToldOpen } from '../../../src/core/state/vendor-shell.js';
import { NO_TRAITS, say } from '../../helpers/world.js';

const AMAZON = { class: 'public', asn: 16509 } as const;
const GOOGLE = { class: 'public', asn: 396982 } as const;
const SHELL = { original: '', kind: 'library', family: 'aws-cloudshell' } as const;
const DEVSHELL = { original: '', kind: 'library', family: 'google-cloudshell' } as const;
const EDGE = { original: '', kind: 'browser', family: 'edge' } as const;

function eventOf(vendor: string, src_endpoint: Endpoint | undefined, user_agent: UserAgent | undefined): SessionEvent {
  const event = { ...say({ at: 0, n: 0 }), src_endpoint, user_agent };
  event.source = { ...event.source, vendor };
  return event;
}

const used = (vendor: string, endpoint: Endpoint | undefined, user_agent: UserAgent | undefined): Observation =>
  ({ vendor, activity: 'session_use', print: { ...NO_TRAITS, endpoint, user_agent } }) as unknown as Observation;

test.each([
  ['at Amazon', 'aws', AMAZON, SHELL, true],
  ['at its other network', 'aws', { ...AMAZON, asn: 14618 }, SHELL, true],
  ['elsewhere', 'aws', { ...AMAZON, asn: 3301 }, SHELL, false],
  ['nowhere', 'aws', undefined, SHELL, false],
  ['another program', 'aws', AMAZON, EDGE, false],
  ['no program', 'aws', AMAZON, undefined, false],
  ['at Google', 'gcp', GOOGLE, DEVSHELL, true],
  ['at its other network, of Google', 'gcp', { ...GOOGLE, asn: 15169 }, DEVSHELL, true],
  ["Google's at Amazon", 'aws', AMAZON, DEVSHELL, false],
  ["Amazon's at Google", 'gcp', GOOGLE, SHELL, false],
  ["Amazon's, in the log of another vendor", 'entra', AMAZON, SHELL, false],
  ["Amazon's, in the log of Google", 'gcp', AMAZON, SHELL, false],
  ["Google's, in the log of another vendor", 'okta', GOOGLE, DEVSHELL, false],
  ["Google's, in the log of Workspace", 'google_workspace', GOOGLE, DEVSHELL, false],
])('a shell of the vendor, %s', (_, vendor, endpoint, user_agent, is) => {
  expect(isShellEvent(eventOf(vendor, endpoint, user_agent))).toBe(is);
  expect(isShell(used(vendor, endpoint, user_agent))).toBe(is);
  expect(isShellPrint({ ...NO_TRAITS, endpoint, user_agent }, { issuer: `${vendor}:acme` })).toBe(is);
});

test('nobody signs in from a shell', () => {
  expect(isShellEvent({ ...eventOf('gcp', GOOGLE, DEVSHELL), activity: 'sign_in' })).toBe(false);
  expect(isShell({ ...used('gcp', GOOGLE, DEVSHELL), activity: 'sign_in' })).toBe(false);
});

test('the issuer of a session is its vendor up to the colon', () => {
  expect(isShellPrint({ ...NO_TRAITS, endpoint: AMAZON, user_agent: SHELL }, { issuer: 'awsome:acme' })).toBe(false);
});

test("who has it open is told by Amazon's log alone", () => {
  expect(isToldOpen(used('aws', AMAZON, SHELL))).toBe(true);
  expect(isToldOpen(used('gcp', GOOGLE, DEVSHELL))).toBe(false);
  expect(isToldOpen(used('aws', AMAZON, EDGE))).toBe(false);
  expect(isToldOpen(used('entra', AMAZON, SHELL))).toBe(false);
});

const seen = (more: Partial<Observation> = {}): Observation =>
  ({ vendor: 'aws', action: 'SendHeartBeat', is_done: true, print: { user_agent: EDGE }, ...more }) as Observation;

test('it is held open by what the browser sends, not by what failed, by another vendor, or by the shell itself', () => {
  expect(holdsOpen(seen())).toBe(true);
  expect(holdsOpen(seen({ action: 'PutCredentials' }))).toBe(true);
  expect(holdsOpen(seen({ action: 'ListBuckets' }))).toBe(false);
  expect(holdsOpen(seen({ is_done: false }))).toBe(false);
  expect(holdsOpen(seen({ vendor: 'okta' }))).toBe(false);
  expect(holdsOpen(seen({ print: { endpoint: AMAZON, user_agent: SHELL } as Observation['print'] }))).toBe(false);
});
