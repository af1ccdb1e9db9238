import { boundSessions, isRepeat, newPerson, type Person, SEEN_PER_PERSON, sessionOf } from '../../../src/core/state/person.js';
import type { Session } from '../../../src/core/state/session.js';
import { MINUTE, say, T0 } from '../../helpers/world.js';

const asIs = (text: string): string => text;
const IDLE = 60 * MINUTE;

const newcomer = (): Person => newPerson(say({ at: 0, n: 0 }));

function use(person: Person, session: string, at: number, over: { issuer?: string; root?: string } = {}): Session {
  const event = say({ at, n: at, session });
  const ref = { ...event.session!, issuer: over.issuer ?? 'entra:t', root_uid: over.root };
  const found = sessionOf(person, event, ref, IDLE, asIs);
  found.last_arrival_time = Math.max(found.last_arrival_time, event.arrival_time);
  return found;
}

const names = (person: Person): string[] => person.sessions.map(({ uid }) => uid);

test('a new person is known by the event alone', () => {
  const event = say({ at: 3, n: 1, who: 'kim@example.com', delay: 2 });
  expect(newPerson(event)).toMatchObject({
    key: 'default/kim@example.com',
    tenant: 'default',
    principal: event.principal,
    last_arrival_time: T0 + 5 * MINUTE,
    sessions: [],
    marks: [],
    seen: [],
  });
});

describe('the ring of event ids', () => {
  test('knows the latest sixteen', () => {
    const person = newcomer();
    expect(SEEN_PER_PERSON).toBe(16);
    for (let i = 0; i < 16; i++) expect(isRepeat(person, `e${i}`)).toBe(false);
    for (let i = 0; i < 16; i++) expect(isRepeat(person, `e${i}`)).toBe(true);
  });

  test('forgets the oldest for each new one', () => {
    const person = newcomer();
    for (let i = 0; i < 18; i++) isRepeat(person, `e${i}`);
    expect(person.seen).toHaveLength(16);
    expect(isRepeat(person, 'e2')).toBe(true);
    expect(isRepeat(person, 'e17')).toBe(true);
    expect(isRepeat(person, 'e0')).toBe(false);
    // that took the place of e2
    expect(isRepeat(person, 'e2')).toBe(false);
    expect(isRepeat(person, 'e4')).toBe(true);
  });

  test('goes round and round', () => {
    const person = newcomer();
    for (let i = 0; i < 50; i++) isRepeat(person, `e${i}`);
    for (let i = 34; i < 50; i++) expect(isRepeat(person, `e${i}`)).toBe(true);
    expect(isRepeat(person, 'e33')).toBe(false);
  });
});

describe('the session of an event', () => {
  test('is made once', () => {
    const person = newcomer();
    const first = use(person, 's1', 0);
    expect(use(person, 's1', 5)).toBe(first);
    expect(person.sessions).toEqual([first]);
  });

  test('is known by its root and its issuer', () => {
    const person = newcomer();
    const root = use(person, 'login', 0, { root: 'r1' });
    expect(use(person, 'after', 1, { root: 'r1' })).toBe(root);
    expect(use(person, 'r1', 2, { issuer: 'okta:o' })).not.toBe(root);
    expect(names(person)).toEqual(['r1', 'r1']);
  });

  test('the one used last sits last', () => {
    const person = newcomer();
    for (const [at, session] of ['s1', 's2', 's3', 's1'].entries()) use(person, session, at);
    expect(names(person)).toEqual(['s2', 's3', 's1']);
    use(person, 's1', 9);
    expect(names(person)).toEqual(['s2', 's3', 's1']);
  });

  test('idle past its life it is born again, without its past', () => {
    const person = newcomer();
    const old = use(person, 's1', 0);
    use(person, 's2', 1);
    expect(use(person, 's1', 60)).toBe(old);
    const reborn = use(person, 's1', 121);
    expect(reborn).not.toBe(old);
    expect(person.sessions.filter(({ uid }) => uid === 's1')).toEqual([reborn]);
    expect(reborn.first_time).toBe(T0 + 121 * MINUTE);
  });
});

describe('the bound on sessions', () => {
  test('the one idle longest goes, whatever the order of the list', () => {
    const person = newcomer();
    use(person, 's1', 5);
    use(person, 's2', 3);
    use(person, 's3', 7);
    expect(boundSessions(person, 3)).toBe(0);
    expect(boundSessions(person, 2)).toBe(1);
    expect(names(person)).toEqual(['s1', 's3']);
    expect(boundSessions(person, 0)).toBe(2);
  });

  test('the one in use stays, wherever it stands and however long it was idle', () => {
    for (const order of [
      ['used', 'other'],
      ['other', 'used'],
    ]) {
      const person = newcomer();
      const sessions = order.map((name) => use(person, name, name === 'used' ? 3 : 5));
      expect(boundSessions(person, 1, sessions[order.indexOf('used')])).toBe(1);
      expect(names(person)).toEqual(['used']);
    }
  });

  test('the id counts among equals only', () => {
    const person = newcomer();
    use(person, 's2', 3);
    use(person, 's1', 5);
    boundSessions(person, 1);
    expect(names(person)).toEqual(['s1']);
  });

  test('of equals the first by id', () => {
    for (const order of [
      ['b', 'a', 'c'],
      ['a', 'c', 'b'],
      ['c', 'b', 'a'],
    ]) {
      const person = newcomer();
      for (const session of order) use(person, session, 5);
      boundSessions(person, 2);
      expect(names(person).sort()).toEqual(['b', 'c']);
    }
  });
});
