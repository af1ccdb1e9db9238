import { createM365Mapper } from '../../../../../src/core/normalize/sources/microsoft/m365.js';
import { fixture } from '../../fixtures.js';

const base = fixture('m365', 'other-workload').input;
function map(changes: Record<string, unknown>) {
  return createM365Mapper().map({ ...base, ...changes })[0]!;
}

test.each([
  [undefined, 'success'],
  [null, 'success'],
  ['', 'success'],
  ['Success', 'success'],
  ['Succeeded', 'success'],
  ['True', 'success'],
  ['PartiallySucceeded', 'success'],
  [true, 'success'],
  [false, 'failure'],
  ['False', 'failure'],
  ['Failed', 'failure'],
  ['InProgress', 'unknown'],
])('result %p is %s', (ResultStatus, status) => {
  expect(map({ ResultStatus }).status).toBe(status);
});

test.each([
  [{ ClientIP: '203.0.113.1:80', ClientIPAddress: 'SERVER (10.9000.0.1)' }, '203.0.113.1:80'],
  [{ ClientIP: '2603:10a6::1', ClientIPAddress: '203.0.113.1' }, '203.0.113.1'],
  [{ ClientIP: '<null>', ActorIpAddress: '203.0.113.1' }, '203.0.113.1'],
  [{ ClientIP: undefined, ClientIPAddress: 'cool.client.local' }, 'cool.client.local'],
  [{ ClientIP: '' }, undefined],
])('the client of %j', (changes: Record<string, unknown>, ip) => {
  expect(map({ ClientIP: undefined, ...changes }).ip).toBe(ip);
});

test('times of the second are so exact, others more', () => {
  expect(map({ CreationTime: '2026-03-02T08:15:30' }).time_precision_ms).toBe(1000);
  expect(map({ CreationTime: '2026-03-02T08:15:30.123Z' }).time_precision_ms).toBeUndefined();
});

test('a device name that is the address is no device', () => {
  expect(map({ DeviceDisplayName: '203.0.113.1' }).device).toBeUndefined();
  expect(map({ DeviceDisplayName: 'ANA-LAPTOP' }).device).toMatchObject({ name: 'ANA-LAPTOP', evidence: 'claimed' });
});

test('an all-zero session is none', () => {
  expect(map({ AppAccessContext: { AADSessionId: '00000000-0000-0000-0000-000000000000' } }).session).toBeUndefined();
});
