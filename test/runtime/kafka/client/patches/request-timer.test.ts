import { harden } from '../../../../../src/runtime/kafka/client/harden.js';
import { internals } from '../../../../../src/runtime/kafka/client/internals.js';
import { SILENT } from '../../../../../src/runtime/kafka/client/patches/patch.js';

beforeAll(() => harden());
beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function queue(maxInFlightRequests: number | null) {
  const sent: number[] = [];
  const made = new (internals().RequestQueue)({ maxInFlightRequests, requestTimeout: 1000, enforceRequestTimeout: true, logger: SILENT });
  const push = (correlationId: number) =>
    made.push({ entry: { correlationId, resolve() {}, reject() {} }, expectResponse: true, sendRequest: () => sent.push(correlationId) });
  return { made, push, sent };
}

test('no timer while nothing waits', () => {
  const { made, push, sent } = queue(null);
  push(1);
  made.fulfillRequest({ correlationId: 1, payload: null, size: 0 });
  expect(sent).toEqual([1]);
  expect(jest.getTimerCount()).toBe(0);
});

test('a throttled request is sent when the throttling ends, and no timer is left', () => {
  const { made, push, sent } = queue(null);
  made.maybeThrottle(500);
  push(1);
  jest.advanceTimersByTime(499);
  expect(sent).toEqual([]);
  jest.advanceTimersByTime(2);
  expect(sent).toEqual([1]);
  expect(jest.getTimerCount()).toBe(0);
});

test('a request that waits for another is sent behind it', () => {
  const { made, push, sent } = queue(1);
  push(1);
  push(2);
  jest.advanceTimersByTime(100);
  expect(sent).toEqual([1]);
  made.fulfillRequest({ correlationId: 1, payload: null, size: 0 });
  expect(sent).toEqual([1, 2]);
  jest.advanceTimersByTime(100);
  expect(jest.getTimerCount()).toBe(0);
});
