import { firstCountOf, isOf, isRecreated, noteOf, readNote } from '../../../src/runtime/kafka/source-position.js';

test.each([
  { generation: 3, arrival: 1_700_000_000_000, first_count: 4 },
  { generation: 1, arrival: undefined, first_count: 4 },
  { generation: 2, arrival: 5, first_count: undefined },
])('what is kept beside a position is read again: %j', (note) => {
  expect(readNote(noteOf(note))).toEqual(note);
});

test.each([
  [undefined, { generation: 1 }],
  ['', { generation: 1 }],
  ['of somebody else', { generation: 1 }],
  ['2', { generation: 2 }],
  ['2 77', { generation: 2, arrival: 77 }],
])('a note of an earlier program or of another one, %s, says what it can', (note, read) => {
  expect(readNote(note)).toEqual({ arrival: undefined, first_count: undefined, ...read });
});

test('a position is of the generation that its note says; without one of ours, of the present one', () => {
  const note = noteOf({ generation: 2, arrival: undefined, first_count: 1 });
  expect([1, 2, 3].map((generation) => isOf(note, generation))).toEqual([false, true, false]);
  for (const other of [undefined, '', 'of somebody else'])
    expect([1, 2].map((generation) => isOf(other, generation))).toEqual([true, true]);
});

test('how many partitions there were at first is the least that any position of this generation says', () => {
  const at = (first_count: number | undefined, generation = 2, offset = 5) => ({
    offset,
    note: noteOf({ generation, arrival: undefined, first_count }),
  });
  expect(firstCountOf([at(3), at(2), at(undefined), at(1, 1), at(1, 2, -1)], 2)).toBe(2);
  expect(firstCountOf([at(undefined), { offset: -1 }, at(4, 1)], 2)).toBeUndefined();
});

test('a position beyond the end is that of a topic that is gone, unless it is of another generation', () => {
  const marks = { partition: 0, low: 0, high: 4 };
  const note = noteOf({ generation: 1, arrival: undefined, first_count: 1 });
  expect(isRecreated({ offset: 5, note }, marks, 1)).toBe(true);
  expect(isRecreated({ offset: 4, note }, marks, 1)).toBe(false);
  expect(isRecreated({ offset: 5, note }, marks, 2)).toBe(false);
});
