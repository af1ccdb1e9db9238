import { Health } from '../../../src/runtime/follow/health.js';

test('is not ready until it says so, and says why', () => {
  const health = new Health(() => 0, 1000);
  expect(health.unreadyReason).toBe('starting');
  health.notReady('rebuilding: 5 %');
  expect(health.unreadyReason).toBe('rebuilding: 5 %');
  health.ready();
  expect(health.unreadyReason).toBeUndefined();
});

test('is stuck when nothing was done for a minute more than it pauses', () => {
  let now = 0;
  const health = new Health(() => now, 30_000);
  now = 90_000;
  expect(health.stuckReason).toBeUndefined();
  now = 90_001;
  expect(health.stuckReason).toBe('nothing was done for 90 s');
  health.beat();
  expect(health.stuckReason).toBeUndefined();
});
