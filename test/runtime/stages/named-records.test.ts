import type { FeedsStanding } from '../../../src/core/state/feeds.js';
import type { OutRecord } from '../../../src/runtime/kafka/transport.js';
import { MarkRecords } from '../../../src/runtime/stages/mark-records.js';
import { isMovedKey } from '../../../src/runtime/stages/moved-keys.js';
import { feedRecords } from '../../../src/runtime/stages/named-records.js';
import { isWaitKey } from '../../../src/runtime/stages/waits.js';

const readOn = (records: readonly OutRecord[], to = feedRecords()) => {
  for (const { key, value } of records) to.load(Buffer.from(key as Buffer), value as Buffer | null, 'changelog');
  return to;
};
const A = { 'a/okta': [[1, 2]] } satisfies FeedsStanding;
const BOTH = { ...A, 'b/okta': [[5, 5]] } satisfies FeedsStanding;

test('what is written is read; what is the same is not written again; what is over goes', () => {
  const feeds = feedRecords();
  const first = feeds.take('changelog', 3, BOTH);
  expect(first.map(({ topic, partition, key }) => [topic, partition, feeds.isKey(Buffer.from(key as Buffer))])).toEqual(
    Array(2).fill(['changelog', 3, true]),
  );
  for (const isOther of [isWaitKey, isMovedKey, (key: Buffer) => new MarkRecords().isKey(key)])
    expect(first.some(({ key }) => isOther(Buffer.from(key as Buffer)))).toBe(false);
  const next = readOn(first);
  expect(next.standing()).toEqual(BOTH);
  expect(next.take('changelog', 3, { ...BOTH })).toEqual([]);
  const second = feeds.take('changelog', 3, { ...A });
  expect(second.map(({ value }) => value)).toEqual([null]);
  expect(readOn(second, next).standing()).toEqual(A);
  expect(readOn(feeds.take('changelog', 3, undefined), next).standing()).toBeUndefined();
});

test('what was read and is over by then goes, too', () => {
  const next = readOn(feedRecords().take('changelog', 3, A));
  expect(next.take('changelog', 3, undefined).map(({ value }) => value)).toEqual([null]);
});

test('of another format it is not guessed at', () => {
  const value = Buffer.from(JSON.stringify({ format: 2, runs: [] }));
  expect(() => feedRecords().load(Buffer.from('\u0000feed/a'), value, 'changelog')).toThrow(/in format 2; this version reads format 1/);
});
