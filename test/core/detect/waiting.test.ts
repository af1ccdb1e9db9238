import { WAITING_MOST, WAITS_PER_PERSON, type Wait, Waiting } from '../../../src/core/detect/waiting.js';

const wait = (begun: number): Wait => ({ provider: 'okta', begun, time: begun });

test('who waits for several things stands there once, with all of them', () => {
  const waiting = new Waiting();
  waiting.add('a', [wait(1)]);
  waiting.add('a', [wait(1), wait(2)]);
  expect(waiting.entries()).toEqual([['a', [wait(1), wait(2)]]]);
  expect(waiting.takeChanged()).toEqual([['a', [wait(1), wait(2)]]]);
  waiting.add('a', [wait(2)]);
  expect(waiting.takeChanged()).toEqual([]);
});

test('who waits for nothing is gone, and that is said', () => {
  const waiting = new Waiting();
  waiting.add('a', [wait(1)]);
  waiting.takeChanged();
  waiting.put('a', []);
  waiting.put('b', []);
  expect(waiting.takeChanged()).toEqual([['a', undefined]]);
  expect(waiting.size).toBe(0);
});

test('who goes on from what was written waits for the same', () => {
  const waiting = new Waiting();
  waiting.restore('a', [wait(1)]);
  waiting.restore('b', [wait(2)]);
  waiting.restore('b', undefined);
  expect(waiting.entries()).toEqual([['a', [wait(1)]]]);
  expect(waiting.takeChanged()).toEqual([]);
});

test('there is room for so many; who has none is counted', () => {
  const waiting = new Waiting();
  for (let n = 0; n <= WAITING_MOST; n++) waiting.add(`p${n}`, [wait(n)]);
  expect([waiting.size, waiting.refused]).toEqual([WAITING_MOST, 1]);
  waiting.add('p0', [wait(9)]);
  expect([waiting.size, waiting.refused]).toEqual([WAITING_MOST, 1]);
});

test('of thousands of one person few are kept, the latest of each provider among them', () => {
  const waiting = new Waiting();
  waiting.add('a', [{ ...wait(7), provider: 'entra' }]);
  for (let n = 1; n <= 5000; n++) waiting.add('a', [wait(n)]);
  const [[, kept] = ['', []]] = waiting.entries();
  expect(kept).toHaveLength(WAITS_PER_PERSON);
  expect(kept).toEqual(expect.arrayContaining([{ ...wait(7), provider: 'entra' }, wait(5000)]));
});

test('how many sessions wait, and since when, whatever came and went', () => {
  const waiting = new Waiting();
  expect(waiting.standing()).toEqual({ sessions: 0 });
  // one session that may have been entered through either of two providers
  waiting.add('a', [wait(5), { ...wait(5), provider: 'entra' }]);
  waiting.restore('b', [wait(3)]);
  expect(waiting.standing()).toEqual({ sessions: 2, since: 3 });
  waiting.add('a', [wait(2)]);
  expect(waiting.standing()).toEqual({ sessions: 3, since: 2 });
  waiting.put('a', [wait(5)]);
  expect(waiting.standing()).toEqual({ sessions: 2, since: 3 });
  waiting.restore('b', undefined);
  expect(waiting.standing()).toEqual({ sessions: 1, since: 5 });
});
