import fc from 'fast-check';
import { GONE, Presence } from '../../../../src/core/normalize/drift/presence.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What came, a record each so many ms: 1 had it, 0 had not. */
function streamed(pattern: Iterable<number>, every = 10 * MINUTE): { presence: Presence; goneAt: number | undefined; time: number } {
  let presence: Presence | undefined;
  let time = DAY;
  let goneAt: number | undefined;
  let n = 0;
  for (const isThere of pattern) {
    time += every;
    n++;
    if (isThere === 1) {
      presence ??= new Presence(time);
      presence.hit(time);
    } else if (presence?.miss(time) === true && goneAt === undefined) goneAt = n;
  }
  return { presence: presence!, goneAt, time };
}

const always = (n: number) => Array<number>(n).fill(1);
const never = (n: number) => Array<number>(n).fill(0);

test('what was always there is gone after 20 records without it, and an hour', () => {
  expect(streamed([...always(145), ...never(30)]).goneAt).toBe(145 + GONE.least_records);
  // 20 records in a burst are one client
  expect(streamed([...always(1450), ...never(59)], MINUTE).goneAt).toBeUndefined();
  expect(streamed([...always(1450), ...never(62)], MINUTE).goneAt).toBe(1450 + 61);
});

test('nothing is said of what is known for less than a day, or of fewer than 50 records', () => {
  expect(streamed([...always(144), ...never(1000)]).goneAt).toBeUndefined();
  expect(streamed([...always(49), ...never(1000)], HOUR).goneAt).toBeUndefined();
  expect(streamed([...always(50), ...never(1000)], HOUR).goneAt).toBe(50 + GONE.least_records);
});

test('what was ever absent has to be known for a week', () => {
  const days = (n: number) => [...always(10), ...never(3), ...always(n * 144 - 14)];
  expect(streamed([...days(6), ...never(1000)]).goneAt).toBeUndefined();
  expect(streamed([...days(8), ...never(1000)]).goneAt).toBe(8 * 144 - 1 + GONE.least_records);
});

test('the fewer have it, the more have to lack it', () => {
  const one = (of: number) => Array.from({ length: 3000 }, (_, i) => (i % of === 0 ? 1 : 0));
  const missed = [2, 5, 20].map((of) => streamed([...one(of), ...never(4000)]).goneAt! - 3000 + (of - 1));
  expect(missed[0]).toBeGreaterThan(12 / Math.log10(2));
  expect(missed[1]).toBeGreaterThan(12 / Math.log10(5 / 4));
  expect(missed[2]).toBeGreaterThan(12 / Math.log10(20 / 19));
  expect(missed[2]).toBeLessThan(1.1 * (12 / Math.log10(20 / 19)) + 20);
});

test('it has to stay away longer than twice the longest time so far, in records and in hours', () => {
  // away for a night of ten hours each day
  const day = [...always(84), ...never(60)];
  const days = Array<number[]>(10).fill(day).flat();
  const { goneAt } = streamed([...days, ...never(300)]);
  expect(goneAt).toBe(10 * 144 + 60 + 1);
  // once it had stayed away for 38 records
  const once = [...always(1200), ...never(19), ...always(10), ...never(38), ...always(1000)];
  expect(streamed([...once, ...never(1000)]).goneAt).toBe(once.length + 77);
});

test('many records in a short time, or few in a long one: the next absence is measured by both', () => {
  const known = () => streamed([...always(1200), ...never(19), ...always(10)]).presence;
  const missed = (presence: Presence, from: number, every: number) => {
    let n = 0;
    while (!presence.miss(from + ++n * every)) if (n > 2000) break;
    return n;
  };
  // 30 times as many as before, within minutes
  const burst = known();
  const { last } = burst;
  for (let n = 1; n <= 100; n++) burst.miss(last + n * 6000);
  burst.hit(last + 101 * 6000);
  expect(missed(burst, burst.last, HOUR)).toBe(201);
  // 30 of them, in two and a half days
  const slow = known();
  for (let n = 1; n <= 30; n++) slow.miss(last + n * 2 * HOUR);
  slow.hit(last + 60 * HOUR + 1);
  expect(missed(slow, slow.last, 10 * MINUTE)).toBeGreaterThan((2 * 58 * HOUR) / (10 * MINUTE));
});

test('who comes back is not gone, and what went wrong does not count as its ways', () => {
  const broken = streamed([...always(2000), ...never(600), 1]);
  expect(broken.presence.gone_time).toBe(0);
  expect(broken.presence.share).toBe(1);
  // 4 days of an outage are no rhythm: the next one is found as soon as the first
  expect(streamed([...always(2000), ...never(600), ...always(100), ...never(GONE.least_records)]).goneAt).toBe(2020);
  const { presence, time } = broken;
  let n = 0;
  while (!presence.miss(time + ++n * 10 * MINUTE)) if (n > 1000) break;
  expect(n).toBe(GONE.least_records);
});

test('a night that was taken for the end of it is learned from', () => {
  const { presence, time } = streamed([...always(1200), ...never(72), 1]);
  let n = 0;
  while (!presence.miss(time + ++n * 10 * MINUTE)) if (n > 1000) break;
  expect(n).toBe(2 * 72 + 1);
});

test('of what comes by chance nothing is said in 20,000 records, and its end is found', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.02, max: 1, noNaN: true }), fc.integer(), (share, seed) => {
      const random = generator(seed);
      const stream = Array.from({ length: 20_000 }, () => (random() < share ? 1 : 0));
      const { goneAt, presence } = streamed(stream);
      if (goneAt !== undefined) return false;
      // and then it is found, within the number of records that decision 0020 names
      const most = Math.ceil(Math.max(GONE.least_records, 2.5 * Math.log(1e12) * (1 / presence.share) + 20));
      for (let n = 1; n <= most; n++) if (presence.miss(1e12 + n * DAY)) return true;
      return false;
    }),
    { numRuns: 30 },
  );
});

test('what is written down is what was known', () => {
  const { presence } = streamed([...always(300), ...never(5), 1]);
  expect(Presence.fromForm(presence.toForm())!.toForm()).toEqual(presence.toForm());
  expect(presence.toForm()).toHaveLength(6);
  const gone = streamed([...always(300), ...never(30)]).presence;
  expect(Presence.fromForm(JSON.parse(JSON.stringify(gone.toForm())))!.gone_time).toBe(gone.gone_time);
  expect(Presence.fromForm(gone.toForm())!.share).toBe(1);
  for (const bad of [undefined, 7, [], [1, 2, 3], [2, 1, 0, 0, 0, 0], [1, 1, 9, 3, 0, 0], [1, 1, 0, 0, 0, 'x'], [1, 1, 0, 0, 0, 0, 0, 0]])
    expect(Presence.fromForm(bad)).toBeUndefined();
});

describe('of what two processes see', () => {
  const gone = () => streamed([...always(300), ...never(30)]).presence;

  test('it is gone for both, until it comes to either', () => {
    const here = gone();
    const there = streamed(always(300)).presence;
    there.join(here);
    expect(there.gone_time).toBe(here.gone_time);
    there.hit(there.last + 20 * DAY);
    expect(there.gone_time).toBe(0);
    here.join(there);
    expect(here.gone_time).toBe(0);
    expect(here.miss(there.last + 1)).toBe(false);
  });

  test('the same told twice changes nothing', () => {
    const [here, there] = [streamed(always(200)).presence, gone()];
    here.join(there);
    const once = here.toForm();
    here.join(there);
    here.join(Presence.fromForm(once)!);
    expect(here.toForm()).toEqual(once);
  });

  test('who has seen little believes who has seen much', () => {
    const here = new Presence(5 * DAY);
    here.hit(5 * DAY);
    here.join(streamed(always(300)).presence);
    expect(here.seen).toBe(300);
    expect(here.first).toBe(DAY + 10 * MINUTE);
  });
});

function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
