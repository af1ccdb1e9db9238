import { rulesInForce } from '../../../src/core/detect/detectors.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import type { Detect } from '../../../src/core/pipeline.js';
import { PERSON_BYTES_MAX, type Person } from '../../../src/core/state/person.js';
import { weigh } from '../../../src/core/state/record/weigh.js';
import { suspect } from '../../../src/core/state/story.js';
import { codecFor, peopleOf, takeOver } from '../../helpers/codec.js';
import { stateOf } from '../../helpers/record/state-of.js';
import { allRules } from '../../helpers/rules.js';
import { AGENTS, type Line, PLACES, say } from '../../helpers/world.js';

const RULES = allRules();
const OPTIONS = { config_digest: 'test' };
const IN_FORCE = rulesInForce(RULES, 'test');

/** An id as long as events allow; a stranger may choose it, and of letters that take three bytes. */
const long = (text: string | number, letter = 'x'): string => `${text}`.padEnd(200, letter);

function person(detect: Detect): Person {
  return [...peopleOf(detect).values()][0]!;
}

function bytes(detect: Detect): number {
  return codecFor(RULES).encode(person(detect)).length;
}

type Stranger = (n: number, letter: string) => SessionEvent;

const placed = (n: number) => {
  const [a, b] = [n >> 8, n & 255];
  return { ...PLACES[n % 7]!, ip: `84.${a}.${b}.7`, prefix: `84.${a}.${b}`, asn: 1000 + (n % 400), as_org: `Operator ${n}` };
};

const STREAMS: readonly [string, number, Stranger][] = [
  [
    'a session an event',
    700,
    (n) => say({ at: n, n, session: `session-${n}`, place: n % 3, agent: n % 4, activity: n % 5 ? 'session_use' : 'sign_in' }),
  ],
  [
    'addresses of a shared account',
    500,
    (n) => ({ ...say({ at: n, n, session: `session-${n % 12}`, agent: n % 6 }), src_endpoint: placed(n) }),
  ],
  [
    'thefts after sign-outs, with ids that are kept as they are',
    1200,
    (n, letter) => {
      const [theft, part] = [Math.floor(n / 3), n % 3];
      const session = `session-${theft >> 4}`;
      const at = theft * 20 + part;
      const event =
        part === 1
          ? say({ at, n, session, activity: 'sign_out' })
          : say({ at, n, session, place: part === 0 ? 0 : 3, agent: part === 0 ? 0 : 4, activity: part === 0 ? 'sign_in' : 'session_use' });
      return { ...event, uid: `u${n}`.padEnd(80, letter) };
    },
  ],
  [
    'ids of 200 characters',
    300,
    (n, letter) => {
      const event = say({
        at: n,
        n,
        place: n % 8,
        agent: n % 6,
        activity: n % 9 === 0 ? 'sign_out' : n % 7 === 0 ? 'inbox_rule' : 'session_use',
      });
      return {
        ...event,
        uid: long(`u${n}`, letter),
        session: {
          uid: long(`c${n % 90}`, letter),
          root_uid: long(`s${n % 90}`, letter),
          issuer: long('entra:t', letter),
          confidence: 'high',
        },
        token: { uid: long(`t${n}`, letter), kind: 'uti' },
        device: { uid: long(`d${n % 40}`, letter), evidence: 'observed', cookie_uid: long(`k${n % 40}`, letter) },
        client: { uid: long(`a${n % 50}`, letter) },
        user_agent: { ...(event.user_agent ?? AGENTS[0]!), original: `${n} `.padEnd(512, letter), major: n },
        details: { rule_name: letter.repeat(1000), move_to: long(n, letter) },
        action: `act ${n % 60}`.padEnd(300, letter),
      };
    },
  ],
  [
    'devices, browsers and apps of every day',
    400,
    (n, letter) => ({
      ...say({ at: n * 300, n, session: `session-${n % 5}`, place: n % 3, agent: n % 6, activity: n % 3 ? 'session_use' : 'sign_in' }),
      device: { uid: long(`d${n % 100}`, letter), evidence: 'observed', cookie_uid: long(`k${n % 100}`, letter) },
      client: { uid: long(`a${n % 100}`, letter) },
    }),
  ],
];

describe.each(STREAMS)('%s', (_, count, event) => {
  test.each(['x', '語'])('at most 64 KB after every event, in letters like %s', (letter) => {
    const detect = createDetect(RULES, OPTIONS);
    let most = 0;
    for (let n = 0; n < count; n++) {
      const one = event(n, letter);
      detect.tick(one.arrival_time);
      detect.accept(one);
      most = Math.max(most, bytes(detect));
      expect(person(detect).room).toBeLessThanOrEqual(PERSON_BYTES_MAX);
    }
    expect(most).toBeLessThanOrEqual(PERSON_BYTES_MAX);
    expect(detect.stats().evicted_observations + detect.stats().evicted_sessions).toBeGreaterThan(0);
  });

  test('whoever takes over in between says and keeps the same', () => {
    const whole = createDetect(RULES, OPTIONS);
    let relay = createDetect(RULES, OPTIONS);
    for (let n = 0; n < Math.min(count, 400); n++) {
      const one = event(n, 'x');
      expect(relay.accept(one)).toEqual(whole.accept(one));
      if (n % 20 === 0) relay = takeOver(relay, RULES, OPTIONS);
    }
    expect(stateOf(person(relay), IN_FORCE)).toEqual(stateOf(person(whole), IN_FORCE));
  });
});

test('a record is weighed at no less than it is written with, and not much more', () => {
  for (const [, , event] of STREAMS) {
    for (const letter of ['x', 'é', '語', '🦊']) {
      const detect = createDetect(RULES, OPTIONS);
      for (let n = 0; n < 100; n++) {
        detect.accept(event(n, letter));
        const weight = weigh(person(detect), IN_FORCE).total;
        expect(weight).toBeGreaterThanOrEqual(bytes(detect));
        expect(weight).toBeLessThanOrEqual(1.3 * bytes(detect) + 700);
      }
    }
  }
});

test('a flood of findings does not push out what is known of a thief', () => {
  const detect = createDetect(RULES, OPTIONS);
  const shared = STREAMS[1]![2];
  const DAY = 24 * 60;
  let n = 0;
  const tell = (line: Omit<Line, 'n'>, over: Partial<SessionEvent> = {}) => detect.accept({ ...say({ ...line, n: ++n }), ...over });
  tell({ at: 0, place: 0, agent: 0, session: 'own', activity: 'sign_in', fresh: true });
  tell({ at: 6, place: 3, agent: 4, session: 'own' });
  tell({ at: 7, place: 3, agent: 4, session: 'own', activity: 'inbox_rule' });
  tell({ at: 2 * DAY, place: 0, agent: 0, session: 'own' });
  suspect(person(detect).story, '185.220.101', { time: say({ at: 8, n: 0 }).time, uid: 'theirs' });
  const known = () => {
    const { story, sessions } = person(detect);
    const suspected = sessions.filter(({ prints }) => prints.some(({ notes }) => notes.some((note) => note?.was_suspect === true)));
    return { prefixes: story.suspects.map(({ prefix }) => prefix), sessions: suspected.map(({ uid }) => uid) };
  };
  expect(known()).toEqual({ prefixes: ['185.220.101'], sessions: ['own'] });
  let found = 0;
  for (let i = 0; i < 900; i++) {
    const one = shared(i, 'x');
    const time = say({ at: 2 * DAY + i, n: 0 }).time;
    const session = { ...one.session!, uid: long(`flood-${i % 12}`, '語') };
    found += detect.accept({ ...one, uid: `flood-${i}`, session, time, arrival_time: time }).length;
  }
  const { evicted_memories, evicted_sessions } = detect.stats();
  expect(found).toBeGreaterThan(100);
  expect(evicted_memories).toBeGreaterThan(0);
  expect(evicted_sessions).toBeGreaterThan(0);
  expect(known().prefixes).toContain('185.220.101');
  expect(known().sessions).toContain('own');
});
