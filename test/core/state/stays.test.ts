import fc from 'fast-check';
import type { Endpoint, SessionEvent } from '../../../src/core/event/index.js';
import {
  addPoint,
  isPresence,
  newJourney,
  POINTS_PER_PERSON,
  STAYS_PER_PERSON,
  samePlace,
  settlePoints,
} from '../../../src/core/state/stays.js';
import { MINUTE, PLACES, say, T0 } from '../../helpers/world.js';

const [HOME, BERGEN, MOBILE] = PLACES as [Endpoint, Endpoint, Endpoint];

describe('which events are points', () => {
  const of = (over: Partial<SessionEvent>) => isPresence({ ...say({ at: 0, n: 1 }), ...over });

  test('presence from an address that the data can place', () => {
    expect(of({})).toBe(true);
  });

  test.each<[string, Partial<SessionEvent>]>([
    ['a server acts', { is_presence: false }],
    ['it failed', { status: 'failure' }],
    ['nobody knows how it ended', { status: 'unknown' }],
    ['it was done to the person', { subject_role: 'target' }],
    ['there is no address', { src_endpoint: undefined }],
    ["the address is the vendor's", { src_endpoint: { ...HOME, class: 'vendor_service' } }],
    ['the address has no country', { src_endpoint: { ...HOME, country: undefined } }],
  ])('not when %s', (_name, over) => {
    expect(of(over)).toBe(false);
  });
});

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

const point = (at: number, endpoint: Endpoint, uid = `p${at}`) => ({ time: T0 + at * MINUTE, uid, endpoint });

describe('points', () => {
  test('are in event-time order, each once', () => {
    const journey = newJourney();
    expect(addPoint(journey, point(5, HOME))).toBe(true);
    expect(addPoint(journey, point(1, HOME))).toBe(true);
    expect(addPoint(journey, point(3, HOME))).toBe(true);
    expect(addPoint(journey, point(3, HOME))).toBe(false);
    expect(addPoint(journey, point(3, HOME, 'a'))).toBe(true);
    expect(journey.points.map(({ uid }) => uid)).toEqual(['p1', 'a', 'p3', 'p5']);
  });

  test('above sixty-four the oldest becomes a stay', () => {
    const journey = newJourney();
    expect(POINTS_PER_PERSON).toBe(64);
    for (let i = 0; i < 65; i++) addPoint(journey, point(i, HOME));
    expect(journey.points).toHaveLength(64);
    expect(journey.stays).toEqual([{ endpoint: HOME, first_time: T0, last_time: T0, first_uid: 'p0', last_uid: 'p0' }]);
  });
});

describe('stays', () => {
  test('consecutive points of one place merge; a place comes back as another stay', () => {
    const journey = newJourney();
    for (const [at, place] of [
      [0, HOME],
      [1, HOME],
      [2, MOBILE],
      [3, HOME],
    ] as const)
      addPoint(journey, point(at, place));
    settlePoints(journey, T0 + 10 * MINUTE);
    expect(journey.points).toEqual([]);
    expect(journey.stays.map((stay) => [stay.endpoint, stay.first_uid, stay.last_uid, stay.last_time - stay.first_time])).toEqual([
      [HOME, 'p0', 'p1', MINUTE],
      [MOBILE, 'p2', 'p2', 0],
      [HOME, 'p3', 'p3', 0],
    ]);
  });

  test('only what is older than the boundary settles', () => {
    const journey = newJourney();
    addPoint(journey, point(0, HOME));
    addPoint(journey, point(5, HOME));
    settlePoints(journey, T0 + 5 * MINUTE);
    expect(journey.points.map(({ uid }) => uid)).toEqual(['p5']);
  });

  test('a point later than allowed does not take a stay back in time', () => {
    const journey = newJourney();
    addPoint(journey, point(9, HOME));
    settlePoints(journey, T0 + 20 * MINUTE);
    addPoint(journey, point(2, HOME));
    settlePoints(journey, T0 + 20 * MINUTE);
    expect(journey.stays).toEqual([
      { endpoint: HOME, first_time: T0 + 9 * MINUTE, last_time: T0 + 9 * MINUTE, first_uid: 'p9', last_uid: 'p2' },
    ]);
  });

  test('the last sixteen are kept', () => {
    const journey = newJourney();
    expect(STAYS_PER_PERSON).toBe(16);
    for (let i = 0; i < 17; i++) addPoint(journey, point(i, i % 2 === 0 ? HOME : MOBILE));
    settlePoints(journey, T0 + 17 * MINUTE);
    expect(journey.stays).toHaveLength(16);
    expect(journey.stays[0]?.first_uid).toBe('p1');
  });

  test('do not depend on the order of arrival within the allowed lateness', () => {
    const lateness = 30;
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(200), delay: fc.nat(lateness), place: fc.constantFrom(HOME, BERGEN, MOBILE) }), { maxLength: 25 }),
        (visits) => {
          const points = visits.map(({ at, delay, place }, i) => ({ ...point(at, place, `p${i}`), arrives: T0 + (at + delay) * MINUTE }));
          const told = (order: typeof points, settle: boolean) => {
            const journey = newJourney();
            for (const { arrives, ...p } of order) {
              if (settle) settlePoints(journey, arrives - lateness * MINUTE);
              addPoint(journey, p);
            }
            settlePoints(journey, Number.POSITIVE_INFINITY);
            return journey.stays;
          };
          const late = [...points].sort((a, b) => a.arrives - b.arrives);
          expect(told(late, true)).toEqual(told(points, false));
        },
      ),
    );
  });
});
