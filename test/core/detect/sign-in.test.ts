import { hasOneBody } from '../../../src/core/detect/accustomed.js';
import type { PersonScene } from '../../../src/core/detect/judgement.js';
import { resolve } from '../../../src/core/detect/parameters.js';
import {
  beginsSession,
  elsewhere,
  episodeOf,
  isFirstOf,
  isNearlyAll,
  isOneNetwork,
  isTheirPlace,
  missingDevice,
  newCookie,
  newcomerOf,
  readUsual,
  reliefs,
  USUAL,
  whyNotCompared,
} from '../../../src/core/detect/sign-in.js';
import type { Endpoint, SessionEvent } from '../../../src/core/event/index.js';
import { learn, newHabits } from '../../../src/core/state/habits.js';
import { type Observation, observe } from '../../../src/core/state/observation.js';
import { newPerson } from '../../../src/core/state/person.js';
import { newPrint, traitsOf } from '../../../src/core/state/print.js';
import { addObservation, foldOldest, newSession, type Session } from '../../../src/core/state/session.js';
import { learnSignIn, newSignIns, type SignInDay, signInsBefore } from '../../../src/core/state/sign-ins.js';
import { type Line, MINUTE, PLACES, say, T0 } from '../../helpers/world.js';

const DAY = 24 * 60;
const NOW = 20 * DAY;
const USUALLY = readUsual(resolve(USUAL, {}));
const [OSLO, , CELLULAR, SERVER, , VPN, CAFE] = PLACES as readonly Endpoint[] as [
  Endpoint,
  Endpoint,
  Endpoint,
  Endpoint,
  Endpoint,
  Endpoint,
  Endpoint,
];
const same = (text: string): string => text;

let count = 0;
function eventOf(line: Partial<Line>, over: Partial<SessionEvent> = {}): SessionEvent {
  return { ...say({ at: NOW, n: ++count, activity: 'sign_in', ...line }), ...over };
}

/** A use of a session, put into it. */
function use(session: Session, line: Partial<Line>, over: Partial<SessionEvent> = {}): Observation {
  const at = addObservation(session, eventOf({ session: session.uid, ...line }, over), 'browser', same);
  return session.tail[at]!;
}

function session(uid: string): Session {
  return newSession(eventOf({ session: uid }), { uid, issuer: 'entra:t', confidence: 'high' }, same);
}

function alone(line: Partial<Line>, over: Partial<SessionEvent> = {}): Observation {
  const event = eventOf({ session: '', ...line }, over);
  return observe(event, newPrint('browser', traitsOf(event)));
}

/** A person of ten days at home with one laptop and one phone, who did all this since. */
function sceneOf(tail: readonly Observation[], egress?: Endpoint): PersonScene {
  const person = newPerson(say({ at: 0, n: 0 }));
  person.habits = newHabits();
  for (let day = 0; day < 10; day++) {
    learn(person.habits, alone({ at: day * DAY, device: 'laptop' }));
    learn(person.habits, alone({ at: day * DAY, device: 'phone', agent: 3 }));
  }
  person.story.tail = [...tail];
  return { person, isOperatorEgress: (endpoint) => endpoint === egress };
}

describe('a session begins', () => {
  test('with its first record and what follows within five minutes', () => {
    const one = session('s1');
    expect(beginsSession(use(one, { at: 0 }))).toBe(true);
    expect(beginsSession(use(one, { at: 5 }))).toBe(true);
    expect(beginsSession(use(one, { at: 6 }))).toBe(false);
    // earlier than all that was known: now that is the beginning
    expect(beginsSession(use(one, { at: -6 }))).toBe(true);
    expect(beginsSession(one.tail[1]!)).toBe(false);
  });

  test('once, though its beginning is not held one by one any more', () => {
    const one = session('s1');
    const first = use(one, { at: 0 });
    const late = use(one, { at: 6, agent: 2 });
    foldOldest(one);
    expect(beginsSession(late)).toBe(false);
    expect(beginsSession(first)).toBe(true);
  });

  test('with every sign-in that names none', () => {
    expect(beginsSession(alone({}))).toBe(true);
  });
});

test('what is said of a session is one finding, what names none is one per address block and day', () => {
  const one = session('s1');
  one.life = 2;
  expect(episodeOf(use(one, {}))).toBe('entra:t|s1|2');
  const day = Math.floor((T0 + NOW * MINUTE) / 86_400_000);
  expect(episodeOf(alone({}))).toBe(`84.208.20@${day}`);
  expect(episodeOf(alone({ at: NOW + DAY }))).toBe(`84.208.20@${day + 1}`);
  expect(episodeOf(alone({}, { src_endpoint: undefined }))).toBe(`@${day}`);
});

describe('who is not the person, over a week', () => {
  const who = (line: Partial<Line>, isTheirs = false, over: Partial<SessionEvent> = {}) =>
    newcomerOf(sceneOf([]), alone({ place: 3, ...line }, over), isTheirs);
  const week = Math.floor((T0 + NOW * MINUTE - Date.UTC(1970, 0, 5)) / (7 * 86_400_000));

  test('is told by a device that is not theirs, wherever it is', () => {
    expect(who({ device: 'other' })).toBe(`device|other@${week}`);
    expect(who({ device: 'other', place: 0 }, true)).toBe(`device|other@${week}`);
    expect(who({ device: 'other', at: NOW + 7 * DAY })).toBe(`device|other@${week + 1}`);
  });

  test('of the calendar: a new one begins on Monday at midnight, UTC', () => {
    const monday = (Date.UTC(2026, 2, 23) - T0) / MINUTE;
    const [sunday, next, last, after] = [monday - 1, monday, monday + 7 * DAY - 1, monday + 7 * DAY].map((at) =>
      who({ device: 'other', at }),
    );
    expect(new Date(T0 + monday * MINUTE).getUTCDay()).toBe(1);
    expect(sunday).not.toBe(next);
    expect(last).toBe(next);
    expect(after).not.toBe(last);
  });

  test('else by the network operator and the country', () => {
    expect(who({})).toBe(`network|14061|NL@${week}`);
    expect(who({ device: 'laptop' })).toBe(`network|14061|NL@${week}`);
    expect(who({}, false, { src_endpoint: { ...SERVER, asn: undefined } })).toBe(`network|178.62.10@${week}`);
    expect(who({}, false, { src_endpoint: { ...SERVER, country: undefined } })).toBe(`network|14061|@${week}`);
  });

  test('else by nothing but the session', () => {
    const day = Math.floor((T0 + NOW * MINUTE) / 86_400_000);
    expect(who({ place: 0 }, true)).toBe(`84.208.20@${day}`);
    expect(newcomerOf(sceneOf([]), use(session('s1'), {}), true)).toBe('entra:t|s1|0');
    expect(who({}, false, { src_endpoint: undefined })).toBe(`@${day}`);
  });

  test('comes once with each session', () => {
    const one = session('s1');
    const first = use(one, { at: NOW });
    expect(isFirstOf(use(one, { at: NOW + 1 }))).toBe(false);
    expect(isFirstOf(first)).toBe(true);
    expect(isFirstOf(alone({}))).toBe(true);
  });
});

describe('one human', () => {
  test.each<[SessionEvent['principal']['type'], string[] | undefined, boolean]>([
    ['human', undefined, true],
    ['human', ['guest'], true],
    ['human', ['shared'], false],
    ['service', undefined, false],
    ['unknown', undefined, false],
  ])('%s %s', (type, tags, is) => {
    const scene = sceneOf([]);
    scene.person.principal = { ...scene.person.principal, type, tags };
    expect(hasOneBody(scene.person)).toBe(is);
    expect(whyNotCompared(scene, alone({})) === undefined).toBe(is);
  });

  test('a session that goes on is not compared', () => {
    const one = session('s1');
    use(one, { at: 0 });
    expect(whyNotCompared(sceneOf([]), use(one, { at: 6 }))).toContain('session_reuse');
  });
});

describe('their place', () => {
  const isTheirs = (tail: readonly Observation[], egress?: Endpoint) => isTheirPlace(sceneOf(tail, egress), tail.length - 1, USUALLY);

  test('is where they are used to be, or what is known of nowhere', () => {
    expect(isTheirs([alone({})])).toBe(true);
    expect(isTheirs([alone({ place: 3 })])).toBe(false);
    expect(isTheirs([alone({}, { src_endpoint: undefined })])).toBe(true);
    expect(isTheirs([alone({}, { src_endpoint: { ...SERVER, as_class: 'relay' } })])).toBe(true);
  });

  test("or the operator's way out", () => {
    expect(isTheirs([alone({ place: 3 })], SERVER)).toBe(true);
    expect(isTheirs([alone({ place: 5 })], SERVER)).toBe(false);
  });

  test('or where a device of theirs was in the last twelve hours', () => {
    const was = (minutes: number, line: Partial<Line>) => isTheirs([alone({ at: NOW - minutes, ...line }), alone({ place: 6 })]);
    expect(was(720, { place: 6, device: 'laptop' })).toBe(true);
    expect(was(721, { place: 6, device: 'laptop' })).toBe(false);
    expect(was(5, { place: 6, device: 'other' })).toBe(false);
    expect(was(5, { place: 6 })).toBe(false);
    expect(was(5, { place: 2, device: 'laptop' })).toBe(false);
    expect(isTheirs([alone({ at: NOW - 5, device: 'laptop' }, { src_endpoint: undefined }), alone({ place: 6 })])).toBe(false);
    // nor where it will be
    expect(isTheirPlace(sceneOf([alone({ place: 6 }), alone({ place: 6, device: 'laptop' })]), 0, USUALLY)).toBe(false);
  });
});

describe('one network', () => {
  test.each<[string, Partial<Endpoint>, boolean]>([
    ['the same address block', { asn: 1, country: 'SE' }, true],
    ['the same operator in one country', { prefix: 'x' }, true],
    ['the same operator abroad', { prefix: 'x', country: 'SE' }, false],
    ['another operator', { prefix: 'x', asn: 1 }, false],
    ['nothing known', { prefix: undefined, asn: undefined }, false],
  ])('%s', (_name, over, is) => {
    expect(isOneNetwork(CAFE, { ...CAFE, ...over })).toBe(is);
    expect(isOneNetwork({ ...CAFE, ...over }, CAFE)).toBe(is);
  });

  test('not two of which nothing is known', () => {
    const unknown = { ...CAFE, prefix: undefined, asn: undefined };
    expect(isOneNetwork(unknown, { ...unknown })).toBe(false);
  });
});

describe('elsewhere', () => {
  const since = T0 + (NOW - 30) * MINUTE;
  /** What happened in another session half an hour ago, then the sign-in. */
  function there(line: Partial<Line>, over: Partial<SessionEvent> = {}, signIn: Partial<Line> = {}, mint: Partial<Line> = {}) {
    const other = session('other');
    use(other, { at: NOW - 3 * DAY, device: 'laptop', ...mint });
    const used = use(other, { at: NOW - 30, activity: 'session_use', product: 'graph_activity', ...line }, over);
    const tail = [used, alone({ place: 3, ...signIn })];
    return elsewhere(sceneOf(tail), 1, since) === used;
  }

  test('the person is at another device of theirs, on another network', () => expect(there({})).toBe(true));
  test('not longer ago', () => expect(there({ at: NOW - 31 })).toBe(false));
  test('not on the same network', () => expect(there({ place: 3 })).toBe(false));
  test('not what a machine does by itself', () => expect(there({}, { is_presence: false })).toBe(false));
  test('not in a session without a device', () => expect(there({}, {}, {}, { device: undefined })).toBe(false));
  test('not on a device that is not theirs', () => expect(there({}, {}, {}, { device: 'other' })).toBe(false));
  test('not at a phone, when it signs in a computer', () => expect(there({}, {}, {}, { device: 'phone', agent: 3 })).toBe(false));
  test('nor at a computer, when it signs in a phone', () => expect(there({}, {}, { agent: 3 })).toBe(false));
  test('but at a phone, when it signs in a phone', () => expect(there({}, {}, { agent: 3 }, { device: 'phone', agent: 3 })).toBe(true));
  test('not of a program that does not say what it runs on', () => {
    expect(there({}, {}, { agent: 4 })).toBe(false);
    expect(there({}, {}, { agent: 4 }, { agent: 4 })).toBe(false);
    expect(there({}, {}, {}, { agent: 6 })).toBe(false);
  });

  test('not in the session that begins, nor from nowhere', () => {
    const own = session('own');
    const tail = [use(own, { at: NOW - 3, device: 'laptop' }), use(own, { place: 3 })];
    expect(elsewhere(sceneOf(tail), 1, since)).toBeUndefined();
    const other = session('other');
    const nowhere = [use(other, { at: NOW - 3, device: 'laptop' }), alone({}, { src_endpoint: undefined })];
    expect(elsewhere(sceneOf(nowhere), 1, since)).toBeUndefined();
    expect(elsewhere(sceneOf([alone({ at: NOW - 3, device: 'laptop' }), alone({ place: 3 })]), 1, since)).toBeUndefined();
  });

  test('not from nowhere, nor in no session', () => {
    const other = session('other');
    const nowhere = use(other, { at: NOW - 3, device: 'laptop' }, { src_endpoint: undefined });
    expect(elsewhere(sceneOf([nowhere, alone({ place: 3 })]), 1, since)).toBeUndefined();
    const own = session('own');
    expect(elsewhere(sceneOf([alone({ at: NOW - 3, device: 'laptop' }), use(own, { place: 3 })]), 1, since)).toBeUndefined();
  });

  test('on the device on which the session began, though that is not held one by one any more', () => {
    const other = session('other');
    use(other, { at: NOW - 3 * DAY, device: 'laptop' });
    const used = use(other, { at: NOW - 1, activity: 'session_use', product: 'graph_activity' });
    foldOldest(other);
    expect(elsewhere(sceneOf([used, alone({ place: 3 })]), 1, since)).toBe(used);
  });

  test('not by what the session is used for later', () => {
    const other = session('other');
    const used = use(other, { at: NOW - 1, activity: 'session_use', product: 'graph_activity' });
    use(other, { at: NOW + 1, device: 'laptop' });
    expect(elsewhere(sceneOf([used, alone({ place: 3 })]), 1, since)).toBeUndefined();
  });

  test('nor by what it was used for later, though that is not held one by one any more', () => {
    const onLaptop = (at: number) => {
      const other = session('other');
      const used = use(other, { at: NOW - 1, activity: 'session_use', product: 'graph_activity' });
      use(other, { at, device: 'laptop' });
      foldOldest(other);
      foldOldest(other);
      return elsewhere(sceneOf([used, alone({ place: 3 })]), 1, since) === used;
    };
    expect(onLaptop(NOW)).toBe(true);
    expect(onLaptop(NOW + 1)).toBe(false);
  });
});

describe('habits of signing in', () => {
  const had = (over: Partial<SignInDay>): SignInDay => ({ ...signInsBefore(newSignIns(0), 0), ...over });
  const missing = (over: Partial<SignInDay>, line: Partial<Line> = {}, event: Partial<SessionEvent> = {}) =>
    missingDevice(alone(line, event), had(over), USUALLY, 19);

  test('nearly all of enough', () => {
    expect(isNearlyAll(4, 5, USUALLY)).toBe(true);
    expect(isNearlyAll(4, 4, USUALLY)).toBe(false);
    expect(isNearlyAll(79, 100, USUALLY)).toBe(false);
    expect(isNearlyAll(397, 500, USUALLY)).toBe(false);
  });

  test('a device that is missing, told by how many had one', () => {
    const laptops = { device_logged: 10, with_device: 9 };
    expect(missing(laptops)).toMatchObject({
      name: 'device_missing',
      points: 19,
      before: '9 of 10',
      after: 'none',
      text: 'No device id, though 9 of the 10 sign-ins from computers before had one.',
    });
    expect(missing(laptops, { device: 'd9' })).toBeUndefined();
    expect(missing(laptops, { product: 'graph_activity' })).toBeUndefined();
    expect(missing(laptops, {}, { auth: { protocol: 'device_code' } })).toBeUndefined();
    expect(missing(laptops, {}, { auth: undefined })).toBeDefined();
    expect(missing(laptops, { agent: 6 })).toBeDefined();
  });

  test('phones are compared with phones, and computers with computers', () => {
    const both = { device_logged: 20, with_device: 10, handheld_logged: 10, handheld_with_device: 0 };
    expect(missing(both)).toBeDefined();
    expect(missing(both, { agent: 3 })).toBeUndefined();
    const phones = { device_logged: 20, with_device: 10, handheld_logged: 10, handheld_with_device: 10 };
    expect(missing(phones)).toBeUndefined();
    expect(missing(phones, { agent: 3 })?.text).toContain('10 of the 10 sign-ins from phones');
  });

  describe('a browser that is new', () => {
    /** A person of ten days in one browser each at computer and phone. */
    function browsing(tail: readonly Observation[] = []): PersonScene {
      const scene = sceneOf(tail);
      scene.person.sign_ins = newSignIns(0);
      for (let day = 0; day < 10; day++) {
        for (const line of [{ cookie: 'own' }, { cookie: 'phone', agent: 3 }]) {
          const lesson = alone({ at: day * DAY, ...line });
          learn(scene.person.habits!, lesson);
          learnSignIn(scene.person.sign_ins, lesson, day > 0);
        }
      }
      return scene;
    }
    const unknown = (line: Partial<Line>, event: Partial<SessionEvent> = {}, scene = browsing()) =>
      newCookie(scene, alone({ product: 'system_log', ...line }, event), USUALLY, 15);

    test('is told by how many sign-ins came from known ones', () => {
      expect(unknown({ cookie: 'new' })).toMatchObject({
        name: 'cookie_new',
        points: 15,
        before: '9 of 10',
        after: 'new',
        text: 'In a browser that was never theirs, though 9 of the 10 sign-ins from computers before came from one that was.',
      });
      expect(unknown({ cookie: 'new', agent: 3 })?.text).toContain('9 of the 10 sign-ins from phones');
    });

    test('is none that they are used to, nor what no log names or no program keeps', () => {
      expect(unknown({ cookie: 'own' })).toBeUndefined();
      expect(unknown({})).toBeUndefined();
      expect(unknown({ cookie: 'new', agent: 4 })).toBeUndefined();
    });

    test('on a device of theirs, or for another device, is no news', () => {
      expect(unknown({ cookie: 'new', device: 'laptop' })).toBeUndefined();
      expect(unknown({ cookie: 'new', device: 'other' })).toBeDefined();
      expect(unknown({ cookie: 'new' }, { auth: { protocol: 'device_code' } })).toBeUndefined();
      expect(unknown({ cookie: 'new' }, { auth: undefined })).toBeDefined();
    });

    test('is nothing to whoever was seen in none, or mostly in new ones', () => {
      expect(unknown({ cookie: 'new' }, {}, sceneOf([]))).toBeUndefined();
      const scene = browsing();
      for (let day = 0; day < 3; day++) learnSignIn(scene.person.sign_ins!, alone({ at: day * DAY, cookie: `private ${day}` }));
      expect(unknown({ cookie: 'new' }, {}, scene)).toBeUndefined();
      expect(unknown({ cookie: 'new', agent: 3 }, {}, scene)).toBeDefined();
    });

    test('and the person elsewhere in one of theirs', () => {
      const other = session('other');
      const used = use(other, { at: NOW - 3, cookie: 'own', product: 'system_log' });
      const signIn = (line: Partial<Line>) => alone({ place: 3, product: 'system_log', cookie: 'new', ...line });
      const found = (line: Partial<Line> = {}) => elsewhere(browsing([used, signIn(line)]), 1, T0 + (NOW - 30) * MINUTE);
      expect(found()).toBe(used);
      expect(found({ agent: 3 })).toBeUndefined();
      expect(elsewhere(sceneOf([used, signIn({})]), 1, T0 + (NOW - 30) * MINUTE)).toBeUndefined();
    });
  });

  test('what speaks for the person', () => {
    const points = () => -1;
    const names = (line: Partial<Line>) => reliefs(sceneOf([]), alone(line), points).map(({ name }) => name);
    expect(names({ device: 'laptop', token: 't', bound: true })).toEqual(['same_device', 'bound_token']);
    expect(names({ device: 'other' })).toEqual([]);
    expect(names({})).toEqual([]);
  });
});

test('the world has the places that these tests speak of', () => {
  expect([OSLO, CELLULAR, SERVER, VPN, CAFE].map(({ as_class }) => as_class)).toEqual(['access', 'mobile', 'hosting', 'vpn', 'access']);
});
