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
    const parts = part(second).map((one, i) => ({ name: `detect/${i}`, at: '0', pending: 'records wait', ...one }));
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
  pass(300, (second) => [{ at: `restoring ${second >> 4}` }, { pending: undefined }]);
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
  const of = (is_leaderless: boolean, is_outdated: boolean, lag: number) => {
    const read = { is_leaderless, is_outdated, unanswered_seconds: 70, lag };
    return [...progressOfRaw([{ ...raw, ...read }]), ...progressOfOwned('detect', [{ ...owned, ...detail, ...read }])];
  };
  const pending = (...read: Parameters<typeof of>) => [...new Set(of(...read).map((one) => one.pending))];
  expect(of(false, false, 5)).toEqual([
    { name: 'raw/3', at: '7', pending: 'records wait' },
    { name: 'detect/1', at: 'running 0 2 0', pending: 'records wait' },
  ]);
  expect(pending(true, false, 5)).toEqual([undefined]);
  // its leader does not answer, and is still its leader
  expect(pending(false, false, 0)).toEqual([undefined]);
  // nobody has said for as long who leads it: another process may hear it
  for (const is_leaderless of [true, false]) expect(pending(is_leaderless, true, 0)).toEqual(['it waits to hear who leads it']);
});

test('what is old of who leads is a reason to start anew', () => {
  pass(65, () => [{ pending: 'it waits to hear who leads it' }]);
  expect(dog.stuckReason).toBe('detect/0: it waits to hear who leads it and nothing was done for 64 s');
  pass(1, () => [{ pending: undefined }]);
  expect(dog.stuckReason).toBeUndefined();
});
