import fs, { appendFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Outputs } from '../../../src/runtime/follow/outputs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-outputs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = () => Outputs.open(folder, ['a', 'b']);
const text = (name: string) => readFileSync(join(folder, name), 'utf8');

test('what is collected is appended when it is flushed, whole lines', () => {
  writeFileSync(join(folder, 'a'), 'before\n');
  const outputs = open();
  outputs.json('a', { é: 1 });
  expect([text('a'), text('b')]).toEqual(['before\n', '']);
  const lengths = outputs.flush();
  expect([text('a'), lengths['a']!.length, lengths['b']!.length]).toEqual(['before\n{"é":1}\n', 16, 0]);
  outputs.json('a', 2);
  outputs.json('unknown', 3);
  expect(outputs.flush()['a']!.length).toBe(18);
  outputs.close();
});

describe('what was not committed', () => {
  const committed = () => {
    const first = open();
    first.json('a', 1);
    const lengths = first.flush();
    first.close();
    return lengths;
  };
  const again = (lengths: ReturnType<typeof committed>, ...values: unknown[]) => {
    const outputs = open();
    expect(outputs.rewind(lengths)).toEqual([]);
    for (const value of values) outputs.json('a', value);
    const flushed = outputs.flush();
    outputs.close();
    expect(flushed['a']!.length).toBe(text('a').length);
    return text('a');
  };

  test.each([
    ['comes again', '2\n3\n', [2, 3], '1\n2\n3\n'],
    ['comes again and more', '2\n', [2, 3], '1\n2\n3\n'],
    ['was torn', '2\n{"to', [2, { torn: 1 }], '1\n2\n{"torn":1}\n'],
    ['comes again otherwise', '2\n3\n', [4, 5, 6], '1\n4\n5\n6\n'],
    ['comes again in part', '2\n3\n', [2], '1\n2\n'],
    ['does not come again', '2\n', [], '1\n'],
  ])('%s', (_, left, values, expected) => {
    const lengths = committed();
    appendFileSync(join(folder, 'a'), left);
    expect(again(lengths, ...values)).toBe(expected);
  });
});

test('a file that is shorter, or another, is appended to as it is, and told', () => {
  const first = open();
  first.json('a', 11);
  first.json('b', 22);
  const lengths = first.flush();
  first.close();
  truncateSync(join(folder, 'a'), 1);
  writeFileSync(join(folder, 'c'), 'other\n');
  renameSync(join(folder, 'c'), join(folder, 'b'));
  const outputs = open();
  expect(outputs.rewind(lengths)).toEqual(['a', 'b']);
  outputs.json('b', 3);
  outputs.flush();
  expect([text('a'), text('b')]).toEqual(['1', 'other\n3\n']);
  outputs.close();
});

test('a file that is moved away meanwhile is begun anew', () => {
  const outputs = open();
  outputs.json('a', 1);
  outputs.flush();
  renameSync(join(folder, 'a'), join(folder, 'a.1'));
  expect(outputs.renew()).toBe(false);
  outputs.flush();
  expect(existsSync(join(folder, 'a'))).toBe(false);
  outputs.json('a', 2);
  const synced = jest.spyOn(fs, 'fsyncSync');
  expect([outputs.renew(), synced.mock.calls.length]).toEqual([true, 1]);
  synced.mockRestore();
  outputs.flush();
  expect([text('a.1'), text('a')]).toEqual(['1\n', '2\n']);
  outputs.close();
});
