import { isMovedKey } from '../../../src/runtime/stages/moved-keys.js';
import { isWaitKey, readWaits, waitRecords } from '../../../src/runtime/stages/waits.js';

const WAITS = [{ provider: 'okta/acme', begun: 1, time: 2 }];

test('what is written is read', () => {
  const records = waitRecords('changelog', 3, [
    ['default/ana@example.com', WAITS],
    ['default/ben@example.com', undefined],
  ]);
  expect(records.map(({ topic, partition }) => [topic, partition])).toEqual(Array(2).fill(['changelog', 3]));
  const keys = records.map(({ key }) => Buffer.from(key as Buffer));
  expect(keys.map((key) => [isWaitKey(key), isMovedKey(key)])).toEqual(Array(2).fill([true, false]));
  expect(records.map(({ value }, i) => readWaits(keys[i]!, value as Buffer | null, 'changelog'))).toEqual([
    ['default/ana@example.com', WAITS],
    ['default/ben@example.com', undefined],
  ]);
});

test('a person`s own key is none, nor is a moved one', () => {
  expect(isWaitKey(Buffer.from('default/wait/ana@example.com'))).toBe(false);
  expect(isWaitKey(Buffer.from('\u0000moved/default/ana@example.com'))).toBe(false);
});

test('of another format it is not guessed at', () => {
  const value = Buffer.from(JSON.stringify({ format: 2, waits: [] }));
  expect(() => readWaits(Buffer.from('\u0000wait/a'), value, 'changelog')).toThrow(/is of format 2; this version reads format 1/);
});
