import { table } from '../../src/output/table.js';

const COLUMNS = [
  { title: 'id', min: 4 },
  { title: 'words', min: 8 },
];

test('columns take what they need', () => {
  expect(table(COLUMNS, [['1', 'some words']], 80)).toEqual(['ID  WORDS', '1   some words']);
});

test('wide cells wrap when there is no room', () => {
  expect(
    table(
      COLUMNS,
      [
        ['1', 'some words that go on'],
        ['22', 'x'],
      ],
      16,
    ),
  ).toEqual(['ID  WORDS', '1   some words', '    that go on', '22  x']);
});

test('no rows', () => {
  expect(table(COLUMNS, [], 80)).toEqual(['ID  WORDS']);
});
