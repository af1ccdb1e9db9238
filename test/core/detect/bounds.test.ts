import { createDetect } from '../../../src/core/detect/index.js';
import type { Finding } from '../../../src/core/event/index.js';
import type { Detect } from '../../../src/core/pipeline.js';
import { MARKS_PER_PERSON } from '../../../src/core/state/marks.js';
import { PERSON_BYTES_MAX } from '../../../src/core/state/person.js';
import { codecFor, peopleOf } from '../../helpers/codec.js';
import { allRules, bareRule } from '../../helpers/rules.js';
import { type Line, say } from '../../helpers/world.js';

type Told = Omit<Line, 'n'>;

const owner = (at: number, over: Partial<Told> = {}): Told => ({ at, place: 0, agent: 0, ...over });
const thief = (at: number, over: Partial<Told> = {}): Told => ({ at, place: 3, agent: 2, ...over });

class Teller {
  readonly detect: Detect;
  readonly latest = new Map<string, Finding>();
  private count = 0;

  constructor(limits = {}) {
    this.detect = createDetect(allRules(), { config_digest: '', limits });
  }

  tell(...lines: readonly Told[]): void {
    for (const line of lines)
      for (const finding of this.detect.accept(say({ n: this.count++, ...line }))) this.latest.set(finding.uid, finding);
  }

  open(type: string): Finding[] {
    return [...this.latest.values()].filter((finding) => finding.type === type && finding.status !== 'retracted');
  }
}

describe('what had to be forgotten takes nothing back', () => {
  test('a busy session and one late record', () => {
    const teller = new Teller();
    // what weighs most is that the token came back to its owner, who had it before
    const token = 't1';
    teller.tell(owner(0, { token }), thief(1, { token }), owner(2, { token }));
    const [before] = teller.open('session_reuse');
    expect(before?.factors.map(({ name }) => name)).toContain('same_token');
    for (let i = 0; i < 62; i++) teller.tell(owner(3 + i));
    expect(teller.detect.stats().evicted_observations).toBe(1);
    teller.tell(owner(60, { delay: 10 }));
    expect(teller.open('session_reuse')).toMatchObject([{ uid: before!.uid, score: before!.score }]);
  });

  test('many prints and one late record', () => {
    const teller = new Teller({ observations_per_session: 8 });
    teller.tell(owner(0), thief(1), owner(2));
    const [before] = teller.open('session_reuse');
    for (let i = 0; i < 40; i++) teller.tell(owner(3 + i, { device: `d${i}` }));
    teller.tell(owner(41, { delay: 10 }));
    expect(teller.open('session_reuse').find(({ uid }) => uid === before?.uid)?.score).toBeGreaterThanOrEqual(before!.score);
  });

  test('a thief cannot wash a revocation away with acts of their own', () => {
    const teller = new Teller();
    teller.tell(owner(0), { ...owner(10, { activity: 'session_revoke' }), role: 'target' }, thief(200));
    expect(teller.open('use_after_revocation')).toHaveLength(1);
    for (let i = 0; i < 2 * MARKS_PER_PERSON; i++) teller.tell(thief(201 + i, { activity: 'credential_change' }));
    expect(teller.open('use_after_revocation')).toHaveLength(1);
    teller.tell(thief(400));
    expect(teller.open('use_after_revocation')[0]?.score).toBeGreaterThanOrEqual(65);
  });

  test('nor by revoking other sessions, when the end that it broke had to go', () => {
    const teller = new Teller();
    teller.tell(owner(0), { ...owner(10, { activity: 'session_revoke' }), role: 'target' }, thief(200));
    const [before] = teller.open('use_after_revocation');
    for (let i = 0; i < 2 * MARKS_PER_PERSON; i++) teller.tell({ ...owner(240 + i, { activity: 'session_revoke' }), role: 'target' });
    expect(teller.open('use_after_revocation').map(({ uid }) => uid)).toContain(before?.uid);
  });

  test('the session in use is not the one that goes for want of room', () => {
    const teller = new Teller({ sessions_per_person: 4 });
    for (let i = 0; i < 4; i++) teller.tell(owner(0, { session: `s${i}` }));
    teller.tell(owner(0, { session: 'a' }), thief(0, { session: 'a' }));
    expect(teller.open('session_reuse').map(({ session }) => session?.uid)).toEqual(['a']);
  });
});

test('what was taken back does not pile up', () => {
  const teller = new Teller();
  for (let i = 0; i < 300; i++) teller.tell(owner(3 * i, { activity: 'sign_out' }), thief(3 * i + 2));
  const [person] = [...peopleOf(teller.detect).values()];
  const { reports } = person!.sessions[0]!;
  // by bytes, not by number: so many fit beside what else is known
  expect(reports.length).toBeLessThanOrEqual(100);
  expect(reports.filter(({ finding }) => finding.status === 'retracted').length).toBeLessThanOrEqual(16);
  expect(reports.filter(({ finding }) => finding.evidence.length > 0).length).toBeLessThanOrEqual(16);
  expect(codecFor(allRules()).encode(person!).length).toBeLessThanOrEqual(PERSON_BYTES_MAX);
});

test('a storm of thefts says nothing twice, however many late records come', () => {
  const detect = createDetect(allRules(), { config_digest: 'test' });
  const revisions = new Map<string, number>();
  let n = 0;
  let said = 0;
  const tell = (line: Omit<Line, 'n'>, delay = 0): void => {
    for (const { uid, revision } of detect.accept(say({ ...line, n: n++, delay }))) {
      expect(revision).toBeGreaterThan(revisions.get(uid) ?? 0);
      revisions.set(uid, revision);
      said++;
    }
  };
  const DAYS = 24 * 60;
  for (let day = 0; day < 20; day++) tell({ at: day * DAYS, session: `h${day}`, activity: 'sign_in', device: 'd1', fresh: true });
  for (let i = 0; i < 120; i++) tell({ at: 20 * DAYS + i, session: `t${i}`, place: 4, agent: 4, activity: 'sign_in', fresh: true });
  const before = said;
  for (let i = 0; i < 100; i++) tell({ at: 20 * DAYS - 200 - i, session: 'h19', device: 'd1' }, 500 + 2 * i);
  expect(said - before).toBeLessThan(200);
});

describe('a thief who begins a session every minute', () => {
  const DAYS = 24 * 60;
  /** For each uid how often it was said as new, for each session the level of its finding. @param shift what comes before what */
  const told = (count: number, shift: (i: number) => number) => {
    const detect = createDetect([bareRule('session_mint')], { config_digest: 'test' });
    const news = new Map<string, number>();
    const levels = new Map<string | undefined, string>();
    const accept = (line: Line): void => {
      for (const { uid, status, session, level } of detect.accept(say(line))) {
        if (status === 'new') news.set(uid, (news.get(uid) ?? 0) + 1);
        levels.set(session?.uid, level);
      }
    };
    for (let day = 0; day < 10; day++) accept({ n: day, at: day * DAYS, session: `h${day}`, activity: 'sign_in', device: 'd1' });
    for (let i = 0; i < count; i++) {
      const minute = shift(i);
      const line = { n: 100 + minute, at: 14 * DAYS + minute, session: `t${minute}`, place: 3, agent: 4, activity: 'sign_in' } as const;
      accept({ ...line, delay: Math.max(0, i - minute) });
    }
    return { news: [...news].sort(), levels: [...levels].sort() };
  };
  const inOrder = told(400, (i) => i);

  test('has a finding for each of them, as strong as the first', () => {
    expect(inOrder.levels).toHaveLength(400);
    expect(new Set(inOrder.levels.map(([, level]) => level))).toEqual(new Set(['critical']));
  });

  test('has each said as new once, also when neighbours arrive the other way round', () => {
    expect(new Set(inOrder.news.map(([, times]) => times))).toEqual(new Set([1]));
    const swapped = told(400, (i) => i ^ 1);
    expect(swapped).toEqual(inOrder);
  });
});

test('who signs out every day can still have explained what was said of them', () => {
  const detect = createDetect([bareRule('session_mint')], { config_digest: 'test' });
  const DAYS = 24 * 60;
  const latest = new Map<string, Finding>();
  let n = 0;
  const tell = (line: Omit<Line, 'n'>): void => {
    for (const finding of detect.accept(say({ ...line, n: n++ }))) latest.set(finding.uid, finding);
  };
  const open = () => [...latest.values()].filter(({ status }) => status !== 'retracted').length;
  const days = MARKS_PER_PERSON + 8;
  for (let day = 0; day < days; day++) {
    tell({ at: day * DAYS, session: `h${day}`, activity: 'sign_in', device: 'd1' });
    tell({ at: day * DAYS + 60, session: `h${day}`, activity: 'sign_out', device: 'd1' });
  }
  const away = { place: 4, agent: 0 };
  tell({ ...away, at: days * DAYS, session: 'new', activity: 'sign_in', device: 'none' });
  expect(open()).toBe(1);
  // their own computer was there a moment before, as is heard later, and there somebody signs out
  tell({ ...away, at: days * DAYS - 30, session: `h${days - 1}`, activity: 'sign_out', device: 'd1', delay: 60 });
  expect(open()).toBe(0);
});
