import {
  isAccustomed,
  isKnown,
  LEARNING,
  readStrange,
  STRANGE,
  strangeCountry,
  strangeMeans,
  strangeness,
} from '../../../src/core/detect/accustomed.js';
import { pointParameters } from '../../../src/core/detect/factors.js';
import type { PersonScene } from '../../../src/core/detect/judgement.js';
import { resolve } from '../../../src/core/detect/parameters.js';
import type { Endpoint, SessionEvent } from '../../../src/core/event/index.js';
import { learn, newHabits } from '../../../src/core/state/habits.js';
import { type Observation, observe } from '../../../src/core/state/observation.js';
import { newPerson } from '../../../src/core/state/person.js';
import { newPrint, traitsOf } from '../../../src/core/state/print.js';
import { learnSignIn, newSignIns } from '../../../src/core/state/sign-ins.js';
import { type Line, MINUTE, PLACES, say, T0 } from '../../helpers/world.js';

const DAY = 24 * 60;
const SETTINGS = readStrange(resolve({ ...LEARNING, ...pointParameters(STRANGE) }, {}));
const [OSLO, , PHONE, SERVER, , VPN] = PLACES as readonly [Endpoint, Endpoint, Endpoint, Endpoint, Endpoint, Endpoint];

function seen(line: Partial<Line> & { at: number }, over: Partial<SessionEvent> = {}): Observation {
  const event = { ...say({ n: line.at, activity: 'sign_in', ...line }), ...over };
  return observe(event, newPrint('browser', traitsOf(event)));
}

/** A person who did all this, long enough ago. */
function sceneOf(lessons: readonly Observation[], egress?: Endpoint): PersonScene {
  const person = newPerson(say({ at: 0, n: 0 }));
  person.habits = newHabits();
  for (const lesson of lessons) {
    learn(person.habits, lesson);
    person.sign_ins ??= newSignIns(lesson.time);
    learnSignIn(person.sign_ins, lesson);
  }
  return { person, isOperatorEgress: (endpoint) => endpoint === egress };
}

/** Twelve days at home, with one laptop and one browser; asked on the twentieth. */
const ROUTINE = Array.from({ length: 12 }, (_, day) => seen({ at: day * DAY, device: 'd1' }));
const NOW = 20 * DAY;
const now = T0 + NOW * MINUTE;
const factors = (line: Partial<Line>, over: Partial<SessionEvent> = {}, scene = sceneOf(ROUTINE)) =>
  strangeness(scene, seen({ at: NOW, device: 'd1', ...line }, over), SETTINGS).map(({ name, points }) => `${name} ${points}`);

describe('known', () => {
  test('after so many days or so many sign-ins, whichever is earlier', () => {
    const scene = sceneOf(ROUTINE.slice(0, 2));
    expect(isKnown(scene, T0 + 14 * DAY * MINUTE - 1, SETTINGS)).toBe(false);
    expect(isKnown(scene, T0 + 14 * DAY * MINUTE, SETTINGS)).toBe(true);
    expect(isKnown(sceneOf(ROUTINE), T0 + 13 * DAY * MINUTE, SETTINGS)).toBe(true);
    expect(isKnown(sceneOf([]), now, SETTINGS)).toBe(false);
  });

  test('or nothing is strange', () => {
    expect(factors({ place: 4, agent: 2, device: 'd2' }, {}, sceneOf([seen({ at: NOW - 5 * DAY }), seen({ at: NOW - 4 * DAY })]))).toEqual(
      [],
    );
  });
});

test('nothing is new to somebody who has no habits of its kind', () => {
  const once = sceneOf([seen({ at: 0, device: 'd1' })]);
  expect(factors({ place: 4, agent: 2, device: 'd2' }, {}, once)).toEqual([]);
  const nameless = sceneOf(ROUTINE.map(({ time }) => seen({ at: (time - T0) / MINUTE, agent: 6 })));
  expect(factors({ place: 4, agent: 2, device: 'd2' }, {}, nameless)).toEqual(['network_new 15', 'country_new 30']);
});

describe('accustomed', () => {
  const scene = sceneOf(ROUTINE);

  test('is the operator in the country', () => {
    expect(isAccustomed(scene, OSLO, now)).toBe(true);
    expect(isAccustomed(scene, { ...OSLO, city: 'Bergen', prefix: '84.1.2' }, now)).toBe(true);
    expect(isAccustomed(scene, { ...OSLO, country: 'SE' }, now)).toBe(false);
    expect(isAccustomed(scene, { ...OSLO, country: undefined }, now)).toBe(true);
    expect(isAccustomed(scene, PHONE, now)).toBe(false);
    expect(isAccustomed(scene, { ...OSLO, asn: undefined }, now)).toBe(false);
  });

  test("is the company's way out, at any time", () => {
    expect(isAccustomed(sceneOf([], SERVER), SERVER, T0)).toBe(true);
    expect(isAccustomed(sceneOf([]), SERVER, T0)).toBe(false);
  });

  test('is not what was learned within the probation', () => {
    expect(isAccustomed(scene, OSLO, T0 + 3 * DAY * MINUTE)).toBe(false);
    expect(isAccustomed(scene, OSLO, T0 + 4 * DAY * MINUTE)).toBe(true);
  });
});

describe('strange', () => {
  test('is nothing that one is used to', () => {
    expect(factors({})).toEqual([]);
    expect(factors({ agent: 1 })).toEqual([]); // a newer version of the browser
  });

  test.each<[string, Partial<Line>, string[]]>([
    ['network', { place: 6 }, ['network_new 15']],
    ['country', { place: 4 }, ['network_new 15', 'country_new 30']],
    ['server', { place: 3 }, ['network_hosting 25', 'country_new 30']],
    ['VPN', { place: 5 }, ['network_hosting 25', 'country_new 30']],
    ['device', { device: 'd2' }, ['device_new 20']],
    ['program', { agent: 2 }, ['program_new 15']],
    ['all of it', { place: 4, agent: 2, device: 'd2' }, ['network_new 15', 'country_new 30', 'device_new 20', 'program_new 15']],
  ])('%s', (_, line, expected) => {
    expect(factors(line)).toEqual(expected);
  });

  test('is a Tor exit, whatever else it is', () => {
    expect(factors({}, { src_endpoint: { ...VPN, as_class: 'tor' } })).toEqual(['network_tor 38', 'country_new 30']);
  });

  test('is not the network of a relay, which changes all the time', () => {
    expect(factors({}, { src_endpoint: { ...VPN, as_class: 'relay', country: 'NO' } })).toEqual([]);
  });

  test('is no server that one works on every day', () => {
    const works = [0, 1, 2].map((day) => seen({ at: day * DAY, place: 3 }));
    expect(factors({ place: 3, device: undefined }, {}, sceneOf(works))).toEqual([]);
  });

  test('needs something to be told by', () => {
    expect(factors({}, { src_endpoint: { ip: '203.0.113.7', class: 'public', prefix: '203.0.113' } })).toEqual([]);
    expect(factors({}, { src_endpoint: undefined, user_agent: undefined, device: undefined })).toEqual([]);
    expect(factors({ device: undefined })).toEqual([]); // the log would have named one
  });

  test('is no device while none is known', () => {
    const bare = [0, 1, 2].map((day) => seen({ at: day * DAY }));
    expect(factors({ device: 'd2' }, {}, sceneOf(bare))).toEqual([]);
  });

  test('says of what', () => {
    const strange = strangeness(sceneOf(ROUTINE), seen({ at: NOW, place: 4, agent: 2, device: 'd2' }), SETTINGS);
    expect(strange.map(({ text }) => text)).toEqual([
      'From a network that they are not used to: Singtel (AS9506), Singapore SG.',
      'From a country that they are not used to be in: Singapore SG.',
      'On a device that they are not used to: d2.',
      'With a program that they are not used to: chrome 140 on linux.',
    ]);
    expect(strange.map(({ after }) => after)).toEqual(['Singtel (AS9506), Singapore SG', 'SG', 'd2', 'chrome/linux']);
    const places = [SERVER, { ...SERVER, as_class: 'tor' as const }];
    const networks = places.map((src_endpoint) => strangeness(sceneOf(ROUTINE), seen({ at: NOW }, { src_endpoint }), SETTINGS)[0]?.text);
    expect(networks).toEqual([
      'From a network for rent: DigitalOcean (AS14061), hosting, Amsterdam NL.',
      'From a Tor exit: DigitalOcean (AS14061), tor, Amsterdam NL.',
    ]);
  });
});

describe('strange means', () => {
  const scene = sceneOf(ROUTINE);

  test('are device and program, wherever they are', () => {
    const told = strangeMeans(scene, seen({ at: NOW, place: 4, agent: 2, device: 'd2' }), SETTINGS);
    expect(told.map(({ name }) => name)).toEqual(['device_new', 'program_new']);
    expect(strangeMeans(scene, seen({ at: NOW, place: 4, device: 'd1' }), SETTINGS)).toEqual([]);
  });

  test('are those of the moment that is asked of', () => {
    const earlier = seen({ at: 2 * DAY, agent: 2 });
    expect(strangeMeans(scene, earlier, SETTINGS)).toEqual([]);
    expect(strangeMeans(scene, earlier, SETTINGS, now).map(({ name }) => name)).toEqual(['program_new']);
  });
});

describe('another country than somebody new began in', () => {
  const NL = 3;
  const SG = 4;
  /** @param lessons what is settled; @param tail what is not, the judged event last */
  const abroad = (lessons: readonly Observation[], tail: readonly Observation[], egress?: Endpoint) => {
    const scene = sceneOf(lessons, egress);
    scene.person.story.tail = [...tail];
    const found = strangeCountry(scene, tail.length - 1, SETTINGS);
    return found === undefined ? undefined : [found.name, found.points, found.before, found.after];
  };
  const HOUR = 60;

  test('by what is not settled, or by what is, whichever is earlier', () => {
    expect(abroad([], [seen({ at: 0 }), seen({ at: 1, place: NL })])).toEqual(['country_new', 30, 'NO', 'NL']);
    expect(abroad([], [seen({ at: 0, place: NL }), seen({ at: 1 }), seen({ at: 2, place: NL })])).toBeUndefined();
    expect(abroad([seen({ at: 0 })], [seen({ at: HOUR, place: NL }), seen({ at: 2 * HOUR, place: NL })])).toEqual([
      'country_new',
      30,
      'NO',
      'NL',
    ]);
    expect(abroad([seen({ at: 0, place: NL }), seen({ at: 1 })], [seen({ at: HOUR, place: NL })])).toBeUndefined();
    expect(abroad([seen({ at: 0 }), seen({ at: 1, place: NL })], [seen({ at: HOUR, place: NL })])).toEqual(['country_new', 30, 'NO', 'NL']);
  });

  test('not without a place, nor as the first', () => {
    expect(abroad([], [seen({ at: 0, place: NL })])).toBeUndefined();
    expect(abroad([], [seen({ at: 0 }), seen({ at: 1 }, { src_endpoint: undefined })])).toBeUndefined();
    expect(abroad([], [seen({ at: 0 }, { src_endpoint: undefined }), seen({ at: 1 })])).toBeUndefined();
  });

  test('where they were themselves: no renewed token, nothing that failed', () => {
    expect(abroad([], [seen({ at: 0, activity: 'token_issue' }), seen({ at: 1, place: NL })])).toBeUndefined();
    expect(abroad([seen({ at: 0, activity: 'token_issue' })], [seen({ at: HOUR, place: NL })])).toBeUndefined();
    expect(abroad([], [seen({ at: 0, status: 'failure' }), seen({ at: 1, place: NL })])).toBeUndefined();
  });

  test('not where they are used to be, nor behind the organisation’s way out', () => {
    const days = [seen({ at: 0 }), ...[1, 2].map((day) => seen({ at: day * DAY, place: SG }))];
    expect(abroad(days, [seen({ at: 4 * DAY, place: SG })])).toEqual(['country_new', 30, 'NO', 'SG']);
    expect(abroad(days, [seen({ at: 5 * DAY, place: SG })])).toBeUndefined();
    const other = { ...PLACES[SG]!, asn: 3 };
    expect(abroad(days, [seen({ at: 5 * DAY }, { src_endpoint: other })])).toBeUndefined();
    expect(abroad([], [seen({ at: 0 }), seen({ at: 1, place: NL })], PLACES[NL])).toBeUndefined();
  });
});
