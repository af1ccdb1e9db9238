import { createDetect } from '../../../src/core/detect/index.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { bareRule } from '../../helpers/rules.js';
import { findingsOf, silenceOf, useAt } from '../../helpers/uses.js';

const HOUR = 60;
const role = (n: number, at: number, age: number, key = 'ASIA1') => useAt(n, at, { key, age });

test('keys of a role session are over after twelve hours and a few minutes', () => {
  expect(findingsOf('use_after_expiry', [role(1, 0, 0), role(2, 12 * HOUR, 12 * HOUR)])).toEqual([]);
  expect(findingsOf('use_after_expiry', [role(1, 0, 0), role(2, 13 * HOUR, 13 * HOUR)])).toMatchObject([
    { score: 45, token: { uid: 'ASIA1' }, message: expect.stringMatching(/over 60 min before/) },
  ]);
});

test('one session is one finding, another is another', () => {
  const said = findingsOf('use_after_expiry', [role(1, 0, 13 * HOUR), role(2, 5, 13 * HOUR + 5), role(3, 10, 20 * HOUR, 'ASIA2')]);
  expect(new Set(said.map(({ uid }) => uid)).size).toBe(2);
});

describe('the token of a job', () => {
  const job = (n: number, at: number, more: Parameters<typeof useAt>[2] = {}) => {
    const event = useAt(n, at, { key: 'h', ...more });
    const principal = { ...event.principal, name: 'github-actions[bot]' };
    return { ...event, source: { ...event.source, vendor: 'github' }, principal, token: { uid: 'h', kind: 'hashed_token' } };
  };
  test.each<[string, object]>([
    ['as always', {}],
    ['in a way that has to be judged, which is learned when that is settled', { agent: 0 }],
  ])('that was met first %s is over after a day', (_, more) => {
    expect(findingsOf('use_after_expiry', [job(1, 0, more), job(2, 24 * HOUR)])).toEqual([]);
    const withEgress = (events: SessionEvent[]) => {
      const detect = createDetect([bareRule('nhi_egress'), bareRule('use_after_expiry')], { config_digest: 'test' });
      return events.flatMap((event) => detect.accept(event)).filter(({ type }) => type === 'use_after_expiry');
    };
    expect(withEgress([job(1, 0, more), job(2, 25 * HOUR)])).toMatchObject([{ score: 45, token: { uid: 'h' } }]);
    // not since something later was learned
    expect(withEgress([job(1, 0, more), job(2, 4 * HOUR), job(3, 25 * HOUR)])).toHaveLength(1);
  });
});

test('a key that lives on, and a person`s session, have no end that could be told', () => {
  expect(findingsOf('use_after_expiry', [useAt(1, 0), useAt(2, 40 * HOUR)])).toEqual([]);
  expect(findingsOf('use_after_expiry', [useAt(1, 0, { who: 'person', key: 'ASIA1', age: 20 * HOUR })])).toEqual([]);
});

test('is silent for a reason', () => {
  expect(silenceOf('use_after_expiry', [useAt(1, 0, { place: 0, agent: 0, who: 'person', age: 0 })])).toMatch(
    /^it is no use of a credential/,
  );
});
