import { readRules } from '../../../src/config/rules.js';
import { createDetect, DETECTORS } from '../../../src/core/detect/index.js';
import { UNREPORTED } from '../../../src/core/detect/judgement.js';
import { takeLesson } from '../../../src/core/detect/lessons.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import { isLesson } from '../../../src/core/detect/suspicion.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { HABIT_KINDS } from '../../../src/core/state/habits.js';
import type { Observation } from '../../../src/core/state/observation.js';
import { newPerson, type Person } from '../../../src/core/state/person.js';
import { addObservation, newSession, type Session } from '../../../src/core/state/session.js';
import type { Stranger, Verdict } from '../../../src/core/state/verdict.js';
import { peopleOf } from '../../helpers/codec.js';
import { bareRule } from '../../helpers/rules.js';
import { type Line, MINUTE, PLACES, say, T0 } from '../../helpers/world.js';

const same = (text: string): string => text;
const CLIENT = 'd3590ed6-52b3-4102-aeff-aad2292ab01c';

function sessionOf(uid: string): Session {
  const event = say({ at: 0, n: 0, session: uid });
  return newSession(event, event.session!, same);
}

function use(session: Session, line: Partial<Line> & { at: number }): Observation {
  const at = addObservation(session, say({ n: line.at, session: session.uid, client: CLIENT, ...line }), 'browser', same);
  return session.tail[at]!;
}

const held = (seen: Observation): Observation => Object.assign(seen, { scores: [40] });

function verdict(seen: Observation, stranger: Stranger | undefined, score = 59): Verdict {
  return { seen, rule: 0, judgement: { ...UNREPORTED, score, stranger } };
}

/** Values of the person's habits that were taken back. */
function unlearned({ habits }: Person): string[] {
  return HABIT_KINDS.flatMap((kind) => habits![kind])
    .filter(({ unlearned_time }) => unlearned_time !== undefined)
    .map(({ value }) => value);
}

describe('who turned out to be a stranger', () => {
  test('is one since the first event that told, whichever is settled first', () => {
    const session = sessionOf('s9');
    const [first, second] = [use(session, { at: 5 }), use(session, { at: 6 })];
    const person = newPerson(say({ at: 0, n: 0 }));
    const since = (seen: Observation) => {
      takeLesson(person, seen, [verdict(seen, { session, prefix: undefined })]);
      return session.stranger_since;
    };
    expect(since(second)).toEqual({ time: second.time, uid: second.uid });
    expect(since(first)).toEqual({ time: first.time, uid: first.uid });
    expect(since(second)).toEqual({ time: first.time, uid: first.uid });
  });

  test('is known by their address block, too', () => {
    const person = newPerson(say({ at: 0, n: 0 }));
    const seen = use(sessionOf('s9'), { at: 5, place: 4 });
    takeLesson(person, seen, [verdict(seen, { session: undefined, prefix: PLACES[4]!.prefix })]);
    expect(person.story.suspects).toMatchObject([{ prefix: PLACES[4]!.prefix, since: { time: T0 + 5 * MINUTE } }]);
  });

  test('not when it is no more than low, nor when nobody is named', () => {
    const person = newPerson(say({ at: 0, n: 0 }));
    const session = sessionOf('s9');
    const seen = use(session, { at: 5 });
    takeLesson(person, seen, [verdict(seen, { session, prefix: PLACES[0]!.prefix }, 39), verdict(seen, undefined)]);
    expect(session.stranger_since).toBeUndefined();
    expect(person.story.suspects).toEqual([]);
  });
});

describe('what a stranger taught is taken back', () => {
  /** The owner at home, then somebody who is held for a stranger: what was learned of both before anybody knew, less what is taken back. */
  function afterwards(line: Partial<Line>, isAllTheirs = false): string[] {
    const session = sessionOf('s9');
    const person = newPerson(say({ at: 0, n: 0 }));
    const mint = use(session, { at: 0, device: 'laptop' });
    const before = use(session, { at: 1, device: 'laptop', ...line });
    for (const seen of [mint, before]) takeLesson(person, seen, []);
    if (isAllTheirs) session.stranger_since = { time: T0, uid: '' };
    takeLesson(person, held(use(session, { at: 2, device: 'laptop', ...line })), []);
    return unlearned(person);
  }

  test('but for what the session was known by from its beginning', () => {
    expect(afterwards({ place: 3, agent: 2, client: 'other', device: 'theirs' })).toEqual([
      '14061',
      'NL',
      'other',
      'theirs',
      'chrome/linux',
    ]);
    expect(afterwards({ place: 3, client: 'other' })).toEqual(['14061', 'NL', 'other']);
  });

  test("nothing of what the owner's own print shows", () => expect(afterwards({})).toEqual([]));

  test('all of it, when the whole session is theirs', () => {
    expect(afterwards({ place: 3, client: 'other' }, true)).toEqual(['14061', 'NL', 'other', 'laptop', 'edge/windows']);
  });

  test('all of what was done in no session', () => {
    const person = newPerson(say({ at: 0, n: 0 }));
    takeLesson(person, use(sessionOf('s9'), { at: 0 }), []);
    takeLesson(person, { ...held(use(sessionOf('s9'), { at: 2, place: 3 })), session: undefined }, []);
    takeLesson(person, { ...held(use(sessionOf('s9'), { at: 3 })), session: undefined }, []);
    expect(unlearned(person)).toEqual(['2119', 'NO', CLIENT, 'edge/windows']);
  });

  test('nothing from somebody who has taught nothing yet', () => {
    const person = newPerson(say({ at: 0, n: 0 }));
    takeLesson(person, held(use(sessionOf('s9'), { at: 2 })), []);
    expect(person.habits).toBeUndefined();
    expect(person.sign_ins).toBeUndefined();
  });
});

test('what was not done, or is a vendor’s verdict, teaches nothing', () => {
  const session = sessionOf('s1');
  const person = newPerson(say({ at: 0, n: 0 }));
  expect(isLesson(person, use(session, { at: 1 }))).toBe(true);
  expect(isLesson(person, use(session, { at: 2, activity: 'sign_in', status: 'failure' }))).toBe(false);
  expect(isLesson(person, use(session, { at: 3, activity: 'vendor_risk' }))).toBe(false);
  takeLesson(person, use(session, { at: 4, activity: 'sign_in', status: 'failure' }), []);
  expect(person.habits).toBeUndefined();
});

describe('what an app does with a grant, on servers abroad,', () => {
  const DAY = 1440;
  const cloud = {
    ...PLACES[3]!,
    ip: '54.72.10.20',
    prefix: '54.72.10',
    country: 'IE',
    city: 'Dublin',
    lat: 53.35,
    long: -6.26,
    asn: 16509,
  };
  const source = { vendor: 'google_workspace', product: 'token', account: 't' };
  const grant = (n: number, at: number, delay: number): SessionEvent => ({
    ...say({ n, at, delay, session: 'app', client: 'app1', activity: 'session_use', action: 'activity' }),
    source,
    session: { uid: 'app', issuer: 'google_workspace:t', confidence: 'surrogate' },
    user_agent: undefined,
    is_presence: false,
    src_endpoint: cloud,
  });
  const signIn = (n: number, at: number, agent: number): SessionEvent =>
    say({ n, at, activity: 'sign_in', session: `o${n}`, product: 'system_log', agent });

  function told(rules: readonly Rule[], delay: number) {
    const detect = createDetect(rules, { config_digest: 'test', limits: { allowed_lateness: DAY * MINUTE } });
    const events: SessionEvent[] = [];
    for (let day = 0; day < 16; day++) {
      const [n, at] = [day * 10, day * DAY];
      events.push(signIn(n, at, 0), grant(n + 1, at + 120, 0), grant(n + 2, at + 130, delay), grant(n + 3, at + 140, 0));
    }
    events.push({ ...signIn(999, 16 * DAY, 2), src_endpoint: cloud });
    const findings = events.sort((a, b) => a.arrival_time - b.arrival_time).flatMap((event) => detect.accept(event));
    const habits = [...peopleOf(detect).values()][0]!.habits!;
    return { findings: findings.map(({ type, level }) => `${type} ${level}`), countries: habits.country.map(({ value }) => value) };
  }

  const shipped = readRules(['rules'], DETECTORS).rules.map(({ rule }) => rule);
  test.each([0, 15])('teaches nothing of its person when one record comes %i minutes late', (delay) => {
    expect(told(shipped, delay)).toEqual({ findings: ['session_mint medium', 'new_country medium'], countries: ['NO'] });
  });

  test.each(['post_compromise', 'vendor_risk'])('is nothing that %s would have found in it', (detector) => {
    expect(told([bareRule(detector, { report_from: 1 })], 15)).toEqual({ findings: [], countries: ['NO'] });
  });
});
