import { newPerson, type Person } from '../../../src/core/state/person.js';
import { newSession } from '../../../src/core/state/session.js';
import { isDue, PlainShelf, SLICES, sliceOf } from '../../../src/core/state/shelf.js';
import { say, T0 } from '../../helpers/world.js';

const words = (text: string): string => text;

function someone(who: string, arrivals: readonly number[] = []): Person {
  const event = say({ at: 0, n: 0, who });
  const person = newPerson(event);
  person.sessions = arrivals.map((last_arrival_time, i) => ({
    ...newSession(event, { ...event.session!, uid: `s${i}` }, words),
    last_arrival_time,
  }));
  return person;
}

test('the slice of a key: pinned, since ticks of a running service depend on it', () => {
  expect(SLICES).toBe(1440);
  expect(['default/alex@example.com', 'default/kim@example.com', ''].map(sliceOf)).toEqual([523, 454, 291]);
  const hit = new Set(Array.from({ length: 20_000 }, (_, i) => sliceOf(`default/p${i}@example.com`)));
  expect(hit.size).toBe(SLICES);
  expect(Math.min(...hit)).toBe(0);
  expect(Math.max(...hit)).toBe(SLICES - 1);
});

test('what is due', () => {
  const alex = someone('alex@example.com', [T0, T0 + 5]);
  expect(isDue(alex, T0, T0)).toBe(false);
  expect(isDue(alex, T0 + 1, T0)).toBe(true);
  expect(isDue(alex, T0, T0 + 1)).toBe(true);
  expect(isDue(someone('alex@example.com'), T0, T0 + 99)).toBe(false);
});

describe('a plain shelf', () => {
  test('gives back who was put there', () => {
    const shelf = new PlainShelf();
    const [alex, kim] = [someone('alex@example.com'), someone('kim@example.com')];
    shelf.put(alex);
    shelf.put(kim);
    expect(shelf.get(alex.key)).toBe(alex);
    expect(shelf.get('default/nobody')).toBeUndefined();
    expect(new Set(shelf.values())).toEqual(new Set([alex, kim]));
    expect(new Set(shelf.underRules())).toEqual(new Set([alex, kim]));
    const other = someone('alex@example.com');
    shelf.put(other);
    expect(shelf.get(alex.key)).toBe(other);
    expect(shelf.size).toBe(2);
    shelf.delete(alex.key);
    shelf.delete(alex.key);
    expect(shelf.get(alex.key)).toBeUndefined();
    expect(shelf.size).toBe(1);
  });

  test('names who is due, in the order of their keys', () => {
    const shelf = new PlainShelf();
    const all = Array.from({ length: 5000 }, (_, i) => someone(`p${i}@example.com`, [T0 + (i % 2)]));
    for (const person of all.reverse()) shelf.put(person);
    const slice = sliceOf(all[0]!.key);
    const due = all.filter(({ key, sessions }) => sliceOf(key) === slice && sessions[0]!.last_arrival_time === T0).map(({ key }) => key);
    expect(shelf.due(slice, 0, T0 + 1)).toEqual(due.sort());
    expect(shelf.due(slice, 0, T0)).toEqual([]);
  });

  test('knows how many sessions and events there are, whatever becomes of people', () => {
    const shelf = new PlainShelf();
    const count = (): number[] => [shelf.size, shelf.sessions, shelf.observations];
    const alex = someone('alex@example.com', [T0]);
    shelf.put(alex);
    expect(count()).toEqual([1, 1, 0]);
    shelf.get(alex.key)!.sessions = someone('alex@example.com', [T0, T0, T0]).sessions;
    expect(count()).toEqual([1, 3, 0]);
    shelf.get(alex.key)!.sessions = [];
    shelf.get(alex.key)!.sessions = someone('alex@example.com', [T0, T0]).sessions;
    shelf.get(alex.key)!.story.tail = [{}, {}, {}, {}] as never;
    expect(count()).toEqual([1, 2, 4]);
    for (const person of shelf.underRules()) person.story.tail = [];
    expect(count()).toEqual([1, 2, 0]);
    for (let i = 0; i < 3000; i++) shelf.put(someone(`p${i}@example.com`, [T0]));
    for (let i = 0; i < 3000; i++) shelf.get(`default/p${i}@example.com`)!.sessions = [];
    expect(count()).toEqual([3001, 2, 0]);
    shelf.put(someone('alex@example.com', [T0]));
    expect(count()).toEqual([3001, 1, 0]);
    shelf.get(alex.key)!.sessions = [];
    shelf.delete(alex.key);
    expect(count()).toEqual([3000, 0, 0]);
  });
});
