import type { Observation } from '../../../src/core/state/observation.js';
import { isHeldOpen, isVendorShell } from '../../../src/core/state/vendor-shell.js';

const MINUTE = 60_000;
const AMAZON = { class: 'public', asn: 16509 } as const;
const SHELL = { original: '', kind: 'library', family: 'aws-cloudshell' } as const;
const EDGE = { original: '', kind: 'browser', family: 'edge' } as const;

const seen = (minute: number, action: string, more: Partial<Observation> = {}): Observation =>
  ({ time: minute * MINUTE, vendor: 'aws', action, is_done: true, print: { user_agent: EDGE }, ...more }) as Observation;
const use = (minute: number) => seen(minute, 'ListBuckets', { print: { endpoint: AMAZON, user_agent: SHELL } as Observation['print'] });
const heldOpen = (...tail: Observation[]) => isHeldOpen(tail, tail.length - 1, () => true);

test.each([
  ['at Amazon', AMAZON, SHELL, true],
  ['at its other network', { ...AMAZON, asn: 14618 }, SHELL, true],
  ['elsewhere', { ...AMAZON, asn: 3301 }, SHELL, false],
  ['nowhere', undefined, SHELL, false],
  ['another program', AMAZON, EDGE, false],
  ['no program', AMAZON, undefined, false],
])('a shell of the vendor, %s', (_, endpoint, agent, is) => {
  expect(isVendorShell(endpoint, agent)).toBe(is);
});

test('it is held open by what the browser sends within the hour before', () => {
  expect(heldOpen(seen(0, 'PutCredentials'), use(60))).toBe(true);
  expect(heldOpen(seen(0, 'SendHeartBeat'), use(60))).toBe(true);
  expect(heldOpen(seen(0, 'PutCredentials'), use(61))).toBe(false);
  expect(heldOpen(seen(0, 'ListBuckets'), use(1))).toBe(false);
});

test('not by what failed, by another vendor, or by the shell itself', () => {
  expect(heldOpen(seen(0, 'PutCredentials', { is_done: false }), use(1))).toBe(false);
  expect(heldOpen(seen(0, 'PutCredentials', { vendor: 'okta' }), use(1))).toBe(false);
  expect(heldOpen({ ...use(0), action: 'PutCredentials' }, use(1))).toBe(false);
});

test('whoever else holds one open makes it doubtful', () => {
  const tail = [seen(0, 'SendHeartBeat'), seen(1, 'SendHeartBeat'), use(2)];
  expect(isHeldOpen(tail, 2, (_, at) => at === 0)).toBe(false);
  expect(isHeldOpen(tail, 2, (_, at) => at < 2)).toBe(true);
});
