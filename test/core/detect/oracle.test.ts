import fc from 'fast-check';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Finding } from '../../../src/core/event/index.js';
import type { StateLimits } from '../../../src/core/state/people.js';
import { tickForAll } from '../../helpers/codec.js';
import { standingFindings } from '../../helpers/oracle.js';
import { allRules, eagerRules } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { bursts, byArrival, mornings } from '../../helpers/stories.js';
import { say } from '../../helpers/world.js';

const DAY = 24 * 60;
const LATENESS = 120;
const LIMITS: Partial<StateLimits> = { allowed_lateness: LATENESS * 60_000, session_idle: 30 * DAY * 60_000 };
const stories = bursts({ lateness: LATENESS, days: 6 });

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

test('where people are soon known, too', () => {
  fc.assert(
    fc.property(bursts({ lateness: LATENESS, days: 9 }), (lines) => {
      const events = byArrival(lines.map(say));
      const detect = createDetect(eagerRules(), { config_digest: 'test', limits: LIMITS });
      const latest = new Map<string, Finding>();
      for (const event of events) for (const finding of detect.accept(event)) latest.set(finding.uid, finding);
      expect(standing(latest)).toEqual(standingFindings(eagerRules(), events));
    }),
    runs(400),
  );
});

test('where somebody signs in every day, too', () => {
  fc.assert(
    fc.property(mornings({ lateness: LATENESS, days: 9 }), (lines) => {
      const events = byArrival(lines.map(say));
      const detect = createDetect(eagerRules(), { config_digest: 'test', limits: LIMITS });
      const latest = new Map<string, Finding>();
      for (const event of events) for (const finding of detect.accept(event)) latest.set(finding.uid, finding);
      expect(standing(latest)).toEqual(standingFindings(eagerRules(), events));
    }),
    runs(600),
  );
});

test('a sign-in at Okta on no registered device counts among those whose log would have named one', () => {
  const laptop = { place: 0, agent: 0, device: 'd1', auth: { is_mfa: true }, activity: 'sign_in', product: 'sign_in', at: 0 } as const;
  const lines = [
    ...[0, 1, 2, 3, 4].map((n) => ({ ...laptop, n, session: `m${n}` })),
    { ...laptop, n: 5, session: 's1', device: undefined, product: 'system_log', action: 'user.session.start' } as const,
    // over a VPN, in a browser whose log names no device
    { ...laptop, n: 6, session: 'm6', device: undefined, place: 5, at: 8 * DAY },
  ];
  const events = byArrival(lines.map(say));
  const detect = createDetect(eagerRules(), { config_digest: 'test', limits: LIMITS });
  const said = new Map(events.flatMap((event) => detect.accept(event)).map((finding) => [finding.uid, finding]));
  expect(said.size).toBeGreaterThan(0);
  expect(standing(said)).toEqual(standingFindings(eagerRules(), events));
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

test('ticks in between change nothing but what is remembered', () => {
  // so short a life that sessions and people expire between the bursts
  const limits = { ...LIMITS, session_idle: 600 * 60_000, person_idle: 2000 * 60_000 };
  fc.assert(
    fc.property(stories, (lines) => {
      const ticked = createDetect(allRules(), { config_digest: 'test', limits });
      const lazy = createDetect(allRules(), { config_digest: 'test', limits });
      for (const event of byArrival(lines.map(say))) {
        tickForAll(ticked, event.arrival_time);
        expect(ticked.accept(event)).toEqual(lazy.accept(event));
      }
    }),
    runs(400),
  );
});
