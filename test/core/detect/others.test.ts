import fc from 'fast-check';
import { createDetect } from '../../../src/core/detect/index.js';
import type { EvidenceSource } from '../../../src/core/detect/judgement.js';
import {
  endsBeside,
  noteOther,
  OTHERS_MAX,
  othersOf,
  RESTS_MAX,
  type Side,
  showsAll,
  sidesOf,
  withOthers,
} from '../../../src/core/detect/others.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import { createSuppressor, type Ends, type SuppressionEntry } from '../../../src/core/detect/suppress.js';
import type { Endpoint, Evidence, Finding } from '../../../src/core/event/index.js';
import { bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { type Line, PLACES, say } from '../../helpers/world.js';
import { aFinding } from '../../output/a-finding.js';

/** The place of the testers, which is no secret. */
const LISTED = 3;
const THIEF = 4;
const EXPORTS = bareRule('match', { where: { activity: 'data_export' }, per: 'day' });
const REUSE = bareRule('session_reuse');

function entry(over: Partial<SuppressionEntry> = {}): SuppressionEntry {
  return {
    id: 'testers',
    owner: 'red team',
    reason: 'agreed exercise',
    from: 0,
    expires: Number.MAX_SAFE_INTEGER,
    max_level: 'critical',
    ends: 'trigger',
    rules: ['match', 'session-reuse'],
    cidr: [PLACES[LISTED]!.ip!],
    ...over,
  };
}

/** What stands at the end, in an order of arrival: status of each finding by its rule and uid. */
function outcome(
  rules: readonly Rule[],
  lines: readonly Omit<Line, 'n'>[],
  entries: readonly SuppressionEntry[],
  order?: readonly number[],
) {
  const events = lines.map((line, n) => say({ ...line, n }));
  const detect = createDetect(rules, { config_digest: 'test' });
  const suppress = createSuppressor(entries);
  const latest = new Map<string, Finding>();
  let clock = 0;
  for (const event of order?.map((i) => events[i]!) ?? events) {
    clock = Math.max(clock, event.time);
    for (const finding of detect.accept({ ...event, arrival_time: clock })) latest.set(finding.uid, suppress(finding));
  }
  const open = (status: Finding['status']) => (status === 'new' || status === 'updated' ? 'open' : status);
  const standing = [...latest.values()].filter(({ status }) => status !== 'retracted');
  return standing.map(({ rule, uid, status }) => `${rule.uid} ${uid} ${open(status)}`).sort();
}

const statuses = (...given: Parameters<typeof outcome>) => outcome(...given).map((text) => text.split(' ')[2]);

describe('behind a use that is explained', () => {
  const owner = { at: 0 };
  const testers = { at: 10, place: LISTED, agent: 2 };
  const thief = { at: 20, place: THIEF, agent: 2 };

  test('the testers alone are hidden', () => {
    expect(statuses([REUSE], [owner, testers], [entry()])).toEqual(['suppressed']);
    expect(statuses([REUSE], [owner, testers, { ...testers, at: 30 }], [entry()])).toEqual(['suppressed']);
  });

  test.each([[[0, 1, 2]], [[0, 2, 1]], [[2, 1, 0]]])('a thief is in sight, whoever arrives first: %j', (order) => {
    expect(statuses([REUSE], [owner, testers, thief], [entry()], order)).toEqual(['open']);
  });

  test('also with less against them than against the testers', () => {
    const exact = { ...REUSE, parameters: { report_from: 20 } };
    const weaker = { at: 20, place: 6, agent: 0 };
    expect(statuses([exact], [owner, testers], [entry()])).toEqual(['suppressed']);
    expect(statuses([exact], [owner, testers, weaker], [entry()])).toEqual(['open']);
  });

  test('through another app', () => {
    const { cidr: _, ...rest } = entry();
    const app = { ...rest, app: ['tool'] };
    const by = (client: string, at: number) => ({ at, activity: 'data_export', client }) as const;
    expect(statuses([EXPORTS], [by('tool', 1), by('tool', 2)], [app])).toEqual(['suppressed']);
    expect(statuses([EXPORTS], [by('tool', 1), by('other', 2)], [app])).toEqual(['open']);
  });

  test('after so many acts that no more are named', () => {
    const acts = Array.from({ length: 12 }, (_, i) => ({ ...testers, at: 10 + i, activity: 'inbox_rule' as const }));
    expect(statuses([REUSE], [owner, ...acts], [entry()])).toEqual(['suppressed']);
    expect(statuses([REUSE], [owner, ...acts, { ...thief, at: 40 }], [entry()])).toEqual(['open']);
  });

  test('of more addresses than are named nobody can say that all are listed', () => {
    const everywhere = PLACES.map((_, place) => ({ at: place, place, activity: 'data_export' as const }));
    const all = [entry({ cidr: PLACES.map(({ ip }) => ip!) })];
    expect(statuses([EXPORTS], everywhere.slice(0, OTHERS_MAX), all)).toEqual(['suppressed']);
    expect(statuses([EXPORTS], everywhere.slice(0, OTHERS_MAX + 1), all)).toEqual(['open']);
  });

  test('what is settled is not forgotten', () => {
    const day = 24 * 60;
    const days = [owner, testers, thief, { at: 4 * day }, { at: 4 * day + 1, place: LISTED, agent: 2 }, { at: 4 * day - 60 }];
    expect(statuses([REUSE], days, [entry()])).toEqual(['open']);
  });
});

const lines = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 300 }),
    place: fc.constantFrom(0, 0, 1, LISTED, LISTED, THIEF, 6),
    agent: fc.constantFrom(0, 0, 2, 4),
    activity: fc.constantFrom('session_use' as const, 'sign_in' as const, 'inbox_rule' as const, 'data_export' as const),
    session: fc.constantFrom('s1', 's1', 's2'),
  }),
  { minLength: 2, maxLength: 10 },
);

test('what is hidden does not depend on the order of arrival', () => {
  const rules = [REUSE, EXPORTS, bareRule('session_mint'), bareRule('use_after_sign_out')];
  const ends = fc.constantFrom<Ends>('both', 'trigger', 'one');
  const ranges = fc.subarray([0, 1, LISTED, THIEF], { minLength: 1 });
  fc.assert(
    fc.property(
      lines.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray([...list.keys()], { minLength: list.length }))),
      ends,
      ranges,
      ([list, order], which, places) => {
        const entries = [entry({ ends: which, cidr: places.map((place) => PLACES[place]!.ip!) })];
        const inTime = [...list.keys()].sort((a, b) => list[a]!.at - list[b]!.at || a - b);
        expect(outcome(rules, list, entries, order)).toEqual(outcome(rules, list, entries, inTime));
      },
    ),
    runs(400),
  );
});

test('a finding is hidden when every event that alone would have made it is', () => {
  fc.assert(
    fc.property(lines, (list) => {
      const exports = list.filter(({ activity }) => activity === 'data_export');
      const wanted = exports.length === 0 ? [] : [exports.every(({ place }) => place === LISTED) ? 'suppressed' : 'open'];
      expect(statuses([EXPORTS], list, [entry()])).toEqual(wanted);
    }),
    runs(200),
  );
});

const source = (n: number, endpoint: Endpoint | undefined, client_uid?: string): EvidenceSource => ({
  uid: `e${n}`,
  time: n,
  vendor: 'entra',
  action: 'a',
  endpoint,
  user_agent: undefined,
  device: undefined,
  client_uid,
});
const side = (n: number, place: number, ...before: number[]): Side => ({
  trigger: source(n, PLACES[place]),
  baseline: before.map((at, i) => source(100 * n + i, PLACES[at])),
  context: [],
});
const resting = (one: Side, ...places: readonly number[]): Side => ({
  ...one,
  context: places.map((place, i) => source(50 + i, PLACES[place])),
});
const evidence = (role: Evidence['role'], n: number, place: number, of?: string): Evidence => ({
  event_uid: `e${n}`,
  role,
  time: n,
  vendor: 'entra',
  action: 'a',
  src_endpoint: PLACES[place],
  user_agent: undefined,
  device: undefined,
  client_uid: undefined,
  of,
});

describe('what is noted', () => {
  test('one of a kind, and none of the kind of the strongest', () => {
    const others: Side[] = [];
    for (const one of [side(1, 0), side(2, 1), side(3, 1), side(4, 1, 0), side(5, 2)]) noteOther(others, one, side(9, 2));
    expect(others.map(({ trigger }) => trigger.uid)).toEqual(['e1', 'e2', 'e4']);
  });

  test('one more than is named, since the strongest may be of its kind in the end', () => {
    const others: Side[] = [];
    for (let n = 0; n < 20; n++)
      noteOther(others, { trigger: source(n, { ...PLACES[0]!, ip: `192.0.2.${n}` }), baseline: [], context: [] }, side(99, 1));
    expect(others).toHaveLength(OTHERS_MAX + 1);
  });
});

describe('what a judgement rests on beside its event', () => {
  test("counts once for each end that is not the event's own", () => {
    const context = [source(1, PLACES[3]), source(2, PLACES[4]), source(3, PLACES[4]), source(4, PLACES[3], 'app')];
    expect(endsBeside(context, source(9, PLACES[3])).map(({ uid }) => uid)).toEqual(['e2', 'e4']);
  });

  test('is noted with the event, of all of its kind together', () => {
    const others: Side[] = [];
    const list = [
      side(1, 1),
      resting(side(2, 1), 4),
      resting(side(3, 1), 4, 5),
      resting(side(4, 2), 6),
      resting(side(5, 2), 7),
      side(6, 2),
    ];
    for (const one of list) noteOther(others, one, resting(side(9, 2), 7));
    expect(others.map(({ trigger, context }) => [trigger.uid, context.map(({ endpoint }) => endpoint?.ip)])).toEqual([
      ['e1', [PLACES[4]!.ip, PLACES[5]!.ip]],
      ['e4', [PLACES[6]!.ip]],
    ]);
  });

  const finding = aFinding({ trigger_event_uid: 'e2', evidence: [evidence('trigger', 2, 3)] });
  const rests = (of: Finding) => othersOf(of).map(({ trigger, context }) => [trigger.uid, context.map(({ endpoint }) => endpoint?.ip)]);

  test('is named with it, and found again', () => {
    const more = withOthers(finding, [resting(side(5, 4), 1)]);
    expect(more.evidence.map(({ role, event_uid, of }) => [role, event_uid, of])).toEqual([
      ['context', 'e5', 'e5'],
      ['context', 'e50', 'e5'],
      ['trigger', 'e2', undefined],
    ]);
    expect(rests(more)).toEqual([
      ['e5', [PLACES[1]!.ip]],
      ['e2', []],
    ]);
    expect(withOthers(more, [resting(side(6, 4), 1)])).toBe(more);
    expect(showsAll(finding, more)).toBe(false);
    expect(showsAll(more, withOthers(finding, [side(5, 4)]))).toBe(false);
    expect(showsAll(withOthers(finding, [side(5, 4)]), more)).toBe(false);
  });

  test('is named with one of its kind that is named, also with the trigger', () => {
    expect(rests(withOthers(finding, [side(5, 4), resting(side(6, 4), 1), resting(side(7, 3), 6)]))).toEqual([
      ['e5', [PLACES[1]!.ip]],
      ['e2', [PLACES[6]!.ip]],
    ]);
    expect(withOthers(finding, [resting(side(2, 3), 4)])).toBe(finding);
  });

  test('is told as it was judged last', () => {
    const more = withOthers(finding, [resting(side(5, 4, 1), 6), side(6, 5)]);
    expect(rests(withOthers(more, [side(5, 4, 0)]))).toEqual([
      ['e5', []],
      ['e6', []],
      ['e2', []],
    ]);
    expect(rests(withOthers(more, [side(5, 5)]))).toEqual([
      ['e6', []],
      ['e2', []],
    ]);
  });

  test('is too much to be hidden when nobody can say that there was no more', () => {
    const ends = (count: number) => Array.from({ length: count }, (_, i) => source(50 + i, { ...PLACES[LISTED]!, asn: i }));
    const many = (count: number) => withOthers(finding, [{ ...side(5, 4), context: ends(count) }]);
    const all = createSuppressor([entry({ rules: [finding.rule.uid], cidr: [PLACES[LISTED]!.ip!, PLACES[4]!.ip!] })]);
    expect(all(many(RESTS_MAX)).status).toBe('suppressed');
    expect(all(many(RESTS_MAX + 1)).status).toBe('new');
  });
});

describe('behind an act that is explained', () => {
  const DAY = 24 * 60;
  const NOW = 14 * DAY;
  const past = Array.from({ length: 10 }, (_, day) => ({
    at: day * DAY,
    session: `past ${day}`,
    device: 'laptop',
    activity: 'sign_in' as const,
  }));
  const thief = (at: number, place: number, activity: NonNullable<Line['activity']>, details?: Line['details']) => ({
    at: NOW + at,
    session: 'thief',
    agent: 4,
    place,
    activity,
    ...(details === undefined ? {} : { details }),
  });
  const rules = [bareRule('session_mint'), bareRule('post_compromise')];
  const entries = [entry({ rules: ['session-mint', 'post-compromise'] })];
  /** Of the acts of whoever signed in from the place that is listed, the first was done from this one, before anybody knew. */
  const acts = (place: number) => [
    ...past,
    thief(0, place, 'data_export'),
    thief(1, LISTED, 'sign_in'),
    ...Array.from({ length: 6 }, (_, i) => thief(10 + i, LISTED, 'data_export')),
    thief(30, LISTED, 'inbox_rule', { is_external: 'true' }),
  ];
  const inTime = Array.from({ length: 19 }, (_, i) => i);
  const backwards = [...inTime.slice(0, 10), ...inTime.slice(10).reverse()];

  test.each([[inTime], [backwards]])('an act from elsewhere that a weaker judgement rests on is in sight: %j', (order) => {
    expect(outcome(rules, acts(LISTED), entries, order).map((text) => text.split(' ')[2])).toEqual(['suppressed', 'suppressed']);
    const standing = outcome(rules, acts(THIEF), entries, order);
    expect(standing.filter((text) => text.startsWith('post-compromise')).map((text) => text.split(' ')[2])).toEqual(['open']);
  });
});

describe('in the evidence', () => {
  const finding = aFinding({ evidence: [evidence('baseline', 1, 0), evidence('trigger', 2, 3)] });

  test('each stands with its own past, and is found again', () => {
    const more = withOthers(finding, [side(5, 4, 1), side(6, 4, 1), side(7, 3, 0)]);
    expect(more.evidence.map(({ role, event_uid, of }) => [role, event_uid, of])).toEqual([
      ['baseline', 'e1', undefined],
      ['baseline', 'e500', 'e5'],
      ['context', 'e5', 'e5'],
      ['trigger', 'e2', undefined],
    ]);
    expect(sidesOf(more).map(({ trigger, baseline }) => [trigger.event_uid, baseline.map(({ event_uid }) => event_uid)])).toEqual([
      ['e2', ['e1']],
      ['e5', ['e500']],
    ]);
    expect(othersOf(more).map(({ trigger }) => trigger.uid)).toEqual(['e5', 'e2']);
    expect(withOthers(more, [side(8, 4, 1)])).toBe(more);
    expect(showsAll(finding, more)).toBe(false);
    expect(showsAll(more, finding)).toBe(false);
    expect(showsAll(more, withOthers(finding, [side(8, 4, 1)]))).toBe(true);
  });

  test('what has no trigger has no such events', () => {
    expect(othersOf(aFinding({ evidence: [] }))).toEqual([]);
  });

  test('what a judgement rests on is part of what it shows, and is not missed', () => {
    const resting = (place: number) => ({ ...finding, evidence: [...finding.evidence, evidence('context', 3, place, 'e2')] });
    expect(sidesOf(resting(4))[0]?.context.map(({ event_uid }) => event_uid)).toEqual(['e3']);
    expect(showsAll(finding, resting(4))).toBe(false);
    expect(showsAll(resting(4), finding)).toBe(true);
    expect(showsAll(resting(4), resting(5))).toBe(false);
  });
});
