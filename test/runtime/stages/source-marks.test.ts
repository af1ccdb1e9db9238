import fc from 'fast-check';
import { LATER_MS, type Mark, SourceMarks } from '../../../src/runtime/stages/source-marks.js';
import { runs } from '../../helpers/runs.js';

/** Of each source what stands at the beginning of its text. */
const highest = (marks: SourceMarks) =>
  Object.fromEntries([...marks.standing()].map(([name, { events }]) => [name, events.split(' ')[0]!.split(':').map(Number) as Mark]));
const namesOf = (marks: SourceMarks) => [...marks.standing().keys()];

const at = (offset: number, index = 0, more: { topic?: string; generation?: number } = {}) => ({
  topic: 'raw',
  partition: 0,
  generation: 1,
  offset,
  index,
  ...more,
});

test('what is sent again is known with the latest arrival of what was there; another topic or generation begins anew', () => {
  const marks = new SourceMarks();
  expect(marks.meet(at(5), 50)).toBe('next');
  expect(marks.meet(at(7, 1), 70)).toBe('next');
  expect(marks.meet(at(5), 51)).toBe(70);
  expect(marks.meet(at(7, 1), 71)).toBe(70);
  expect(marks.meet(at(7, 2), 60)).toBe('next');
  // below the first that came nothing was there before
  expect([marks.meet(at(3), 30), marks.meet(at(3), 31)]).toEqual(['late', 70]);
  expect(marks.meet(at(0, 0, { generation: 2 }), 80)).toBe('next');
  expect(marks.meet(at(0, 0, { topic: 'other' }), 80)).toBe('next');
  expect(highest(marks)).toEqual({ 'raw/0/1': [7, 2, 70], 'raw/0/2': [0, 0, 80], 'other/0/1': [0, 0, 80] });
});

test('one that was on its way elsewhere counts when it comes behind those that came after it, once', () => {
  const marks = new SourceMarks();
  for (const offset of [10, 12, 14]) marks.meet(at(offset), 1);
  expect([marks.meet(at(11), 1), marks.meet(at(11), 1), marks.meet(at(13), 1)]).toEqual(['late', 1, 'late']);
  expect(highest(marks)['raw/0/1']).toEqual([14, 0, 1]);
});

test('a source of which nothing has come for a month is forgotten when another one comes, but not what has no arrival', () => {
  const DAY = 24 * 3_600_000;
  const marks = new SourceMarks();
  marks.meet(at(1), DAY);
  marks.meet(at(1, 0, { topic: 'events' }), 0);
  marks.meet(at(1, 0, { topic: 'removed' }), 2 * DAY);
  marks.meet(at(2), 32 * DAY);
  expect(namesOf(marks)).toEqual(['raw/0/1', 'events/0/1', 'removed/0/1']);
  marks.meet(at(0, 0, { topic: 'new' }), 32 * DAY);
  expect(namesOf(marks)).toContain('removed/0/1');
  marks.meet(at(0, 0, { generation: 2 }), 32 * DAY + 1);
  expect(namesOf(marks)).toEqual(['raw/0/1', 'events/0/1', 'new/0/1', 'raw/0/2']);
});

test('of a source that is months behind nothing is forgotten because another comes that is at today', () => {
  const DAY = 24 * 3_600_000;
  const marks = new SourceMarks();
  marks.meet(at(1), 10 * DAY, 10 * DAY);
  expect(marks.meet(at(1, 0, { topic: 'today' }), 70 * DAY, 10 * DAY)).toBe('next');
  expect(marks.meet(at(1), 10 * DAY, 10 * DAY)).toBe(10 * DAY);
  // nor because one comes that is as far behind
  marks.meet(at(1, 0, { topic: 'late' }), 10 * DAY, 70 * DAY);
  expect(marks.meet(at(1), 10 * DAY, 70 * DAY)).toBe(10 * DAY);
});

test('far below the highest everything counts as known, and memory has a bound', () => {
  const marks = new SourceMarks();
  for (let offset = 0; offset < 5000; offset += 2) marks.meet(at(offset), 1);
  expect(marks.meet(at(4801), 1)).toBe('late');
  expect(marks.meet(at(1001), 1)).toBe(1);
});

test('up to where everything counts as known is never lower than it was, also when the next to go came behind', () => {
  const marks = new SourceMarks();
  for (const offset of [100, 50]) marks.meet(at(offset), 1);
  for (let offset = 200; offset < 200 + 1023; offset++) marks.meet(at(offset), 1);
  expect([99, 101].map((offset) => marks.meet(at(offset), 1))).toEqual([1, 'late']);
  expect([99, 102].map((offset) => marks.meet(at(offset), 1))).toEqual([1, 'late']);
});

test('who goes on from marks alone knows all up to there, and from there on each', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(40), fc.nat(3)), { maxLength: 60 }), fc.nat(60), (sent, cut) => {
      const first = new SourceMarks();
      for (const [offset, index] of sent.slice(0, cut)) first.meet(at(offset, index), 1);
      const second = new SourceMarks();
      second.resumeMarks(highest(first));
      const seen = new Set<string>();
      const [most = -1, last = -1] = highest(first)['raw/0/1'] ?? [];
      for (const [offset, index] of sent.slice(cut)) {
        const isAbove = offset > most || (offset === most && index > last);
        const isNews = typeof second.meet(at(offset, index), 1) === 'string';
        if (most >= 0) expect(isNews).toBe(isAbove && !seen.has(`${offset}/${index}`));
        seen.add(`${offset}/${index}`);
      }
    }),
    runs(200),
  );
});

test('who goes on does as one who never stopped', () => {
  const sent = fc.array(fc.tuple(fc.nat(60), fc.nat(3)), { maxLength: 120 });
  fc.assert(
    fc.property(sent, fc.nat(120), fc.maxSafeNat(), (list, cut, first) => {
      const base = Math.min(first, Number.MAX_SAFE_INTEGER - 60);
      const one = new SourceMarks();
      for (const [offset, index] of list.slice(0, cut)) one.meet(at(base + offset, index), 1);
      const other = new SourceMarks();
      other.resume(one.standing());
      for (const [offset, index] of list.slice(cut)) {
        expect(other.meet(at(base + offset, index), 2)).toEqual(one.meet(at(base + offset, index), 2));
        expect(other.standing()).toEqual(one.standing());
      }
    }),
    runs(300),
  );
});

test('also of so many that the oldest went', () => {
  const one = new SourceMarks();
  for (let offset = 0; offset < 5000; offset += 2) one.meet(at(offset, offset % 3), 1);
  const other = new SourceMarks();
  other.resume(one.standing());
  for (const offset of [4801, 1001, 2949, 2951, 2953, 6001]) expect(other.meet(at(offset), 2)).toEqual(one.meet(at(offset), 2));
  // what each takes in the changelog
  const { events, blocks } = one.standing().get('raw/0/1')!;
  expect([events, ...blocks].join('').length).toBeLessThan(4 * 1024);
});

test('however far a partition has come, each event of a record counts once', () => {
  const marks = new SourceMarks();
  for (const base of [0, 2 ** 37 - 1, 2 ** 40 + 1, 2 ** 52 + 1]) {
    const sent = [0, 1, 2].flatMap((far) => [0, 1, 2, 3, 65_534].map((index) => at(base + far, index)));
    expect(sent.map((one) => marks.meet(one, 1))).toEqual(sent.map(() => 'next'));
    expect(sent.map((one) => marks.meet(one, 1))).toEqual(sent.map(() => 1));
  }
});

test('after a jump of more than there are places to count, too, whichever place of a record it is to', () => {
  for (const far of [2 ** 31, 2 ** 40, 2 ** 52]) {
    const one = new SourceMarks();
    one.meet(at(1), 1);
    expect(one.meet(at(far, 3), 1)).toBe('next');
    const other = new SourceMarks();
    other.resume(one.standing());
    for (const marks of [one, other]) expect([2, 3].map((index) => marks.meet(at(far, index), 1))).toEqual(['late', 1]);
    if (far < 2 ** 37)
      for (const marks of [one, other]) expect([0, 1, 2, far - 9].map((o) => marks.meet(at(o), 1))).toEqual(['late', 1, 'late', 'late']);
  }
});

test('of a source of which nothing has come since the same stands, and what stood once stays as it was', () => {
  const marks = new SourceMarks();
  for (let offset = 0; offset < 40; offset++) marks.meet(at(offset), 1);
  marks.meet(at(0, 0, { topic: 'other' }), 1);
  const before = marks.standing();
  const copy = structuredClone(before);
  for (let offset = 40; offset < 2000; offset++) marks.meet(at(offset), 1);
  expect(before).toEqual(copy);
  expect(marks.standing().get('other/0/1')).toBe(before.get('other/0/1'));
  expect(marks.standing().get('raw/0/1')).not.toBe(before.get('raw/0/1'));
});

test('of a topic that was made anew all up to the highest is told by its arrival, also where a place is free', () => {
  const marks = new SourceMarks();
  for (let offset = 0; offset < 100; offset += 2) marks.meet(at(offset), 50);
  const later = 50 + LATER_MS + 1;
  for (let offset = 0; offset < 99; offset++) expect(marks.meet(at(offset), later + offset)).toBe(50);
  expect(highest(marks)).toEqual({ 'raw/0/1': [98, 0, 50] });
  expect(marks.meet(at(97), 50 + LATER_MS)).toBe('late');
});
