import fc from 'fast-check';
import { DETECTORS } from '../../../src/core/detect/index.js';
import { resolve } from '../../../src/core/detect/parameters.js';
import { standing } from '../../helpers/arrivals.js';
import { type MachineLine, sayUse } from '../../helpers/machine-stories.js';
import { bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { byArrival } from '../../helpers/stories.js';
import { nhiEgressTale } from '../../helpers/tales/nhi-egress.js';
import { DAY } from '../../helpers/uses.js';

// which repositories are cloned within an hour is told by the rule's stories
const rule = bareRule('nhi_egress', { report_from: 1, repositories_from: 30 });
const DAY_MS = DAY * 60_000;
const BASE_DAYS = 12;

type Way = Pick<MachineLine, 'place' | 'agent' | 'act'>;

const DEED = fc.constantFrom(
  undefined,
  undefined,
  'CreateAccessKey' as const,
  'StopLogging' as const,
  'RunInstances' as const,
  'AssumeRole' as const,
);
/** Ways in which a key is used every day from the first: in data centres, on networks of people, or both. */
const way: fc.Arbitrary<Way> = fc.record({ place: fc.constantFrom(3, 100, 101, 102, 0, 2), agent: fc.constantFrom(4, 5, 6), act: DEED });
const odd = fc.record({
  minute: fc.integer({ min: 0, max: 2 * DAY - 1 }),
  key: fc.constantFrom('AKIA1', 'AKIA1', 'AKIA1', 'AKIA2'),
  place: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.constantFrom(100, 101, 102, 103, 110, 112)),
  agent: fc.constantFrom(0, 4, 4, 5, 6),
  act: DEED,
  failed: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

const story = fc
  .tuple(
    fc.constantFrom('machine' as const, 'person' as const),
    fc.array(way, { minLength: 1, maxLength: 3 }),
    fc.array(odd, { minLength: 1, maxLength: 8 }),
  )
  .map(([who, ways, odds]) => {
    const lines: Omit<MachineLine, 'n'>[] = [];
    for (let day = 0; day < BASE_DAYS; day++)
      for (const [i, own] of ways.entries()) lines.push({ ...own, who, key: 'AKIA1', at: day * DAY + 7 * 60 + i, delay: 0 });
    for (const { minute, ...line } of odds) lines.push({ ...line, who, at: BASE_DAYS * DAY + minute, delay: 0 });
    return lines.map((line, n) => sayUse({ ...line, n }));
  });

test('what is odd of a use of a key, as somebody tells it who looks through all of its uses once more', () => {
  const tell = nhiEgressTale(resolve(DETECTORS['nhi_egress']!.parameters, rule.parameters));
  const kinds = new Set<number>();
  fc.assert(
    fc.property(story, (events) => {
      const told = standing(
        [rule],
        { config_digest: 'test' },
        byArrival(events),
        ({ token, first_seen_time, score }) => `${token?.uid}@${Math.floor(first_seen_time / DAY_MS)} ${score}`,
      );
      const expected = [...tell([...events].sort((a, b) => a.time - b.time))].map(([episode, score]) => `${episode} ${score}`).sort();
      for (const line of expected) kinds.add(Number(line.split(' ')[1]));
      expect(told).toEqual(expected);
    }),
    { ...runs(600), endOnFailure: true },
  );
  // scores of very different stories
  expect(kinds.size).toBeGreaterThan(12);
});
