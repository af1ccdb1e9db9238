import type { Strongest } from '../../../src/core/detect/evaluate.js';
import type { Telling } from '../../../src/core/detect/finding.js';
import type { EvidenceSource } from '../../../src/core/detect/judgement.js';
import { keepForGood, record } from '../../../src/core/detect/reports.js';
import type { Finding } from '../../../src/core/event/index.js';
import { newPerson } from '../../../src/core/state/person.js';
import { newSession } from '../../../src/core/state/session.js';
import { bareRule } from '../../helpers/rules.js';
import { say } from '../../helpers/world.js';

const EVENT = say({ at: 0, n: 0 });

const source = (uid: string, time: number): EvidenceSource => ({
  uid,
  time,
  vendor: 'entra',
  action: 'a',
  endpoint: undefined,
  user_agent: undefined,
  device: undefined,
  client_uid: undefined,
});

/** A verdict that was first reached at `from`, is strongest at `at`, and counts the acts at some other times. */
function verdict(score: number, at: number, { from = at, acts = [] as number[] } = {}): Strongest {
  return {
    active: { rule: bareRule('session_reuse'), index: 0, report_from: 40 } as unknown as Strongest['active'],
    episode: '',
    judgement: {
      score,
      factors: [],
      episode: '',
      baseline: [],
      context: [],
      travel: undefined,
      message: 'is used',
      session: undefined,
      stranger: undefined,
    },
    trigger: source(`e${at}`, at),
    first_time: from,
    last_time: at,
    acts: acts.map((time) => source(`act${time}`, time)),
    sessions: [],
    others: [],
  };
}

/** A session with its findings, to which verdicts are brought. */
class Desk {
  readonly session = newSession(EVENT, EVENT.session!, (text) => text);
  readonly telling: Telling = {
    person: newPerson(EVENT),
    isOperatorEgress: () => false,
    on: this.session,
    session: this.session,
    arrival_time: 1000,
    config_digest: '',
    said: [],
  };

  /** what one event in order adds; @returns what is said of it */
  add(...strongest: Strongest[]): Finding[] {
    return this.bring(strongest, false);
  }

  /** all that is not settled, judged anew */
  anew(...strongest: Strongest[]): Finding[] {
    return this.bring(strongest, true);
  }

  settle(strongest: Strongest): void {
    keepForGood(this.telling, strongest);
  }

  get report() {
    expect(this.session.reports).toHaveLength(1);
    return this.session.reports[0]!;
  }

  get acts(): string[] {
    return this.report.finding.evidence.filter(({ role }) => role === 'context').map(({ event_uid }) => event_uid);
  }

  private bring(strongest: Strongest[], isComplete: boolean): Finding[] {
    this.telling.said.length = 0;
    record(this.telling, { strongest, isComplete });
    return [...this.telling.said];
  }
}

describe('what stands for good', () => {
  test('is the strongest that is settled, from the first that is', () => {
    const desk = new Desk();
    desk.add(verdict(50, 10));
    desk.settle(verdict(50, 10));
    desk.settle(verdict(45, 20));
    expect(desk.report.settled).toMatchObject({ score: 50, trigger_event_uid: 'e10', first_seen_time: 10 });
    desk.settle(verdict(50, 25));
    expect(desk.report.settled).toMatchObject({ score: 50, trigger_event_uid: 'e10' });
    desk.settle(verdict(60, 30));
    expect(desk.report.settled).toMatchObject({ score: 60, trigger_event_uid: 'e30', first_seen_time: 10 });
  });

  test('of an event that came late and settled first begins with the earlier', () => {
    const desk = new Desk();
    desk.add(verdict(50, 10));
    desk.settle(verdict(50, 10));
    desk.settle(verdict(60, 30, { from: 5 }));
    expect(desk.report.settled).toMatchObject({ score: 60, first_seen_time: 5 });
  });

  test('is nothing of a finding that is forgotten', () => {
    const desk = new Desk();
    expect(() => desk.settle(verdict(50, 10))).not.toThrow();
    expect(desk.session.reports).toEqual([]);
  });

  test('holds against what is no stronger, judged in order or anew', () => {
    const desk = new Desk();
    desk.add(verdict(50, 10));
    desk.settle(verdict(50, 10));
    desk.add(verdict(60, 20));
    expect(desk.add(verdict(45, 30))).toEqual([]);
    expect(desk.report.finding).toMatchObject({ score: 60, revision: 2 });
    expect(desk.anew(verdict(50, 40))).toMatchObject([{ score: 50, revision: 3, trigger_event_uid: 'e10', status: 'updated' }]);
  });
});

test('however many can still change, the next is said, none is forgotten and none said twice', () => {
  const desk = new Desk();
  const thefts = Array.from({ length: 80 }, (_, i) => ({ ...verdict(i === 40 ? 45 : 60, 10 + i), episode: String(i) }));
  for (const theft of thefts) expect(desk.add(theft)).toMatchObject([{ status: 'new', trigger_event_uid: theft.trigger.uid }]);
  expect(desk.add({ ...verdict(45, 99), episode: 'weak' })).toMatchObject([{ status: 'new' }]);
  expect(desk.anew(...thefts, { ...verdict(45, 99), episode: 'weak' })).toEqual([]);
  expect(desk.session.reports).toHaveLength(81);
});

describe('a finding of which only the saying is remembered, for want of room', () => {
  const short = (): Desk => {
    const desk = new Desk();
    desk.add(verdict(50, 10, { acts: [10] }));
    desk.report.finding = { ...desk.report.finding, factors: [], evidence: [] };
    return desk;
  };

  test('names no further acts, in order or anew', () => {
    expect(short().add(verdict(45, 20, { acts: [20] }))).toEqual([]);
    expect(short().anew(verdict(50, 10, { acts: [10, 20] }))).toEqual([]);
  });

  test('is said in full when it becomes stronger', () => {
    const [again] = short().add(verdict(60, 20, { acts: [20] }));
    expect(again).toMatchObject({ score: 60, revision: 2, trigger_event_uid: 'e20' });
    expect(again?.evidence.map(({ event_uid }) => event_uid)).toEqual(expect.arrayContaining(['act20', 'e20']));
  });
});

describe('a finding that becomes stronger', () => {
  test('keeps in order what it named and when it began', () => {
    const desk = new Desk();
    desk.add(verdict(50, 10, { acts: [10] }));
    desk.add(verdict(60, 20, { acts: [20] }));
    expect(desk.acts).toEqual(['act10', 'e10', 'act20']);
    expect(desk.report.finding).toMatchObject({ score: 60, first_seen_time: 10 });
  });

  test('judged anew knows only what was judged, and what stands for good', () => {
    const desk = new Desk();
    desk.add(verdict(50, 10, { acts: [10] }));
    desk.anew(verdict(60, 20, { acts: [20] }));
    expect(desk.acts).toEqual(['act20']);
    expect(desk.report.finding).toMatchObject({ score: 60, first_seen_time: 20 });
    const other = new Desk();
    other.add(verdict(50, 10, { acts: [10] }));
    other.report.settled = other.report.finding;
    other.anew(verdict(60, 20, { acts: [20] }));
    expect(other.acts).toEqual(expect.arrayContaining(['act10', 'act20']));
    expect(other.report.finding).toMatchObject({ score: 60, first_seen_time: 10 });
  });
});

describe('a finding that stays as strong', () => {
  test('is said again when all is judged anew and it began at another time; in order it began when it did', () => {
    const desk = new Desk();
    desk.add(verdict(50, 20));
    expect(desk.anew(verdict(50, 20, { from: 10 }))).toMatchObject([{ first_seen_time: 10, revision: 2, status: 'updated' }]);
    expect(desk.anew(verdict(50, 20, { from: 10 }))).toEqual([]);
    // the first is explained by now
    expect(desk.anew(verdict(50, 20, { from: 15 }))).toMatchObject([{ first_seen_time: 15, revision: 3 }]);
    expect(desk.report.finding).toMatchObject({ first_seen_time: 15, revision: 3 });
  });

  test('began no later than what stands for good', () => {
    const desk = new Desk();
    desk.add(verdict(50, 10));
    desk.report.settled = desk.report.finding;
    desk.add(verdict(60, 20));
    expect(desk.report.finding).toMatchObject({ score: 60, first_seen_time: 10 });
    expect(desk.anew(verdict(60, 20))).toEqual([]);
    expect(desk.anew(verdict(60, 20, { from: 5 }))).toMatchObject([{ first_seen_time: 5 }]);
    expect(desk.report.settled).toMatchObject({ first_seen_time: 10 });
  });

  test('does not when one event in order is as strong', () => {
    const desk = new Desk();
    desk.add(verdict(50, 20));
    desk.add(verdict(50, 30, { from: 10 }));
    expect(desk.report.finding.first_seen_time).toBe(20);
  });

  test('is said again with another trigger, or for another act', () => {
    const desk = new Desk();
    desk.add(verdict(50, 20));
    expect(desk.anew(verdict(50, 15))).toMatchObject([{ trigger_event_uid: 'e15', revision: 2 }]);
    expect(desk.add(verdict(45, 30, { acts: [30] }))).toMatchObject([{ trigger_event_uid: 'e15', revision: 3, status: 'updated' }]);
    expect(desk.acts).toEqual(['act30']);
    expect(desk.add(verdict(45, 30, { acts: [30] }))).toEqual([]);
  });

  test('stands for good in its new words, where it stood in its old', () => {
    const desk = new Desk();
    desk.add(verdict(50, 20));
    desk.report.settled = desk.report.finding;
    desk.add(verdict(45, 30, { acts: [30] }));
    expect(desk.report.settled).toBe(desk.report.finding);
    expect(desk.acts).toEqual(['act30']);
  });

  test('does not come to stand for good by new words', () => {
    const desk = new Desk();
    desk.add(verdict(60, 20));
    desk.add(verdict(45, 30, { acts: [30] }));
    expect(desk.report.settled).toBeUndefined();
    desk.settle(verdict(45, 10));
    const { settled } = desk.report;
    desk.add(verdict(55, 40, { acts: [40] }));
    expect(desk.report.settled).toBe(settled);
  });
});

test('what no longer holds is taken back once', () => {
  const desk = new Desk();
  desk.add(verdict(50, 20));
  expect(desk.anew()).toMatchObject([{ status: 'retracted', revision: 2 }]);
  expect(desk.anew()).toEqual([]);
  expect(desk.anew(verdict(50, 20))).toMatchObject([{ status: 'updated', revision: 3 }]);
});

test('what was not judged anew stands', () => {
  const desk = new Desk();
  desk.add(verdict(50, 20));
  expect(desk.add()).toEqual([]);
  expect(desk.report.finding.status).toBe('new');
});

test('a theft that goes on is said again an hour after it was said last, and what stands for good with it', () => {
  const desk = new Desk();
  desk.add(verdict(70, 0));
  desk.settle(verdict(70, 0));
  expect(desk.add(verdict(60, 3_599_999))).toEqual([]);
  expect(desk.add(verdict(60, 3_600_000))).toMatchObject([
    { revision: 2, supersedes: 1, status: 'updated', score: 70, last_seen_time: 3_600_000 },
  ]);
  expect(desk.add(verdict(70, 7_000_000))).toEqual([]);
  expect(desk.report.settled).toBe(desk.report.finding);
  expect(desk.anew(verdict(70, 0))).toEqual([]);
});

test('what stands for good and is judged anew is said again after an hour like the rest', () => {
  const desk = new Desk();
  desk.add(verdict(70, 0));
  desk.report.settled = desk.report.finding;
  expect(desk.anew(verdict(60, 3_599_999))).toEqual([]);
  expect(desk.anew(verdict(60, 3_600_000))).toMatchObject([{ revision: 2, score: 70, last_seen_time: 3_600_000 }]);
  expect(desk.report.settled).toBe(desk.report.finding);
});

test('what is said again is not for good by that, when something weaker is', () => {
  const desk = new Desk();
  desk.add(verdict(50, 0));
  desk.settle(verdict(50, 0));
  desk.add(verdict(70, 10));
  const { settled } = desk.report;
  expect(desk.add(verdict(60, 3_700_000))).toMatchObject([{ score: 70, last_seen_time: 3_700_000 }]);
  expect(desk.report.settled).toBe(settled);
});

test('what was taken back is not said again for what is no stronger than what stood for good', () => {
  const desk = new Desk();
  desk.add(verdict(70, 0));
  desk.anew();
  desk.settle(verdict(70, 0));
  expect(desk.add(verdict(60, 3_700_000))).toEqual([]);
  expect(desk.report.finding.status).toBe('retracted');
});
