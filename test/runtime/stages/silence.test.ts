import type { TopicPartition } from '../../../src/runtime/kafka/transport.js';
import { type Reading, readState, silenceOf, unreadOf } from '../../../src/runtime/stages/silence.js';

const at = (partition: number): TopicPartition => ({ topic: 'raw', partition });

/** By partition: ms without an answer. */
function reading(unanswered: readonly number[], leaderless: readonly number[] = [], outdated: readonly number[] = []): Reading {
  return {
    isLeaderless: ({ partition }) => leaderless.includes(partition),
    unanswered: ({ partition }) => ({ ms: unanswered[partition]!, is_outdated: outdated.includes(partition) }),
  };
}

test('a group that was not heard of for more than eight seconds', () => {
  expect(silenceOf(8000)).toBeUndefined();
  expect(silenceOf(9500)).toBe('its group has not answered for 9 s');
});

test('the partition that waits longest is named, and how many others wait', () => {
  const parts = [0, 1, 2].map(at);
  expect(unreadOf(reading([8000, 0, 300]), parts)).toBeUndefined();
  expect(unreadOf(reading([100, 12_900, 0]), parts)).toBe('raw/1 is not read for 12 s, its leader does not answer');
  expect(unreadOf(reading([9000, 12_000, 40_000], [2]), parts)).toBe(
    'raw/2 is not read for 40 s, it has no leader, or is not there; nor are 2 more',
  );
  expect(unreadOf(reading([9000]), [])).toBeUndefined();
});

test('a short silence is none; of those that are read together the longest counts', () => {
  const well = { is_leaderless: false, unanswered_seconds: 0, is_outdated: false };
  expect(readState(reading([8000], [], [0]), [at(0)])).toEqual(well);
  expect(readState(reading([0, 9000], [], [0]), [at(0), at(1)])).toEqual({ ...well, unanswered_seconds: 9 });
  expect(readState(reading([20_000, 9000], [0], [1]), [at(0), at(1)])).toEqual({
    is_leaderless: true,
    unanswered_seconds: 20,
    is_outdated: true,
  });
});
