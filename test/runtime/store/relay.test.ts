import fc from 'fast-check';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { StateLimits } from '../../../src/core/state/people.js';
import { expectOneAfterTheOther } from '../../helpers/arrivals.js';
import { allRules, eagerRules } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { bursts, mornings } from '../../helpers/stories.js';
import { type Line, MINUTE, say } from '../../helpers/world.js';

/**
 * One process follows another, after every event or now and then, and has nothing but what the one before wrote down. It must say, to the letter,
 * what a process says that was never interrupted, and write down the same bytes.
 */

const LATENESS = 120;
const DAY = 24 * 60;
const ROOMY: Partial<StateLimits> = { allowed_lateness: LATENESS * MINUTE };
/** So little room that sessions, events, prints and ends have to go all the time. */
const NARROW: Partial<StateLimits> = { ...ROOMY, sessions_per_person: 4, observations_per_session: 8, observations_per_person: 12 };
/** So short a life that sessions and people expire between two bursts. */
const SHORT: Partial<StateLimits> = { ...ROOMY, session_idle: 600 * MINUTE, person_idle: 2000 * MINUTE };
const limits = fc.constantFrom(ROOMY, NARROW, SHORT, { ...NARROW, ...SHORT, sessions_per_person: 2 });

/** Sessions by the dozen, so that those that are forgotten were spoken of. */
const crowds = bursts({ lateness: LATENESS, days: 6 }).map((lines) =>
  lines.map((line) => ({ ...line, session: line.session === '' ? '' : `${line.session}${line.n % 7}` })),
);

function follows(rules: readonly Rule[], lines: readonly Line[], limits: Partial<StateLimits>, isCut: (n: number) => boolean): void {
  expectOneAfterTheOther(rules, { config_digest: 'test', limits }, lines.map(say), isCut);
}

describe.each([
  ['bursts', allRules(), bursts({ lateness: LATENESS, days: 6 })],
  ['crowds of sessions', allRules(), crowds],
  ['people who are soon known', eagerRules(), bursts({ lateness: LATENESS, days: 9 })],
  ['mornings', eagerRules(), mornings({ lateness: LATENESS, days: 9 })],
])('%s', (_, rules, stories) => {
  test('after every event', () => {
    fc.assert(
      fc.property(stories, limits, (lines, own) => follows(rules, lines, own, () => true)),
      runs(15),
    );
  });

  test('now and then', () => {
    fc.assert(
      fc.property(stories, limits, fc.integer({ min: 2, max: 9 }), (lines, own, every) =>
        follows(rules, lines, own, (n) => n % every === 0),
      ),
      runs(15),
    );
  });
});

test('an event whose session was forgotten is still its session’s', () => {
  const own = { ...ROOMY, allowed_lateness: DAY * MINUTE, sessions_per_person: 2 };
  const lines: Line[] = [
    { at: 0, place: 0, agent: 0, session: 'own', activity: 'sign_in', fresh: true },
    // a thief far away in a session of their own, seen by nobody but the rules of the person
    { at: 20, place: 4, agent: 2, session: 'far', activity: 'sign_in', fresh: true },
    { at: 25, place: 4, agent: 2, session: 'far', activity: 'inbox_rule', details: { is_external: 'true' } },
    ...Array.from({ length: 4 }, (_, i) => ({ at: 30 + i, place: 0, agent: 0, session: `more ${i}` })),
    { at: 22, delay: 60, place: 0, agent: 0, session: 'own' },
    { at: 100, place: 0, agent: 0, session: 'own' },
  ].map((line, n) => ({ ...line, n }) as Line);
  follows(allRules(), lines, own, () => true);
});
