import fc from 'fast-check';
import { UNREPORTED } from '../../../src/core/detect/judgement.js';
import { isLesson, isStrangers, isSuspected } from '../../../src/core/detect/suspicion.js';
import { type Observation, observe } from '../../../src/core/state/observation.js';
import { newPerson, type Person } from '../../../src/core/state/person.js';
import { newNote, newPrint, setNote, traitsOf } from '../../../src/core/state/print.js';
import { newSession, type Session } from '../../../src/core/state/session.js';
import { suspect } from '../../../src/core/state/story.js';
import type { Stranger, Verdict } from '../../../src/core/state/verdict.js';
import { runs } from '../../helpers/runs.js';
import { type Line, PLACES, say } from '../../helpers/world.js';

const person = (): Person => newPerson(say({ at: 0, n: 0 }));
const SINGAPORE = 4;
const PREFIX = PLACES[SINGAPORE]!.prefix!;

function seen(line: Partial<Line> & { at: number }, session?: Session): Observation {
  const event = say({ n: line.at, ...line });
  return observe(event, newPrint('browser', traitsOf(event)), session);
}

function sessionOf(uid: string): Session {
  const event = say({ at: 0, n: 0, session: uid });
  return newSession(event, event.session!, (text) => text);
}

function verdict(trigger: Observation, stranger: Stranger | undefined, score = 59): Verdict {
  return { seen: trigger, rule: 0, judgement: { ...UNREPORTED, score, stranger } };
}

describe('by a rule of its session', () => {
  test.each([
    [[0, 39], false],
    [[0, 40], true],
    [[85, 0], true],
    [[], false],
  ])('that gave it %j', (scores, expected) => {
    expect(isSuspected(person(), { ...seen({ at: 5 }), scores })).toBe(expected);
  });

  test('that holds its print for a stranger for good', () => {
    const event = seen({ at: 5 });
    setNote(event.print, 1, { ...newNote(event.print, undefined, 0, '', [], []), was_suspect: true });
    expect(isSuspected(person(), event)).toBe(true);
  });

  test('that holds its print for a stranger from an event on', () => {
    const event = seen({ at: 5 });
    const since = (time: number, uid: string) => {
      setNote(event.print, 1, {
        ...newNote(event.print, undefined, 0, '', [], []),
        is_suspect: true,
        suspect_time: time,
        suspect_uid: uid,
      });
      return isSuspected(person(), event);
    };
    expect(since(event.time - 1, 'z')).toBe(true);
    expect(since(event.time, event.uid)).toBe(true);
    expect(since(event.time, `${event.uid}0`)).toBe(false);
    expect(since(event.time + 1, '')).toBe(false);
  });

  test('nobody, when none says so', () => {
    const event = seen({ at: 5 });
    setNote(event.print, 0, newNote(event.print, undefined, 0, '', [], []));
    expect(isSuspected(person(), event)).toBe(false);
  });
});

describe('by a rule of the person', () => {
  test('all of a session, from an event on', () => {
    const session = sessionOf('s9');
    session.stranger_since = seen({ at: 5 });
    expect([4, 5, 6].map((at) => isStrangers(person(), seen({ at }, session)))).toEqual([false, true, true]);
    expect(isStrangers(person(), seen({ at: 6 }, sessionOf('s1')))).toBe(false);
  });

  test('everybody at an address block, from an event on', () => {
    const them = person();
    suspect(them.story, PREFIX, seen({ at: 5 }));
    expect([4, 5, 6].map((at) => isStrangers(them, seen({ at, place: SINGAPORE })))).toEqual([false, true, true]);
    expect(isStrangers(them, seen({ at: 6, place: 0 }))).toBe(false);
  });

  test('is believed from medium on', () => {
    const them = person();
    const trigger = seen({ at: 5 });
    for (const [score, expected] of [
      [39, false],
      [40, true],
    ] as const) {
      them.story.verdicts = [verdict(trigger, { session: undefined, prefix: PREFIX }, score)];
      expect(isStrangers(them, seen({ at: 6, place: SINGAPORE }))).toBe(expected);
    }
  });

  test('that cannot tell who it is accuses nobody', () => {
    const them = person();
    them.story.verdicts = [verdict(seen({ at: 5 }), undefined), verdict(seen({ at: 5 }), { session: undefined, prefix: undefined })];
    const nowhere = { ...say({ at: 6, n: 6 }), src_endpoint: undefined };
    expect(isStrangers(them, observe(nowhere, newPrint('browser', traitsOf(nowhere))))).toBe(false);
  });
});

/** What a rule said may still be re-ordered, or may stand for good: of what comes after, the answer is the same. */
test('of settled and of unsettled alike', () => {
  const event = fc.record({ at: fc.integer({ min: 0, max: 9 }), n: fc.integer({ min: 0, max: 9 }), place: fc.constantFrom(0, SINGAPORE) });
  fc.assert(
    fc.property(event, fc.constantFrom('session', 'prefix'), fc.boolean(), fc.array(event, { minLength: 1 }), (at, what, isIn, later) => {
      const session = sessionOf('s9');
      const trigger = seen(at, session);
      const stranger = what === 'session' ? { session, prefix: undefined } : { session: undefined, prefix: PREFIX };
      const unsettled = person();
      unsettled.story.verdicts = [verdict(trigger, stranger)];
      const others = later.map((line) => seen(line, isIn ? session : sessionOf('s1')));
      const before = others.map((other) => isStrangers(unsettled, other));
      const settled = person();
      if (what === 'session') session.stranger_since = trigger;
      else suspect(settled.story, PREFIX, trigger);
      expect(others.map((other) => isStrangers(settled, other))).toEqual(before);
    }),
    runs(200),
  );
});

test('what the rules of the person say of one address block for more than four days, and nobody minds, teaches', () => {
  const DAY = 24 * 60;
  const them = person();
  suspect(them.story, PREFIX, seen({ at: 0, place: SINGAPORE }));
  suspect(them.story, PREFIX, seen({ at: 5 * DAY, place: SINGAPORE }));
  const at = (days: number) => isLesson(them, seen({ at: days * DAY, place: SINGAPORE }));
  expect([1, 4, 4.01, 5, 19].map(at)).toEqual([false, false, true, true, true]);
  // what the rules of its session say stays said
  const held = { ...seen({ at: 5 * DAY, place: SINGAPORE }), scores: [40] };
  expect(isLesson(them, held)).toBe(false);
});
