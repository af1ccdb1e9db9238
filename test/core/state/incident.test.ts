import fc from 'fast-check';
import {
  claimEvent,
  growIncident,
  INCIDENT_QUIET_MS,
  INCIDENTS_PER_PERSON,
  joinIncident,
  MEANS_QUIET_MS,
  NO_INCIDENTS,
  type Traces,
  widenIncident,
} from '../../../src/core/state/incident.js';
import { newPerson, type Person } from '../../../src/core/state/person.js';
import { runs } from '../../helpers/runs.js';
import { say } from '../../helpers/world.js';

const join = (them: Person, session: string | undefined, prefix: string | undefined, own: string, time: number, ...means: string[]) =>
  joinIncident(them, { session, trigger: own, prefix, means }, own, time);
const person = () => newPerson(say({ at: 0, n: 0 }));

test('one begins under its own name', () => {
  const them = person();
  expect(join(them, 's1', '1.2.3', 'own', 5)).toMatchObject({
    uid: 'own',
    sessions: ['s1'],
    prefixes: ['1.2.3'],
    last_time: 5,
    floor: 'informational',
  });
  expect(them.incidents).toHaveLength(1);
  expect(NO_INCIDENTS).toEqual([]);
});

test('it grows by what speaks of the same session, however much later', () => {
  const them = person();
  const first = join(them, 's1', '1.2.3', 'a', 5);
  expect(join(them, 's1', '4.5.6', 'b', 5 + 9 * INCIDENT_QUIET_MS)).toBe(first);
  expect(first.prefixes).toEqual(['1.2.3', '4.5.6']);
  expect(first.last_time).toBe(5 + 9 * INCIDENT_QUIET_MS);
});

test('and by what is said of the same event, however much later; of so many events it knows', () => {
  const them = person();
  const first = joinIncident(them, { session: undefined, trigger: 'e0', prefix: undefined, means: [] }, 'a', 0);
  for (let i = 1; i < 16; i++) growIncident(them, 'a', { session: undefined, trigger: `e${i}`, prefix: '1.2.3', means: ['m'] });
  growIncident(them, 'unknown', { session: undefined, trigger: 'e99', prefix: undefined, means: [] });
  expect(first).toMatchObject({ prefixes: ['1.2.3', 'm'], last_time: 0 });
  const of = (trigger: string) =>
    joinIncident(them, { session: undefined, trigger, prefix: undefined, means: [] }, trigger, 9 * INCIDENT_QUIET_MS).uid;
  expect(['e0', 'e15'].map(of)).toEqual(['a', 'a']);
  growIncident(them, 'a', { session: undefined, trigger: 'e16', prefix: undefined, means: [] });
  expect(['e16', 'e1', 'e0'].map(of)).toEqual(['a', 'a', 'e0']);
});

test('and by the sessions that one of its findings grows by, which keeps it from being quiet', () => {
  const them = person();
  join(them, 's1', '1.2.3', 'a', 0);
  widenIncident(them, 'a', 's2', INCIDENT_QUIET_MS);
  widenIncident(them, 'a', 's2', 3);
  widenIncident(them, 'b', 's3', 4);
  expect(them.incidents).toMatchObject([{ uid: 'a', sessions: ['s1', 's2'], last_time: INCIDENT_QUIET_MS }]);
  expect(join(them, 's2', undefined, 'c', 9 * INCIDENT_QUIET_MS).uid).toBe('a');
  for (let i = 0; i < 40; i++) widenIncident(them, 'a', `more ${i}`, 5);
  expect(them.incidents[0]?.sessions).toHaveLength(32);
});

test('and by what came from the same prefix, within a week of quiet', () => {
  const at = (time: number) => {
    const them = person();
    join(them, 's1', '1.2.3', 'a', 0);
    return join(them, 's2', '1.2.3', 'b', time).uid;
  };
  expect(at(INCIDENT_QUIET_MS)).toBe('a');
  expect(at(INCIDENT_QUIET_MS + 1)).toBe('b');
});

test('a week of quiet ends one, and sixteen are remembered', () => {
  expect(INCIDENT_QUIET_MS).toBe(604_800_000);
  expect(INCIDENTS_PER_PERSON).toBe(16);
});

test('the session tells before the prefix does', () => {
  const them = person();
  join(them, 's1', '1.2.3', 'a', 0);
  join(them, 's2', '4.5.6', 'b', 0);
  expect(join(them, 's2', '1.2.3', 'c', 1).uid).toBe('b');
});

test('and by what the thief uses, within a day of quiet', () => {
  const at = (time: number, ...means: string[]) => {
    const them = person();
    join(them, 's1', '1.2.3', 'a', 0, 'ua on hosting', 'd1');
    return join(them, 's2', '4.5.6', 'b', time, ...means).uid;
  };
  expect(MEANS_QUIET_MS).toBe(86_400_000);
  expect(at(MEANS_QUIET_MS, 'd1')).toBe('a');
  expect(at(MEANS_QUIET_MS, 'other', 'ua on hosting')).toBe('a');
  expect(at(MEANS_QUIET_MS + 1, 'd1')).toBe('b');
  expect(at(1, 'd2')).toBe('b');
  expect(at(1)).toBe('b');
});

test('the prefix tells before the means do', () => {
  const them = person();
  join(them, 's1', '1.2.3', 'a', 0, 'd1');
  join(them, 's2', '4.5.6', 'b', 0, 'd2');
  expect(join(them, 's3', '4.5.6', 'c', 1, 'd1').uid).toBe('b');
});

describe('of somebody who is held for a stranger', () => {
  const E2: Traces = { session: undefined, trigger: 'e2', prefix: '1.2.3', means: ['d1'], is_of_stranger: true };
  const low = (them: Person, trigger: string) =>
    joinIncident(them, { session: undefined, trigger, prefix: undefined, means: [] }, `low ${trigger}`, 1).uid;
  const theft = () => {
    const them = person();
    join(them, 's1', '1.2.3', 'a', 0);
    return them;
  };

  /** The incident of an event of which something low was said, where two thefts are known, by prefix and by means. */
  const joined = (over: Partial<Traces>, learned?: Partial<Traces>, time = 1) => {
    const them = theft();
    join(them, 's9', '9.9.9', 'd', 0, 'd1');
    low(them, 'e2');
    if (learned !== undefined) growIncident(them, 'low e2', { ...E2, prefix: undefined, means: [], ...learned });
    return joinIncident(them, { ...E2, ...over }, 'b', time).uid;
  };

  test('who it is tells before the event does', () => {
    expect(joined({})).toBe('a');
    expect(joined({ prefix: '4.5.6' })).toBe('d');
    expect(joined({ is_of_stranger: false })).toBe('low e2');
  });

  test('the event does when its incident knows them, too, or none does any more', () => {
    expect(joined({}, { prefix: '1.2.3' })).toBe('low e2');
    expect(joined({ prefix: '4.5.6' }, { means: ['d1'] })).toBe('low e2');
    expect(joined({ prefix: '4.5.6', means: ['d2'] })).toBe('low e2');
    expect(joined({}, undefined, 2 * INCIDENT_QUIET_MS)).toBe('low e2');
  });

  test('the session tells before they do', () => {
    const them = theft();
    join(them, 's2', undefined, 'b', 0);
    expect(joinIncident(them, { ...E2, session: 's2' }, 'c', 1).uid).toBe('b');
  });

  test('an event of theirs is of the theft for whatever is said of it first, unless something was said of it before', () => {
    const them = theft();
    claimEvent(them, undefined, E2, 1);
    expect(low(them, 'e2')).toBe('a');
    low(them, 'e3');
    claimEvent(them, undefined, { ...E2, trigger: 'e3' }, 1);
    expect(low(them, 'e3')).toBe('low e3');
    claimEvent(them, undefined, { ...E2, trigger: 'e4', prefix: '4.5.6' }, 1);
    expect(low(them, 'e4')).toBe('low e4');
    claimEvent(them, 'a', { ...E2, trigger: 'e5', prefix: '4.5.6' }, 1);
    claimEvent(them, 'unknown', { ...E2, trigger: 'e6' }, 1);
    expect([low(them, 'e5'), low(them, 'e6')]).toEqual(['a', 'low e6']);
    expect(them.incidents[0]).toMatchObject({ uid: 'a', triggers: ['a', 'e2', 'e5'], last_time: 1 });
  });
});

test('nothing in common is another incident, and so is what names neither', () => {
  const them = person();
  const uids = [
    join(them, 's1', '1.2.3', 'a', 0),
    join(them, 's2', '4.5.6', 'b', 0),
    join(them, undefined, undefined, 'c', 0),
    join(them, undefined, undefined, 'd', 0),
  ].map(({ uid }) => uid);
  expect(uids).toEqual(['a', 'b', 'c', 'd']);
});

test('one that is there already under its name is not begun again', () => {
  const them = person();
  const first = join(them, undefined, undefined, 'a', 7);
  expect(join(them, undefined, '1.2.3', 'a', 3)).toBe(first);
  expect(them.incidents).toHaveLength(1);
  expect(first).toMatchObject({ prefixes: ['1.2.3'], last_time: 7 });
});

test('the one that was quiet longest goes first', () => {
  const them = person();
  for (let n = 0; n < INCIDENTS_PER_PERSON; n++) join(them, `s${n}`, undefined, `i${n}`, n);
  join(them, 's0', undefined, 'again', 99);
  join(them, 'new', undefined, 'new', 100);
  const uids = them.incidents.map(({ uid }) => uid);
  expect(uids).toHaveLength(INCIDENTS_PER_PERSON);
  expect(uids).toContain('i0');
  expect(uids).not.toContain('i1');
  expect(uids.at(-1)).toBe('new');
});

test('the latest sessions and prefixes of a long one are kept', () => {
  const them = person();
  for (let n = 0; n < 40; n++) join(them, `s${n}`, '1.2.3', 'a', n);
  for (let n = 0; n < 36; n++) join(them, 's39', `10.0.${n}`, 'b', 40 + n);
  const [incident] = them.incidents;
  expect(them.incidents).toHaveLength(1);
  expect(incident?.sessions).toEqual(Array.from({ length: 32 }, (_, n) => `s${n + 8}`));
  expect(incident?.prefixes).toEqual(Array.from({ length: 32 }, (_, n) => `10.0.${n + 4}`));
});

test('nothing is said twice in one, and no session is in two', () => {
  const findings = fc.array(
    fc.record({
      session: fc.constantFrom('s1', 's2', 's3', undefined),
      prefix: fc.constantFrom('1.2.3', '4.5.6', undefined),
      day: fc.integer({ min: 0, max: 30 }),
    }),
    { maxLength: 14 },
  );
  fc.assert(
    fc.property(findings, (all) => {
      const them = person();
      all.forEach(({ session, prefix, day }, n) => {
        const incident = join(them, session, prefix, `i${n}`, (day * INCIDENT_QUIET_MS) / 7);
        if (session !== undefined) expect(incident.sessions).toContain(session);
        if (prefix !== undefined) expect(incident.prefixes).toContain(prefix);
      });
      const sessions = them.incidents.flatMap((incident) => incident.sessions);
      expect(new Set(sessions).size).toBe(sessions.length);
      for (const { prefixes } of them.incidents) expect(new Set(prefixes).size).toBe(prefixes.length);
    }),
    runs(200),
  );
});
