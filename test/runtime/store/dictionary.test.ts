import { Dictionary } from '../../../src/runtime/store/dictionary.js';

test('a text that four people have in common is taken in, and keeps its number', () => {
  const dictionary = new Dictionary();
  for (const owner of [1, 2, 3]) dictionary.meet('entra', owner);
  expect(dictionary.numberOf('entra')).toBe(-1);
  dictionary.meet('entra', 4);
  expect(dictionary.numberOf('entra')).toBe(0);
  for (const owner of [1, 2, 3, 4, 5]) dictionary.meet('okta', owner);
  expect([dictionary.numberOf('okta'), dictionary.textOf(1), dictionary.numberOf('entra'), dictionary.size]).toEqual([1, 'okta', 0, 2]);
});

test('who takes in what another has has the same numbers', () => {
  const dictionary = new Dictionary();
  for (const text of ['okta', 'entra', 'm365']) for (const owner of [1, 2, 3, 4]) dictionary.meet(text, owner);
  const other = new Dictionary();
  other.take(0, dictionary.since(0).slice(0, 1));
  other.take(1, dictionary.since(1));
  expect(['okta', 'entra', 'm365'].map((text) => other.numberOf(text))).toEqual([0, 1, 2]);
  // a restore that begins anew reads them once more
  other.take(0, dictionary.since(0));
  expect(other.size).toBe(3);
  expect(() => other.take(2, ['another'])).toThrow('text 2 is another');
  expect(() => other.take(4, ['too far'])).toThrow(RangeError);
  expect(() => other.textOf(3)).toThrow('text 3 of 3');
});

test('what only one person has is not, however often', () => {
  const dictionary = new Dictionary();
  for (let i = 0; i < 1000; i++) dictionary.meet('a session of theirs', 7);
  expect(dictionary.size).toBe(0);
});

test('neither short texts nor very long ones', () => {
  const dictionary = new Dictionary();
  for (let owner = 0; owner < 10; owner++) for (const text of ['ab', 'x'.repeat(513), 'abc', 'x'.repeat(512)]) dictionary.meet(text, owner);
  expect(['ab', 'x'.repeat(513), 'abc', 'x'.repeat(512)].map((text) => dictionary.numberOf(text) >= 0)).toEqual([false, false, true, true]);
});

test('the fuller it is the more people it takes, and full it takes nothing', () => {
  const dictionary = new Dictionary(8);
  const neededFor = (text: string): number => {
    for (let owner = 1; owner <= 200; owner++) {
      dictionary.meet(text, owner);
      if (dictionary.numberOf(text) >= 0) return owner;
    }
    return 0;
  };
  expect(Array.from({ length: 10 }, (_, i) => neededFor(`text ${i}`))).toEqual([4, 4, 4, 4, 16, 16, 64, 64, 0, 0]);
});
