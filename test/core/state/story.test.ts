import fc from 'fast-check';
import { UNREPORTED } from '../../../src/core/detect/judgement.js';
import type { Finding } from '../../../src/core/event/index.js';
import { type Fact, isBefore, type Observation, observe } from '../../../src/core/state/observation.js';
import { newPrint, traitsOf } from '../../../src/core/state/print.js';
import { newSession, type Report, type Session } from '../../../src/core/state/session.js';
import {
  addToStory,
  isSuspect,
  judgeFrom,
  leastMissed,
  newStory,
  placeOf,
  type Story,
  SUSPECT_LAPSES_MS,
  settleVerdicts,
  suspect,
  takeOut,
  watch,
} from '../../../src/core/state/story.js';
import type { Verdict } from '../../../src/core/state/verdict.js';
import { runs } from '../../helpers/runs.js';
import { say } from '../../helpers/world.js';

function seen(at: number, n = at, session?: Session): Observation {
  const event = say({ at, n });
  return observe(event, newPrint('browser', traitsOf(event)), session);
}

function told(...all: Observation[]): Story {
  const story = newStory();
  for (const one of all) addToStory(story, one);
  return story;
}

const verdictOf = (trigger: Observation, rule = 0): Verdict => ({ seen: trigger, rule, judgement: UNREPORTED });
const uids = ({ tail }: Story): string[] => tail.map(({ uid }) => uid);

test('people who did nothing share one story of nothing, and do not write into it', () => {
  const story = told(seen(1));
  suspect(story, '84.208.20', { time: 0, uid: '' });
  expect(newStory()).toEqual({ tail: [], settled: 0, judged: 0, is_stale: false, verdicts: [], reports: [], suspects: [], watched: [] });
  expect(newStory().tail).toBe(newStory().tail);
});

describe('sessions in which somebody was held for a stranger', () => {
  const sessionOf = (n: number): Session => {
    const event = say({ at: n, n, session: `s${n}` });
    return newSession(event, event.session!, (text) => text);
  };

  test('are named once', () => {
    const story = newStory();
    const session = sessionOf(1);
    watch(story, session);
    watch(story, session);
    expect(story.watched).toEqual([session]);
    expect(newStory().watched).toEqual([]);
  });

  test('are let go when there are many and the story holds nothing of them', () => {
    const sessions = Array.from({ length: 17 }, (_, n) => sessionOf(n));
    const story = told(seen(3, 3, sessions[3]), seen(5, 5, sessions[5]));
    for (const session of sessions.slice(0, 16)) watch(story, session);
    expect(story.watched).toHaveLength(16);
    watch(story, sessions[16]!);
    expect(story.watched).toEqual([sessions[3], sessions[5], sessions[16]]);
  });
});

describe('the order', () => {
  const events = fc.array(fc.record({ at: fc.integer({ min: 0, max: 5 }), n: fc.integer({ min: 0, max: 9 }) }), { maxLength: 20 });

  test('is that of time, then uid, whatever the order of arrival, and each is in it once', () => {
    fc.assert(
      fc.property(events, (lines) => {
        const { tail } = told(...lines.map(({ at, n }) => seen(at, n)));
        const distinct = new Set(lines.map(({ at, n }) => `${at}/${n}`));
        expect(tail).toHaveLength(distinct.size);
        tail.slice(1).forEach((one, i) => {
          expect(isBefore(tail[i]!.time, tail[i]!.uid, one.time, one.uid)).toBe(true);
        });
      }),
      runs(200),
    );
  });

  test('tells where an event was put, and -1 when it was there', () => {
    const story = told(seen(1), seen(3));
    expect(addToStory(story, seen(2))).toBe(1);
    expect(addToStory(story, seen(2))).toBe(-1);
    expect(addToStory(story, seen(4))).toBe(3);
  });

  test('of what is settled does not change: who is too late comes right after it', () => {
    const story = told(seen(1), seen(3), seen(5));
    story.settled = 2;
    expect(addToStory(story, seen(2))).toBe(2);
    expect(uids(story)).toEqual([1, 3, 2, 5].map((n) => seen(n).uid));
  });

  test('knows the first event that is not before a moment', () => {
    const story = told(seen(1), seen(3), seen(3, 9), seen(5));
    expect([0, 1, 2, 3, 4, 5, 6].map((at) => placeOf(story, seen(at).time))).toEqual([0, 0, 1, 1, 3, 3, 4]);
  });
});

describe('what was said', () => {
  test('of the events from a late one on is forgotten, and what was said before it stands', () => {
    const events = [seen(1), seen(3), seen(5)];
    const story = told(...events);
    story.judged = 3;
    story.verdicts = events.map((event) => verdictOf(event));
    addToStory(story, seen(4));
    expect(story.judged).toBe(2);
    expect(story.verdicts.map(({ seen: trigger }) => trigger)).toEqual(events.slice(0, 2));
  });

  test('stands when an event comes in its order', () => {
    const story = told(seen(1));
    story.judged = 1;
    const { verdicts } = Object.assign(story, { verdicts: [verdictOf(story.tail[0]!)] });
    addToStory(story, seen(2));
    expect(story.judged).toBe(1);
    expect(story.verdicts).toBe(verdicts);
  });

  test('is forgotten from a place on, but not of what is settled', () => {
    const events = [seen(1), seen(3), seen(5)];
    const story = told(...events);
    Object.assign(story, { judged: 3, settled: 1, verdicts: events.map((event) => verdictOf(event)) });
    judgeFrom(story, 0);
    expect(story.judged).toBe(1);
    expect(story.verdicts).toHaveLength(1);
    judgeFrom(story, 2);
    expect(story.judged).toBe(1);
  });

  test('of an event that is settled is handed out, in the order of saying, and no longer held', () => {
    const [one, two] = [seen(1), seen(2)];
    const story = told(one, two);
    story.verdicts = [verdictOf(one, 0), verdictOf(two, 0), verdictOf(one, 1)];
    expect(settleVerdicts(story, one).map(({ rule }) => rule)).toEqual([0, 1]);
    expect(story.verdicts).toEqual([verdictOf(two, 0)]);
    expect(settleVerdicts(story, seen(7))).toEqual([]);
    expect(story.verdicts).toHaveLength(1);
    expect(settleVerdicts(story, two).map(({ rule }) => rule)).toEqual([0]);
    expect(story.verdicts).toEqual([]);
  });

  test('and a finding that it triggered stands for good, unless it was taken back', () => {
    const report = (uid: string, status: Finding['status']): Report => {
      const finding = { trigger_event_uid: uid, status } as Finding;
      return { rule: 0, episode: '', finding, settled: undefined };
    };
    const one = seen(1);
    const story = told(one);
    story.reports = [report(one.uid, 'updated'), report(one.uid, 'retracted'), report('other', 'new')];
    settleVerdicts(story, one);
    expect(story.reports.map(({ settled, finding }) => settled === finding)).toEqual([true, false, false]);
  });
});

test.each([
  { at: 0, settled: 1, judged: 2 },
  { at: 1, settled: 1, judged: 2 },
  { at: 2, settled: 2, judged: 2 },
  { at: 3, settled: 2, judged: 3 },
])('what is taken out at $at is counted off', ({ at, settled, judged }) => {
  const story = Object.assign(told(seen(1), seen(2), seen(3), seen(4)), { settled: 2, judged: 3 });
  const [gone] = story.tail.slice(at);
  takeOut(story, at);
  expect(story.tail).toHaveLength(3);
  expect(story.tail).not.toContain(gone);
  expect([story.settled, story.judged]).toEqual([settled, judged]);
});

describe('when there are too many', () => {
  const sessionsOf = (...names: string[]): Session[] =>
    names.map((uid) => {
      const event = say({ at: 0, n: 0, session: uid });
      return { ...newSession(event, event.session!, (text) => text), tail: [] };
    });
  /** A story in which each event is at the next minute, in one of the sessions or in none. */
  const storyOf = (all: readonly (Session | undefined)[]): Story =>
    told(
      ...all.map((session, at) => {
        const one = seen(at, at, session);
        session?.tail.push(one);
        return one;
      }),
    );

  test('the oldest of the session that has the most goes', () => {
    const sessions = sessionsOf('a', 'b');
    const [a, b] = sessions;
    expect(leastMissed(storyOf([a, b, b, a, b]), sessions)).toBe(1);
    const others = sessionsOf('a', 'b');
    const [c, d] = others;
    expect(leastMissed(storyOf([d, c, c, d, c]), others)).toBe(1);
  });

  test('or the oldest of those in none, when they are as many, or there is no session', () => {
    const sessions = sessionsOf('a', 'b');
    const [a, b] = sessions;
    expect(leastMissed(storyOf([a, b, undefined, a, undefined]), sessions)).toBe(2);
    expect(leastMissed(storyOf([undefined, undefined]), [])).toBe(0);
  });

  test('what its session let go of is in none', () => {
    const sessions = sessionsOf('a', 'b');
    const [a, b] = sessions;
    const story = storyOf([b, a, a, a]);
    a!.tail.splice(0, 2);
    expect(leastMissed(story, sessions)).toBe(1);
  });

  describe('what rules count with', () => {
    const isWanted = ({ value }: Fact) => value !== 'past';
    const story = (words: readonly string[], sessions: readonly (Session | undefined)[] = []): Story => {
      const all = storyOf(words.map((_, i) => sessions[i]));
      const facts = (word: string): Fact[] => word.split('+').map((value) => ({ rule: 0, step: 0, by: '', value }));
      for (const [i, word] of words.entries()) {
        if (word !== '') all.tail[i]!.more = { auth: undefined, risk: undefined, details: undefined, facts: facts(word) };
      }
      return all;
    };

    test('stays when its session let go of it, and the session goes on losing', () => {
      const [a] = sessionsOf('a');
      const held = story(['x', 'x', '', ''], [undefined, undefined, a, a]);
      expect(leastMissed(held, [a!], isWanted)).toBe(2);
      expect(leastMissed(held, [a!])).toBe(0);
    });

    test('what no rule can count with any more does not', () => {
      expect(leastMissed(story(['x', 'past', '', 'x']), [], isWanted)).toBe(1);
    });

    test('when it is all there is, the oldest of what there is most of goes', () => {
      expect(leastMissed(story(['x', 'y', 'y', 'z']), [], isWanted)).toBe(1);
      expect(leastMissed(story(['y+x', 'z', 'y+z', 'y']), [], isWanted)).toBe(3);
      expect(leastMissed(story(['x', 'y', 'z']), [], isWanted)).toBe(0);
    });

    test('and when it is more than 200 of 256', () => {
      const [a] = sessionsOf('a');
      const of = (kept: number): number => {
        const words = Array.from({ length: 256 }, (_, i) => (i < kept ? 'x' : ''));
        return leastMissed(
          story(
            words,
            words.map((word) => (word === '' ? a : undefined)),
          ),
          [a!],
          isWanted,
        );
      };
      a!.tail.length = 0;
      expect(of(200)).toBe(200);
      a!.tail.length = 0;
      expect(of(201)).toBe(0);
    });
  });

  test('so that a flood in one session washes out nothing but itself', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 5, maxLength: 40 }), (isFlood) => {
        const [flood] = sessionsOf('flood');
        const quiet = isFlood.filter((is) => !is).length;
        fc.pre(quiet * 2 < isFlood.length);
        const story = storyOf(isFlood.map((is) => (is ? flood : undefined)));
        while (story.tail.length > quiet * 2 + 1) {
          const at = leastMissed(story, [flood!]);
          if (flood!.tail[0] === story.tail[at]) flood!.tail.shift();
          takeOut(story, at);
        }
        expect(story.tail.filter(({ session }) => session === undefined)).toHaveLength(quiet);
      }),
      runs(100),
    );
  });
});

describe('suspects', () => {
  test('are known by prefix, since their first event', () => {
    const story = newStory();
    for (const [prefix, time] of [
      ['1.2.3', 50],
      ['4.5.6', 10],
      ['1.2.3', 30],
      ['1.2.3', 90],
    ] as const)
      suspect(story, prefix, { time, uid: 'a' });
    expect(story.suspects).toEqual([
      { prefix: '1.2.3', since: { time: 30, uid: 'a' }, last_time: 90 },
      { prefix: '4.5.6', since: { time: 10, uid: 'a' }, last_time: 10 },
    ]);
  });

  test('lapse two weeks after their last event, and begin anew', () => {
    const story = newStory();
    const at = (time: number) => ({ time, uid: 'a' });
    suspect(story, '1.2.3', at(0));
    suspect(story, '1.2.3', at(SUSPECT_LAPSES_MS));
    const [known] = story.suspects;
    expect([-1, 0, 2 * SUSPECT_LAPSES_MS, 2 * SUSPECT_LAPSES_MS + 1].map((time) => isSuspect(known!, at(time)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    suspect(story, '1.2.3', at(3 * SUSPECT_LAPSES_MS));
    expect(story.suspects).toEqual([{ prefix: '1.2.3', since: at(3 * SUSPECT_LAPSES_MS), last_time: 3 * SUSPECT_LAPSES_MS }]);
  });

  test('are sixteen at most, and the first goes first', () => {
    const story = newStory();
    for (let n = 0; n < 20; n++) suspect(story, `10.0.${n}`, { time: n, uid: '' });
    expect(story.suspects.map(({ since }) => since.time)).toEqual(Array.from({ length: 16 }, (_, n) => n + 4));
  });
});

test('what was judged and must be judged anew makes a story stale, what comes in order does not', () => {
  const story = told(seen(1), seen(3));
  story.judged = 2;
  addToStory(story, seen(5));
  expect(story).toMatchObject({ judged: 2, is_stale: false });
  addToStory(story, seen(2));
  expect(story).toMatchObject({ judged: 1, is_stale: true });
});
