import { type Progress, progressOfOwned, progressOfRaw, Watchdog } from '../../../src/runtime/stages/watchdog.js';

let now = 0;
let dog: Watchdog;

beforeEach(() => {
  now = 0;
  dog = new Watchdog(() => now);
});

/** Looks once a second for so many seconds. */
function pass(seconds: number, part: (second: number) => Partial<Progress>[], isAway = false): void {
  for (let second = 0; second < seconds; second++) {
    now += 1000;
    const parts = part(second).map((one, i) => ({ name: `detect/${i}`, at: '0', isPending: true, ...one }));
    dog.look(parts, isAway);
  }
}

test('records wait and nothing is done for a minute', () => {
  pass(55, () => [{}]);
  expect(dog.stuckReason).toBeUndefined();
  pass(10, () => [{}]);
  expect(dog.stuckReason).toBe('detect/0: records wait and nothing was done for 64 s');
  pass(1, () => [{ at: '1' }]);
  expect(dog.stuckReason).toBeUndefined();
});

test('that others get on is no excuse', () => {
  pass(70, (second) => [{ at: String(second) }, {}]);
  expect(dog.stuckReason).toMatch(/^detect\/1: /);
});

test('a restore of minutes gets on, and who has nothing to do is not stuck', () => {
  pass(300, (second) => [{ at: `restoring ${second >> 4}` }, { isPending: false }]);
  expect(dog.stuckReason).toBeUndefined();
  // after a long rest the minute begins with the first record that waits
  pass(30, () => [{ at: 'restoring 18' }, {}]);
  expect(dog.stuckReason).toBeUndefined();
});

test('brokers away for an hour, and a minute more to begin again', () => {
  pass(10, () => [{}]);
  pass(3600, () => [{}], true);
  expect(dog.stuckReason).toBeUndefined();
  pass(50, () => [{}]);
  expect(dog.stuckReason).toBeUndefined();
  pass(20, () => [{}]);
  expect(dog.stuckReason).toBeDefined();
});

test('a partition that others have now', () => {
  pass(70, () => [{}]);
  pass(1, () => []);
  expect(dog.stuckReason).toBeUndefined();
});

test('what has no leader waits for brokers, and is not started anew for it', () => {
  const raw = { topic: 'raw', partition: 3, position: 7, lag: 5, queued_bytes: 0, is_paused: false };
  const owned = { partition: 1, phase: 'running', position: 2, committed: 2, lag: 4, queued_bytes: 0, is_paused: false } as const;
  const detail = { restored: 0, prepared: 0 };
  const of = (is_leaderless: boolean) => [
    ...progressOfRaw([{ ...raw, is_leaderless }]),
    ...progressOfOwned('detect', [{ ...owned, ...detail, is_leaderless }]),
  ];
  expect(of(false)).toEqual([
    { name: 'raw/3', at: '7', isPending: true },
    { name: 'detect/1', at: 'running 0 2 0', isPending: true },
  ]);
  expect(of(true).map(({ isPending }) => isPending)).toEqual([false, false]);
});
