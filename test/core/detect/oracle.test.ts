import fc from 'fast-check';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import type { StateLimits } from '../../../src/core/state/people.js';
import { standingFindings } from '../../helpers/oracle.js';
import { allRules } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { type Line, say } from '../../helpers/world.js';

const DAY = 24 * 60;
const LATENESS = 120;
const LIMITS: Partial<StateLimits> = { allowed_lateness: LATENESS * 60_000, session_idle: 30 * DAY * 60_000 };
const ADMINISTRATIVE = '1950a258-227b-4e31-a9cf-717495945fc2';

/** Few fingerprints per story, so that the bound on a session's prints is not reached. */
const looks = fc.array(
  fc.record({
    place: fc.integer({ min: 0, max: 7 }),
    agent: fc.integer({ min: 0, max: 6 }),
    device: fc.option(fc.constantFrom('d1', 'd2'), { nil: undefined, freq: 3 }),
    product: fc.constantFrom('sign_in', 'sign_in', 'graph_activity'),
  }),
  { minLength: 2, maxLength: 5 },
);

const acts = fc.constantFrom<NonNullable<Line['activity']>>(
  'session_use',
  'session_use',
  'session_use',
  'session_use',
  'sign_in',
  'token_issue',
  'inbox_rule',
  'sign_out',
  'session_revoke',
  'recovery',
  'credential_change',
);

const TO_OTHERS: readonly string[] = ['session_revoke', 'recovery', 'credential_change'];

/** Bursts of activity over several days, every event on its way for up to the allowed lateness. */
const stories: fc.Arbitrary<Line[]> = looks.chain((palette) =>
  fc
    .array(
      fc.record({
        start: fc.integer({ min: 0, max: 6 * DAY }),
        events: fc.array(
          fc.record({
            after: fc.integer({ min: 0, max: 90 }),
            look: fc.nat({ max: palette.length - 1 }),
            who: fc.constantFrom('alex@example.com', 'alex@example.com', 'kim@example.com'),
            session: fc.constantFrom('s1', 's1', 's1', 's2'),
            activity: acts,
            token: fc.option(fc.constantFrom('t1', 't2'), { nil: undefined }),
            client: fc.option(fc.constantFrom(ADMINISTRATIVE, 'app'), { nil: undefined, freq: 3 }),
            role: fc.constantFrom<'actor' | 'target'>('actor', 'target'),
            fresh: fc.boolean(),
            bound: fc.boolean(),
            delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: LATENESS })),
          }),
          { minLength: 1, maxLength: 9 },
        ),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((bursts) =>
      bursts
        .flatMap(({ start, events }) =>
          events.map(({ after, look, role, ...line }) => ({
            ...palette[look]!,
            ...line,
            at: start + after,
            role: TO_OTHERS.includes(line.activity) ? role : ('actor' as const),
          })),
        )
        .map((line, n) => ({ ...line, n })),
    ),
);

const byArrival = (events: readonly SessionEvent[]): SessionEvent[] =>
  [...events].sort((a, b) => a.arrival_time - b.arrival_time || (a.uid < b.uid ? -1 : 1));

function standing(latest: ReadonlyMap<string, Finding>): string[] {
  return [...latest.values()]
    .filter((finding) => finding.status !== 'retracted')
    .map((f) => `${f.type} ${f.principal.key} ${f.session?.uid} ${f.level} ${f.score} ${f.uid}`)
    .sort();
}

test('what stands at the end is what the whole story, told from its start, says', () => {
  fc.assert(
    fc.property(stories, (lines) => {
      const events = byArrival(lines.map(say));
      const detect = createDetect(allRules(), { config_digest: 'test', limits: LIMITS });
      const latest = new Map<string, Finding>();
      for (const event of events) for (const finding of detect.accept(event)) latest.set(finding.uid, finding);
      expect(standing(latest)).toEqual(standingFindings(allRules(), events));
    }),
    runs(400),
  );
});

test('what stands after every arrival is what the story so far says', () => {
  fc.assert(
    fc.property(stories, (lines) => {
      const events = byArrival(lines.map(say));
      const detect = createDetect(allRules(), { config_digest: 'test', limits: LIMITS });
      const latest = new Map<string, Finding>();
      events.forEach((event, i) => {
        for (const finding of detect.accept(event)) latest.set(finding.uid, finding);
        expect(standing(latest)).toEqual(standingFindings(allRules(), events.slice(0, i + 1)));
      });
    }),
    runs(100),
  );
});
