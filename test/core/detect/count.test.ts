import fc from 'fast-check';
import { count } from '../../../src/core/detect/count.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { PersonScene } from '../../../src/core/detect/judgement.js';
import { resolve } from '../../../src/core/detect/parameters.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import { peopleOf } from '../../helpers/codec.js';
import { bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { type Line, say, T0 } from '../../helpers/world.js';

const MINUTE = 60_000;
const EXPORTS = { where: { activity: 'data_export' }, at_least: 3, within: 10 * MINUTE };
const PUSHES = {
  sequence: [{ where: { activity: 'sign_in', status: 'failure' }, at_least: 2 }, { where: { activity: 'sign_in', status: 'success' } }],
  within: 10 * MINUTE,
};

/** Without what a bare rule has by itself. */
const ruleOf = (parameters: Rule['parameters']): Rule => ({ ...bareRule('count'), parameters });

function tell(parameters: Rule['parameters'], events: readonly SessionEvent[]): Finding[] {
  const detect = createDetect([ruleOf(parameters)], { config_digest: 'test' });
  return events.flatMap((event) => detect.accept(event));
}
const lines = (...all: Omit<Line, 'n'>[]): SessionEvent[] => all.map((line, n) => say({ activity: 'data_export', ...line, n }));

describe('so many events', () => {
  test('what it says of the one that is enough', () => {
    const [finding, ...more] = tell({ ...EXPORTS, score: 30 }, lines({ at: 0 }, { at: 4 }, { at: 10 }));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      level: 'low',
      score: 30,
      session: { uid: 's1' },
      message: 'alex@example.com has data_export 3 times within 10 min.',
      factors: [{ name: 'counted', text: 'data_export 3 times within 10 min.' }],
    });
    expect(finding?.evidence.map(({ event_uid, role }) => [event_uid.slice(-1), role])).toEqual([
      ['0', 'context'],
      ['1', 'context'],
      ['2', 'trigger'],
    ]);
  });

  test('a moment too late is too late', () => {
    const late = say({ at: 10, n: 2, activity: 'data_export' });
    const first = lines({ at: 0 }, { at: 4 });
    expect(tell(EXPORTS, [...first, { ...late, time: late.time + 1, arrival_time: late.arrival_time + 1 }])).toEqual([]);
  });

  test('of many the first and the latest are named', () => {
    const many = Array.from({ length: 20 }, (_, at) => ({ at: at / 60 }));
    const [finding] = tell({ ...EXPORTS, at_least: 20 }, lines(...many));
    expect(finding?.evidence.map(({ event_uid }) => Number(event_uid.slice(-2)))).toEqual([0, 1, 2, 16, 17, 18, 19]);
  });

  test('another day is another finding', () => {
    const midnight = 16 * 60;
    const events = lines({ at: midnight - 3 }, { at: midnight - 2 }, { at: midnight - 1 }, { at: midnight });
    expect(new Set(tell(EXPORTS, events).map(({ uid }) => uid)).size).toBe(2);
  });

  test('200 fit beside what else a person does', () => {
    const events = Array.from({ length: 200 }, (_, i) => [
      say({ at: i, n: 2 * i, activity: 'data_export', session: 's1' }),
      ...(i % 5 === 0 ? [say({ at: i, n: 2 * i + 1, session: 's2' })] : []),
    ]).flat();
    expect(tell({ ...EXPORTS, at_least: 200, within: 24 * 60 * MINUTE }, events)).toHaveLength(1);
  });
});

describe('apart by', () => {
  const events = lines({ at: 0, session: 's1' }, { at: 1, session: 's2' }, { at: 2, session: 's1' }, { at: 3, session: 's2' });

  test('nothing: all of the person', () => expect(tell(EXPORTS, events)).toHaveLength(1));
  test('the session', () => expect(tell({ ...EXPORTS, by: 'session' }, events)).toEqual([]));

  test('the session, which the finding names', () => {
    const [finding] = tell({ ...EXPORTS, by: 'session', at_least: 2 }, events);
    expect(finding?.message).toBe('alex@example.com has data_export 2 times within 2 min (session s1).');
  });

  test('a field, without which an event does not count', () => {
    const by = 'details.target';
    const targets = (...all: (string | undefined)[]) =>
      lines(...all.map((target, at) => ({ at, ...(target === undefined ? {} : { details: { target } }) })));
    expect(tell({ ...EXPORTS, by }, targets('a', 'b', 'a', 'b', 'a'))).toHaveLength(1);
    expect(tell({ ...EXPORTS, by }, targets(undefined, undefined, undefined, undefined))).toEqual([]);
  });
});

describe('so many values', () => {
  const distinct = 'details.target';
  const targets = (...all: (string | undefined)[]) =>
    lines(...all.map((target, at) => ({ at, ...(target === undefined ? {} : { details: { target } }) })));

  test('each counts once', () => {
    expect(tell({ ...EXPORTS, distinct }, targets('a', 'b', 'a', 'b'))).toEqual([]);
    const [finding] = tell({ ...EXPORTS, distinct }, targets('a', 'b', 'a', 'c'));
    expect(finding?.message).toBe('alex@example.com has data_export 3 times with 3 values of details.target within 2 min.');
  });

  test('what has none does not count', () => {
    expect(tell({ ...EXPORTS, distinct }, targets('a', 'b', undefined, undefined))).toEqual([]);
  });

  test('sessions are values, too', () => {
    const events = lines({ at: 0, session: 'a' }, { at: 1, session: 'b' }, { at: 2, session: 'b' }, { at: 3, session: 'c' });
    expect(tell({ ...EXPORTS, distinct: 'session' }, events.slice(0, 3))).toEqual([]);
    expect(tell({ ...EXPORTS, distinct: 'session' }, events)).toHaveLength(1);
  });
});

describe('one after the other', () => {
  const failed = (at: number) => ({ at, activity: 'sign_in', status: 'failure' }) as const;
  const done = (at: number) => ({ at, activity: 'sign_in' }) as const;

  test('in the order of the steps', () => {
    const [finding] = tell(PUSHES, lines(done(0), failed(1), failed(2), done(3)));
    expect(finding).toMatchObject({
      trigger_event_uid: 'entra:t:0003',
      message: 'alex@example.com has sign_in 2 times, then sign_in within 2 min.',
      factors: [{ name: 'in_sequence' }],
    });
    expect(tell(PUSHES, lines(done(0), done(1), failed(2), failed(3)))).toEqual([]);
    expect(tell(PUSHES, lines(done(0), failed(1), done(2), failed(3)))).toEqual([]);
  });

  test('one event is no two steps', () => {
    const twice = { where: { activity: 'sign_in' } };
    expect(tell({ sequence: [twice, twice] }, lines(done(0)))).toEqual([]);
    expect(tell({ sequence: [twice, twice] }, lines(done(0), done(1)))).toHaveLength(1);
  });

  test('all of it within the timespan', () => {
    expect(tell(PUSHES, lines(done(-5), failed(0), failed(9), done(10)))).toHaveLength(1);
    expect(tell(PUSHES, lines(done(-5), failed(0), failed(9), done(11)))).toEqual([]);
  });

  test('steps count values, and stay apart', () => {
    const steps = [{ where: { activity: 'data_export' }, at_least: 2, distinct: 'details.target' }, { where: { activity: 'mail_send' } }];
    const of = (target: string, session: string, at: number) => ({ at, session, details: { target } });
    const sent = (session: string, at: number) => ({ at, session, activity: 'mail_send' }) as const;
    const parameters = { sequence: steps, by: 'session' };
    expect(tell(parameters, lines(of('a', 's1', 0), of('a', 's1', 1), sent('s1', 2)))).toEqual([]);
    expect(tell(parameters, lines(of('a', 's1', 0), of('b', 's2', 1), sent('s1', 2)))).toEqual([]);
    expect(tell(parameters, lines(of('a', 's1', 0), of('b', 's1', 1), sent('s1', 2)))).toHaveLength(1);
  });

  test('a sequence that a late record completes, and one that it breaks up', () => {
    const late = { ...say({ at: 1, n: 9, activity: 'sign_in', status: 'failure' }), arrival_time: T0 + 60 * MINUTE };
    const [finding] = tell(PUSHES, [...lines(done(0), failed(2), done(3)), late]);
    expect(finding).toMatchObject({ status: 'new', trigger_event_uid: 'entra:t:0002' });
  });

  test('in all activities of its steps, and in no other', () => {
    const judge = count.create(resolve(count.parameters, PUSHES), 0);
    expect([...judge.activities!]).toEqual(['sign_in']);
    const any = count.create(resolve(count.parameters, { sequence: [PUSHES.sequence[0]!, { where: { status: 'success' } }] }), 0);
    expect(any.activities).toBeUndefined();
    expect(any.lookBack).toBe(600_000);
  });
});

test('why it stays silent', () => {
  const silence = (parameters: Rule['parameters'], events: readonly SessionEvent[]): string => {
    const detect = createDetect([ruleOf(parameters)], { config_digest: 'test' });
    for (const event of events) detect.accept(event);
    const [person] = [...peopleOf(detect).values()];
    const scene: PersonScene = { person: person!, isOperatorEgress: () => false };
    return count.create(resolve(count.parameters, parameters), 0).silence!(scene, person!.story.tail.length - 1);
  };
  expect(silence(EXPORTS, lines({ at: 0 }, { at: 1 }))).toBe('2 of 3 within 10 min');
  expect(silence({ ...EXPORTS, distinct: 'session' }, lines({ at: 0 }, { at: 1 }))).toBe('1 of 3 values of session within 10 min');
  expect(silence({ ...EXPORTS, within: 90_000 }, lines({ at: 0 }, { at: 1 }))).toBe('2 of 3 within 90 s');
  expect(silence({ ...EXPORTS, within: 100 * MINUTE }, lines({ at: 0 }, { at: 1 }))).toBe('2 of 3 within 100 min');
  expect(silence({ ...EXPORTS, within: 2 * 60 * MINUTE }, lines({ at: 0 }, { at: 1 }))).toBe('2 of 3 within 2 h');
  expect(silence(EXPORTS, lines({ at: 0 }, { at: 1, activity: 'session_use' }))).toBe('it is not what is counted');
  expect(silence(PUSHES, lines({ at: 0, activity: 'sign_in' }))).toBe('0 of 2 within 10 min for step 1');
  expect(silence(PUSHES, lines({ at: 0 }))).toBe('it is not what the last step asks for');
});

describe('parameters that do not go together', () => {
  const where = { activity: 'sign_in' };
  const step = { where };
  test.each<[Record<string, unknown>, string[], string]>([
    [{}, [], 'needs `where` and `at_least`, or a `sequence`'],
    [{ at_least: 3 }, [], 'needs `where`'],
    [{ where }, [], 'needs `at_least`'],
    [{ where, sequence: [step, step] }, ['where'], 'belongs to one of its steps'],
    [{ at_least: 2, sequence: [step, step] }, ['at_least'], 'belongs to one of its steps'],
    [{ distinct: 'session', sequence: [step, step] }, ['distinct'], 'belongs to one of its steps'],
    [
      {
        sequence: [
          { where, at_least: 150 },
          { where, at_least: 51 },
        ],
      },
      ['sequence'],
      'ask for 201 events; at most 200',
    ],
    [{ where, at_least: 2, score: 10, report_from: 20 }, ['report_from'], 'nothing is ever reported'],
  ])('%j', (given, path, message) => {
    expect(count.check!(given)).toEqual([expect.objectContaining({ path, message: expect.stringContaining(message) })]);
  });

  test.each<[Record<string, unknown>]>([
    [{ where, at_least: 2 }],
    [{ sequence: [step, step] }],
    [{ sequence: [{ where, at_least: 199 }, step] }],
    [{ sequence: [null, step] }],
    [{ sequence: 'x' }],
  ])('%j is fine, or wrong in a way that others tell', (given) => expect(count.check!(given)).toEqual([]));
});

test('nobody pushes out what is counted: neither with other things nor with what counts for nothing', () => {
  const DISTINCT = { where: { activity: 'data_export' }, distinct: 'action', at_least: 8, within: 600 * MINUTE };
  const floods = fc.array(
    fc.record({
      session: fc.constantFrom('s1', 's2', ''),
      activity: fc.constantFrom<NonNullable<Line['activity']>>('session_use', 'sign_in', 'data_export'),
      size: fc.integer({ min: 1, max: 300 }),
    }),
    { minLength: 8, maxLength: 8 },
  );
  fc.assert(
    fc.property(floods, (all) => {
      const events = all
        .flatMap(({ session, activity, size }, i) => [
          { activity: 'data_export' as const, session: 's1', action: `file ${i}` },
          ...(i === 7 ? [] : Array.from({ length: size }, () => ({ activity, session, action: 'file 0' }))),
        ])
        .map((line, n) => say({ ...line, n, at: n / 10 }));
      const findings = tell(DISTINCT, events);
      expect(findings.map(({ trigger_event_uid, revision }) => [trigger_event_uid, revision])).toEqual([[events.at(-1)!.uid, 1]]);
    }),
    runs(40),
  );
});
