import { HeardAccounts } from '../../../src/core/detect/heard.js';
import { DriftMeter } from '../../../src/core/normalize/drift/meter.js';
import { SourceIds } from '../../../src/runtime/stages/source-ids.js';

function idsFrom(told: readonly (readonly [string, string])[] = []) {
  const said: [string, string][] = [];
  const ids = new SourceIds((key, value) => void said.push([key, value]));
  for (const [key, value] of told) ids.adopt(key, value);
  return { ids, said };
}

test('the first topic of a generation is the one that it is, and is told once', () => {
  const { ids, said } = idsFrom();
  expect(ids.isSame('raw', 1, 'a')).toBe(true);
  expect(ids.isSame('raw', 1, 'a')).toBe(true);
  expect(said).toHaveLength(1);
  expect(ids.isSame('raw', 1, 'b')).toBe(false);
  // however often it is asked
  expect(ids.isSame('raw', 1, 'b')).toBe(false);
  expect(said).toHaveLength(1);
});

test('who comes after knows what was told, each generation by itself', () => {
  const before = idsFrom();
  before.ids.isSame('raw', 1, 'a');
  before.ids.isSame('raw', 2, 'b');
  before.ids.isSame('other', 1, 'c');
  const { ids, said } = idsFrom(before.said);
  expect(ids.isSame('raw', 1, 'a')).toBe(true);
  expect(ids.isSame('raw', 2, 'b')).toBe(true);
  expect(ids.isSame('raw', 1, 'b')).toBe(false);
  expect(ids.isSame('other', 1, 'a')).toBe(false);
  expect(said).toEqual([]);
});

test('what was read under an earlier generation has a successor', () => {
  const { ids } = idsFrom();
  expect(ids.isSuccessor('raw', 2)).toBe(false);
  ids.isSame('raw', 2, 'a');
  expect([1, 2, 3, 9].map((generation) => ids.isSuccessor('raw', generation))).toEqual([false, false, true, true]);
  expect(ids.isSuccessor('other', 3)).toBe(false);
});

test('who comes after knows how far each partition had been read, each generation by itself', () => {
  const before = idsFrom();
  before.ids.isSame('raw', 1, 'a');
  before.ids.keep('raw', 1, 0, 7);
  before.ids.keep('raw', 1, 0, 7);
  before.ids.keep('raw', 1, 1, 0);
  before.ids.keep('raw', 1, 0, 9);
  expect(before.said).toHaveLength(4);
  // another one of its name would be taken for it
  before.ids.keep('other', 1, 0, 3);
  before.ids.keep('raw', 2, 0, 3);
  const { ids, said } = idsFrom(before.said);
  expect([ids.kept('raw', 1, 0), ids.kept('raw', 1, 1), ids.kept('raw', 1, 2)]).toEqual([9, 0, undefined]);
  expect([ids.kept('raw', 2, 0), ids.kept('other', 1, 0)]).toEqual([undefined, undefined]);
  expect(ids.isSame('raw', 1, 'a')).toBe(true);
  expect(ids.isSuccessor('raw', 2)).toBe(true);
  expect(said).toEqual([]);
});

test('where the brokers have no ids, or no such topic, nothing is said', () => {
  const { ids, said } = idsFrom();
  expect(ids.isSame('raw', 1, undefined)).toBe(true);
  expect(ids.isSame('raw', 1, 'a')).toBe(true);
  expect(ids.isSame('raw', 1, undefined)).toBe(true);
  expect(said).toHaveLength(1);
});

test('its names are nobody else`s', () => {
  const { ids, said } = idsFrom();
  ids.isSame('raw', 1, 'a');
  ids.keep('raw', 1, 0, 7);
  expect(said).toHaveLength(2);
  for (const [key] of said) {
    expect(SourceIds.owns(key)).toBe(true);
    expect(DriftMeter.owns(key) || HeardAccounts.owns(key)).toBe(false);
  }
  expect(SourceIds.owns('default/okta/00u1')).toBe(false);
});
