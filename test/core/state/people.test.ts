import type { Finding } from '../../../src/core/event/index.js';
import { type Alone, DEFAULT_LIMITS, People } from '../../../src/core/state/people.js';
import type { Person } from '../../../src/core/state/person.js';
import { newSession } from '../../../src/core/state/session.js';
import { SLICES, sliceOf } from '../../../src/core/state/shelf.js';
import { MINUTE, say, T0 } from '../../helpers/world.js';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LIFE = 30 * DAY + 30 * HOUR;
const SESSION_LIFE = 7 * DAY + 30 * HOUR;
const settle = (): Finding[] => [];

function join(people: People, who: string, sessions: readonly number[] = []): Person {
  const event = say({ at: 0, n: 0, who });
  const person = people.create(event);
  person.sessions = sessions.map((arrival, i) => ({
    ...newSession(event, { ...event.session!, uid: `s${i}` }, (text) => text),
    last_arrival_time: arrival,
  }));
  return person;
}

/** A tick at which everybody is looked at, as if none had been for a day. */
function sweep(people: People, time: number, with_: (person: Person) => Finding[] = settle): void {
  people.last_tick = 0;
  people.tick(time, with_);
}

const keysOf = (people: People): string[] => [...people.values()].map(({ key }) => key).sort();
const sliceAt = (time: number): number => (time / MINUTE) % SLICES;

test('the limits as they are documented', () => {
  expect(DEFAULT_LIMITS).toEqual({
    allowed_lateness: 30 * HOUR,
    session_idle: 7 * DAY,
    person_idle: 30 * DAY,
    sessions_per_person: 64,
    observations_per_session: 64,
    observations_per_person: 256,
  });
});

describe('finding people', () => {
  test('nobody, then the one who was made or put back', () => {
    const people = new People(DEFAULT_LIMITS);
    expect(people.find('default/alex@example.com', T0)).toBeUndefined();
    const alex = join(people, 'alex@example.com');
    expect(people.find('default/alex@example.com', T0)).toBe(alex);
    const other = new People(DEFAULT_LIMITS);
    other.put(alex);
    expect(other.find('default/alex@example.com', T0)).toBe(alex);
    expect([...other.values()]).toEqual([alex]);
    expect(other.size).toBe(1);
  });

  test('who was idle past their life is forgotten there and then', () => {
    const people = new People(DEFAULT_LIMITS);
    const alex = join(people, 'alex@example.com');
    expect(people.find(alex.key, T0 + LIFE)).toBe(alex);
    expect(people.find(alex.key, T0 + LIFE + 1)).toBeUndefined();
    expect(people.size).toBe(0);
    expect(people.expired_principals).toBe(1);
    expect(people.find(alex.key, T0)).toBeUndefined();
    expect(people.expired_principals).toBe(1);
  });
});

describe('the passing of time', () => {
  test('moves the clock forward only', () => {
    const people = new People(DEFAULT_LIMITS);
    people.tick(T0, settle);
    people.tick(T0 - 1, settle);
    expect(people.clock).toBe(T0);
  });

  test('forgets people idle past their life, as a look at them would', () => {
    const people = new People(DEFAULT_LIMITS);
    join(people, 'alex@example.com');
    sweep(people, T0 + LIFE);
    expect(people.size).toBe(1);
    sweep(people, T0 + LIFE + 1);
    expect(people.size).toBe(0);
    expect(people.expired_principals).toBe(1);
  });

  test('forgets sessions idle past theirs', () => {
    const people = new People(DEFAULT_LIMITS);
    const alex = join(people, 'alex@example.com', [T0, T0 + HOUR, T0]);
    sweep(people, T0 + SESSION_LIFE);
    expect(alex.sessions).toHaveLength(3);
    sweep(people, T0 + SESSION_LIFE + 1);
    expect(alex.sessions.map(({ uid }) => uid)).toEqual(['s1']);
    expect(people.expired_sessions).toBe(2);
    expect(people.expired_principals).toBe(0);
  });

  test('of a source that is far behind nobody is forgotten by the arrivals of another', () => {
    const people = new People(DEFAULT_LIMITS);
    const alex = join(people, 'alex@example.com', [T0]);
    people.clock = T0 + 2 * LIFE;
    people.tick(T0 + DAY, settle);
    expect([people.size, alex.sessions.length]).toEqual([1, 1]);
    for (let day = 2; day * DAY <= LIFE + 2 * DAY; day++) people.tick(T0 + day * DAY, settle);
    expect(people.size).toBe(0);
  });

  test('settles a person before sessions go, and only then', () => {
    const people = new People(DEFAULT_LIMITS);
    join(people, 'alex@example.com', [T0]);
    join(people, 'kim@example.com', [T0 + HOUR]);
    const seen: [string, number][] = [];
    sweep(people, T0 + SESSION_LIFE + 1, (person) => {
      seen.push([person.principal.email!, person.sessions.length]);
      return [];
    });
    expect(seen).toEqual([['alex@example.com', 1]]);
  });

  test('does all that it does to somebody in one go, so that it can be undone, and goes on with the next', () => {
    const people = new People(DEFAULT_LIMITS);
    for (const who of ['alex', 'kim', 'sam']) join(people, `${who}@example.com`, [T0]);
    const failed: string[] = [];
    const alone: Alone = (key, act) => {
      try {
        act();
      } catch {
        failed.push(key);
      }
    };
    people.last_tick = 0;
    const broken = (person: Person): Finding[] => {
      if (person.key.includes('kim')) throw new Error('a defect');
      return [];
    };
    people.tick(T0 + SESSION_LIFE + 1, broken, undefined, alone);
    expect(failed).toEqual(['default/kim@example.com']);
    expect([...people.values()].filter(({ sessions }) => sessions.length > 0).map(({ key }) => key)).toEqual(failed);
  });

  test('a session is kept to the end of its life, also when another goes', () => {
    const people = new People(DEFAULT_LIMITS);
    const alex = join(people, 'alex@example.com', [T0, T0 + 1]);
    const seen: string[] = [];
    sweep(people, T0 + SESSION_LIFE, (person) => {
      seen.push(person.key);
      return [];
    });
    expect(seen).toEqual([]);
    sweep(people, T0 + SESSION_LIFE + 1);
    expect(alex.sessions.map(({ uid }) => uid)).toEqual(['s1']);
  });

  test('looks in each minute at those whose slice it is, and at everybody in a day', () => {
    const people = new People(DEFAULT_LIMITS);
    for (let i = 0; i < 6000; i++) join(people, `p${i}@example.com`);
    const all = keysOf(people);
    // T0 is a whole minute
    const late = T0 + LIFE + MINUTE;
    people.last_tick = late - 1;
    people.tick(late, settle);
    expect(keysOf(people)).toEqual(all.filter((key) => sliceOf(key) !== sliceAt(late)));
    expect(people.size).toBeLessThan(6000);
    people.tick(late + MINUTE - 1, settle);
    expect(keysOf(people)).toEqual(all.filter((key) => sliceOf(key) !== sliceAt(late)));
    for (let i = 1; i < SLICES - 1; i++) people.tick(late + i * MINUTE, settle);
    const last = sliceAt(late + (SLICES - 1) * MINUTE);
    expect(keysOf(people)).toEqual(all.filter((key) => sliceOf(key) === last));
    expect(people.size).toBeGreaterThan(0);
    people.tick(late + (SLICES - 1) * MINUTE, settle);
    expect(people.size).toBe(0);
    expect(people.last_tick).toBe(late + (SLICES - 1) * MINUTE);
  });

  test('minutes that were missed are made up for', () => {
    const people = new People(DEFAULT_LIMITS);
    for (let i = 0; i < 2880; i++) join(people, `p${i}@example.com`);
    const all = keysOf(people);
    const late = T0 + LIFE + MINUTE;
    people.last_tick = late - MINUTE;
    people.tick(late + 9 * MINUTE, settle);
    const slices = Array.from({ length: 10 }, (_, i) => sliceAt(late + i * MINUTE));
    expect(keysOf(people)).toEqual(all.filter((key) => !slices.includes(sliceOf(key))));
  });

  test('a tick that comes late or again looks at nobody', () => {
    const people = new People(DEFAULT_LIMITS);
    people.tick(T0 + 2 * LIFE, settle);
    for (let i = 0; i < 2880; i++) join(people, `p${i}@example.com`);
    people.tick(T0 + 2 * LIFE, settle);
    people.tick(T0 + LIFE, settle);
    expect(people.size).toBe(2880);
    expect(people.last_tick).toBe(T0 + 2 * LIFE);
  });

  test('whom a tick looks at, and in which order, does not depend on who came first', () => {
    const told = (order: (all: number[]) => number[]): string[] => {
      const people = new People(DEFAULT_LIMITS);
      for (const i of order(Array.from({ length: 500 }, (_, n) => n))) join(people, `p${i}@example.com`, [T0]);
      const seen: string[] = [];
      people.last_tick = T0 + SESSION_LIFE;
      for (let at = 0; at < 400; at += 7)
        people.tick(T0 + SESSION_LIFE + at * MINUTE + 1, ({ key }) => {
          seen.push(key);
          return [];
        });
      return seen;
    };
    const forwards = told((all) => all);
    expect(forwards.length).toBeGreaterThan(50);
    expect(told((all) => all.reverse())).toEqual(forwards);
  });

  test('with nobody there nothing happens', () => {
    const people = new People(DEFAULT_LIMITS);
    people.tick(T0, settle);
    people.tick(T0, settle);
    expect([people.size, people.expired_principals, people.expired_sessions]).toEqual([0, 0, 0]);
  });
});
