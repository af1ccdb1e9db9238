import { endOfJob, endOfKey, isEndBehind, keysBehind, returnOfKey } from '../../../src/core/state/key-marks.js';
import type { Mark } from '../../../src/core/state/marks.js';

const mark = (kind: Mark['kind'], time: number, key: string, shown?: string): Mark => ({
  kind,
  time,
  uid: `m${time}`,
  vendor: 'aws',
  account: '1',
  action: 'x',
  session_uid: key,
  by: undefined,
  by_endpoint: undefined,
  by_device: undefined,
  by_cookie: undefined,
  own_session_uid: shown,
});
const key = { uid: 'AKIA1', kind: 'access_key_id', account: undefined, other_uid: undefined };
const timeOf = (found: Mark | undefined) => found?.time;

test('an end is the first of several in a row, before the moment, of this key', () => {
  const marks = [mark('key_end', 1, 'AKIA1'), mark('key_end', 2, 'AKIA1'), mark('key_end', 3, 'AKIA2')];
  expect(timeOf(endOfKey(marks, key, 'aws', 9))).toBe(1);
  expect(endOfKey(marks, key, 'aws', 1)).toBeUndefined();
  expect(endOfKey(marks, key, 'gcp', 9)).toBeUndefined();
  const again = [...marks, mark('key_begin', 4, 'AKIA1')];
  expect(endOfKey(again, key, 'aws', 9)).toBeUndefined();
  expect(timeOf(endOfKey(again, key, 'aws', 4))).toBe(1);
  expect(timeOf(endOfKey([...again, mark('key_end', 5, 'AKIA1')], key, 'aws', 9))).toBe(5);
});

test('a return is the latest beginning with the first end that it undid', () => {
  const off = [mark('key_end', 1, 'AKIA1'), mark('key_end', 2, 'AKIA1')];
  const on = [...off, mark('key_begin', 5, 'AKIA1')];
  const told = (marks: Mark[], time: number) => {
    const back = returnOfKey(marks, key, 'aws', time);
    return back === undefined ? undefined : [back.end.time, back.begin.time];
  };
  expect(told(on, 9)).toEqual([1, 5]);
  expect(told(on, 5)).toBeUndefined();
  expect(told([...on, mark('key_begin', 6, 'AKIA1')], 9)).toEqual([1, 5]);
  expect(told([...on, mark('key_end', 6, 'AKIA1')], 9)).toBeUndefined();
  expect(told([mark('key_begin', 6, 'AKIA1')], 9)).toBeUndefined();
});

test('a job ends once, whatever its runner says again', () => {
  const token = { ...key, uid: 'job:1', kind: 'job_token' };
  const marks = [mark('key_end', 1, 'job:1'), mark('job_end', 2, 'job:2'), mark('job_end', 3, 'job:1'), mark('job_end', 4, 'job:1')];
  expect(timeOf(endOfJob(marks, token, 'aws', 9))).toBe(3);
  expect(endOfJob(marks, token, 'aws', 3)).toBeUndefined();
  expect(endOfJob(marks, token, 'gitlab', 9)).toBeUndefined();
  expect(endOfKey(marks.slice(1), token, 'aws', 9)).toBeUndefined();
  expect(endOfJob(marks, { ...token, account: '1' }, 'aws', 9)).toBeDefined();
  expect(endOfJob(marks, { ...token, account: '2' }, 'aws', 9)).toBeUndefined();
});

test('keys behind one are those that were shown for it, one after the other', () => {
  const marks = [mark('key_issue', 1, 'ASIA1', 'AKIA1'), mark('key_issue', 2, 'ASIA2', 'ASIA1'), mark('key_end', 3, 'ASIA9', 'ASIA2')];
  expect(keysBehind(marks, 'ASIA2', 'aws', 2)).toEqual(['ASIA1', 'AKIA1']);
  expect(keysBehind(marks, 'ASIA9', 'aws', 9)).toEqual([]);
  expect(keysBehind(marks, 'ASIA2', 'gcp', 9)).toEqual([]);
  // in a circle it comes to an end
  expect(keysBehind([...marks, mark('key_issue', 4, 'AKIA1', 'ASIA2')], 'ASIA2', 'aws', 9)).toHaveLength(8);
  // what is made later is behind nothing that was before
  expect(keysBehind(marks, 'ASIA2', 'aws', 1)).toEqual([]);
});

test('an end is behind a key that was made with the one that it ended', () => {
  const end = mark('key_end', 3, 'AKIA1');
  const marks = [mark('key_issue', 1, 'ASIA1', 'AKIA1'), mark('key_issue', 2, 'ASIA2', 'ASIA1'), end];
  expect(isEndBehind(end, marks, 'ASIA2', 'aws', 9)).toBe(true);
  expect(isEndBehind(end, marks, 'AKIA1', 'aws', 9)).toBe(false);
  expect(isEndBehind(end, marks.slice(1), 'ASIA2', 'aws', 9)).toBe(false);
  expect(isEndBehind(mark('key_end', 3, 'AKIA2'), marks, 'ASIA2', 'aws', 9)).toBe(false);
});
