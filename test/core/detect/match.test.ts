import { createDetect } from '../../../src/core/detect/index.js';
import { match } from '../../../src/core/detect/match.js';
import { resolve } from '../../../src/core/detect/parameters.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import { bareRule } from '../../helpers/rules.js';
import { type Line, say } from '../../helpers/world.js';

const WHERE = { activity: 'inbox_rule' };

function tell(parameters: Rule['parameters'], events: readonly SessionEvent[]): Finding[] {
  const detect = createDetect([bareRule('match', parameters)], { config_digest: 'test' });
  return events.flatMap((event) => detect.accept(event));
}
const lines = (...all: Omit<Line, 'n'>[]): SessionEvent[] => all.map((line, n) => say({ activity: 'inbox_rule', ...line, n }));

test('what it says of an event', () => {
  const [finding] = tell({ where: WHERE, score: 66 }, lines({ at: 0 }));
  expect(finding).toMatchObject({
    level: 'high',
    score: 66,
    session: { uid: 's1' },
    trigger_event_uid: 'entra:t:0000',
    message: 'alex@example.com did inbox_rule with edge 140 on windows from Telenor (AS2119), Oslo NO.',
    factors: [{ name: 'matched', points: 66, text: 'The person did inbox_rule with edge 140 on windows from Telenor (AS2119), Oslo NO.' }],
  });
});

test("the rule's own words", () => {
  const [finding] = tell({ where: WHERE, message: 'hides mail' }, lines({ at: 0 }));
  expect(finding?.message).toBe('alex@example.com hides mail.');
  expect(finding?.factors[0]?.text).toContain('did inbox_rule');
});

test('every score of the rule is reported unless the rule says otherwise', () => {
  expect(tell({ where: WHERE, score: 5 }, lines({ at: 0 }))).toMatchObject([{ level: 'informational', score: 5 }]);
  expect(tell({ where: WHERE, score: 5, report_from: 6 }, lines({ at: 0 }))).toEqual([]);
});

test('five hundred events of one session are one finding', () => {
  const events = Array.from({ length: 500 }, (_, i) => say({ at: i / 60, n: i, activity: 'data_export' }));
  const uids = new Set(tell({ where: { activity: 'data_export' } }, events).map(({ uid }) => uid));
  expect(uids.size).toBe(1);
});

describe('what has a finding of its own', () => {
  const DAY = 24 * 60;
  const events = lines(
    { at: 0, session: 's1', place: 0 },
    { at: 1, session: 's2', place: 0 },
    { at: 2, session: '', place: 0 },
    { at: 3, session: '', place: 3 },
    { at: DAY, session: 's1', place: 3 },
    { at: DAY + 1, session: '', place: 3 },
  );
  test.each<[string | undefined, number]>([
    [undefined, 5],
    ['session', 5],
    ['day', 2],
    ['event', 6],
    ['src_endpoint.prefix', 3],
    // no event has it
    ['details.role', 2],
  ])('per %s: %i', (per, expected) => {
    const found = tell({ where: WHERE, ...(per === undefined ? {} : { per }) }, events);
    expect(new Set(found.map(({ uid }) => uid)).size).toBe(expected);
  });
});

describe('what is no use of a session', () => {
  const done = say({ at: 0, n: 0 });

  test('what failed is matched, of people who are known', () => {
    const tried = say({ at: 1, n: 1, activity: 'sign_in', status: 'failure' });
    const parameters = { where: { activity: 'sign_in', status: 'failure' } };
    const [finding] = tell(parameters, [done, tried]);
    expect(finding?.message).toMatch(/tried and failed sign_in with/);
    expect(finding?.session).toBeUndefined();
    expect(tell(parameters, [tried])).toEqual([]);
  });

  test('what was done to them is matched', () => {
    const had = say({ at: 1, n: 1, activity: 'recovery', role: 'target' });
    const [finding] = tell({ where: { activity: 'recovery', subject_role: 'target' } }, [had]);
    expect(finding?.message).toBe('alex@example.com was the subject of recovery.');
  });
});

test('an event whose activity no condition names is not even looked at', () => {
  const judge = match.create(resolve(match.parameters, { where: WHERE }), 0);
  expect([...judge.activities!]).toEqual(['inbox_rule']);
  expect(judge.lookBack).toBe(0);
});

test('what does not fulfil the conditions leaves nothing behind', () => {
  const judge = match.create(resolve(match.parameters, { where: { activity: 'sign_in', status: 'failure' } }), 0);
  expect(judge.factsOf?.(say({ at: 0, n: 0, activity: 'sign_in' }))).toBeUndefined();
});

test('what came late stands where it belongs, and once', () => {
  const late = { ...say({ at: 0, n: 7, activity: 'inbox_rule' }), arrival_time: say({ at: 60, n: 0 }).time };
  const found = tell({ where: WHERE }, [say({ at: 30, n: 1, activity: 'inbox_rule' }), late]);
  expect(found.map(({ uid }) => uid)).toEqual([found[0]!.uid, found[0]!.uid]);
  expect(found.at(-1)).toMatchObject({ status: 'updated', trigger_event_uid: 'entra:t:0007' });
});
