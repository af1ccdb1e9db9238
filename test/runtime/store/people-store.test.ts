import fc from 'fast-check';
import { createDetect, type DetectOptions, Engine } from '../../../src/core/detect/index.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import type { Detect } from '../../../src/core/pipeline.js';
import type { StateLimits } from '../../../src/core/state/people.js';
import type { Person } from '../../../src/core/state/person.js';
import { createPeopleStore, type PeopleStore, type PersonRecord, type StoreOptions } from '../../../src/runtime/store/people-store.js';
import { STATE_VERSIONS } from '../../../src/runtime/store/person-codec.js';
import { codecFor, ownCodec, peopleOf, tickForAll } from '../../helpers/codec.js';
import { allRules, bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { bursts, byArrival } from '../../helpers/stories.js';
import { type Line, MINUTE, say, T0 } from '../../helpers/world.js';

const RULES = allRules();
const LATENESS = 120;
const LIMITS: Partial<StateLimits> = { allowed_lateness: LATENESS * MINUTE, session_idle: 600 * MINUTE, person_idle: 2000 * MINUTE };
const OPTIONS: DetectOptions = { config_digest: 'test', limits: LIMITS };
/** So few objects and so small slabs that people go to and fro all the time. */
const NARROW: Partial<StoreOptions> = { thawed_people: 2, slab_bytes: 128 << 10, waste: 0.05 };

function storeFor(rules: readonly Rule[] = RULES, options: Partial<StoreOptions> = NARROW, version?: number): PeopleStore {
  return createPeopleStore({ codec: ownCodec(rules, version), ...options });
}

/** Its bytes are good for the moment only. */
function kept({ key, bytes }: PersonRecord): { key: string; bytes: Uint8Array | null } {
  return { key, bytes: bytes === null ? null : Buffer.from(bytes) };
}

/** Who knows the words of another. */
function taught(to: PeopleStore, by: PeopleStore): PeopleStore {
  const words = by.takeWords();
  if (words !== undefined) to.loadWords(words.first, words.words);
  return to;
}

function flushAll(store: PeopleStore): void {
  for (const { bytes } of store.flush(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)) expect(bytes).not.toBeNull();
}

/** Everybody as they would be written, by key. */
function written(people: Iterable<Person>, rules: readonly Rule[] = RULES): Map<string, string> {
  return new Map([...people].map((person) => [person.key, Buffer.from(codecFor(rules).encode(person)).toString('base64')]));
}

/** The same stories, of several people. */
const stories = fc
  .tuple(bursts({ lateness: LATENESS, days: 6 }), fc.integer({ min: 2, max: 9 }))
  .map(([lines, people]) => byArrival(lines.map((line) => say({ ...line, who: `p${line.n % people}@example.com` }))));

test('an engine says and remembers with it what it does with people as they are', () => {
  fc.assert(
    fc.property(stories, (events) => {
      const plain = createDetect(RULES, OPTIONS);
      const store = storeFor();
      const compact = createDetect(RULES, OPTIONS, store);
      for (const event of events) {
        expect(tickForAll(compact, event.arrival_time)).toEqual(tickForAll(plain, event.arrival_time));
        expect(compact.accept(event)).toEqual(plain.accept(event));
        expect(compact.stats()).toEqual(plain.stats());
      }
      expect(written(store.values())).toEqual(written(peopleOf(plain).values()));
      const { thawed, people } = store.stats();
      expect(thawed).toBeLessThanOrEqual(2);
      expect(people).toBe(peopleOf(plain).size);
    }),
    runs(25),
  );
});

/** A partition's changelog: the last record of each key, with the offset up to which it is true. */
type Changelog = Map<string, { bytes: Uint8Array | null; at: number }>;
const versions = fc.constantFrom(...STATE_VERSIONS);

test('restored from a changelog that is behind, and read again, it is as it was', () => {
  fc.assert(
    fc.property(stories, fc.integer({ min: 1, max: 9 }), fc.nat(), versions, versions, (events, every, pick, before, after) => {
      const stop = pick % (events.length + 1);
      const changelog: Changelog = new Map();
      const store = storeFor(RULES, NARROW, before);
      const detect = createDetect(RULES, OPTIONS, store);
      // where the clocks were, and from where on somebody who had changed was not written
      let position = { from: 0, clock: 0, last_tick: 0 };
      let generation = store.mark();
      for (const [offset, event] of events.slice(0, stop).entries()) {
        const findings = said(detect, event);
        for (const key of new Set(findings.map(({ principal }) => principal.key))) {
          changelog.set(key, { bytes: kept(store.flushOne(key)).bytes, at: offset + 1 });
        }
        if (offset % every !== 0) continue;
        for (const record of store.flush(generation - 1, 1000)) changelog.set(record.key, { bytes: kept(record).bytes, at: offset + 1 });
        expect(store.dirty(generation - 1)).toBe(0);
        generation = store.mark();
        const { clock, last_tick } = peopleOf(detect);
        position = { from: offset + 1, clock, last_tick };
        // whoever changed first in the generation before has changed at or after this position
        for (const record of store.flush(generation - 1, 1000)) changelog.set(record.key, { bytes: kept(record).bytes, at: offset + 1 });
      }
      const again = taught(storeFor(RULES, NARROW, after), store);
      for (const [key, { bytes, at }] of changelog) again.load(key, bytes, at);
      const restored = createDetect(RULES, OPTIONS, again);
      peopleOf(restored).clock = position.clock;
      peopleOf(restored).last_tick = position.last_tick;
      for (let offset = position.from; offset < stop; offset++) {
        const event = events[offset]!;
        if (!again.isApplied(event.principal.key, offset)) said(restored, event);
        if (offset % every === 0) again.squeeze(2);
      }
      again.endReplay();
      expect(written(again.values())).toEqual(written(store.values()));
    }),
    runs(25),
  );
});

const said = (detect: Detect, event: SessionEvent) => detect.accept(event);

describe('the life of a person', () => {
  const line = (who: string, n: number, over: Partial<Line> = {}): SessionEvent => say({ at: n, n, who: `${who}@example.com`, ...over });
  const KEY = 'default/alex@example.com';

  test('a person is looked for by the key, whatever letters it has', () => {
    const store = storeFor();
    const detect = createDetect(RULES, OPTIONS, store);
    const names = Array.from({ length: 50 }, (_, i) => `p${i}ü語`);
    names.forEach((name, n) => {
      detect.accept(line(name, n));
    });
    expect(store.size).toBe(50);
    for (const name of names) expect(store.get(`default/${name}@example.com`)?.key).toBe(`default/${name}@example.com`);
    expect(store.get('default/p0u')).toBeUndefined();
    expect(store.size).toBe(50);
  });

  test('loaded, they are counted; the last record is theirs', () => {
    const from = storeFor();
    const detect = createDetect(RULES, OPTIONS, from);
    detect.accept(line('alex', 0));
    const first = kept(from.flushOne(KEY));
    detect.accept(line('alex', 5, { session: 'other' }));
    const second = kept(from.flushOne(KEY));
    const store = taught(storeFor(), from);
    store.load(KEY, first.bytes, 1);
    store.load(KEY, second.bytes, 2);
    expect(store.stats()).toMatchObject({ people: 1, thawed: 0, dirty: 0 });
    expect([store.sessions, store.observations]).toEqual([2, 2]);
    expect([0, 1, 2, 3].map((offset) => store.isApplied(KEY, offset))).toEqual([true, true, false, false]);
    store.get(KEY);
    expect([1, 2].map((offset) => store.isApplied(KEY, offset))).toEqual([true, false]);
    expect(store.stats()).toMatchObject({ thawed: 1, dirty: 1, used_bytes: 0 });
    store.endReplay();
    expect(store.isApplied(KEY, 0)).toBe(false);
    store.load(KEY, null, 9);
    expect(store.stats()).toMatchObject({ people: 0, thawed: 0, dirty: 0, used_bytes: 0 });
    expect([store.sessions, store.observations]).toEqual([0, 0]);
    expect(() => store.load('default/kim@example.com', first.bytes, 1)).toThrow(/somebody else/);
  });

  test('a tombstone is true up to its offset, too', () => {
    const store = storeFor();
    store.load(KEY, null, 7);
    expect([6, 7].map((offset) => store.isApplied(KEY, offset))).toEqual([true, false]);
    store.unload(KEY);
    expect(store.isApplied(KEY, 6)).toBe(false);
  });

  test('who goes leaves a tombstone, and who comes back takes its place', () => {
    const store = storeFor();
    const detect = createDetect(RULES, OPTIONS, store);
    detect.accept(line('alex', 0));
    detect.accept(line('kim', 1));
    detect.tick(T0 + 100 * 24 * 60 * MINUTE);
    expect(store.size).toBe(0);
    expect([...store.flush(9, 9)]).toEqual([
      { key: KEY, bytes: null },
      { key: 'default/kim@example.com', bytes: null },
    ]);
    expect(store.dirty()).toBe(0);
    detect.accept(line('alex', 200 * 24 * 60));
    store.delete(KEY);
    detect.accept(line('alex', 200 * 24 * 60 + 1));
    expect(store.dirty()).toBe(1);
    expect([...store.flush(9, 9)].map(({ bytes }) => bytes === null)).toEqual([false]);
    store.delete('default/nobody');
    expect(store.dirty()).toBe(0);
  });

  test('only so many at a time, and only those of the generations asked for', () => {
    const store = storeFor();
    const detect = createDetect(RULES, OPTIONS, store);
    for (let i = 0; i < 10; i++) detect.accept(line(`p${i}`, i));
    const now = store.mark();
    for (let i = 8; i < 14; i++) detect.accept(line(`p${i}`, i + 20));
    expect([store.dirty(now - 1), store.dirty()]).toEqual([10, 14]);
    expect([...store.flush(now - 1, 4)].map(({ key }) => key)).toEqual([0, 1, 2, 3].map((i) => `default/p${i}@example.com`));
    expect([...store.flush(now - 1, 99)]).toHaveLength(6);
    expect([store.dirty(now - 1), store.dirty()]).toEqual([0, 4]);
  });

  test('looking at everybody changes nobody', () => {
    const store = storeFor();
    const detect = createDetect(RULES, OPTIONS, store);
    for (let i = 0; i < 30; i++) detect.accept(line(`p${i}`, i));
    flushAll(store);
    const before = store.stats();
    expect([...store.values()]).toHaveLength(30);
    expect(store.stats()).toEqual(before);
  });

  test('what was loaded in an older version becomes smaller bit by bit, stays what it is, and is to be written anew', () => {
    const from = storeFor(RULES, NARROW, 1);
    const detect = createDetect(RULES, OPTIONS, from);
    for (let i = 0; i < 40; i++) detect.accept(line(`p${i}`, i));
    const store = storeFor();
    for (const { key, bytes } of from.flush(9, 99)) store.load(key, bytes, 7);
    expect(store.stats()).toMatchObject({ dirty: 40, other_version: 40 });
    const before = { ...store.stats(), sessions: store.sessions, observations: store.observations };
    // three of them become objects, which are small when they are put away
    for (const i of [3, 4, 5]) store.get(`default/p${i}@example.com`);
    let turns = 0;
    while (store.squeeze(3)) turns++;
    expect(turns).toBe(12);
    const { used_bytes, ...after } = store.stats();
    expect(used_bytes).toBeLessThan(before.used_bytes * 0.9);
    expect(after).toMatchObject({ people: 40, dirty: 40 });
    expect([store.sessions, store.observations]).toEqual([before.sessions, before.observations]);
    expect(store.isApplied('default/p3@example.com', 6)).toBe(true);
    expect(written(store.values())).toEqual(written(from.values()));
    const again = storeFor();
    const records = [...store.flush(9, 99)].map(kept);
    taught(again, store);
    for (const { key, bytes } of records) again.load(key, bytes, 7);
    expect(store.stats()).toMatchObject({ dirty: 0, other_version: 0 });
    expect(again.stats()).toMatchObject({ people: 40, dirty: 0, other_version: 0 });
    expect(again.squeeze(1)).toBe(false);
    expect(written(again.values())).toEqual(written(from.values()));
  });

  test('words are given out once, behind what was written with them, and belong where they came from', () => {
    const store = storeFor();
    const detect = createDetect(RULES, OPTIONS, store);
    for (let i = 0; i < 40; i++) detect.accept(line(`p${i}`, i));
    flushAll(store);
    const { first, words } = store.takeWords()!;
    expect(first).toBe(0);
    expect(words.length).toBeGreaterThan(3);
    expect(store.takeWords()).toBeUndefined();
    const other = storeFor();
    other.loadWords(0, words);
    expect(other.takeWords()).toBeUndefined();
    expect(() => other.loadWords(words.length + 1, ['too far'])).toThrow(expect.objectContaining({ code: 'SV_STATE_DAMAGED' }));
    // an older version has no use for them
    const old = storeFor(RULES, NARROW, 1);
    const told = createDetect(RULES, OPTIONS, old);
    for (let i = 0; i < 40; i++) told.accept(line(`p${i}`, i));
    flushAll(old);
    expect(old.takeWords()).toBeUndefined();
  });

  test('whoever was given out is theirs who asked, however few objects there may be', () => {
    for (const thawed_people of [0, 1, 2, 3]) {
      const store = storeFor(RULES, { thawed_people });
      const detect = createDetect(RULES, OPTIONS, store);
      for (let i = 0; i < 5; i++) detect.accept(line(`p${i}`, i));
      for (let i = 0; i < 40; i++) {
        const key = `default/p${(i * 3) % 5}@example.com`;
        store.get(key)!.last_arrival_time = T0 + i;
        expect(store.get(key)!.last_arrival_time).toBe(T0 + i);
      }
    }
  });

  test('people are found again when holes are closed', () => {
    const store = storeFor(RULES, { thawed_people: 3, slab_bytes: 8 << 10, waste: 0.05 });
    const compact = createDetect(RULES, OPTIONS, store);
    const plain = createDetect(RULES, OPTIONS);
    let most = 0;
    for (let i = 0; i < 900; i++) {
      const event = line(`p${(i * i + i) % 67}`, i, { session: `s${i % 2}` });
      expect(compact.accept(event)).toEqual(plain.accept(event));
      most = Math.max(most, store.stats().used_bytes);
    }
    expect(written(store.values())).toEqual(written(peopleOf(plain).values()));
    // far more was written than ever stood there, and what goes is made room of
    expect(most).toBeGreaterThan(3 * (8 << 10));
    expect(store.stats().slab_bytes).toBeLessThan(most * 1.5 + 4 * (8 << 10));
    expect(store.stats()).toMatchObject({ people: plain.stats().principals });
    expect(store.sessions).toBe(plain.stats().sessions);
  });

  test('at most so many objects, and so many bytes of them', () => {
    const store = storeFor(RULES, { thawed_people: 20, thawed_bytes: () => 8000 });
    const detect = createDetect(RULES, OPTIONS, store);
    for (let i = 0; i < 300; i++) {
      detect.accept(line(`p${i % 40}`, i));
      expect(store.stats().thawed).toBeLessThanOrEqual(20);
    }
    flushAll(store);
    detect.accept(line('p1', 301));
    expect(store.stats().thawed_bytes).toBeLessThanOrEqual(8000);
    expect(store.stats().thawed).toBeGreaterThan(1);
  });

  test('where there is less room than before it is made over many events', () => {
    let room = 1e6;
    const store = storeFor(RULES, { thawed_bytes: () => room });
    const detect = createDetect(RULES, OPTIONS, store);
    for (let i = 0; i < 40; i++) detect.accept(line(`p${i}`, i));
    expect(store.stats()).toMatchObject({ thawed: 40, fetched: 0 });
    room = 2000;
    for (let i = 0, before = 40; before > 4; i++) {
      expect(i).toBeLessThan(40);
      detect.accept(line('p39', 40 + i));
      const { thawed } = store.stats();
      expect(before - thawed).toBeLessThanOrEqual(4);
      before = thawed;
    }
    // who was put away is fetched, who was not is there
    detect.accept(line('p39', 90));
    expect(store.stats().fetched).toBe(0);
    for (let i = 0; i < 39; i++) detect.accept(line(`p${i}`, 91 + i));
    expect(store.stats().fetched).toBeGreaterThanOrEqual(35);
    expect(store.stats().fetched).toBeLessThan(40);
  });

  test('whoever was not told of other rules yet and has to make room is written by the old ones', () => {
    const others = [...RULES].reverse();
    const told = [2, 8].map((thawed_people) => {
      const store = storeFor(RULES, { thawed_people });
      const detect = createDetect(RULES, OPTIONS, store);
      for (let i = 0; i < 60; i++) detect.accept(line(`p${i % 12}`, i, { session: `s${i % 3}` }));
      expect(store.stats().thawed).toBe(thawed_people);
      detect.configure(others, OPTIONS);
      return written(store.values(), others);
    });
    expect(told[1]).toEqual(told[0]);
  });

  test.each([
    [2, undefined],
    [20, undefined],
    [2, 1],
    [20, 1],
  ])(
    'whoever was not told of other rules yet and is due meanwhile is written by the old ones: %j objects, version %j',
    (thawed_people, version) => {
      const others = [...RULES].reverse().slice(1);
      const engineOf = (store: PeopleStore): Engine => {
        const engine = new Engine(RULES, OPTIONS, store);
        for (let i = 0; i < 60; i++) engine.accept(line(`p${i % 12}`, i, { session: `s${i % 3}` }));
        return engine;
      };
      /** As the next owner reads them, who knows the other rules only. */
      const readOn = (store: PeopleStore): Map<string, string> => {
        const records = [...store.flush(Number.POSITIVE_INFINITY, 100)].map(kept);
        const next = taught(storeFor(others), store);
        for (const { key, bytes } of records) next.load(key, bytes, 0);
        return written(next.values(), others);
      };
      const untold = storeFor(RULES, { thawed_people }, version);
      engineOf(untold);
      const expected = readOn(untold);
      const store = storeFor(RULES, { thawed_people }, version);
      const engine = engineOf(store);
      const [first] = [...store.values()];
      engine.reconfigure(others, OPTIONS).next();
      const found = readOn(store);
      for (const people of [expected, found]) people.delete(first!.key);
      expect(found.size).toBe(11);
      expect(found).toEqual(expected);
    },
  );

  test('who stays an object is weighed anew whenever they are written', () => {
    const store = storeFor(RULES, { thawed_people: 20 });
    const detect = createDetect(RULES, OPTIONS, store);
    for (let i = 0; i < 30; i++) detect.accept(line('alex', i, { session: `s${i}` }));
    const before = store.stats().thawed_bytes;
    const { bytes } = store.flushOne(KEY);
    expect(store.stats().thawed_bytes).toBeGreaterThan(Math.max(before, bytes!.length));
    expect(store.stats().thawed_bytes).toBeLessThan(bytes!.length + 64);
    // nobody weighs anything who is gone
    store.load(KEY, null, 1);
    expect(store.stats()).toMatchObject({ thawed: 0, thawed_bytes: 0 });
  });
});

test('a change of the rules is the same for people who are bytes', () => {
  const only = [bareRule('use_after_revocation')];
  const more = [bareRule('session_reuse'), ...only];
  fc.assert(
    fc.property(stories, fc.nat(), (events, pick) => {
      const cut = pick % (events.length + 1);
      const plain = createDetect(more, OPTIONS);
      const store = storeFor(more);
      const compact = createDetect(more, OPTIONS, store);
      for (const event of events.slice(0, cut)) expect(compact.accept(event)).toEqual(plain.accept(event));
      const byUid = (findings: readonly { uid: string }[]) => [...findings].sort((a, b) => (a.uid < b.uid ? -1 : 1));
      expect(byUid(compact.configure(only, OPTIONS))).toEqual(byUid(plain.configure(only, OPTIONS)));
      // read back, they have forgotten what stands of rules that went
      const reread = [...peopleOf(plain).values()].map((person) => codecFor(only).decode(codecFor(only).encode(person)));
      expect(written(store.values(), only)).toEqual(written(reread, only));
      for (const event of events.slice(cut)) expect(compact.accept(event)).toEqual(plain.accept(event));
    }),
    runs(25),
  );
});

test('whoever grows while they are objects is weighed as they are written, in whatever version', () => {
  for (const version of STATE_VERSIONS) {
    const store = storeFor(RULES, { thawed_bytes: () => 10_000 }, version);
    const detect = createDetect(RULES, OPTIONS, store);
    for (let n = 0; n < 600; n++) {
      detect.accept(say({ at: n, n, who: `p${n % 15}@example.com` }));
      if (n % 150 === 149) flushAll(store);
    }
    const { thawed, people } = store.stats();
    expect(people).toBe(15);
    expect(thawed).toBeLessThan(13);
  }
});

test('whoever is kept before some events and put back is who they were, counts as they did, and is to be written if they were', () => {
  fc.assert(
    fc.property(stories, fc.nat(), fc.nat(6), (events, pick, clean) => {
      const first = storeFor();
      const writer = createDetect(RULES, OPTIONS, first);
      const cut = pick % events.length;
      for (const event of events.slice(0, cut)) writer.accept(event);
      // as it is restored: each is true up to another offset
      const store = taught(storeFor(), first);
      let at = 1;
      for (const one of first.flush(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)) {
        const { key, bytes } = kept(one);
        taught(store, first).load(key, bytes, at++);
      }
      const detect = createDetect(RULES, OPTIONS, store);
      const { key } = events[cut]!.principal;
      const theirs = events.slice(cut).filter(({ principal }) => principal.key === key);
      for (const event of theirs.splice(0, clean)) detect.accept(event);
      if (clean % 2 === 0) store.flushOne(key);
      const generation = store.mark();
      const look = () => ({
        people: written(store.values()),
        counts: [store.size, store.sessions, store.observations, store.dirty(), store.dirty(generation - 1)],
        applied: [...Array(at).keys()].map((offset) => store.isApplied(key, offset)),
      });
      const before = look();
      const person = store.keep(key);
      for (const event of theirs) detect.accept(event);
      store.revert(person);
      expect(look()).toEqual(before);
      expect([...store.flush(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)]).toHaveLength(before.counts[3]!);
    }),
    runs(60),
  );
});
