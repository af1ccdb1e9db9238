import fc from 'fast-check';
import { createDetect, type DetectOptions, Engine } from '../../../src/core/detect/index.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import type { DurableDetect } from '../../../src/core/pipeline.js';
import type { Alone } from '../../../src/core/state/people.js';
import type { InRecord, OutRecord } from '../../../src/runtime/kafka/transport.js';
import { DetectWork } from '../../../src/runtime/stages/detect-work.js';
import { isWaitKey } from '../../../src/runtime/stages/waits.js';
import { isWordsKey, readWords } from '../../../src/runtime/stages/words.js';
import { createPeopleStore } from '../../../src/runtime/store/people-store.js';
import { createStreamCodec } from '../../../src/runtime/wire/stream-record.js';
import { RESERVED } from '../../../src/runtime/work.js';
import { codecFor, ownCodec } from '../../helpers/codec.js';
import { allRules, eagerRules } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { afternoons, alive, arriving, OPTIONS as ENFORCING, RULES as SIGN_ON, type Step, step } from '../../helpers/sign-on.js';
import { bursts, byArrival } from '../../helpers/stories.js';
import { MINUTE, say } from '../../helpers/world.js';

/** A detector that fails on some events: what is left is what would be left if these had never come. */

const TOPICS = { events: 'events', findings: 'findings', candidates: 'candidates', dead_letters: 'dead-letters', changelog: 'changelog' };
const stream = createStreamCodec();

/** After so many reads of an event judging it fails, at the latest when all of it is done; or what was found cannot be written. */
type Defects = ReadonlyMap<string, number | 'written'>;

function failing(event: SessionEvent, reads: number): SessionEvent {
  let left = reads;
  return new Proxy(event, {
    get(target, name, receiver) {
      if (left-- <= 0) throw new TypeError('a defect');
      return Reflect.get(target, name, receiver);
    },
  });
}

const UNWRITABLE = { uid: 'unwritable' } as Finding;

interface Broken {
  rules: readonly Rule[];
  detecting: DetectOptions;
  defects: Defects;
}

function workOn(
  { rules, detecting, defects }: Broken,
  poison: ReadonlySet<number>,
  untold: (isFirst: boolean) => void = () => {},
): DetectWork {
  const store = createPeopleStore({ codec: ownCodec(rules), thawed_people: 2 });
  const detect = createDetect(rules, detecting, store);
  const broken: DurableDetect = Object.assign(Object.create(detect), {
    accept(event: SessionEvent) {
      const reads = defects.get(event.uid);
      if (reads === undefined) return detect.accept(event);
      if (reads === 'written') return [...detect.accept(event), { ...UNWRITABLE, principal: event.principal }];
      detect.accept(failing(event, reads));
      throw new TypeError('a defect');
    },
  });
  return new DetectWork({
    partition: 0,
    topics: TOPICS,
    letter_limit: undefined,
    partitions: 3,
    keep_moved: 1e9,
    codec: stream,
    store,
    detect: broken,
    judging: { rules, detecting },
    suppress: () => (finding) => finding,
    encodeFinding(finding) {
      if (finding.uid === UNWRITABLE.uid) throw new TypeError('a defect');
      return Buffer.from(JSON.stringify(finding));
    },
    poison,
    flush: { events: 24, interval: 1e9 },
    elapsed: () => 0,
    now: () => 0,
    said: {
      committed() {},
      people() {},
      dead() {},
      duplicate() {},
      tick() {},
      absorbed() {},
      forwarded() {},
      untold: (_, isFirst) => untold(isFirst),
      passed_by: (_, isFirst) => untold(isFirst),
    },
  });
}

function logOf(events: readonly SessionEvent[]): InRecord[] {
  const records: InRecord[] = [];
  const write = (value: Buffer, timestamp: number) =>
    records.push({ topic: 'events', partition: 0, offset: records.length, timestamp, key: null, value, headers: {} });
  let last = 0;
  events.forEach((event, n) => {
    const time = Math.floor(event.arrival_time / MINUTE) * MINUTE;
    if (time > last) write(stream.encode({ body: { kind: 'tick', time } }), time);
    last = Math.max(last, time);
    const provenance = { topic: 'raw', partition: n % 2, generation: 1, offset: n >> 1, index: 0 };
    write(stream.encode({ provenance, body: { kind: 'event', event } }), event.arrival_time);
  });
  return records;
}

const uidOf = ({ value }: InRecord): string | undefined => {
  const { body } = stream.decode(value!);
  return body.kind === 'event' ? body.event.uid : undefined;
};

interface Done {
  others: OutRecord[];
  changelog: Map<string, Buffer>;
  restores: number;
}

/** As the task drives it: what cannot be undone is left out of what is restored. @param every commits after so many records each */
function judged(log: readonly InRecord[], engine: Broken, every: number, crashes: readonly number[] = []): Done {
  const done: Done = { others: [], changelog: new Map(), restores: 0 };
  const poison = new Set<number>();
  const left = new Set(crashes);
  let work!: DetectWork;
  let position = 0;
  let at = 0;
  const begin = () => {
    work = workOn(engine, poison);
    for (const [key, value] of done.changelog) work.restore(Buffer.from(key, 'latin1'), value);
    const { replay_from, ...stands } = work.restored();
    ({ position } = stands);
    at = log.findIndex(({ offset }) => offset >= replay_from);
    if (at < 0) at = log.length;
  };
  const commit = (next: number, why: 'due' | 'last') => {
    for (const record of work.take(next, why)) {
      if (record.topic !== TOPICS.changelog) {
        done.others.push(record);
        continue;
      }
      const key = Buffer.from(record.key!).toString('latin1');
      done.changelog.delete(key);
      if (record.value !== null) done.changelog.set(key, record.value);
    }
    work.committed();
  };
  begin();
  while (at < log.length) {
    const record = log[at]!;
    if (record.offset >= position && left.delete(record.offset)) {
      begin();
      continue;
    }
    try {
      work.accept(record);
    } catch (error) {
      expect((error as Error).message).toBe('a defect');
      if (!work.undo(record)) {
        poison.add(record.offset);
        done.restores++;
        begin();
        continue;
      }
    }
    at++;
    if (record.offset >= position && record.offset % every === 0) commit(record.offset + 1, 'due');
  }
  commit(log.at(-1)!.offset + 1, 'last');
  return done;
}

/** What was said, and who is remembered how; of what is beside them only where it stands. */
function resultOf({ others, changelog }: Done, rules: readonly Rule[]): unknown {
  const codec = ownCodec(rules);
  const state: [string, string][] = [];
  for (const [key, value] of changelog) {
    if (isWordsKey(Buffer.from(key, 'latin1'))) {
      const { first, words } = readWords(value, 'changelog');
      codec.words.take(first, words);
    } else if (key.startsWith(String.fromCharCode(RESERVED))) state.push([key, value.toString()]);
    else if (value.length > 6)
      state.push([
        key,
        codecFor(rules)
          .encode(codec.decode(value.subarray(6)))
          .toString('latin1'),
      ]);
  }
  const said = others.filter(({ topic }) => topic !== TOPICS.dead_letters).map(({ topic, key, value }) => [topic, key, value?.toString()]);
  return { said, state: state.sort() };
}

const LIMITS = { allowed_lateness: 120 * MINUTE, session_idle: 600 * MINUTE, person_idle: 2000 * MINUTE };
const DETECTING: DetectOptions = { config_digest: 'test', limits: LIMITS };
const people = bursts({ lateness: 120, days: 6 }).map((lines) =>
  byArrival(lines.map((line) => say({ ...line, who: `p${line.n % 6}@example.com` }))),
);

describe.each([
  ['all rules', allRules(), DETECTING, people],
  ['rules that say much', eagerRules(), DETECTING, people],
  ['the sign-on before', SIGN_ON, { ...ENFORCING, limits: { allowed_lateness: 120 * MINUTE } }, afternoons(120).map(arriving)],
])('%s', (_, rules, detecting, stories) => {
  test('an event that a detector fails on has never come, wherever in it that was', () => {
    fc.assert(
      fc.property(
        stories,
        fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(60), fc.constant('written' as const))), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.nat(200), { maxLength: 3 }),
        (events, picks, every, crashes) => {
          const log = logOf(events);
          const defects = new Map(picks.map(([n, reads]) => [events[n % events.length]!.uid, reads] as const));
          // the last is there, so that both end at one place
          defects.delete(uidOf(log.at(-1)!)!);
          const isSound = (record: InRecord) => !defects.has(uidOf(record) ?? '');
          const never = judged(log.filter(isSound), { rules, detecting, defects: new Map() }, every);
          const done = judged(log, { rules, detecting, defects }, every, crashes);
          expect(resultOf(done, rules)).toEqual(resultOf(never, rules));
          const letters = done.others.filter(({ topic }) => topic === TOPICS.dead_letters);
          expect(letters).toHaveLength(log.length - log.filter(isSound).length);
          if (crashes.length === 0) expect(done.restores).toBeLessThanOrEqual(1);
        },
      ),
      runs(40),
    );
  });
});

test('nobody waits for what a log may tell of a session that has never come', () => {
  const steps: Step[] = [
    { at: 0, what: 'okta' },
    { at: 0, what: 'okta', who: 'sam@example.com' },
    ...alive(0, 140, 10),
    { at: 150, what: 'slack' },
    { at: 151, what: 'slack', who: 'sam@example.com' },
    { at: 152, what: 'okta', who: 'kim@example.com' },
  ];
  const events = steps.map(step);
  const log = logOf(events);
  const engine = { rules: SIGN_ON, detecting: ENFORCING };
  // the first one costs a restore, the second itself
  const defects = new Map(events.slice(-3, -1).map(({ uid }) => [uid, 'written'] as const));
  const done = judged(log, { ...engine, defects }, 100);
  expect(done.restores).toBe(1);
  const waitsIn = ({ changelog }: Done) => [...changelog.keys()].filter((key) => isWaitKey(Buffer.from(key, 'latin1')));
  expect(waitsIn(judged(log, { ...engine, defects: new Map() }, 100))).toHaveLength(2);
  expect(waitsIn(done)).toEqual([]);
});

test('one of two hundred events fails: the partition is restored once, and then each costs itself', () => {
  const events = Array.from({ length: 1600 }, (_, n) => say({ at: n, n, who: `p${n % 50}@example.com`, session: `s${n % 70}` }));
  const defects = new Map(events.filter((_, n) => n % 200 === 150).map(({ uid }, n) => [uid, 20 + n]));
  const done = judged(logOf(events), { rules: allRules(), detecting: DETECTING, defects }, 10);
  expect(done.others.filter(({ topic }) => topic === TOPICS.dead_letters)).toHaveLength(8);
  expect(done.restores).toBe(1);
});

test('of a tick that is passed over the time counts, and the next one goes on behind it', () => {
  const rules = allRules();
  const tick = (offset: number, minute: number): InRecord => ({
    topic: TOPICS.events,
    partition: 0,
    offset,
    timestamp: -1,
    key: null,
    value: stream.encode({ body: { kind: 'tick', time: minute * MINUTE } }),
    headers: {},
  });
  const sinceOf = (records: readonly OutRecord[]) => JSON.parse(records.at(-1)!.value!.toString()).since;
  const poison = new Set([0, 1]);
  const work = workOn({ rules, detecting: { config_digest: 'd' }, defects: new Map() }, poison);
  work.restored();
  work.accept(tick(0, 100));
  // one that cannot be decoded either
  work.accept({ ...tick(1, 100), value: Buffer.from([255, 255, 255]) });
  const records = work.take(2, 'news');
  expect(records.filter(({ topic }) => topic === TOPICS.dead_letters)).toHaveLength(2);
  expect(sinceOf(records)).toEqual({ clock: 100 * MINUTE, last_tick: 100 * MINUTE });
  work.accept(tick(2, 101));
  expect(sinceOf(work.take(3, 'due'))).toEqual({ clock: 101 * MINUTE, last_tick: 101 * MINUTE });
});

describe('a tick on which somebody fails', () => {
  /** Sam and Bob sign in to Slack without their provider, whose log is alive, which ticks find out. */
  const steps: Step[] = [
    ...alive(0, 400, 10),
    { at: 0, what: 'okta', who: 'sam@example.com' },
    { at: 0, what: 'okta', who: 'bob@example.com' },
    { at: 150, what: 'slack', who: 'sam@example.com' },
    { at: 151, what: 'slack', who: 'bob@example.com' },
  ];
  /** @param broken judging the sessions of Sam fails while time passes */
  function told(broken: boolean) {
    const engine = Engine.prototype as unknown as Record<'tick' | 'judgeStory', (...all: unknown[]) => unknown>;
    const { tick, judgeStory } = engine;
    let isTick = false;
    let tries = 0;
    jest.spyOn(engine, 'tick').mockImplementation(function (this: unknown, ...all) {
      isTick = true;
      try {
        return tick.apply(this, all);
      } finally {
        isTick = false;
      }
    });
    jest.spyOn(engine, 'judgeStory').mockImplementation(function (this: unknown, ...all) {
      if (broken && isTick && (all[0] as { key: string }).key.includes('sam')) {
        tries++;
        throw new TypeError('a defect');
      }
      return judgeStory.apply(this, all);
    });
    const done = judged(logOf(arriving(steps.map(step))), { rules: SIGN_ON, detecting: ENFORCING, defects: new Map() }, 5);
    jest.restoreAllMocks();
    const of = (topic: string) => done.others.filter((record) => record.topic === topic);
    const found = of(TOPICS.findings).map(({ value }) => JSON.parse(value!.toString()).principal.key as string);
    return { found, tries, restores: done.restores, letters: of(TOPICS.dead_letters).length };
  }
  afterEach(() => void jest.restoreAllMocks());

  test('does what it does to all others, and costs no restore', () => {
    expect(told(false).found).toEqual(['default/sam@example.com', 'default/bob@example.com']);
    expect(told(true)).toEqual({ found: ['default/bob@example.com'], tries: 1, restores: 0, letters: 0 });
  });

  test('ends it when there are too many', () => {
    const work = workOn({ rules: allRules(), detecting: { config_digest: 'd' }, defects: new Map() }, new Set());
    work.restored();
    const { alone } = work as unknown as { alone: Alone };
    const fail = () => {
      throw new TypeError('a defect');
    };
    for (let n = 0; n < 10; n++) alone(`default/p${n}@example.com`, fail);
    expect(() => alone('default/kim@example.com', fail)).toThrow(expect.objectContaining({ code: 'SV_KAFKA_DEFECT_RATE' }));
    for (let n = 0; n < 2000; n++) alone(`default/p${n}@example.com`, () => []);
    expect(() => alone('default/kim@example.com', fail)).not.toThrow();
  });
});

describe('somebody whom rules that have changed cannot judge anew', () => {
  const rules = allRules();
  const others = rules.slice(1);
  /** After n people and a change of the rules. */
  function changed(n: number, broken: number) {
    const untold: boolean[] = [];
    const work = workOn({ rules, detecting: { config_digest: 'd' }, defects: new Map() }, new Set(), (isFirst) => untold.push(isFirst));
    work.restored();
    for (let i = 0; i < n; i++) {
      const event = say({ at: i, n: i, who: `p${i}@example.com` });
      const value = stream.encode({ body: { kind: 'event', event } });
      work.accept({ topic: TOPICS.events, partition: 0, offset: i, timestamp: -1, key: null, value, headers: {} });
    }
    const engine = Engine.prototype as unknown as { conclude(person: { key: string }, ...more: unknown[]): void };
    const { conclude } = engine;
    let left = broken;
    jest.spyOn(engine, 'conclude').mockImplementation(function (this: unknown, person, ...more) {
      if (left-- > 0) throw new TypeError('a defect');
      conclude.call(this, person, ...more);
    });
    work.configure(others, { config_digest: 'e' });
    return { work, untold };
  }
  afterEach(() => void jest.restoreAllMocks());

  test('is passed over, and all others are told', () => {
    const { work, untold } = changed(30, 2);
    while (!work.prepare(() => false));
    expect(untold).toEqual([true, false]);
    expect(work.prepared).toBe(30);
    expect(JSON.parse(work.take(30, 'due').at(-1)!.value!.toString()).told).toEqual(others.map(({ uid }) => uid));
  });

  test('ends it when there are too many', () => {
    const { work } = changed(30, 30);
    expect(() => {
      while (!work.prepare(() => false));
    }).toThrow('a defect');
  });
});
