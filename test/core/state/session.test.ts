import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import type { Mark } from '../../../src/core/state/marks.js';
import type { Print, PrintNote } from '../../../src/core/state/print.js';
import {
  addObservation,
  birthOf,
  boundPrints,
  boundReports,
  foldOldest,
  keepEpisode,
  keepReports,
  mintOf,
  newSession,
  PRINTS_PER_SESSION,
  REPORTS_KEPT_MS,
  REPORTS_PER_SESSION,
  type Session,
  sessionKey,
  settleOldest,
} from '../../../src/core/state/session.js';
import { type Line, MINUTE, NO_TRAITS, PLACES, say, T0 } from '../../helpers/world.js';

const asIs = (text: string): string => text;

function sessionOf(lines: readonly (Omit<Line, 'n'> & { n?: number })[]): Session {
  const events = lines.map((line, n) => say({ n, ...line }));
  const session = newSession(events[0]!, events[0]!.session!, asIs);
  for (const event of events) addObservation(session, event, 'browser', asIs);
  return session;
}

function note(over: Partial<PrintNote> = {}): PrintNote {
  return {
    points: [0, 0, 0],
    is_settled: false,
    is_suspect: false,
    suspect_time: 0,
    suspect_uid: '',
    was_suspect: false,
    known: NO_TRAITS,
    factors: [],
    baseline: undefined,
    since_time: T0,
    since_uid: '',
    travel: undefined,
    ...over,
  };
}

const uids = (session: Session): string[] => session.tail.map(({ uid }) => uid.slice(-1));

describe('a new session', () => {
  test('is known by its root where the vendor names one', () => {
    expect(sessionKey({ uid: 'child', root_uid: 'root', issuer: 'i', confidence: 'high' })).toBe('root');
    expect(sessionKey({ uid: 'child', issuer: 'i', confidence: 'high' })).toBe('child');
  });

  test('began at the latest with the event, or when the event says', () => {
    const event = say({ at: 5, n: 1 });
    expect(birthOf(event, event.session!)).toBe(T0 + 5 * MINUTE);
    expect(birthOf(event, { ...event.session!, created_time: T0 })).toBe(T0);
    expect(birthOf(event, { ...event.session!, created_time: T0 + 6 * MINUTE })).toBe(T0 + 5 * MINUTE);
  });

  test('has nothing yet', () => {
    const event = say({ at: 5, n: 1, delay: 3 });
    const session = newSession(event, { ...event.session!, root_uid: 'r' }, asIs);
    expect(session).toMatchObject({
      uid: 'r',
      issuer: 'entra:t',
      first_time: T0 + 5 * MINUTE,
      last_arrival_time: T0 + 8 * MINUTE,
      prints: [],
      tail: [],
      settled: 0,
      reports: [],
    });
  });
});

describe('putting an event into the story', () => {
  test('goes to its place by event time, then uid', () => {
    const session = sessionOf([{ at: 10 }, { at: 30 }]);
    const put = (line: Line) => addObservation(session, say(line), 'browser', asIs);
    expect(put({ at: 20, n: 5 })).toBe(1);
    expect(put({ at: 20, n: 4 })).toBe(1);
    expect(put({ at: 40, n: 2 })).toBe(4);
    expect(put({ at: 0, n: 3 })).toBe(0);
    expect(uids(session)).toEqual(['3', '0', '4', '5', '1', '2']);
  });

  test('once', () => {
    const session = sessionOf([{ at: 10 }, { at: 20 }, { at: 30 }]);
    expect(addObservation(session, say({ at: 20, n: 1 }), 'browser', asIs)).toBe(-1);
    expect(addObservation(session, say({ at: 30, n: 2 }), 'browser', asIs)).toBe(-1);
    expect(session.tail).toHaveLength(3);
  });

  test('unless it says nothing of who is there', () => {
    const session = sessionOf([{ at: 0 }]);
    const blank: SessionEvent = { ...say({ at: 1, n: 1 }), src_endpoint: undefined, user_agent: undefined };
    expect(addObservation(session, blank, 'browser', asIs)).toBe(-1);
    expect(session.tail).toHaveLength(1);
  });

  test('shares the print of what looks alike, lane by lane', () => {
    const session = sessionOf([{ at: 0 }, { at: 1 }, { at: 2, place: 3 }]);
    expect(session.prints).toHaveLength(2);
    expect(session.tail[1]?.print).toBe(session.tail[0]?.print);
    addObservation(session, say({ at: 3, n: 9 }), 'mail', asIs);
    expect(session.prints.map(({ lane }) => lane)).toEqual(['browser', 'browser', 'mail']);
  });

  test('later than allowed it follows what is settled', () => {
    const session = sessionOf([{ at: 10 }, { at: 20 }, { at: 30 }]);
    settleOldest(session);
    settleOldest(session);
    expect(addObservation(session, say({ at: 5, n: 7 }), 'browser', asIs)).toBe(2);
    expect(uids(session)).toEqual(['0', '1', '7', '2']);
  });
});

describe('addresses of one prefix in two places', () => {
  // place 7 lies in the prefix of place 0, but in another country
  const countryOf = (session: Session) => session.prints.map((print) => print.endpoint?.country);

  test('a print has the place of its first event, whatever came first', () => {
    expect(
      countryOf(
        sessionOf([
          { at: 0, place: 0 },
          { at: 1, place: 7 },
        ]),
      ),
    ).toEqual(['NO']);
    expect(
      countryOf(
        sessionOf([
          { at: 1, place: 7 },
          { at: 0, place: 0 },
        ]),
      ),
    ).toEqual(['NO']);
    expect(
      countryOf(
        sessionOf([
          { at: 5, place: 3 },
          { at: 1, place: 7 },
          { at: 0, place: 0 },
        ]),
      ),
    ).toEqual(['NL', 'NO']);
  });

  test('not of one that came late but is not the first', () => {
    expect(
      countryOf(
        sessionOf([
          { at: 0, place: 0 },
          { at: 9, place: 0 },
          { at: 1, place: 7 },
        ]),
      ),
    ).toEqual(['NO']);
  });

  test('nor after its first event left the tail', () => {
    const session = sessionOf([
      { at: 0, place: 0 },
      { at: 9, place: 3 },
    ]);
    foldOldest(session);
    addObservation(session, say({ at: 5, n: 7, place: 7 }), 'browser', asIs);
    expect(countryOf(session)).toEqual(['NO', 'NL']);
  });

  test('and the text of the program of its first event', () => {
    const session = sessionOf([{ at: 1 }]);
    const first = say({ at: 0, n: 7 });
    first.user_agent = { ...first.user_agent!, original: 'as it was first written' };
    addObservation(session, first, 'browser', asIs);
    expect(session.prints[0]?.user_agent?.original).toBe('as it was first written');
  });
});

describe('settling', () => {
  test('takes one after the other, and none when all is settled', () => {
    const session = sessionOf([{ at: 0 }, { at: 1 }]);
    expect(settleOldest(session)).toBe(session.tail[0]);
    expect(settleOldest(session)).toBe(session.tail[1]);
    expect(settleOldest(session)).toBeUndefined();
    expect(session.settled).toBe(2);
    expect(session.tail).toHaveLength(2);
  });

  test('makes the note of the print that appeared with it stand', () => {
    const session = sessionOf([{ at: 0 }, { at: 1, place: 3 }]);
    const [home, other] = session.prints as [Print, Print];
    home.notes = [undefined, note({ since_uid: session.tail[0]!.uid })];
    other.notes = [note({ since_uid: session.tail[1]!.uid })];
    settleOldest(session);
    expect([home.notes[1]?.is_settled, other.notes[0]?.is_settled]).toEqual([true, false]);
    settleOldest(session);
    expect(other.notes[0]?.is_settled).toBe(true);
  });

  test('makes the suspicion that it raised stand, whoever it is of', () => {
    const session = sessionOf([{ at: 0 }, { at: 1, place: 3 }, { at: 2 }]);
    const other = session.prints[1]!;
    other.notes = [note({ is_suspect: true, suspect_uid: session.tail[2]!.uid })];
    settleOldest(session);
    settleOldest(session);
    expect(other.notes[0]?.was_suspect).toBe(false);
    settleOldest(session);
    expect(other.notes[0]?.was_suspect).toBe(true);
  });

  test('not one that was taken back', () => {
    const session = sessionOf([{ at: 0 }]);
    session.prints[0]!.notes = [note({ is_suspect: false, suspect_uid: session.tail[0]!.uid })];
    settleOldest(session);
    expect(session.prints[0]?.notes[0]?.was_suspect).toBe(false);
  });

  test('makes the finding that it triggered stand, unless that was retracted', () => {
    const session = sessionOf([{ at: 0 }, { at: 1 }]);
    const finding = (trigger: number, status: Finding['status']) =>
      ({ trigger_event_uid: session.tail[trigger]!.uid, status }) as unknown as Finding;
    const report = (trigger: number, status: Finding['status']) => ({
      rule: 0,
      episode: '',
      finding: finding(trigger, status),
      settled: undefined as Finding | undefined,
    });
    session.reports = [report(0, 'new'), report(0, 'retracted'), report(1, 'updated')];
    settleOldest(session);
    expect(session.reports.map(({ settled }) => settled !== undefined)).toEqual([true, false, false]);
    expect(session.reports[0]?.settled).toBe(session.reports[0]?.finding);
  });
});

test('a print has the place of its first event, though others came before', () => {
  const session = sessionOf([{ at: 0 }, { at: 10, agent: 2 }]);
  addObservation(session, say({ at: 5, n: 7, agent: 2, place: 7 }), 'browser', asIs);
  expect(session.prints[1]?.endpoint).toBe(PLACES[7]);
  expect(session.prints[0]?.endpoint).toBe(PLACES[0]);
});

test('nothing is known at first', () => {
  const event = say({ at: 0, n: 0 });
  expect(newSession(event, event.session!, asIs)).toMatchObject({ mint: 'unknown', prints: [], tail: [], settled: 0, reports: [] });
});

describe('folding', () => {
  test('keeps what the print needs of the event', () => {
    const session = sessionOf([{ at: 0, activity: 'sign_in' }, { at: 5 }, { at: 9 }]);
    const print = session.prints[0]!;
    foldOldest(session);
    foldOldest(session);
    expect(uids(session)).toEqual(['2']);
    expect(print).toMatchObject({ folded_count: 2, folded_first_time: T0 });
    expect(print.folded_last).toEqual({
      uid: 'entra:t:0001',
      time: T0 + 5 * MINUTE,
      vendor: 'entra',
      action: 'session_use',
      endpoint: PLACES[0],
    });
    expect(session.folded_time).toBe(T0 + 5 * MINUTE);
  });

  test('settles what was not', () => {
    const session = sessionOf([{ at: 0 }, { at: 5 }]);
    session.prints[0]!.notes = [note({ since_uid: session.tail[0]!.uid })];
    foldOldest(session);
    expect(session.prints[0]?.notes[0]?.is_settled).toBe(true);
    expect(session.settled).toBe(0);
  });

  test('leaves what is settled settled', () => {
    const session = sessionOf([{ at: 0 }, { at: 5 }, { at: 6 }]);
    settleOldest(session);
    settleOldest(session);
    foldOldest(session);
    expect(session.settled).toBe(1);
    expect(settleOldest(session)?.time).toBe(T0 + 6 * MINUTE);
  });

  test('of nothing does nothing', () => {
    const session = sessionOf([{ at: 0 }]);
    foldOldest(session);
    const before = structuredClone(session);
    foldOldest(session);
    expect(session).toEqual(before);
  });

  test('an event later than allowed takes nothing back in time', () => {
    const session = sessionOf([{ at: 10 }, { at: 20 }, { at: 30 }]);
    foldOldest(session);
    foldOldest(session);
    addObservation(session, say({ at: 5, n: 7, fresh: true, activity: 'sign_in' }), 'browser', asIs);
    foldOldest(session);
    expect(session.prints[0]).toMatchObject({ folded_count: 3, folded_first_time: T0 + 5 * MINUTE });
    expect(session.prints[0]?.folded_last?.uid).toBe('entra:t:0001');
    expect(session.folded_time).toBe(T0 + 20 * MINUTE);
    expect(session.fresh_time).toBe(T0 + 5 * MINUTE);
  });

  test('of two at one moment the later by uid is the last', () => {
    const session = sessionOf([{ at: 10 }, { at: 10 }]);
    foldOldest(session);
    foldOldest(session);
    expect(session.prints[0]?.folded_last?.uid).toBe('entra:t:0001');
  });

  test('remembers the latest fresh authentication', () => {
    const session = sessionOf([
      { at: 0, activity: 'sign_in', fresh: true },
      { at: 5, activity: 'sign_in', fresh: true },
      { at: 9, activity: 'sign_in' },
    ]);
    const before = session.fresh_time;
    expect(before).toBeLessThan(T0);
    for (let i = 0; i < 3; i++) foldOldest(session);
    expect(session.fresh_time).toBe(T0 + 5 * MINUTE);
  });
});

describe('the mint', () => {
  test('is the print of the first event of the story', () => {
    const session = sessionOf([{ at: 5 }, { at: 1, place: 3 }]);
    expect(mintOf(session)?.endpoint).toBe(PLACES[3]);
  });

  test('of two at one moment it is the first of the story, too', () => {
    const session = sessionOf([
      { at: 1, n: 2 },
      { at: 1, n: 1, place: 3 },
    ]);
    foldOldest(session);
    foldOldest(session);
    expect(mintOf(session)?.endpoint).toBe(PLACES[3]);
    expect(session.prints.map(({ endpoint }) => endpoint)).toEqual([PLACES[3], PLACES[0]]);
  });

  test('stays so when its events left the tail', () => {
    const session = sessionOf([{ at: 1, place: 3 }, { at: 5 }, { at: 6, place: 4 }]);
    foldOldest(session);
    expect(mintOf(session)).toBe(session.prints[0]);
    foldOldest(session);
    foldOldest(session);
    expect(mintOf(session)).toBe(session.prints[0]);
  });

  test('is the first of the story, not of arrival, when all of them left it', () => {
    const session = sessionOf([{ at: 5 }, { at: 1, place: 3 }]);
    foldOldest(session);
    foldOldest(session);
    expect(mintOf(session)?.endpoint).toBe(PLACES[3]);
  });

  test('of an empty session is nothing', () => {
    const event = say({ at: 0, n: 0 });
    expect(mintOf(newSession(event, event.session!, asIs))).toBeUndefined();
  });
});

describe('the bound on findings', () => {
  /** Findings of which each was last seen at its number, and the room that is made for one more. */
  function roomIn(
    count: number,
    over: (i: number) => Partial<Finding>,
    stands: (i: number) => boolean = () => true,
    time = REPORTS_KEPT_MS + 100,
  ) {
    const session = sessionOf([{ at: 0 }]);
    session.reports = Array.from({ length: count }, (_, i) => {
      const finding = { status: 'new', last_seen_time: i, ...over(i) } as Finding;
      return { rule: 0, episode: String(i), finding, settled: stands(i) ? finding : undefined };
    });
    const gone = boundReports(session, time).map(({ episode }) => Number(episode));
    expect(session.reports).toHaveLength(count - gone.length);
    return gone;
  }

  test('is of what was seen the longest ago: within eight days all is remembered', () => {
    expect(REPORTS_KEPT_MS).toBe(8 * 24 * 3_600_000);
    expect(roomIn(40, () => ({}), undefined, REPORTS_KEPT_MS)).toEqual([]);
    expect(roomIn(40, () => ({}), undefined, REPORTS_KEPT_MS + 3)).toEqual([0, 1, 2]);
  });
  test('is sixteen: what was seen the longest ago goes, and what goes on stays', () => {
    expect(REPORTS_PER_SESSION).toBe(16);
    expect(roomIn(15, () => ({}))).toEqual([]);
    expect(roomIn(16, () => ({}))).toEqual([0]);
    expect(roomIn(18, (i) => (i === 0 ? { last_seen_time: 99 } : {}))).toEqual([1, 2, 3]);
  });

  test('what was taken back goes before what stands', () => {
    expect(roomIn(17, (i) => (i === 9 ? { status: 'retracted' } : {}))).toEqual([9, 0]);
  });

  test('what can still change stays, however much there is', () => {
    expect(
      roomIn(
        80,
        () => ({}),
        () => false,
      ),
    ).toEqual([]);
    expect(
      roomIn(
        18,
        () => ({}),
        (i) => i === 4,
      ),
    ).toEqual([4]);
  });
});

describe('what rests on something that had to go', () => {
  const kept = (keep: (session: Session) => void) => {
    const session = sessionOf([{ at: 0 }]);
    const report = (episode: string, status: string) => ({ rule: 0, episode, finding: { status } as Finding, settled: undefined });
    session.reports = [report('a', 'new'), report('a', 'retracted'), report('b', 'updated'), report('b', 'retracted')];
    keep(session);
    return session.reports.map(({ finding, settled }) => settled !== undefined && settled === finding);
  };

  test('stands for good, unless it was taken back', () => {
    expect(kept(keepReports)).toEqual([true, false, true, false]);
  });

  test('stands for good in the life that the end began', () => {
    expect(kept((session) => keepEpisode(session, { kind: 'session_revoke', uid: 'b' } as Mark, []))).toEqual([false, false, true, false]);
  });
});

describe('the bound on prints', () => {
  /** Prints that differ by version, in order of use; the first `folded` of them left the tail. */
  function crowd(count: number, folded: number): Session {
    const events = Array.from({ length: count }, (_, n) => {
      const event = say({ at: n, n });
      return { ...event, user_agent: { ...event.user_agent!, major: 100 + n } };
    });
    const session = newSession(events[0]!, events[0]!.session!, asIs);
    for (const event of events) addObservation(session, event, 'browser', asIs);
    for (let i = 0; i < folded; i++) foldOldest(session);
    return session;
  }
  const majors = (session: Session) => session.prints.map((print) => (print.user_agent?.major ?? 0) - 100);

  test('is eight', () => {
    expect(PRINTS_PER_SESSION).toBe(8);
    const session = crowd(8, 8);
    expect(boundPrints(session)).toBe(0);
    expect(session.prints).toHaveLength(8);
  });

  test('drops the least recently used, never the mint', () => {
    const session = crowd(10, 10);
    expect(boundPrints(session)).toBe(2);
    expect(majors(session)).toEqual([0, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('drops the least recently used of the harmless, whatever else is noted of them and whichever came first', () => {
    const session = crowd(10, 10);
    for (const print of session.prints) print.notes = [undefined, note()];
    const [, second] = session.prints;
    second!.folded_last!.time += 60 * MINUTE;
    boundPrints(session);
    expect(majors(session)).toEqual([0, 1, 4, 5, 6, 7, 8, 9]);
  });

  test('drops the harmless before the suspicious', () => {
    const session = crowd(10, 10);
    session.prints[1]!.notes = [undefined, note({ is_suspect: true })];
    session.prints[2]!.notes = [note({ is_suspect: true })];
    boundPrints(session);
    expect(majors(session)).toEqual([0, 1, 2, 5, 6, 7, 8, 9]);
  });

  test('drops of the suspicious, when there are no others, the least recently used', () => {
    const session = crowd(10, 10);
    for (const print of session.prints.slice(1)) print.notes = [note({ is_suspect: true })];
    boundPrints(session);
    expect(majors(session)).toEqual([0, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('keeps what an event of the tail holds', () => {
    const session = crowd(12, 2);
    expect(boundPrints(session)).toBe(1);
    expect(majors(session)).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test('a flood washes out neither the mint nor the suspects', () => {
    const session = crowd(3, 3);
    session.prints[1]!.notes = [note({ is_suspect: true })];
    for (let n = 3; n < 200; n++) {
      const event = say({ at: n, n });
      event.user_agent = { ...event.user_agent!, major: 100 + n };
      addObservation(session, event, 'browser', asIs);
      foldOldest(session);
      boundPrints(session);
    }
    expect(majors(session)).toEqual([0, 1, 194, 195, 196, 197, 198, 199]);
  });

  test('what was compared with a print that goes is compared with what that one was compared with', () => {
    const session = crowd(9, 9);
    const [mint, gone, held, other] = session.prints as [Print, Print, Print, Print];
    gone.notes = [note({ baseline: other }), note()];
    held.notes = [note({ baseline: gone }), note({ baseline: gone }), note({ baseline: gone }), note({ baseline: other })];
    boundPrints(session);
    expect(session.prints).not.toContain(gone);
    expect(held.notes.map((n) => n?.baseline)).toEqual([other, mint, mint, other]);
  });
});
