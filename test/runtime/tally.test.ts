import type { Finding, RevocationCommand, SessionEvent } from '../../src/core/event/index.js';
import { count, countBy, Finals, incidentsOfHigh, newTally, sum } from '../../src/runtime/tally.js';

function event(time: number, principal: Partial<SessionEvent['principal']> = {}): SessionEvent {
  return {
    tenant: 't',
    time,
    source: { vendor: 'okta', product: 'system_log', account: 'acme' },
    principal: { key: 't/okta:acme:00u1', type: 'human', uid: '00u1', email: undefined, ...principal },
  } as SessionEvent;
}

test('every record is counted once, by its answer', () => {
  const tally = newTally();
  count(tally, { outcome: 'events', events: [event(5), event(3)] });
  count(tally, { outcome: 'events', reason: 'no_subject', events: [event(4)] });
  count(tally, { outcome: 'dropped', reason: 'blank', events: [] });
  count(tally, { outcome: 'rejected', reason: 'too_deep', events: [] });
  expect(tally).toEqual({
    records: 4,
    with_events: 2,
    dropped: { blank: 1 },
    rejected: { too_deep: 1 },
    partial: { no_subject: 1 },
    events: { okta: 3 },
    first_time: 3,
    last_time: 5,
    unlinked: 0,
  });
  expect(sum(tally.events)).toBe(3);
});

describe('people whom nothing but an id names', () => {
  const unlinked = (principal: Partial<SessionEvent['principal']>, isStream = true) => {
    const tally = newTally();
    count(tally, { outcome: 'events', events: [event(1, principal)] }, isStream);
    return tally.unlinked;
  };

  test('are counted when they come from a stream', () => {
    expect([unlinked({}), unlinked({}, false)]).toEqual([1, 0]);
  });

  test('are others than those with an address, those that a table knows, and what is no person', () => {
    expect(unlinked({ email: 'a@example.com', key: 't/a@example.com' })).toBe(0);
    expect(unlinked({ key: 't/a@example.com' })).toBe(0);
    expect(unlinked({ type: 'service' })).toBe(0);
    expect(unlinked({ uid: undefined, key: 't/session:x:y' })).toBe(0);
  });
});

test('counts by a word, in order', () => {
  expect(Object.entries(countBy(['b', 'a', 'b'], (word) => word))).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
});

test('incidents of which a finding is high or above, hidden ones too', () => {
  const finding = (incident_uid: string, level: string, status = 'new') => ({ incident_uid, level, status }) as Finding;
  const findings = [
    finding('a', 'medium'),
    finding('b', 'low'),
    finding('b', 'high', 'suppressed'),
    finding('c', 'critical', 'retracted'),
    finding('d', 'critical', 'closed'),
  ];
  expect([...incidentsOfHigh(findings)]).toEqual(['b', 'd']);
});

test('the last revision stands, whatever comes after it', () => {
  const finals = new Finals();
  for (const [uid, revision, time] of [
    ['f', 2, 9],
    ['f', 1, 8],
    ['e', 1, 9],
  ] as const)
    finals.finding({ uid, revision, time } as Finding);
  finals.command({ uid: 'c', time: 1, action: 'a' } as unknown as RevocationCommand);
  finals.command({ uid: 'c', time: 1, action: 'b' } as unknown as RevocationCommand);
  expect(finals.allFindings().map(({ uid, revision }) => [uid, revision])).toEqual([
    ['e', 1],
    ['f', 2],
  ]);
  expect(finals.allCommands().map(({ action }) => action)).toEqual(['b']);
});
