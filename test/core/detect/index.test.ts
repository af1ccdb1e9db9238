import { createDetect, DETECTORS, type DetectOptions } from '../../../src/core/detect/index.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import type { Detect } from '../../../src/core/pipeline.js';
import { peopleOf } from '../../helpers/codec.js';
import { allRules, bareRule } from '../../helpers/rules.js';
import { AGENTS, type Line, MINUTE, PLACES, say, T0 } from '../../helpers/world.js';

const HOUR = 60;
const DAY = 24 * HOUR;
const HOME = 0;
const OFFICE = 6;
const SERVER = 3;
const EDGE = 0;
const CHROME = 2;

type Told = Omit<Line, 'n'> & { n?: number };

/** Those with conditions of their own look for what no test here speaks of. */
const OWN_CONDITIONS = ['match', 'count'];
const RULES = allRules().filter(({ detector }) => !OWN_CONDITIONS.includes(detector));

/** An engine that is told events in order of arrival and keeps the last word on each finding. */
class Listener {
  readonly detect: Detect;
  readonly latest = new Map<string, Finding>();
  private count = 0;

  constructor(options: Partial<DetectOptions> = {}, rules: readonly Rule[] = RULES) {
    this.detect = createDetect(rules, { config_digest: 'test', ...options });
  }

  hear(event: SessionEvent): Finding[] {
    const said = this.detect.accept(event);
    for (const finding of said) this.latest.set(finding.uid, finding);
    return said;
  }

  tell(...lines: readonly Told[]): Finding[] {
    return lines.flatMap((line) => this.hear(say({ n: this.count++, ...line })));
  }

  get only(): Finding | undefined {
    expect(this.latest.size).toBeLessThan(2);
    return [...this.latest.values()][0];
  }

  /** `type status score` of every finding, as last said. */
  get record(): string[] {
    return [...this.latest.values()].map(({ type, status, score }) => `${type} ${status} ${score}`);
  }
}

const REUSE = [bareRule('session_reuse')];
const owner = (at: number, over: Partial<Told> = {}): Told => ({ at, place: HOME, agent: EDGE, ...over });
const as = (family: string, line: Told, n: number): SessionEvent => {
  const event = say({ ...line, n });
  return { ...event, user_agent: { ...AGENTS[EDGE]!, family } };
};
const firefox = (line: Told, n: number) => as('firefox', line, n);
const chrome = (line: Told, n: number) => as('chrome', line, n);
const thief = (at: number, over: Partial<Told> = {}): Told => ({ at, place: SERVER, agent: CHROME, ...over });

describe('who is remembered', () => {
  test.each(['failure', 'interrupted'] as const)('not who never got further than %s', (status) => {
    const listener = new Listener();
    expect(listener.hear({ ...say({ at: 0, n: 1 }), status })).toEqual([]);
    expect(listener.detect.stats()).toMatchObject({ principals: 0, sessions: 0, observations: 0 });
  });

  test.each(['success', 'unknown'] as const)('who ended in %s', (status) => {
    const listener = new Listener();
    listener.hear({ ...say({ at: 0, n: 1 }), status });
    expect(listener.detect.stats()).toMatchObject({ principals: 1, sessions: 1, observations: 1 });
  });

  test('the failures of who is known are no use of a session', () => {
    const listener = new Listener();
    listener.tell(owner(0));
    listener.hear({ ...say({ ...thief(1), n: 1 }), status: 'failure' });
    expect(listener.detect.stats()).toMatchObject({ principals: 1, sessions: 1, observations: 1 });
  });

  test('what was done to somebody is no use of theirs', () => {
    const listener = new Listener();
    const event = say({ at: 0, n: 1 });
    listener.hear({ ...event, subject_role: 'target' });
    expect(listener.detect.stats()).toMatchObject({ principals: 1, sessions: 0, observations: 0 });
  });

  test('events without a session are none either', () => {
    const listener = new Listener();
    listener.tell({ at: 0, session: '' });
    expect(listener.detect.stats()).toMatchObject({ principals: 1, sessions: 0 });
  });
});

describe('what is not judged', () => {
  test('an event ahead of its arrival, which moves nothing', () => {
    const listener = new Listener();
    listener.tell(owner(10, { delay: -10 - 1 / MINUTE }));
    expect(listener.detect.stats().principals).toBe(0);
    listener.tell(owner(10, { delay: -10 }));
    expect(listener.detect.stats().principals).toBe(1);
  });

  test('an event whose time is known to the hour at best', () => {
    const listener = new Listener();
    expect(listener.hear({ ...say({ at: 0, n: 0 }), time_precision_ms: HOUR * MINUTE + 1 })).toEqual([]);
    expect(listener.detect.stats().principals).toBe(0);
    listener.hear({ ...say({ at: 0, n: 0 }), time_precision_ms: HOUR * MINUTE });
    expect(listener.detect.stats().principals).toBe(1);
  });

  test('a record that comes twice, which is counted', () => {
    const listener = new Listener();
    expect(listener.tell(owner(0, { n: 7 }), owner(0, { n: 7 }), owner(1, { n: 8 }))).toEqual([]);
    expect(listener.detect.stats()).toMatchObject({ observations: 2, duplicates: 1 });
  });

  test('by a rule that is deprecated', () => {
    const rules: Rule[] = [{ ...bareRule('session_reuse'), status: 'deprecated' }];
    const listener = new Listener({}, rules);
    expect(listener.tell(owner(0), thief(5))).toEqual([]);
  });

  test('the session of a low confidence, nor that of a system', () => {
    const listener = new Listener();
    const low = (line: Told, n: number): SessionEvent => {
      const event = say({ ...line, n });
      return { ...event, session: { ...event.session!, confidence: 'low' } };
    };
    expect([...listener.hear(low(owner(0), 0)), ...listener.hear(low(thief(5), 1))]).toEqual([]);
    const system = (line: Told, n: number): SessionEvent => {
      const event = say({ ...line, n, who: 'sync' });
      return { ...event, principal: { ...event.principal, type: 'system' } };
    };
    expect([...listener.hear(system(owner(0), 2)), ...listener.hear(system(thief(5), 3))]).toEqual([]);
    // where the person was is known all the same
    expect(listener.detect.stats()).toMatchObject({ sessions: 0, observations: 2 });
  });

  test('a rule that names no detector is a mistake of the programmer', () => {
    expect(() => createDetect([{ ...bareRule('session_reuse'), detector: 'x' }], { config_digest: '' })).toThrow(
      'rule session-reuse names no detector: x',
    );
  });
});

test('every detector takes the lowest score to report', () => {
  for (const { name, parameters } of Object.values(DETECTORS)) {
    expect([name, parameters['report_from']]).toEqual([
      name,
      {
        kind: 'integer',
        default: OWN_CONDITIONS.includes(name) ? 1 : 40,
        min: 1,
        max: 100,
        doc: expect.stringMatching(/^lowest score that becomes a finding/),
      },
    ]);
  }
});

test('every detector and every parameter says what it is, and a default is within its bounds', () => {
  for (const { name, doc, parameters } of Object.values(DETECTORS)) {
    expect([name, doc]).toEqual([name, expect.stringMatching(/\w/)]);
    for (const [parameter, spec] of Object.entries(parameters)) {
      expect([parameter, spec.doc]).toEqual([parameter, expect.stringMatching(/\w/)]);
      if (spec.kind === 'strings') expect(Array.isArray(spec.default)).toBe(true);
      else if (spec.kind === 'field' || spec.kind === 'string') expect(['undefined', 'string']).toContain(typeof spec.default);
      else if (spec.kind === 'conditions' || spec.kind === 'steps' || spec.default === undefined) expect(spec.default).toBeUndefined();
      else if (spec.kind === 'boolean') expect(typeof spec.default).toBe('boolean');
      else {
        expect(['duration', 'integer', 'points']).toContain(spec.kind);
        expect(spec.default).toBeGreaterThanOrEqual(spec.min!);
        expect(spec.default).toBeLessThanOrEqual(spec.max!);
      }
    }
  }
});

test('what a rule may set a parameter to', () => {
  const MIN = MINUTE;
  const H = 60 * MIN;
  const boundsOf = (detector: string) =>
    Object.fromEntries(
      Object.entries(DETECTORS[detector]!.parameters)
        .filter(([, { kind }]) => kind !== 'strings' && kind !== 'points')
        .map(([name, { min, max }]) => [name, [min, max]]),
    );
  expect(boundsOf('session_reuse')).toEqual({
    report_from: [1, 100],
    speed_kmh: [100, 5000],
    token_overlap: [0, 3_600_000],
    distance_km: [50, 20_000],
    alternation_within: [MIN, 24 * H],
    alternation_turns: [2, 20],
    networks_within: [MIN, 24 * H],
    networks_count: [2, 20],
    resumed_after: [H, 168 * H],
    token_within: [H, 48 * H],
  });
  expect(boundsOf('use_after_revocation')).toEqual({
    report_from: [1, 100],
    grace: [0, H],
    grace_entra: [0, H],
    access_token_lifetime: [0, 28 * H],
    cae_propagation: [0, 2 * H],
    speed_kmh: [100, 5000],
    distance_km: [50, 20_000],
  });
  for (const { parameters } of Object.values(DETECTORS)) {
    for (const { kind, min, max } of Object.values(parameters)) if (kind === 'points') expect([min, max]).toEqual([-100, 100]);
  }
});

describe('a finding over time', () => {
  test('is said once, again when it becomes stronger, and not for more of the same', () => {
    const listener = new Listener({}, REUSE);
    const [first] = listener.tell(owner(0), { at: 5, place: OFFICE, agent: CHROME });
    expect(first).toMatchObject({ status: 'new', revision: 1, score: 80 });
    expect(listener.tell({ at: 6, place: OFFICE, agent: CHROME })).toEqual([]);
    const [second] = listener.tell(thief(7));
    expect(second).toMatchObject({ status: 'updated', revision: 2, supersedes: 1, uid: first?.uid, score: 98 });
    expect(second?.first_seen_time).toBe(T0 + 5 * MINUTE);
    expect(second?.time).toBe(first?.time);
  });

  test('names what else the newcomer did, though it is no stronger', () => {
    const listener = new Listener({}, REUSE);
    listener.tell(owner(0), thief(5, { activity: 'inbox_rule' }));
    const [again] = listener.tell(thief(6, { activity: 'inbox_rule', n: 9 }));
    expect(again).toMatchObject({ status: 'updated', revision: 2, supersedes: 1, score: 100 });
    expect(again?.evidence.map(({ event_uid }) => event_uid)).toContain('entra:t:0009');
  });

  test('goes on naming them when it becomes stronger', () => {
    const listener = new Listener({}, REUSE);
    listener.tell(owner(0));
    listener.hear(firefox({ at: 5, place: OFFICE, activity: 'inbox_rule' }, 9));
    const [stronger] = listener.tell({ at: 200, place: SERVER, agent: CHROME, n: 10 });
    expect(stronger).toMatchObject({ revision: 2, trigger_event_uid: 'entra:t:0010' });
    expect(stronger?.evidence.filter(({ role }) => role === 'context').map(({ event_uid }) => event_uid)).toContain('entra:t:0009');
  });

  test('a thousand files are no thousand revisions', () => {
    const listener = new Listener({}, REUSE);
    listener.tell(owner(0), thief(5));
    const said = Array.from({ length: 1000 }, (_, i) => listener.tell(thief(6 + i / 60, { activity: 'data_export', n: 2000 + i }))).flat();
    expect(said.length).toBeLessThan(10);
  });

  test('is taken back when what comes late explains it, and made again', () => {
    const listener = new Listener({}, REUSE);
    listener.tell(owner(0));
    listener.hear(firefox({ at: 40, place: OFFICE }, 11));
    expect(listener.record).toEqual(['session_reuse new 45']);
    listener.hear(firefox({ at: 10, place: HOME, delay: 31 }, 12));
    expect(listener.record).toEqual(['session_reuse retracted 45']);
    expect(listener.only).toMatchObject({ revision: 2, supersedes: 1, proposed: undefined });
    listener.tell(thief(60));
    expect(listener.record).toEqual(['session_reuse updated 98']);
    expect(listener.only).toMatchObject({ revision: 3, supersedes: 2, first_seen_time: T0 + 60 * MINUTE });
  });

  test('stays taken back while nothing new is worth saying', () => {
    const listener = new Listener({}, REUSE);
    listener.tell(owner(0));
    listener.hear(firefox({ at: 40, place: OFFICE }, 11));
    listener.hear(firefox({ at: 10, place: HOME, delay: 31 }, 12));
    expect(listener.tell(owner(50, { n: 8 }), owner(45, { n: 9, delay: 6 }))).toEqual([]);
  });
});

describe('what can no longer be re-ordered', () => {
  const LIMITS = { limits: { allowed_lateness: 2 * HOUR * MINUTE } };

  test('a finding falls back to the weaker judgement that stands for good, and says so once', () => {
    const listener = new Listener(LIMITS, REUSE);
    listener.tell(owner(0));
    listener.hear(chrome({ at: 10, place: OFFICE }, 11));
    listener.hear(firefox({ at: 100, place: SERVER }, 12));
    expect(listener.only).toMatchObject({ score: 63, trigger_event_uid: 'entra:t:0012', revision: 2 });
    // at 160 minutes what happened up to 40 minutes is settled
    const [back, ...more] = listener.hear(firefox({ at: 95, place: HOME, delay: 65 }, 13));
    expect(more).toEqual([]);
    expect(back).toMatchObject({
      status: 'updated',
      revision: 3,
      supersedes: 2,
      score: 45,
      trigger_event_uid: 'entra:t:0011',
      first_seen_time: T0 + 10 * MINUTE,
    });
    expect(listener.hear(firefox({ at: 97, place: HOME, delay: 66 }, 14))).toEqual([]);
  });

  test('turns that were counted stay counted when the first of them are settled', () => {
    const listener = new Listener(LIMITS, REUSE);
    listener.tell(owner(0), { at: 5, place: OFFICE, agent: CHROME }, owner(10), { at: 15, place: OFFICE, agent: CHROME });
    expect(listener.record).toEqual(['session_reuse updated 100']);
    // two hours and twelve minutes on, the first three are settled; something late has the last judged again
    expect(listener.tell(owner(14, { delay: 118 }))).toEqual([]);
    expect(listener.record).toEqual(['session_reuse updated 100']);
  });

  test('a fresh sign-in is remembered after it left the tail', () => {
    const listener = new Listener(LIMITS);
    listener.tell(
      owner(0),
      { at: 60, activity: 'session_revoke', role: 'target' },
      owner(70, { activity: 'sign_in', fresh: true }),
      owner(5 * DAY, { activity: 'token_issue' }),
      owner(5 * DAY + 1, { activity: 'token_issue' }),
    );
    expect(listener.record).toEqual([]);
  });

  test('later than that, an event is judged where it stands and moves nothing that is settled', () => {
    const listener = new Listener(LIMITS, REUSE);
    listener.tell(owner(0), thief(5), owner(400), owner(401));
    expect(listener.record).toEqual(['session_reuse new 98']);
    listener.tell({ at: 3, delay: 400, place: SERVER, agent: CHROME, n: 50 });
    expect(listener.record).toEqual(['session_reuse new 98']);
    expect(listener.detect.stats().late_beyond_allowed).toBe(1);
  });

  test('a judgement of the least score that is reported stands for good too', () => {
    const listener = new Listener(LIMITS, REUSE);
    const older = say({ at: 10, n: 11, place: OFFICE });
    listener.tell(owner(0));
    listener.hear({ ...older, user_agent: { ...older.user_agent!, major: 138 } });
    expect(listener.record).toEqual(['session_reuse new 40']);
    listener.hear(firefox({ at: 100, place: SERVER }, 12));
    const [back] = listener.hear(firefox({ at: 95, place: HOME, delay: 65 }, 13));
    expect(back).toMatchObject({ status: 'updated', score: 40, trigger_event_uid: 'entra:t:0011' });
  });

  describe('is what happened before the allowed lateness', () => {
    const stranger = (at: number, over: Partial<Told> = {}): Told => ({ at, place: OFFICE, agent: CHROME, ...over });
    /** An event that only lets time pass. */
    const pass = (at: number, n: number): SessionEvent => ({ ...say({ at, n, session: '' }), src_endpoint: undefined });
    /** A stranger's event, time that passes, and one more that happened before it: is its trigger still the first? */
    const said = (times: readonly number[], late: Told, before: readonly Told[] = []): number => {
      const listener = new Listener(LIMITS, REUSE);
      listener.tell(owner(0, { n: 50 }));
      listener.hear(pass(300, 51));
      listener.tell(...before, stranger(600, { n: 52 }));
      for (const [i, at] of times.entries()) listener.hear(pass(at, 60 + i));
      return listener.tell(late).length;
    };

    test('then what comes late changes nothing that was said', () => {
      expect(said([719], stranger(595, { n: 70, delay: 125 }))).toBe(1);
      expect(said([730], stranger(595, { n: 70, delay: 136 }))).toBe(0);
      expect(said([715, 730], stranger(595, { n: 70, delay: 136 }), [owner(590, { n: 53 })])).toBe(0);
    });

    test('and not what happened just then', () => {
      const before = [owner(590, { n: 53 })];
      expect(said([720], stranger(600, { n: 1, delay: 120 }), before)).toBe(1);
      expect(said([720 + 1 / 60], stranger(600, { n: 1, delay: 121 }), before)).toBe(0);
    });

    test('or what had to make room, and no more than that', () => {
      const rules = [bareRule('session_reuse', { alternation_turns: 2 })];
      const listener = new Listener({ limits: { ...LIMITS.limits, observations_per_session: 2 } }, rules);
      listener.tell(owner(0), owner(130), stranger(140), stranger(125, { delay: 16 }));
      expect(listener.record).toEqual(['session_reuse updated 100']);
    });
  });

  test('an event leaves the tail when no later one can look back at it', () => {
    const listener = new Listener(LIMITS, REUSE);
    listener.tell(owner(0), owner(26 * HOUR - 1));
    expect(listener.detect.stats().observations).toBe(2);
    listener.tell(owner(26 * HOUR + 30));
    expect(listener.detect.stats().observations).toBe(2);
    const exact = new Listener(LIMITS, REUSE);
    exact.tell(owner(0), owner(26 * HOUR));
    expect(exact.detect.stats().observations).toBe(2);
    exact.tell(owner(26 * HOUR + 1));
    expect(exact.detect.stats().observations).toBe(2);
  });

  test("arrivals that go back do not turn back the partition's clock", () => {
    const listener = new Listener(LIMITS, REUSE);
    listener.tell(owner(500), owner(10, { who: 'kim@example.com' }), owner(300, { delay: 10 }));
    expect(listener.detect.stats().late_beyond_allowed).toBe(2);
  });

  test('what is late within the limit is not counted as later', () => {
    const listener = new Listener(LIMITS, REUSE);
    listener.tell(owner(200), owner(80, { delay: 120 }));
    expect(listener.detect.stats().late_beyond_allowed).toBe(0);
  });
});

describe('bounds', () => {
  test('on the sessions of a person', () => {
    const listener = new Listener({ limits: { sessions_per_person: 3 } });
    for (let i = 0; i < 5; i++) listener.tell(owner(i, { session: `s${i}` }));
    expect(listener.detect.stats()).toMatchObject({ sessions: 3, observations: 5, evicted_sessions: 2 });
  });

  test('on the observations of a session', () => {
    const listener = new Listener({ limits: { observations_per_session: 8 } });
    for (let i = 0; i < 20; i++) listener.tell(owner(i));
    expect(listener.detect.stats()).toMatchObject({ observations: 20, evicted_observations: 12 });
    const [session] = [...peopleOf(listener.detect).values()][0]!.sessions;
    expect(session?.tail).toHaveLength(8);
  });

  test('on the observations of a person: the session that has the most gives way', () => {
    const listener = new Listener({ limits: { observations_per_session: 8, observations_per_person: 16 } });
    for (const session of ['s1', 's2', 's3']) for (let i = 0; i < 8; i++) listener.tell(owner(i, { session }));
    expect(listener.detect.stats()).toMatchObject({ observations: 16, evicted_observations: 8 });
    for (let i = 0; i < 8; i++) listener.tell(owner(i, { session: 's4' }));
    expect(listener.detect.stats()).toMatchObject({ observations: 16, evicted_observations: 16 });
  });

  test('a session whose every observation had to go is still known by its prints', () => {
    const listener = new Listener({ limits: { observations_per_session: 2, observations_per_person: 3 } });
    for (let i = 0; i < 4; i++) listener.tell(owner(i, { session: `s${i}` }));
    expect(listener.detect.stats()).toMatchObject({ observations: 3, evicted_observations: 1 });
    const [first] = [...peopleOf(listener.detect).values()][0]!.sessions;
    expect(first).toMatchObject({ uid: 's0', tail: [], prints: [{ folded_count: 1 }] });
    const [thefts] = [listener.hear(say({ at: 10, n: 999, place: 3, agent: 2, session: 's0' }))];
    expect(thefts).toHaveLength(1);
  });

  test('an observation that makes room has taught what it had to teach', () => {
    const listener = new Listener({ limits: { observations_per_session: 1 } }, REUSE);
    for (const day of [0, 1])
      listener.tell(owner(day * DAY, { session: `a${day}`, place: OFFICE }), owner(day * DAY + 1, { session: `a${day}` }));
    listener.tell(owner(11 * DAY, { session: 'c' }));
    listener.hear(firefox({ at: 11 * DAY + 5, place: OFFICE, session: 'c' }, 900));
    expect(listener.record).toEqual([]);
  });

  test('a flood of ordinary use does not make the thief ordinary', () => {
    const listener = new Listener({ limits: { observations_per_session: 8 } }, REUSE);
    listener.tell(owner(0), thief(5));
    expect(listener.record).toEqual(['session_reuse new 98']);
    for (let i = 0; i < 40; i++) listener.tell(owner(6 + i));
    // what else shows up behind the suspect's address is taken for the suspect's
    const [again] = listener.tell(thief(60), { at: 61, place: SERVER, agent: EDGE, activity: 'inbox_rule' });
    expect(again?.factors.map(({ name }) => name)).toEqual(expect.arrayContaining(['network_rented_abroad', 'os_changed']));
  });

  test('a flood of prints washes out neither the mint nor the suspect', () => {
    const listener = new Listener({ limits: { observations_per_session: 8 } }, REUSE);
    listener.tell(owner(0), thief(5));
    for (let i = 0; i < 60; i++) {
      const event = say({ ...owner(6 + i), n: 100 + i });
      listener.hear({ ...event, user_agent: { ...event.user_agent!, major: 141 + i } });
    }
    const before = listener.record;
    listener.tell(owner(70));
    expect(listener.record).toEqual(before);
    const [again] = listener.tell(thief(80, { activity: 'inbox_rule' }));
    expect(again).toMatchObject({ score: 100, status: 'updated' });
    expect(again?.evidence.find(({ role }) => role === 'baseline')?.src_endpoint).toEqual(PLACES[HOME]);
  });
});

describe('lives of a session', () => {
  test('after a sign-out or a revocation a finding is another one', () => {
    const listener = new Listener({}, REUSE);
    listener.tell(owner(0), thief(5), { at: 20, activity: 'session_revoke', role: 'target' }, thief(30));
    expect([...listener.latest.values()].map(({ revision, last_seen_time }) => [revision, (last_seen_time - T0) / MINUTE])).toEqual([
      [1, 5],
      [1, 30],
    ]);
  });

  test('idle past its life it begins anew', () => {
    const listener = new Listener({}, REUSE);
    listener.tell(owner(0), thief(8 * DAY + 6 * HOUR));
    expect(listener.record).toEqual(['session_reuse new 100']);
    const other = new Listener({}, REUSE);
    other.tell(owner(0), thief(8 * DAY + 6 * HOUR + 1));
    expect(other.record).toEqual([]);
  });

  test('use keeps it alive, and arrivals that go back make it no older', () => {
    const listener = new Listener({}, REUSE);
    listener.tell(owner(0), owner(5 * DAY), owner(DAY), thief(10 * DAY));
    expect(listener.record).toEqual(['session_reuse new 100']);
  });

  test('use keeps a person alive, and arrivals that go back make nobody older', () => {
    const listener = new Listener();
    listener.tell(owner(0), owner(20 * DAY), owner(5 * DAY), owner(45 * DAY));
    expect(listener.detect.stats()).toMatchObject({ principals: 1, expired_principals: 0 });
  });

  test('a mark is held against the sessions that it concerns, also when it comes late', () => {
    const listener = new Listener();
    const renewed = { activity: 'token_issue' } as const;
    listener.tell(owner(0), owner(1, { session: 's2' }), owner(90, renewed), owner(91, { session: 's2', ...renewed }));
    const said = listener.tell({ at: 60, delay: 40, activity: 'session_revoke', role: 'target', details: { session: 's1' } });
    expect(said).toEqual([
      expect.objectContaining({ type: 'use_after_revocation', session: expect.objectContaining({ uid: 's1' }), lateness_ms: 10 * MINUTE }),
    ]);
  });

  test('a mark that comes twice changes nothing', () => {
    const listener = new Listener();
    const revoke: Told = { at: 60, activity: 'session_revoke', role: 'target', n: 70 };
    listener.tell(owner(0), revoke, ...Array.from({ length: 20 }, (_, i) => owner(1 + i)), owner(90, { activity: 'token_issue' }));
    const before = listener.record;
    expect(listener.tell({ ...revoke, delay: 40 })).toEqual([]);
    expect(listener.record).toEqual(before);
  });

  test('an earlier beginning, told late by an event that places nobody, makes an end one that should have held', () => {
    const listener = new Listener();
    const said = listener.tell({ at: 60, activity: 'session_revoke', role: 'target' }, owner(80, { activity: 'token_issue' }));
    expect(said).toEqual([]);
    const blank = { ...say({ at: 0, n: 50, delay: 85 }), src_endpoint: undefined, user_agent: undefined };
    expect(listener.hear(blank).map(({ type }) => type)).toEqual(['use_after_revocation']);
    const other = new Listener();
    other.tell(
      { at: 60, activity: 'session_revoke', role: 'target' },
      owner(80, { activity: 'token_issue' }),
      owner(81, { activity: 'token_issue' }),
    );
    expect(other.hear(blank)[0]?.trigger_event_uid).toBe('entra:t:0001');
  });

  test('so does the time of making that an event names', () => {
    const listener = new Listener();
    listener.tell({ at: 60, activity: 'session_revoke', role: 'target' }, owner(80, { activity: 'token_issue' }));
    const event = say({ ...owner(81), n: 50 });
    const said = listener.hear({ ...event, session: { ...event.session!, created_time: T0 } });
    expect(said.map(({ type }) => type)).toEqual(['use_after_revocation']);
  });
});

describe('options', () => {
  test("the operator's own egress is no change of network", () => {
    const isOperatorEgress: DetectOptions['isOperatorEgress'] = (endpoint) => endpoint.asn === PLACES[SERVER]!.asn;
    const other = new Listener({ isOperatorEgress }, REUSE);
    other.tell(owner(0), thief(5));
    expect(other.only?.factors.map(({ dimension }) => dimension)).not.toContain('place_network');
  });

  test('lanes come from published clients', () => {
    const library = (at: number): Told => ({ at, place: SERVER, agent: 4, client: 'c1' });
    const plain = new Listener({}, REUSE);
    plain.tell(owner(0), library(5));
    expect(plain.only?.factors.map(({ name }) => name)).toContain('library_new_lane');
    const listed = new Listener({ laneOfClient: (uid) => (uid === 'c1' ? 'browser' : undefined) }, REUSE);
    listed.tell(owner(0), library(5));
    expect(listed.only?.factors.map(({ name }) => name)).toContain('library_client');
  });

  test('the order of the rules changes nothing, also when something comes late', () => {
    for (const rules of [RULES, [...RULES].reverse()]) {
      const listener = new Listener({}, rules);
      listener.tell(owner(0), thief(40), owner(10, { delay: 35 }));
      expect(listener.record).toEqual(['session_reuse new 98']);
    }
  });

  test('two rules of one detector keep their own notes and findings', () => {
    const strict = { ...bareRule('session_reuse', { report_from: 20 }), uid: 'strict', type: 'strict' };
    const listener = new Listener({}, [bareRule('session_reuse', { points_os_changed: 0, points_browser_changed: 0 }), strict]);
    listener.tell(owner(0), thief(5));
    expect(listener.record).toEqual(['strict new 98']);
    expect(listener.only?.config_digest).toBe('test');
  });
});

describe('names of a person', () => {
  const named = (n: number, over: Partial<SessionEvent['principal']>): SessionEvent => {
    const event = say({ ...(n === 9 ? thief(9) : owner(n)), n });
    return { ...event, principal: { key: event.principal.key, type: 'human', ...over } };
  };
  const nameIn = (...principals: Partial<SessionEvent['principal']>[]): string => {
    const listener = new Listener({}, REUSE);
    for (const [i, principal] of principals.entries()) listener.hear(named(i, principal));
    const [finding] = listener.hear(named(9, {}));
    return finding!.message.split("'")[0]!;
  };

  test('an address is better than an id, and a name of the same address better still', () => {
    expect(nameIn({ uid: 'u1' })).toBe('u1');
    expect(nameIn({ uid: 'u1' }, { email: 'a@example.com' })).toBe('a@example.com');
    expect(nameIn({ email: 'a@example.com' }, { email: 'a@example.com', name: 'Ada' })).toBe('Ada');
  });

  test('the first stays against one that is no better', () => {
    expect(nameIn({ email: 'a@example.com', name: 'Ada' }, { email: 'b@example.com', name: 'Bea' })).toBe('Ada');
    expect(nameIn({ email: 'a@example.com' }, { email: 'b@example.com', name: 'Bea' })).toBe('a@example.com');
    expect(nameIn({ email: 'a@example.com' }, { uid: 'u1' })).toBe('a@example.com');
    expect(nameIn({ email: 'a@example.com', name: 'Ada' }, { email: 'a@example.com', name: 'Ada L' })).toBe('Ada');
  });
});

describe('the passing of time', () => {
  test('forgets people and sessions, and counts them', () => {
    const listener = new Listener();
    listener.tell(owner(0), owner(0, { who: 'kim@example.com', n: 5 }));
    listener.detect.tick(T0 + 9 * DAY * MINUTE);
    expect(listener.detect.stats()).toMatchObject({ principals: 2, sessions: 0, expired_sessions: 2, expired_principals: 0 });
    listener.detect.tick(T0 + 32 * DAY * MINUTE);
    expect(listener.detect.stats()).toMatchObject({ principals: 0, expired_principals: 2 });
  });

  test('whoever comes of a source that is far behind has a memory to hand over, though another source is at today', () => {
    const listener = new Listener();
    listener.tell(owner(0), { at: 60 * DAY, who: 'kim@example.com', n: 5 });
    listener.detect.tick(T0 + DAY * MINUTE);
    expect(listener.detect.stats()).toMatchObject({ principals: 2, sessions: 2 });
    listener.detect.absorb('default/alex@example.com', 'default/alex@example.org');
    expect(listener.detect.stats()).toMatchObject({ principals: 2, sessions: 2 });
  });

  test('what a session taught outlives it', () => {
    const taught = (ticks: boolean): string[] => {
      const listener = new Listener({}, REUSE);
      for (const [day, session] of [
        [0, 'a'],
        [1, 'b'],
      ] as const)
        listener.tell(
          { at: day * DAY, place: OFFICE, agent: EDGE, session },
          { at: day * DAY + 1, place: HOME, agent: EDGE, session: `${session}2` },
        );
      if (ticks) listener.detect.tick(T0 + 11 * DAY * MINUTE);
      listener.tell({ at: 11 * DAY, place: HOME, agent: EDGE, session: 'c', n: 899 });
      listener.hear(firefox({ at: 11 * DAY + 5, place: OFFICE, session: 'c' }, 900));
      return listener.record;
    };
    expect(taught(false)).toEqual([]);
    expect(taught(true)).toEqual([]);
  });
});

test('an account is its person’s, though a program of theirs spoke first', () => {
  const far = (n: number, over: Partial<SessionEvent> = {}): SessionEvent => ({ ...say({ at: n, n, place: 4, session: 'far' }), ...over });
  const findings = (first: SessionEvent): string[] => {
    const detect = createDetect([bareRule('impossible_travel', { report_from: 36 })], { config_digest: 'test' });
    const home = say({ at: 10, n: 10, session: 'home' });
    return [first, far(5), home].flatMap((event) => detect.accept(event)).map(({ type, principal }) => `${type} ${principal.type}`);
  };
  const { principal } = far(1);
  expect(findings(far(1))).toEqual(['impossible_travel human']);
  expect(findings(far(1, { principal: { ...principal, type: 'agent' } }))).toEqual(['impossible_travel human']);
});
