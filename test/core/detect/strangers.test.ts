import type { Judgement, Stranger } from '../../../src/core/detect/judgement.js';
import { UNREPORTED } from '../../../src/core/detect/judgement.js';
import { isOneOf, strangerOf, strangersAt, tellsOfStranger } from '../../../src/core/detect/strangers.js';
import { isSuspected } from '../../../src/core/detect/suspicion.js';
import { type Observation, observe } from '../../../src/core/state/observation.js';
import { newPerson, type Person } from '../../../src/core/state/person.js';
import { newNote, newPrint, type PrintNote, setNote, traitsOf } from '../../../src/core/state/print.js';
import { newSession, type Session } from '../../../src/core/state/session.js';
import { type Line, say, T0 } from '../../helpers/world.js';

const CAFE = 6;
const FIRST = say({ at: 0, n: 0 });

interface World {
  person: Person;
  session: Session;
  tail: Observation[];
}

/** A story of one event a minute, each with a print of its own. */
function worldOf(...lines: readonly Partial<Line>[]): World {
  const person = newPerson(FIRST);
  const session = newSession(FIRST, FIRST.session!, (text) => text);
  person.sessions = [session];
  const tail = lines.map((line, n) => {
    const event = say({ at: n, n, ...line });
    return observe(event, newPrint('browser', traitsOf(event)), line.session === '' ? undefined : session);
  });
  person.story.tail = tail;
  person.story.watched = [session];
  return { person, session, tail };
}

/** Holds an event's print for a stranger's, from another event on. */
function hold({ print }: Observation, since: Observation, over: Partial<PrintNote> = {}): void {
  const note = newNote(print, undefined, 0, '', [], [20, 0, 0]);
  setNote(print, 0, { ...note, is_suspect: true, suspect_time: since.time, suspect_uid: since.uid, ...over });
}

const judgement = (stranger: Stranger | undefined, score = 40): Judgement => ({ ...UNREPORTED, score, stranger });

describe('who is held for a stranger at an event', () => {
  test('nobody, where nobody was suspected', () => {
    const { person } = worldOf({}, {});
    expect(strangersAt(person, 1, 0)).toBeUndefined();
  });

  test('a print that is suspected by then, with all that it did before, and its address block in whatever session', () => {
    const { person, tail } = worldOf({ place: CAFE }, { place: CAFE, session: '' }, {}, {});
    hold(tail[0]!, tail[2]!);
    expect(strangersAt(person, 1, 0)).toBeUndefined();
    const strangers = strangersAt(person, 2, 0)!;
    expect(tail.map((seen) => isOneOf(strangers, seen))).toEqual([true, true, false, false]);
  });

  test('its address block is the owner’s own when nothing about its place was new', () => {
    const { person, tail } = worldOf({}, {}, {});
    hold(tail[1]!, tail[1]!, { points: [0, 35, 0] });
    const strangers = strangersAt(person, 2, 0)!;
    expect(tail.map((seen) => isOneOf(strangers, seen))).toEqual([false, true, false]);
  });

  test('one who was settled to be, whenever that was', () => {
    const { person, tail } = worldOf({ place: CAFE }, {});
    hold(tail[0]!, tail[1]!, { suspect_time: Number.MAX_SAFE_INTEGER, was_suspect: true });
    expect(isOneOf(strangersAt(person, 1, 0)!, tail[0]!)).toBe(true);
  });

  test('nobody who was last there before the time that is looked at', () => {
    const { person, tail } = worldOf({ place: CAFE }, {});
    hold(tail[0]!, tail[0]!);
    expect(strangersAt(person, 1, T0)).toBeDefined();
    expect(strangersAt(person, 1, T0 + 1)).toBeUndefined();
  });

  test('nobody is looked for in sessions in which nobody was ever held for one', () => {
    const { person, tail } = worldOf({ place: CAFE });
    hold(tail[0]!, tail[0]!);
    person.story.watched = [];
    expect(strangersAt(person, 0, 0)).toBeUndefined();
  });

  test('a session that is all theirs', () => {
    const { person, session, tail } = worldOf({}, { session: '' });
    session.stranger_since = tail[1]!;
    expect(strangersAt(person, 0, 0)).toBeUndefined();
    const strangers = strangersAt(person, 1, 0)!;
    expect(tail.map((seen) => isOneOf(strangers, seen))).toEqual([true, false]);
  });

  test('whom the person’s rules tell, settled or not, from that event on', () => {
    const { person, session, tail } = worldOf({ session: '' }, { place: CAFE, session: '' }, {}, {});
    const { story } = person;
    story.suspects = [{ prefix: tail[1]!.print.endpoint!.prefix!, since: tail[2]!, last_time: tail[2]!.time }];
    expect(strangersAt(person, 1, 0)).toBeUndefined();
    expect(tail.map((seen) => isOneOf(strangersAt(person, 2, 0)!, seen))).toEqual([false, true, false, false]);
    story.suspects = [];
    story.verdicts = [{ seen: tail[2]!, rule: 0, judgement: judgement({ session, prefix: tail[1]!.print.endpoint!.prefix }) }];
    expect(strangersAt(person, 1, 0)).toBeUndefined();
    expect(tail.map((seen) => isOneOf(strangersAt(person, 2, 0)!, seen))).toEqual([false, true, true, true]);
    story.verdicts = [{ seen: tail[2]!, rule: 0, judgement: judgement({ session, prefix: undefined, is_hearsay: true }) }];
    expect(strangersAt(person, 3, 0)).toBeUndefined();
  });
});

test('only a judgement that is sure, and of its own, tells of a stranger', () => {
  const stranger: Stranger = { session: undefined, prefix: '85.19.7' };
  expect(strangerOf(judgement(stranger, 40))).toBe(stranger);
  expect(strangerOf(judgement(stranger, 39))).toBeUndefined();
  expect(strangerOf(judgement({ ...stranger, is_hearsay: true }))).toBeUndefined();
  expect(strangerOf(judgement(undefined))).toBeUndefined();
});

describe('it turns out with an event', () => {
  test('by what its session’s rules make of it, of its own print or of another’s, and once', () => {
    const { person, session, tail } = worldOf({}, { place: CAFE }, { place: CAFE });
    session.prints = tail.map(({ print }) => print);
    for (const seen of tail.slice(1)) seen.scores = [45];
    hold(tail[0]!, tail[1]!);
    expect(tail.map((seen) => tellsOfStranger(person, seen))).toEqual([false, true, false]);
    hold(tail[0]!, tail[1]!, { is_suspect: false });
    expect(tellsOfStranger(person, tail[1]!)).toBe(false);
  });

  test('not by a rule that says nothing of who acts, which suspects nobody', () => {
    const { person, session, tail } = worldOf({}, {});
    session.prints = tail.map(({ print }) => print);
    tail[1]!.scores = [39, -45];
    expect(tellsOfStranger(person, tail[1]!)).toBe(false);
    expect(isSuspected(person, tail[1]!)).toBe(false);
  });

  test('by a verdict of the person’s rules on that very event', () => {
    const { person, tail } = worldOf({}, {});
    person.story.verdicts = [{ seen: tail[0]!, rule: 0, judgement: judgement({ session: undefined, prefix: '85.19.7' }) }];
    expect(tail.map((seen) => tellsOfStranger(person, seen))).toEqual([true, false]);
  });
});
