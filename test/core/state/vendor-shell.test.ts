import type { Observation } from '../../../src/core/state/observation.js';
import { holdsOpen, isToldOpen, isVendorShell } from '../../../src/core/state/vendor-shell.js';
import { NO_TRAITS } from '../../helpers/world.js';

const AMAZON = { class: 'public', asn: 16509 } as const;
const GOOGLE = { class: 'public', asn: 396982 } as const;
const SHELL = { original: '', kind: 'library', family: 'aws-cloudshell' } as const;
const DEVSHELL = { original: '', kind: 'library', family: 'google-cloudshell' } as const;
const EDGE = { original: '', kind: 'browser', family: 'edge' } as const;

test.each([
  ['at Amazon', AMAZON, SHELL, true],
  ['at its other network', { ...AMAZON, asn: 14618 }, SHELL, true],
  ['elsewhere', { ...AMAZON, asn: 3301 }, SHELL, false],
  ['nowhere', undefined, SHELL, false],
  ['another program', AMAZON, EDGE, false],
  ['no program', AMAZON, undefined, false],
  ['at Google', GOOGLE, DEVSHELL, true],
  ['at its other network, of Google', { ...GOOGLE, asn: 15169 }, DEVSHELL, true],
  ["Google's at Amazon", AMAZON, DEVSHELL, false],
  ["Amazon's at Google", GOOGLE, SHELL, false],
])('a shell of the vendor, %s', (_, endpoint, agent, is) => {
  expect(isVendorShell(endpoint, agent)).toBe(is);
});

test("who has it open is told by Amazon's log alone", () => {
  expect(isToldOpen({ ...NO_TRAITS, endpoint: AMAZON, user_agent: SHELL })).toBe(true);
  expect(isToldOpen({ ...NO_TRAITS, endpoint: GOOGLE, user_agent: DEVSHELL })).toBe(false);
  expect(isToldOpen({ ...NO_TRAITS, endpoint: AMAZON, user_agent: EDGE })).toBe(false);
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
