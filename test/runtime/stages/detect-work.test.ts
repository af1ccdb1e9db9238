import fc from 'fast-check';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import type { StateLimits } from '../../../src/core/state/people.js';
import type { InRecord, OutRecord } from '../../../src/runtime/kafka/transport.js';
import { DetectWork } from '../../../src/runtime/stages/detect-work.js';
import { isWordsKey, readWords } from '../../../src/runtime/stages/words.js';
import { createPeopleStore } from '../../../src/runtime/store/people-store.js';
import { STATE_VERSIONS } from '../../../src/runtime/store/person-codec.js';
import { createStreamCodec, type Provenance } from '../../../src/runtime/wire/stream-record.js';
import type { Why } from '../../../src/runtime/work.js';
import { RESERVED } from '../../../src/runtime/work.js';
import { codecFor, ownCodec } from '../../helpers/codec.js';
import { allRules, eagerRules } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { bursts, byArrival, mornings } from '../../helpers/stories.js';
import { MINUTE, say } from '../../helpers/world.js';

const TOPICS = { events: 'events', findings: 'findings', candidates: 'candidates', dead_letters: 'dead-letters', changelog: 'changelog' };
const stream = createStreamCodec();

const LATENESS = 120;
const ROOMY: Partial<StateLimits> = { allowed_lateness: LATENESS * MINUTE };
const SHORT: Partial<StateLimits> = { ...ROOMY, session_idle: 600 * MINUTE, person_idle: 2000 * MINUTE };
interface Seen {
  dead: string[];
  duplicates: number;
}

function workOn(
  rules: readonly Rule[],
  limits: Partial<StateLimits>,
  poison: ReadonlySet<number> = new Set(),
  seen?: Seen,
  version?: number,
  flush_most?: number,
): DetectWork {
  const store = createPeopleStore({ codec: ownCodec(rules, version), thawed_people: 2 });
  return new DetectWork({
    partition: 0,
    topics: TOPICS,
    letter_limit: undefined,
    partitions: 3,
    keep_moved: 1e9,
    codec: stream,
    store,
    detect: createDetect(rules, { config_digest: 'test', limits }, store),
    judging: { rules, detecting: { config_digest: 'test', limits } },
    suppress: () => (finding) => finding,
    encodeFinding: (finding) => Buffer.from(JSON.stringify(finding)),
    poison,
    flush: { events: 24, interval: 1e9 },
    ...(flush_most === undefined ? {} : { flush_most }),
    elapsed: () => 0,
    now: () => 0,
    said: {
      committed() {},
      people() {},
      dead: (reason) => void seen?.dead.push(reason),
      duplicate: () => {
        if (seen !== undefined) seen.duplicates++;
      },
      tick() {},
      absorbed() {},
      forwarded() {},
      untold() {},
      passed_by() {},
    },
  });
}

/** A log of events as normalize writes it: each with where it came from, and the minutes between them. */
function logOf(events: readonly SessionEvent[], isTold: (n: number) => boolean = () => true, sourceOf = from): InRecord[] {
  const records: InRecord[] = [];
  const write = (value: Buffer | null, timestamp: number) =>
    records.push({ topic: 'events', partition: 0, offset: records.length, timestamp, key: null, value, headers: {} });
  let last = 0;
  events.forEach((event, n) => {
    const time = Math.floor(event.arrival_time / MINUTE) * MINUTE;
    if (isTold(n) && time > last) write(stream.encode({ body: { kind: 'tick', time } }), time);
    last = Math.max(last, time);
    write(stream.encode({ provenance: sourceOf(n), body: { kind: 'event', event } }), event.arrival_time);
  });
  return records;
}

const from = (n: number): Provenance => ({ topic: 'raw', partition: n % 2, generation: 1, offset: n >> 2, index: (n % 4) >> 1 });
/** Of each raw partition the later comes first: an event was on its way elsewhere, since nobody knew yet whose it was. */
const swapped = (n: number): Provenance => from((n % 4 < 2 ? n + 2 : n - 2) as number);
/** Of many raw partitions, of two of which most comes; of each in turn one comes behind the next. */
const many = (n: number): Provenance => ({
  ...from(n),
  partition: n % 3 > 0 ? n % 3 : 3 + ((n / 3) % 11),
  offset: n % 6 < 3 ? n + 3 : n - 3,
  index: 0,
});

/** A compacted changelog and the topics beside it, as they are after so many transactions. */
class Committed {
  readonly changelog = new Map<string, Buffer>();
  readonly others: OutRecord[] = [];
  write(records: readonly OutRecord[]): void {
    for (const record of records) {
      if (record.topic !== TOPICS.changelog) this.others.push(record);
      else {
        // what is written anew stands behind all that was there
        this.changelog.delete(String(record.key));
        if (record.value !== null) this.changelog.set(String(record.key), record.value);
      }
    }
  }
  said(): Finding[] {
    return this.others.filter(({ topic }) => topic === TOPICS.findings).map(({ value }) => JSON.parse(value!.toString()));
  }
  /** People, in whatever version and words they were written and without since when they are what they are, and where everything stands. */
  state(rules: readonly Rule[]): [string, string][] {
    const codec = ownCodec(rules);
    const states: [string, string][] = [];
    for (const [key, value] of this.changelog) {
      if (isWordsKey(Buffer.from(key))) {
        const { first, words } = readWords(value, 'changelog');
        codec.words.take(first, words);
      } else if (key.startsWith(String.fromCharCode(RESERVED))) states.push([key, value.toString()]);
      // somebody who is gone, and has no tombstone yet
      else if (value.length === 6) continue;
      else
        states.push([
          key,
          codecFor(rules)
            .encode(codec.decode(value.subarray(6)))
            .toString('latin1'),
        ]);
    }
    return states.sort();
  }
}

function restore(work: DetectWork, { changelog }: Committed): { position: number; replay_from: number } {
  const records = [...changelog].map(([key, value]) => [Buffer.from(key), value] as const);
  // the group meets in the middle of it: it is read from the beginning again
  for (const [key, value] of [...records.slice(0, records.length / 2), ...records]) work.restore(key, value);
  return work.restored();
}

function commit(work: DetectWork, to: Committed, next: number, why: Why = 'due'): void {
  to.write(work.take(next, why));
  work.committed();
}

/** One that never stops. */
function whole(log: readonly InRecord[], rules: readonly Rule[], limits: Partial<StateLimits>): Committed {
  const done = new Committed();
  const work = workOn(rules, limits);
  restore(work, done);
  for (const record of log) work.accept(record);
  commit(work, done, log.length, 'last');
  return done;
}

interface Plan {
  /** commits after so many records each */
  every: number;
  /** and at once when there is something to say */
  isPrompt: boolean;
  /** loses what it has in memory before these records */
  crashes: ReadonlySet<number>;
  /** of the records that each writes who comes after a loss, in turns */
  versions: readonly number[];
  /** who is due is written so many at a time */
  flush_most: number;
}

test('other rules are told to people bit by bit: the same is said as when all are told at once, and the same people are left', () => {
  const [before, after] = [allRules(), eagerRules()];
  fc.assert(
    fc.property(bursts({ lateness: LATENESS, days: 6 }), fc.nat(), (lines, pick) => {
      const events = byArrival(lines.map((line) => say({ ...line, who: `p${line.n % 6}@example.com` })));
      const log = logOf(events, () => false);
      const cut = pick % (log.length + 1);
      const plain = createDetect(before, { config_digest: 'test', limits: ROOMY });
      const expected: string[] = [];
      const tell = (findings: readonly Finding[]) => expected.push(...findings.map((one) => JSON.stringify(one)).sort());
      for (const event of events.slice(0, cut)) tell(plain.accept(event));
      tell(plain.configure(after, { config_digest: 'test', limits: ROOMY }));
      for (const event of events.slice(cut)) tell(plain.accept(event));
      const done = new Committed();
      const work = workOn(before, ROOMY);
      restore(work, done);
      for (const record of log.slice(0, cut)) work.accept(record);
      work.configure(after, { config_digest: 'test', limits: ROOMY });
      expect(work.tidy()).toBe(false);
      let turns = 0;
      while (!work.prepare(() => true)) turns++;
      expect(turns).toBeLessThanOrEqual(1);
      for (const record of log.slice(cut)) work.accept(record);
      commit(work, done, log.length, 'last');
      const sorted = (list: readonly string[]) => [...list].sort();
      expect(sorted(done.said().map((one) => JSON.stringify(one)))).toEqual(sorted(expected));
    }),
    runs(30),
  );
});

describe('what a rule said that went', () => {
  const rules = allRules();
  const THEFT = [0, 5, 9, 12, 14].map((at, n) =>
    say({ activity: 'session_use', at, n, session: 's1', place: n === 2 || n === 4 ? 3 : 0, agent: n === 2 || n === 4 ? 2 : 0 }),
  );
  const log = logOf(THEFT, () => false);

  /** Everything is judged and said by all rules; then those that said something go. */
  function stolen(): { done: Committed; work: DetectWork; after: Rule[]; open: number } {
    const done = new Committed();
    const work = workOn(rules, ROOMY);
    restore(work, done);
    for (const record of log) work.accept(record);
    commit(work, done, log.length);
    const said = new Map(done.said().map((finding) => [finding.uid, finding]));
    const gone = new Set([...said.values()].map(({ rule }) => rule.uid));
    expect(said.size).toBeGreaterThan(0);
    return { done, work, after: rules.filter(({ uid }) => !gone.has(uid)), open: said.size };
  }
  const taken = (done: Committed) => done.said().filter(({ status }) => status === 'retracted');
  const prepare = (work: DetectWork) => {
    let turns = 0;
    while (!work.prepare(() => true)) turns++;
    return turns;
  };
  /** The next owner, who knows the rules that are left. */
  function next(done: Committed, after: readonly Rule[]): DetectWork {
    const work = workOn(after, ROOMY);
    const { replay_from } = restore(work, done);
    for (const record of log.slice(replay_from)) work.accept(record);
    return work;
  }

  test('is taken back by a reload, once, and by nobody after it', () => {
    const { done, work, after, open } = stolen();
    work.configure(after, { config_digest: 'test', limits: ROOMY });
    prepare(work);
    commit(work, done, log.length);
    expect(taken(done)).toHaveLength(open);
    const other = next(done, after);
    prepare(other);
    commit(other, done, log.length);
    expect(taken(done)).toHaveLength(open);
  });

  test('is taken back by who comes after a reload that was not committed, or was not told to its end', () => {
    const { done, work, after, open } = stolen();
    work.configure(after, { config_digest: 'test', limits: ROOMY });
    prepare(work);
    work.take(log.length, 'news');
    for (let turn = 0; turn < 2; turn++) {
      const other = next(done, after);
      prepare(other);
      if (turn === 0) other.take(log.length, 'due');
      else commit(other, done, log.length);
    }
    expect(taken(done)).toHaveLength(open);
  });

  test('is taken back by who starts without them', () => {
    const { done, after, open } = stolen();
    const other = next(done, after);
    prepare(other);
    commit(other, done, log.length);
    expect(taken(done)).toHaveLength(open);
    const same = next(done, after);
    expect(prepare(same)).toBe(0);
    expect(same.has_news).toBe(false);
  });

  test('people are told of the latest rules only, and how far it is shows', () => {
    const { work, after } = stolen();
    for (const those of [after, rules, after, rules]) work.configure(those, { config_digest: 'test', limits: ROOMY });
    prepare(work);
    expect(work.prepared).toBe(1);
  });
});

test('an event that comes behind later ones of its source is in the record of its person as soon as the position is behind it', () => {
  const events = [0, 1, 2, 3].map((n) => say({ n, at: n, who: `p${n}@example.com` }));
  const raw = [10, 12, 14, 11];
  const log = logOf(
    events,
    () => false,
    (n) => ({ topic: 'raw', partition: 0, generation: 1, offset: raw[n]!, index: 0 }),
  );
  const done = new Committed();
  const work = workOn(allRules(), ROOMY);
  restore(work, done);
  for (const record of log.slice(0, 3)) work.accept(record);
  commit(work, done, 3, 'last');
  work.accept(log[3]!);
  commit(work, done, 4);
  const seen: Seen = { dead: [], duplicates: 0 };
  const other = workOn(allRules(), ROOMY, new Set(), seen);
  const { replay_from } = restore(other, done);
  for (const record of log.slice(replay_from)) other.accept(record);
  commit(other, done, 4, 'last');
  expect([...done.changelog.keys()].filter((key) => key.includes('p3@'))).toHaveLength(1);
});

test('a tick that is read again forgets nobody who came after it, however long ago they arrived: what was said of them is not said again', () => {
  const DAY = 24 * 60;
  const now = say({ at: 40 * DAY, n: 0, who: 'kim@example.com' });
  const old = [0, 5, 9, 12, 14].map((at, n) =>
    say({ activity: 'session_use', at, n, session: 's1', place: n === 2 || n === 4 ? 3 : 0, agent: n === 2 || n === 4 ? 2 : 0 }),
  );
  const log = logOf([now, ...old], (n) => n === 0);
  const one = whole(log, allRules(), ROOMY);
  expect(one.said().length).toBeGreaterThan(0);
  const plan: Plan = { every: 100, isPrompt: true, crashes: new Set([log.length - 1]), versions: [2], flush_most: 4 };
  const other = broken(log, allRules(), ROOMY, plan);
  expect(other.others).toEqual(one.others);
  expect(other.state(allRules())).toEqual(one.state(allRules()));
});

test('marks of an earlier version stand in the position, and what a later one has left beside them counts for nothing', () => {
  const events = [0, 1, 2, 3, 4].map((n) => say({ n, at: n, who: `p${n}@example.com` }));
  const raw = [10, 12, 14, 11, 15];
  const log = logOf(
    events,
    () => false,
    (n) => ({ topic: 'raw', partition: 0, generation: 1, offset: raw[n]!, index: 0 }),
  );
  const done = new Committed();
  const work = workOn(allRules(), ROOMY);
  restore(work, done);
  work.accept(log[0]!);
  commit(work, done, 1, 'last');
  const [[key, value]] = [...done.changelog].filter(([key]) => key.includes('position')) as [[string, Buffer]];
  const stands = JSON.parse(value.toString());
  // so far the earlier one has gone on
  Object.assign(stands, { position: 3, replay_from: 3 });
  stands.since.marks = { 'raw/0/1': [14, 0, events[2]!.arrival_time] };
  done.changelog.set(key, Buffer.from(JSON.stringify(stands)));
  const seen: Seen = { dead: [], duplicates: 0 };
  const other = workOn(allRules(), ROOMY, new Set(), seen);
  restore(other, done);
  for (const record of log.slice(3)) other.accept(record);
  expect(seen).toEqual({ dead: [], duplicates: 1 });
  commit(other, done, 5, 'last');
  expect(JSON.parse(done.changelog.get(key)!.toString()).since.marks).toBeUndefined();
  expect([...done.changelog].find(([key]) => key.includes('source/'))?.[1].toString()).toContain('15:0:');
});

/** One that commits now and then, and loses its memory now and then. */
function broken(
  log: readonly InRecord[],
  rules: readonly Rule[],
  limits: Partial<StateLimits>,
  { every, isPrompt, crashes, versions, flush_most }: Plan,
): Committed {
  const done = new Committed();
  const left = new Set(crashes);
  let turns = 0;
  const another = () => workOn(rules, limits, new Set(), undefined, versions[turns++ % versions.length], flush_most);
  let work = another();
  let next = restore(work, done).replay_from;
  let position = 0;
  while (next < log.length) {
    if (next >= position && left.delete(next)) {
      work = another();
      ({ position, replay_from: next } = restore(work, done));
      continue;
    }
    work.accept(log[next]!);
    next++;
    if (next < position) continue;
    if (next % every === 0 || (isPrompt && work.has_news)) commit(work, done, next);
  }
  commit(work, done, next, 'last');
  return done;
}

const plans = fc.record({
  every: fc.integer({ min: 1, max: 40 }),
  isPrompt: fc.boolean(),
  crashes: fc.array(fc.nat(200), { maxLength: 6 }).map((all) => new Set(all)),
  flush_most: fc.integer({ min: 1, max: 4 }),
  versions: fc.array(fc.constantFrom(...STATE_VERSIONS), { minLength: 1, maxLength: 3 }),
});

describe.each([
  ['bursts', allRules(), bursts({ lateness: LATENESS, days: 6 })],
  ['people who are soon known', eagerRules(), mornings({ lateness: LATENESS, days: 9 })],
])('%s', (_, rules, stories) => {
  test('whoever lost what was not committed says what one says that never stopped, once, and knows the same people', () => {
    fc.assert(
      fc.property(stories, fc.constantFrom(ROOMY, SHORT), plans, fc.constantFrom(from, swapped, many), (lines, limits, plan, sourceOf) => {
        // of so many people that they have words in common
        const log = logOf(byArrival(lines.map((line) => say({ ...line, who: `p${line.n % 6}@example.com` }))), () => true, sourceOf);
        const one = whole(log, rules, limits);
        const other = broken(log, rules, limits, plan);
        expect(other.others).toEqual(one.others);
        expect(other.state(rules)).toEqual(one.state(rules));
      }),
      runs(40),
    );
  });
});
