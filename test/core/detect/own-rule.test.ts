import { checkScore, dayOf, hashed, keyReader } from '../../../src/core/detect/own-rule.js';
import { say } from '../../helpers/world.js';

describe('a score that is never said', () => {
  test.each<[Record<string, unknown>, boolean]>([
    [{}, false],
    [{ score: 25 }, false],
    [{ score: 25, report_from: 25 }, false],
    [{ score: 25, report_from: 26 }, true],
    [{ report_from: 40 }, false],
    [{ report_from: 41 }, true],
    [{ report_from: 41, raise_when_strange: false }, true],
    [{ score: 25, report_from: 26, raise_when_strange: true }, false],
    [{ score: 'high', report_from: 26 }, false],
    [{ score: 25, report_from: 'low' }, false],
  ])('%j: %s', (given, isMistake) => {
    expect(checkScore(given).map(({ path }) => path)).toEqual(isMistake ? [['report_from']] : []);
  });
});

describe('what events are told apart by', () => {
  const event = say({ at: 0, n: 1, session: 's7' });

  test('a session, by its root where it has one', () => {
    const root = { ...event, session: { ...event.session!, root_uid: 'r1' } };
    expect([event, root].map(keyReader('session'))).toEqual(['s7', 'r1']);
  });

  test('what has no session that can be told is alike', () => {
    const none = say({ at: 0, n: 1, session: '' });
    const guess = say({ at: 0, n: 1, isSure: false });
    expect([none, guess].map(keyReader('session'))).toEqual(['', '']);
  });

  test('a field, numbers and flags too; nothing where it is absent', () => {
    expect(keyReader('src_endpoint.asn')(event)).toBe('2119');
    expect(keyReader('is_presence')(event)).toBe('true');
    expect(keyReader('details.role')(event)).toBeUndefined();
  });

  test('a long value by its beginning and a hash of it all', () => {
    const read = (action: string) => keyReader('action')({ ...event, action });
    const long = 'x'.repeat(64);
    expect(read(long)).toBe(long);
    expect(read(`${long}a`)).toMatch(/^x{52}~[0-9a-z]{1,11}$/);
    expect(read(`${long}a`)).not.toBe(read(`${long}b`));
  });
});

test('a value of which it matters only whether it is the same is short', () => {
  const of = hashed('https://example.com/sites/finance/plan.docx');
  expect(of).toMatch(/^[0-9a-z]{1,11}$/);
  expect(hashed('https://example.com/sites/finance/plan.doc')).not.toBe(of);
});

test('days begin at midnight, UTC', () => {
  const midnight = Date.UTC(2026, 2, 3);
  expect(dayOf(midnight)).not.toBe(dayOf(midnight - 1));
  expect(dayOf(midnight)).toBe(dayOf(midnight + 86_399_999));
});
