import { endBefore, evidenceOf, UNREPORTED } from '../../../src/core/detect/judgement.js';
import { type Mark, markOf } from '../../../src/core/state/marks.js';
import { observe } from '../../../src/core/state/observation.js';
import { newPrint, traitsOf } from '../../../src/core/state/print.js';
import { newSession } from '../../../src/core/state/session.js';
import { type Line, PLACES, say, T0 } from '../../helpers/world.js';

const seen = (line: Partial<Line> = {}) => {
  const event = say({ at: 30, n: 3, ...line });
  return observe(event, newPrint('browser', traitsOf(event)));
};

test('a judgement that will not be said says nothing', () => {
  expect(UNREPORTED).toEqual({ score: 0, factors: [], episode: '', baseline: [], context: [], travel: undefined, message: '' });
});

describe('evidence', () => {
  test('is what a person needs to find the event again', () => {
    expect(evidenceOf(seen())).toEqual({
      uid: 'entra:t:0003',
      time: T0 + 30 * 60_000,
      vendor: 'entra',
      action: 'session_use',
      endpoint: PLACES[0],
      user_agent: 'edge/140 windows',
      device: undefined,
      client_uid: undefined,
    });
  });

  test('says whether the device was seen or claimed', () => {
    expect(evidenceOf(seen({ device: 'd1' })).device).toBe('d1 (observed)');
  });

  test('names the OAuth client', () => {
    expect(evidenceOf(seen({ client: 'c1' })).client_uid).toBe('c1');
  });
});

describe('the end that an event comes after', () => {
  const first = say({ at: 0, n: 0 });
  const session = newSession(first, first.session!, (text) => text);
  const end = (at: number, over: Partial<Line> = {}): Mark =>
    markOf(say({ at, n: at, activity: 'session_revoke', role: 'target', ...over }))!;
  const endOf = (marks: readonly Mark[], isMeant = true) => endBefore(marks, session, seen(), () => isMeant)?.time;

  test('is the latest before it', () => {
    expect(endOf([end(10), end(20), end(40)])).toBe(end(20).time);
    expect(endOf([end(10), end(30)])).toBe(end(10).time);
    expect(endOf([])).toBeUndefined();
  });

  test('is of the session’s own life', () => {
    expect(endOf([end(0)])).toBeUndefined();
    expect(endOf([end(1)])).toBe(end(1).time);
    expect(endOf([end(10)], false)).toBeUndefined();
  });

  test('is a sign-out or a revocation', () => {
    expect(endOf([end(10, { activity: 'sign_out', role: 'actor' })])).toBe(end(10).time);
    expect(endOf([end(10, { activity: 'recovery' })])).toBeUndefined();
  });
});
