import fc from 'fast-check';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import type { StateLimits } from '../../../src/core/state/people.js';
import type { InRecord, OutRecord } from '../../../src/runtime/kafka/transport.js';
import { DetectWork } from '../../../src/runtime/stages/detect-work.js';
import { POSITION_KEY } from '../../../src/runtime/stages/position.js';
import { isWordsKey, readWords } from '../../../src/runtime/stages/words.js';
import { createPeopleStore } from '../../../src/runtime/store/people-store.js';
import { STATE_VERSIONS } from '../../../src/runtime/store/person-codec.js';
import { createStreamCodec, type Provenance } from '../../../src/runtime/wire/stream-record.js';
import type { Why } from '../../../src/runtime/work.js';
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
    },
  });
}

/** A log of events as normalize writes it: each with where it came from, and the minutes between them. */
function logOf(events: readonly SessionEvent[], isTold: (n: number) => boolean = () => true): InRecord[] {
  const records: InRecord[] = [];
  const write = (value: Buffer | null, timestamp: number) =>
    records.push({ topic: 'events', partition: 0, offset: records.length, timestamp, key: null, value, headers: {} });
  let last = 0;
  events.forEach((event, n) => {
    const time = Math.floor(event.arrival_time / MINUTE) * MINUTE;
    if (isTold(n) && time > last) write(stream.encode({ body: { kind: 'tick', time } }), time);
    last = Math.max(last, time);
    write(stream.encode({ provenance: from(n), body: { kind: 'event', event } }), event.arrival_time);
  });
  return records;
}

const from = (n: number): Provenance => ({ topic: 'raw', partition: n % 2, generation: 1, offset: n >> 2, index: (n % 4) >> 1 });

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
      } else if (key === POSITION_KEY.toString()) states.push([key, value.toString()]);
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
      fc.property(stories, fc.constantFrom(ROOMY, SHORT), plans, (lines, limits, plan) => {
        // of so many people that they have words in common
        const log = logOf(byArrival(lines.map((line) => say({ ...line, who: `p${line.n % 6}@example.com` }))));
        const one = whole(log, rules, limits);
        const other = broken(log, rules, limits, plan);
        expect(other.others).toEqual(one.others);
        expect(other.state(rules)).toEqual(one.state(rules));
      }),
      runs(40),
    );
  });
});
