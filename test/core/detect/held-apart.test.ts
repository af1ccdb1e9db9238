import { heldApart, MOST_OF_KIND } from '../../../src/core/detect/held-apart.js';
import { observe } from '../../../src/core/state/observation.js';
import type { Person } from '../../../src/core/state/person.js';
import { newPrint } from '../../../src/core/state/print.js';
import { addToStory, newStory } from '../../../src/core/state/story.js';
import { NO_TRAITS, say } from '../../helpers/world.js';

const fact = (value = 'v', by = 'kind') => ({ rule: 0, step: 90, by, value });
const event = (n: number, at: number, more: { place?: number; client?: string; action?: string } = {}) => say({ n, at, ...more });

function personOf(...held: { event: ReturnType<typeof event>; fact: ReturnType<typeof fact> }[]): Person {
  const story = newStory();
  for (const one of held)
    addToStory(
      story,
      observe(one.event, newPrint('browser', NO_TRAITS), undefined, (text) => text, [one.fact]),
    );
  return { story } as Person;
}

test('of what is alike the first of an hour is held', () => {
  const person = personOf({ event: event(1, 5), fact: fact() });
  expect(heldApart(person, event(2, 6), fact())).toBeUndefined();
  // before it, in the next hour, of another kind
  expect(heldApart(person, event(0, 4), fact())).toEqual([fact()]);
  expect(heldApart(person, event(2, 61), fact())).toEqual([fact()]);
  expect(heldApart(person, event(2, 6), fact('v', 'other'))).toEqual([fact('v', 'other')]);
});

test.each([{ place: 3 }, { client: 'other' }, { action: 'other' }])('%j is not alike', (more) => {
  expect(heldApart(personOf({ event: event(1, 5), fact: fact() }), event(2, 6, more), fact())).toEqual([fact()]);
});

test('so many of a kind are held of an hour', () => {
  const held = Array.from({ length: MOST_OF_KIND }, (_, n) => ({ event: event(n, n), fact: fact(String(n)) }));
  expect(heldApart(personOf(...held.slice(1)), event(9, 9), fact('new'))).toEqual([fact('new')]);
  expect(heldApart(personOf(...held), event(9, 9), fact('new'))).toBeUndefined();
  // what was earlier than all of them is held however many there are
  expect(
    heldApart(
      personOf(...held.map((one) => ({ ...one, event: { ...one.event, time: one.event.time + 60_000 } }))),
      event(9, 0),
      fact('new'),
    ),
  ).toEqual([fact('new')]);
});
