import { Type } from 'avsc';
import fc from 'fast-check';
import { rulesInForce } from '../../../src/core/detect/detectors.js';
import { createDetect, type DetectOptions } from '../../../src/core/detect/index.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import type { Detect } from '../../../src/core/pipeline.js';
import { PERSON_BYTES_MAX, type Person } from '../../../src/core/state/person.js';
import type { SessionvigilError } from '../../../src/errors.js';
import { createPersonCodec, STATE_VERSIONS } from '../../../src/runtime/store/person-codec.js';
import { codecFor, takeOver as handOver, ownCodec, peopleOf } from '../../helpers/codec.js';
import { allRules, bareRule, eagerRules } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { bursts, byArrival, mornings } from '../../helpers/stories.js';
import { AGENTS, type Line, MINUTE, PLACES, say, T0 } from '../../helpers/world.js';

const RULES = allRules();
const HOUR = 60;
const DAY = 24 * HOUR;

function engine(options: Partial<DetectOptions> = {}, rules: readonly Rule[] = RULES): Detect {
  return createDetect(rules, { config_digest: 'test', ...options });
}

/** Another process takes over: the same rules, or others. */
function takeOver(
  from: Detect,
  options: Partial<DetectOptions> = {},
  before: readonly Rule[] = RULES,
  after: readonly Rule[] = before,
): Detect {
  return handOver(from, before, { config_digest: 'test', ...options }, after);
}

function onlyPerson(detect: Detect): Person {
  const [person, ...others] = [...peopleOf(detect).values()];
  expect(others).toEqual([]);
  return person!;
}

/** What an engine says of an event, as it says it. */
function said(detect: Detect, event: SessionEvent): Finding[] {
  return detect.accept(event);
}

let count = 0;
const tell = (detect: Detect, ...lines: Omit<Line, 'n'>[]): Finding[] =>
  lines.flatMap((line) => detect.accept(say({ n: ++count, ...line })));
const owner = (at: number): Omit<Line, 'n'> => ({ at, place: 0, agent: 0 });
const thief = (at: number): Omit<Line, 'n'> => ({ at, place: 3, agent: 2 });

describe('round trip', () => {
  test('what is written is what is read', () => {
    fc.assert(
      fc.property(bursts({ lateness: 120, days: 6 }), (lines) => {
        const detect = engine({ limits: { allowed_lateness: 120 * MINUTE } });
        for (const event of byArrival(lines.map(say))) detect.accept(event);
        for (const person of peopleOf(detect).values()) {
          const codec = codecFor(RULES);
          const once = codec.encode(person);
          const twice = codec.encode(codec.decode(once));
          expect(Buffer.from(twice).equals(Buffer.from(once))).toBe(true);
        }
      }),
      runs(200),
    );
  });

  test('a story goes on as if nothing had happened, wherever it is cut', () => {
    const options = { limits: { allowed_lateness: 120 * MINUTE } };
    fc.assert(
      fc.property(bursts({ lateness: 120, days: 6 }), fc.nat(), (lines, pick) => {
        const events = byArrival(lines.map(say));
        const cut = pick % (events.length + 1);
        const whole = engine(options);
        for (const event of events.slice(0, cut)) whole.accept(event);
        const second = takeOver(whole, options);
        for (const event of events.slice(cut)) expect(said(second, event)).toEqual(said(whole, event));
      }),
      runs(400),
    );
  });

  test('cut after every event', () => {
    const options = { limits: { allowed_lateness: 120 * MINUTE } };
    fc.assert(
      fc.property(bursts({ lateness: 120, days: 6 }), (lines) => {
        const whole = engine(options);
        let relay = engine(options);
        for (const event of byArrival(lines.map(say))) {
          expect(said(relay, event)).toEqual(said(whole, event));
          relay = takeOver(relay, options);
        }
      }),
      runs(100),
    );
  });
});

test('somebody who signs in every day is taken over as they are', () => {
  const options = { limits: { allowed_lateness: 120 * MINUTE } };
  const rules = eagerRules();
  fc.assert(
    fc.property(mornings({ lateness: 120, days: 9 }), fc.nat(), (lines, pick) => {
      const events = byArrival(lines.map(say));
      const cut = pick % (events.length + 1);
      const whole = engine(options, rules);
      for (const event of events.slice(0, cut)) whole.accept(event);
      const second = takeOver(whole, options, rules);
      for (const event of events.slice(cut)) expect(said(second, event)).toEqual(said(whole, event));
    }),
    runs(300),
  );
});

test('what was not judged again yet is judged before it is settled: silence makes no thief the owner', () => {
  const first = engine();
  tell(first, owner(0), thief(5));
  const second = takeOver(first);
  // two days on nothing of the theft can be re-ordered any more; the thief comes back with a browser of the owner's
  const found = tell(second, { at: 2 * DAY, place: 3, agent: 0, activity: 'inbox_rule' });
  expect(found.map(({ type, status, level }) => [type, status, level])).toContainEqual(['session_reuse', 'updated', 'critical']);
  const { habits } = onlyPerson(second);
  expect(habits?.network.map(({ value }) => value)).toEqual(['2119']);
});

describe('another rule set', () => {
  const story = (detect: Detect): Finding[] =>
    tell(detect, owner(0), thief(5), { at: 20, activity: 'session_revoke', role: 'target' }, { ...thief(30), activity: 'token_issue' });

  test('in another order finds its own notes and findings', () => {
    const first = engine();
    const found = story(first);
    expect(found.map(({ type }) => type).sort()).toEqual(['session_reuse', 'session_reuse', 'use_after_revocation']);
    const reversed = [...RULES].reverse();
    const second = takeOver(first, {}, RULES, reversed);
    expect(tell(second, thief(31))).toEqual([]);
    const [again] = tell(second, { ...thief(32), activity: 'inbox_rule' });
    expect(again).toMatchObject({ type: 'session_reuse', status: 'updated', revision: 2 });
  });

  test('without a rule says nothing of what that one said, and keeps it for who takes it back', () => {
    const first = engine();
    story(first);
    const fewer = RULES.filter(({ uid }) => uid !== 'session-reuse');
    const second = takeOver(first, {}, RULES, fewer);
    const session = onlyPerson(second).sessions[0]!;
    expect(session.reports.filter(({ rule }) => rule >= 0).map(({ finding }) => finding.type)).toEqual(['use_after_revocation']);
    const gone = session.reports.filter(({ rule }) => rule < 0);
    expect(gone.map(({ finding }) => [finding.type, finding.status])).toEqual([
      ['session_reuse', 'new'],
      ['session_reuse', 'new'],
    ]);
    for (const { finding, settled } of gone) expect(settled).toBe(finding);
    expect(session.prints.flatMap(({ notes }) => notes)).toEqual([]);
    expect(tell(second, { ...thief(31), activity: 'inbox_rule' }).map(({ type }) => type)).not.toContain('session_reuse');
  });

  test('with a new rule judges with it from now on', () => {
    const only = [bareRule('use_after_revocation')];
    const first = engine({}, only);
    story(first);
    const second = takeOver(first, {}, only, [bareRule('session_reuse'), ...only]);
    expect(tell(second, { ...thief(31), activity: 'inbox_rule' }).map(({ type }) => type)).toContain('session_reuse');
  });
});

describe('at most 64 KB', () => {
  const long = (n: number): string => `${n} `.padEnd(500, 'x');

  /** Everything distinct, everything as long as events allow. */
  function crowd(sessions: number, uses: number, over: (event: SessionEvent, i: number) => Partial<SessionEvent> = () => ({})): Detect {
    const detect = engine();
    let n = 0;
    for (let s = 0; s < sessions; s++) {
      for (let i = 0; i < uses; i++) {
        n++;
        const event = say({ at: n / 10, n, session: `session-${s}` });
        const endpoint = { ...PLACES[0]!, ip: `84.${s}.${i}.1`, prefix: `84.${s}.${i}` };
        const user_agent = { ...AGENTS[0]!, original: long(n), major: n };
        detect.accept({ ...event, src_endpoint: endpoint, user_agent, ...over(event, i) });
      }
    }
    return detect;
  }

  test.each([
    [1, 40],
    [4, 64],
    [64, 4],
    [64, 64],
  ])('%i sessions of %i uses', (sessions, uses) => {
    const detect = crowd(sessions, uses);
    const bytes = codecFor(RULES).encode(onlyPerson(detect));
    expect(PERSON_BYTES_MAX).toBe(65_536);
    expect(bytes.length).toBeLessThanOrEqual(PERSON_BYTES_MAX);
    expect(detect.stats().evicted_observations > 0).toBe(sessions * uses > 40);
    expect(codecFor(RULES).decode(bytes).sessions).toHaveLength(onlyPerson(detect).sessions.length);
  });

  test('writing changes nothing', () => {
    const person = onlyPerson(crowd(2, 4));
    const before = structuredClone(person);
    codecFor(RULES).encode(person);
    expect(person).toEqual(before);
  });

  test('sessions used longest ago go first, and what was counted went', () => {
    const detect = crowd(64, 4);
    const { sessions } = onlyPerson(detect);
    expect(detect.stats().evicted_sessions).toBe(64 - sessions.length);
    expect(sessions.map(({ uid }) => uid)).toEqual(sessions.map((_, i) => `session-${64 - sessions.length + i}`));
  });

  test('a session that was ended and used again every day for a year', () => {
    const detect = engine();
    const found: Finding[] = [];
    for (let day = 0; day < 365; day++) {
      found.push(
        ...tell(
          detect,
          owner(day * DAY),
          { at: day * DAY + 60, activity: 'session_revoke', role: 'target' },
          { at: day * DAY + 120, place: 0, agent: 0, activity: 'token_issue' },
        ),
      );
    }
    expect(new Set(found.map(({ uid }) => uid)).size).toBeGreaterThanOrEqual(365);
    const bytes = codecFor(RULES).encode(onlyPerson(detect));
    expect(bytes.length).toBeLessThanOrEqual(PERSON_BYTES_MAX);
  });

  test('the thief stays the thief', () => {
    const first = engine();
    tell(first, owner(0), thief(5));
    for (let i = 0; i < 150; i++) {
      const event = say({ ...owner(10 + i), n: 5000 + i });
      first.accept({ ...event, user_agent: { ...event.user_agent!, original: long(i), major: 141 + i } });
    }
    const person = onlyPerson(first);
    expect(codecFor(RULES).encode(person).length).toBeLessThanOrEqual(PERSON_BYTES_MAX);
    const second = takeOver(first);
    const [again] = tell(second, { ...thief(200), activity: 'inbox_rule' });
    expect(again).toMatchObject({ type: 'session_reuse', score: 100, status: 'updated' });
    expect(tell(second, owner(210))).toEqual([]);
  });
});

test('nothing known is written as nothing, and read as such', () => {
  const detect = engine();
  tell(detect, { at: 0, session: '' });
  const codec = codecFor(RULES);
  const person = codec.decode(codec.encode(onlyPerson(detect)));
  expect(person).toMatchObject({ sessions: [], marks: [], last_arrival_time: T0 });
  expect(person.principal).toEqual({ key: 'default/alex@example.com', type: 'human', email: 'alex@example.com' });
});

describe('what rules with conditions of their own found', () => {
  const exports = { ...bareRule('count'), uid: 'exports', parameters: { where: { activity: 'data_export' }, at_least: 3, by: 'session' } };
  const other = bareRule('match', { where: { activity: 'mail_send' } });
  const exported = (at: number): Omit<Line, 'n'> => ({ at, activity: 'data_export' });

  test('is found again by the rule of that name, wherever it stands', () => {
    const first = engine({}, [exports, other]);
    tell(first, exported(0), exported(1));
    const second = takeOver(first, {}, [exports, other], [other, exports]);
    expect(tell(second, exported(2)).map(({ rule, status }) => [rule.uid, status])).toEqual([['exports', 'new']]);
  });

  test('goes with a rule that went', () => {
    const first = engine({}, [exports, other]);
    tell(first, exported(0), exported(1));
    const second = takeOver(first, {}, [exports, other], [other]);
    expect(onlyPerson(second).story.tail.flatMap(({ more }) => more?.facts ?? [])).toEqual([]);
    expect(tell(second, exported(2))).toEqual([]);
  });

  test('of what failed and of what was done to them, too', () => {
    const rule = { ...exports, parameters: { where: { activity: 'sign_in', status: 'failure' }, at_least: 3 } };
    const failed = (at: number): Omit<Line, 'n'> => ({ at, activity: 'sign_in', status: 'failure' });
    const first = engine({}, [rule]);
    tell(first, owner(0), failed(1), failed(2));
    expect(tell(takeOver(first, {}, [rule]), failed(3)).map(({ status }) => status)).toEqual(['new']);
  });
});

const LONG = Type.forSchema('long');

describe.each([...STATE_VERSIONS])('what cannot be read of version %i', (version) => {
  const codec = ownCodec(RULES, version);
  const written = (): Buffer => {
    const detect = engine();
    tell(detect, owner(0), thief(5));
    return codec.encode(onlyPerson(detect));
  };
  const codeOf = (work: () => unknown): string | undefined => {
    try {
      work();
    } catch (error) {
      return (error as SessionvigilError).code;
    }
    return undefined;
  };

  test('a version that is not known, to read or to write', () => {
    const bytes = Buffer.concat([LONG.toBuffer(99), written().subarray(1)]);
    expect(codeOf(() => codec.decode(bytes))).toBe('SV_STATE_VERSION');
    expect(codeOf(() => createPersonCodec(rulesInForce(RULES, 'test'), { write_version: 99 }))).toBe('SV_STATE_VERSION');
    expect(codeOf(() => createPersonCodec(rulesInForce(RULES, 'test'), { write_version: 0 }))).toBe('SV_STATE_VERSION');
  });

  test('a record that was cut, or goes on behind its end', () => {
    const bytes = written();
    for (let length = 1; length < bytes.length; length += 13) {
      expect(codeOf(() => codec.decode(bytes.subarray(0, length)))).toBe('SV_STATE_DAMAGED');
    }
    expect(codeOf(() => codec.decode(Buffer.concat([bytes, Buffer.alloc(1)])))).toBe('SV_STATE_DAMAGED');
    expect(codeOf(() => codec.decode(bytes))).toBeUndefined();
  });
});
