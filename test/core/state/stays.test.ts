import type { Endpoint } from '../../../src/core/event/index.js';
import { type Observation, observe } from '../../../src/core/state/observation.js';
import { newPrint, traitsOf } from '../../../src/core/state/print.js';
import { addStay, STAYS_PER_PERSON, type Stay, samePlace } from '../../../src/core/state/stays.js';
import { MINUTE, PLACES, say, T0 } from '../../helpers/world.js';

const [HOME, , MOBILE] = PLACES as [Endpoint, Endpoint, Endpoint];

describe('one place and network', () => {
  test.each<[string, Partial<Endpoint>, boolean]>([
    ['the same prefix, whatever the data say', { asn: 1, city: 'Bergen' }, true],
    ['the same city by the same operator', { prefix: '1.2.3' }, true],
    ['another city', { prefix: '1.2.3', city: 'Bergen' }, false],
    ['another operator', { prefix: '1.2.3', asn: 1 }, false],
    ['another country with a city of that name', { prefix: '1.2.3', country: 'SE' }, false],
    ['no operator known', { prefix: '1.2.3', asn: undefined }, false],
  ])('%s', (_name, over, same) => {
    expect(samePlace(HOME, { ...HOME, ...over })).toBe(same);
  });

  test('two unknown operators or prefixes are not one', () => {
    const nowhere = { ...HOME, prefix: undefined, asn: undefined };
    expect(samePlace(nowhere, { ...nowhere })).toBe(false);
    expect(samePlace(nowhere, nowhere)).toBe(true);
  });
});

function seen(at: number, place: Endpoint, geo = 'a'): Observation {
  const event = { ...say({ at, n: at }), src_endpoint: place };
  return { ...observe(event, newPrint('browser', traitsOf(event))), geo };
}

const stayed = (...presence: Observation[]): Stay[] => presence.reduce<Stay[]>((stays, one) => addStay(stays, one), []);

describe('stays', () => {
  test('consecutive presence at one place merges; a place comes back as another stay', () => {
    const stays = stayed(seen(0, HOME), seen(1, HOME), seen(2, MOBILE), seen(3, HOME));
    expect(stays.map((stay) => [stay.endpoint, stay.last_uid, stay.last_time - stay.first_time])).toEqual([
      [HOME, 'entra:t:0001', MINUTE],
      [MOBILE, 'entra:t:0002', 0],
      [HOME, 'entra:t:0003', 0],
    ]);
  });

  test('one that comes late does not take a stay back in time', () => {
    expect(stayed(seen(9, HOME), seen(2, HOME))).toMatchObject([
      { first_time: T0 + 9 * MINUTE, last_time: T0 + 9 * MINUTE, last_uid: 'entra:t:0009' },
    ]);
  });

  test('places of two versions of the data are two', () => {
    expect(stayed(seen(0, HOME, 'a'), seen(1, HOME, 'b'))).toHaveLength(2);
  });

  test('the last sixteen are kept', () => {
    expect(STAYS_PER_PERSON).toBe(16);
    const stays = stayed(...Array.from({ length: 17 }, (_, i) => seen(i, i % 2 === 0 ? HOME : MOBILE)));
    expect(stays).toHaveLength(16);
    expect(stays[0]?.last_uid).toBe('entra:t:0001');
  });
});
