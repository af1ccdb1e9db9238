import fc from 'fast-check';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import { partitionOf } from '../../../src/runtime/kafka/murmur2.js';
import type { InRecord, OutRecord } from '../../../src/runtime/kafka/transport.js';
import { DetectWork } from '../../../src/runtime/stages/detect-work.js';
import { createPeopleStore, type PeopleStore } from '../../../src/runtime/store/people-store.js';
import { createStreamCodec, type StreamBody } from '../../../src/runtime/wire/stream-record.js';
import { ownCodec, peopleOf } from '../../helpers/codec.js';
import { allRules } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { memoryOf } from '../../helpers/same-person.js';
import { bursts, byArrival } from '../../helpers/stories.js';
import { type Line, MINUTE, say, T0 } from '../../helpers/world.js';

const TOPICS = { events: 'events', findings: 'findings', candidates: 'candidates', dead_letters: 'dead-letters', changelog: 'changelog' };
const DAY = 24 * 60 * MINUTE;
const limits = { allowed_lateness: 30 * DAY };
const stream = createStreamCodec();
const rules = allRules();

/** Partitions of the events, each with its owner: what they write goes to the others, and whoever dies is followed by another. */
class Fleet {
  readonly findings: Finding[] = [];
  readonly dead: string[] = [];
  readonly forwarded: number[] = [];
  private readonly logs: InRecord[][];
  private readonly changelogs: Map<string, Buffer>[];
  private readonly next: number[];
  private readonly works: DetectWork[];
  readonly stores: PeopleStore[] = [];
  private raw = 0;

  constructor(readonly partitions: number) {
    this.logs = Array.from({ length: partitions }, () => []);
    this.changelogs = this.logs.map(() => new Map());
    this.next = this.logs.map(() => 0);
    this.works = this.logs.map((_, partition) => this.open(partition));
  }

  private open(partition: number): DetectWork {
    const store = createPeopleStore({ codec: ownCodec(rules), thawed_people: 1 });
    this.stores[partition] = store;
    const work = new DetectWork({
      partition,
      topics: TOPICS,
      letter_limit: undefined,
      partitions: this.partitions,
      keep_moved: 30 * DAY,
      codec: stream,
      store,
      detect: createDetect(rules, { config_digest: 'test', limits }, store),
      judging: { rules, detecting: { config_digest: 'test', limits } },
      suppress: () => (finding) => finding,
      encodeFinding: (finding) => Buffer.from(JSON.stringify(finding)),
      poison: new Set(),
      flush: { events: 16, interval: 1e9 },
      elapsed: () => 0,
      now: () => T0,
      said: {
        committed() {},
        people() {},
        dead: (reason) => void this.dead.push(reason),
        duplicate() {},
        tick() {},
        absorbed() {},
        forwarded: () => void this.forwarded.push(partition),
        untold() {},
        passed_by() {},
      },
    });
    for (const [key, value] of this.changelogs[partition]!) work.restore(Buffer.from(key, 'latin1'), value);
    this.next[partition] = work.restored().replay_from;
    return work;
  }

  /** As normalize writes it. */
  write(key: string, body: StreamBody, provenance = body.kind === 'event'): void {
    const place = provenance ? { topic: 'raw', partition: 0, generation: 1, offset: this.raw++, index: 0 } : undefined;
    this.append(partitionOf(key, this.partitions), stream.encode({ provenance: place, body }));
  }

  private append(partition: number, value: Buffer | null): void {
    const log = this.logs[partition]!;
    log.push({ topic: 'events', partition, offset: log.length, timestamp: T0, key: null, value, headers: {} });
  }

  /** It has something to read again. */
  isBehind(partition: number): boolean {
    return this.next[partition]! < this.logs[partition]!.length;
  }

  lengthOf(partition: number): number {
    return this.logs[partition]!.length;
  }

  /** As if whoever wrote it had done so twice. */
  repeat(kind: StreamBody['kind']): void {
    const record = this.logs[0]!.find(({ value }) => stream.decode(value!).body.kind === kind);
    this.append(0, record!.value);
  }

  accept(partition: number): boolean {
    const record = this.logs[partition]![this.next[partition]!];
    if (record === undefined) return false;
    this.next[partition]!++;
    this.works[partition]!.accept(record);
    return true;
  }

  commit(partition: number): void {
    const work = this.works[partition]!;
    if (this.next[partition]! < Number(work['position' as keyof DetectWork])) return;
    const records = work.take(this.next[partition]!, 'due');
    work.committed();
    for (const record of records) this.take(partition, record);
  }

  private take(partition: number, { topic, key, value, partition: to }: OutRecord): void {
    if (topic === 'events') this.append(to, value);
    if (topic === 'findings') this.findings.push(JSON.parse(value!.toString()));
    if (topic !== 'changelog') return;
    const name = Buffer.from(key!).toString('latin1');
    this.changelogs[partition]!.delete(name);
    if (value !== null) this.changelogs[partition]!.set(name, value);
  }

  crash(partition: number): void {
    this.works[partition] = this.open(partition);
  }

  /** Everything, until nobody has anything to send on. */
  finish(rounds = Number.POSITIVE_INFINITY): void {
    for (let isMore = true; isMore && rounds-- > 0; ) {
      isMore = false;
      for (let partition = 0; partition < this.partitions; partition++) {
        while (this.accept(partition)) isMore = true;
        this.commit(partition);
      }
    }
  }

  get people() {
    return this.stores.flatMap((store) => [...store.values()]);
  }
}

const ADDRESS = 'default/alex@example.com';
const ID = 'default/okta:acme:00u1';
const under = (event: SessionEvent, key: string): SessionEvent => ({ ...event, principal: { ...event.principal, key } });
const event = (line: Line, key: string) => [key, { kind: 'event' as const, event: under(say(line), key) }] as const;

function standing(findings: readonly Finding[]): string[] {
  const latest = new Map<string, Finding>();
  for (const finding of findings) {
    expect(finding.revision).toBe((latest.get(finding.uid)?.revision ?? 0) + 1);
    latest.set(finding.uid, finding);
  }
  return [...latest.values()]
    .filter(({ status }) => status !== 'retracted' && status !== 'closed')
    .map(({ type, principal, session, score }) => [type, principal.key, session?.uid, score].join(' '))
    .sort();
}

const stories = bursts({ lateness: 120, days: 2 }).chain((lines) =>
  fc.record({
    lines: fc.constant(lines.map((line): Line => ({ ...line, who: 'alex@example.com', status: 'success' }))),
    isById: fc.array(fc.boolean(), { minLength: lines.length, maxLength: lines.length }),
    learned: fc.nat({ max: lines.length }),
    partitions: fc.constantFrom(1, 2, 5),
    acts: fc.array(fc.tuple(fc.nat({ max: 4 }), fc.constantFrom('accept', 'accept', 'accept', 'commit', 'crash')), { maxLength: 120 }),
  }),
);

test('whoever dies between the two keys, all of it is told once, and nothing is lost', () => {
  fc.assert(
    fc.property(stories, ({ lines, isById, learned, partitions, acts }) => {
      const whole = createDetect(rules, { config_digest: 'test', limits });
      const told: Finding[] = [];
      const fleet = new Fleet(partitions);
      const steps = acts[Symbol.iterator]();
      byArrival(lines.map(say)).forEach((one, n) => {
        told.push(...whole.accept(under(one, ADDRESS)));
        if (n === learned) fleet.write(ID, { kind: 'absorb', from: ID, into: ADDRESS });
        // another normalize does not know of the link yet
        const key = isById[n]! ? ID : ADDRESS;
        fleet.write(key, { kind: 'event', event: under(one, key) });
        for (let i = 0; i < 3; i++) {
          const [at, act] = steps.next().value ?? [0, 'accept'];
          const partition = at % partitions;
          if (act === 'accept') fleet.accept(partition);
          else if (act === 'commit') fleet.commit(partition);
          else fleet.crash(partition);
        }
      });
      // the other normalize learns of it, and says so behind what it has sent
      fleet.write(ID, { kind: 'absorb', from: ID, into: ADDRESS });
      fleet.finish();
      expect(fleet.dead).toEqual([]);
      expect(standing(fleet.findings)).toEqual(standing(told));
      expect(fleet.people.map(({ key }) => key)).toEqual([ADDRESS]);
      expect(memoryOf(fleet.people[0]!)).toEqual(memoryOf([...peopleOf(whole).values()][0]!));
    }),
    { ...runs(60), endOnFailure: true },
  );
});

const travel = (n: number, at: number, place: number): Line => ({
  at,
  n,
  place,
  agent: 0,
  session: `s${n}`,
  activity: 'sign_in',
  fresh: true,
});

/** Nothing is said of it, so that nobody is written because of it. */
const quiet = (n: number): Line => ({ at: n, n, place: 0, agent: 0, session: `s${n}` });

test('who is in two places under two keys is found out when the link is learned', () => {
  const fleet = new Fleet(5);
  fleet.write(...event(travel(1, 0, 0), ID));
  fleet.write(...event(travel(2, 10, 4), ADDRESS));
  // and back, which nobody holds for a wrong address
  fleet.write(...event(travel(3, 20, 0), ID));
  fleet.finish();
  expect(fleet.findings.filter(({ type }) => type === 'impossible_travel')).toEqual([]);
  fleet.write(ID, { kind: 'absorb', from: ID, into: ADDRESS });
  fleet.finish();
  const [travelled, ...more] = fleet.findings.filter(({ type }) => type === 'impossible_travel');
  expect(more).toEqual([]);
  expect(travelled).toMatchObject({ status: 'new', principal: { key: ADDRESS } });
});

test('what still comes under the old key is sent on, until the key stands for itself again', () => {
  const fleet = new Fleet(5);
  fleet.write(...event(travel(1, 0, 0), ID));
  fleet.write(ID, { kind: 'absorb', from: ID, into: ADDRESS });
  fleet.write(...event(travel(2, 1, 0), ID));
  fleet.finish();
  expect(fleet.forwarded).toHaveLength(1);
  expect(fleet.people.map(({ key, sessions }) => [key, sessions.length])).toEqual([[ADDRESS, 2]]);
  // the id was seen with another address: it is nobody's but its own
  fleet.write(ID, { kind: 'absorb', from: ID, into: undefined });
  fleet.write(...event(travel(3, 2, 0), ID));
  fleet.finish();
  expect(fleet.forwarded).toHaveLength(1);
  expect(fleet.people.map(({ key, sessions }) => [key, sessions.length]).sort()).toEqual([
    [ADDRESS, 2],
    [ID, 1],
  ]);
});

test('a key of which nobody is known leaves nothing behind', () => {
  const fleet = new Fleet(2);
  fleet.write(ID, { kind: 'absorb', from: ID, into: ADDRESS });
  fleet.write(...event(travel(1, 0, 0), ID));
  fleet.finish();
  expect(fleet.forwarded).toEqual([]);
  expect(fleet.people.map(({ key }) => key)).toEqual([ID]);
});

test('a chain of keys ends at its end, a ring of them somewhere', () => {
  const THIRD = 'default/alex';
  const fleet = new Fleet(5);
  for (const [n, key] of [ID, ADDRESS, THIRD].entries()) fleet.write(...event(travel(n, n, 0), key));
  fleet.write(ADDRESS, { kind: 'absorb', from: ADDRESS, into: THIRD });
  fleet.finish();
  fleet.write(ID, { kind: 'absorb', from: ID, into: ADDRESS });
  fleet.finish();
  expect(fleet.people.map(({ key, sessions }) => [key, sessions.length])).toEqual([[THIRD, 3]]);
  fleet.write(THIRD, { kind: 'absorb', from: THIRD, into: ID });
  fleet.write(...event(travel(4, 4, 0), ADDRESS));
  fleet.finish();
  expect(fleet.people.map(({ sessions }) => sessions.length)).toEqual([4]);
});

test.each([1, 2, 5])('in a ring of keys under which nobody is left no event goes round for ever: %i partitions', (partitions) => {
  const THIRD = 'default/alex';
  const fleet = new Fleet(partitions);
  fleet.write(...event(quiet(1), ID));
  // three processes, each with a file of identities of its own
  for (const [from, into] of [
    [ID, ADDRESS],
    [ADDRESS, THIRD],
    [ADDRESS, ID],
  ] as const) {
    fleet.write(from, { kind: 'absorb', from, into });
    fleet.finish();
  }
  fleet.write(...event(quiet(2), ID));
  fleet.finish(100);
  fleet.write(...event(quiet(3), ADDRESS));
  fleet.finish(100);
  for (let partition = 0; partition < partitions; partition++) expect(fleet.isBehind(partition)).toBe(false);
  expect(fleet.people.map(({ sessions }) => sessions.length).sort()).toEqual([1, 2]);
  // it is none any more, also for whoever takes over
  const length = fleet.forwarded.length;
  for (let partition = 0; partition < partitions; partition++) fleet.crash(partition);
  fleet.write(...event(quiet(4), ID));
  fleet.finish(100);
  expect(fleet.forwarded.length - length).toBeLessThanOrEqual(1);
  expect(fleet.people.map(({ sessions }) => sessions.length).sort()).toEqual([1, 3]);
});

test('nothing goes from one tenant to another', () => {
  const fleet = new Fleet(2);
  fleet.write(...event(travel(1, 0, 0), ID));
  fleet.write(ID, { kind: 'absorb', from: ID, into: 'other/alex@example.com' });
  fleet.finish();
  expect(fleet.people.map(({ key, tenant }) => [key, tenant])).toEqual([[ID, 'default']]);
});

test('what was sent on is not taken for the key’s own by a restore, once the key stands for itself', () => {
  // on one partition: what is remembered under the address is not written yet, so that all of it is read again
  const fleet = new Fleet(1);
  fleet.write(...event(quiet(1), ID));
  fleet.write(ID, { kind: 'absorb', from: ID, into: ADDRESS });
  fleet.finish();
  fleet.write(...event(quiet(2), ID));
  fleet.finish();
  fleet.write(ID, { kind: 'absorb', from: ID, into: undefined });
  fleet.finish();
  fleet.crash(0);
  expect(fleet.isBehind(0)).toBe(true);
  fleet.finish();
  expect(fleet.people.map(({ key, sessions }) => [key, sessions.length])).toEqual([[ADDRESS, 2]]);
  expect(fleet.forwarded).toHaveLength(1);
  expect(fleet.findings).toEqual([]);
});

test('what was handed over and sent on is not sent again by a restore', () => {
  const fleet = new Fleet(1);
  fleet.write(...event(quiet(0), 'default/kim@example.com'));
  fleet.write(...event(quiet(1), ID));
  fleet.write(ID, { kind: 'absorb', from: ID, into: ADDRESS });
  fleet.write(...event(quiet(2), ID));
  fleet.finish();
  const length = fleet.lengthOf(0);
  fleet.crash(0);
  expect(fleet.isBehind(0)).toBe(true);
  fleet.finish();
  expect(fleet.lengthOf(0)).toBe(length);
});

test('whoever is gone is known for as long as what they did is read again, and takes no room afterwards', () => {
  const fleet = new Fleet(1);
  fleet.write(...event(quiet(0), ADDRESS));
  fleet.write(...event(quiet(1), ID));
  fleet.write(ID, { kind: 'absorb', from: ID, into: ADDRESS });
  fleet.finish();
  fleet.crash(0);
  expect(fleet.stores[0]!.isApplied(ID, 1)).toBe(true);
  fleet.finish();
  expect(fleet.stores[0]!.isApplied(ID, 1)).toBe(false);
});

test('the same inheritance twice changes nothing', () => {
  const fleet = new Fleet(1);
  for (let n = 0; n < 4; n++) fleet.write(...event(travel(n, n, 0), n < 2 ? ID : ADDRESS));
  fleet.write(ID, { kind: 'absorb', from: ID, into: ADDRESS });
  fleet.finish();
  const before = memoryOf(fleet.people[0]!);
  const said = fleet.findings.length;
  fleet.repeat('inherit');
  fleet.crash(0);
  fleet.finish();
  expect(memoryOf(fleet.people[0]!)).toEqual(before);
  expect(fleet.findings).toHaveLength(said);
});
