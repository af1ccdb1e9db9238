import fc from 'fast-check';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import { partitionOf } from '../../../src/runtime/kafka/murmur2.js';
import type { InRecord, OutRecord } from '../../../src/runtime/kafka/transport.js';
import { DetectWork } from '../../../src/runtime/stages/detect-work.js';
import { Pulses } from '../../../src/runtime/stages/pulses.js';
import { createPeopleStore } from '../../../src/runtime/store/people-store.js';
import { createStreamCodec, type StreamBody } from '../../../src/runtime/wire/stream-record.js';
import { ownCodec } from '../../helpers/codec.js';
import { runs } from '../../helpers/runs.js';
import { afternoons, arriving, ENFORCED, OPTIONS, RULES, standing, tell } from '../../helpers/sign-on.js';
import { MINUTE, T0 } from '../../helpers/world.js';

/**
 * On one process a replay sees everybody; on a cluster each partition sees some of the people, and hears by pulses that the provider's log is alive.
 * Both have to find the same, however many partitions there are, and whoever dies meanwhile.
 */

const TOPICS = { events: 'events', findings: 'findings', candidates: 'candidates', dead_letters: 'dead', changelog: 'changelog' };
const codec = createStreamCodec();
const END = 1500;

/** What normalize writes of two raw topics, whose chunks are so long, and what it says of the time. @returns by partition */
function eventsTopic(events: readonly SessionEvent[], partitions: number, chunk: number): InRecord[][] {
  const logs: InRecord[][] = Array.from({ length: partitions }, () => []);
  const write = ({ partition, value }: OutRecord) => {
    const log = logs[partition!]!;
    log.push({ topic: 'events', partition: partition!, offset: log.length, timestamp: 0, key: null, value: value as Buffer, headers: {} });
  };
  const raw = new Map(
    ['okta', 'slack'].map((name) => [
      name,
      { pulses: new Pulses({ topic: 'events', partitions, codec, enforced: () => ENFORCED }), offset: 0 },
    ]),
  );
  const endChunks = () => {
    for (const { pulses } of raw.values()) for (const record of pulses.take()) write(record);
  };
  let minute = Math.floor(T0 / MINUTE);
  const until = (time: number) => {
    for (; (minute + 1) * MINUTE <= time; minute++) {
      // what time it is is said when all that has arrived is acknowledged
      endChunks();
      const value = codec.encode({ body: { kind: 'tick', time: (minute + 1) * MINUTE } });
      for (let partition = 0; partition < partitions; partition++) write({ topic: 'events', partition, key: null, value });
    }
  };
  for (const [n, event] of arriving(events).entries()) {
    until(event.arrival_time);
    const source = raw.get(event.source.vendor)!;
    const provenance = { topic: event.source.vendor, partition: 0, generation: 1, offset: source.offset++, index: 0 };
    const { key } = event.principal;
    write({
      topic: 'events',
      partition: partitionOf(key, partitions),
      key,
      value: codec.encode({ provenance, body: { kind: 'event', event } }),
    });
    source.pulses.see(event);
    if (n % chunk === 0) endChunks();
  }
  until(T0 + END * MINUTE);
  return logs;
}

function workOn(partitions: number): DetectWork {
  const store = createPeopleStore({ codec: ownCodec(RULES), thawed_people: 2 });
  return new DetectWork({
    partition: 0,
    topics: TOPICS,
    letter_limit: undefined,
    partitions,
    keep_moved: 1e9,
    codec,
    store,
    detect: createDetect(RULES, OPTIONS, store),
    judging: { rules: RULES, detecting: OPTIONS },
    suppress: () => (finding) => finding,
    encodeFinding: (finding) => Buffer.from(JSON.stringify(finding)),
    poison: new Set(),
    flush: { events: 24, interval: 1e9 },
    elapsed: () => 0,
    now: () => 0,
    said: {
      committed() {},
      people() {},
      dead: (reason) => expect(reason).toBeUndefined(),
      duplicate() {},
      tick() {},
      absorbed() {},
      forwarded() {},
      untold() {},
      passed_by() {},
    },
  });
}

/** One partition, whose owner commits now and then and dies now and then. @returns what can be read of what it said */
function judged(log: readonly InRecord[], partitions: number, commits: readonly number[], dies: readonly number[]): Finding[] {
  const changelog = new Map<string, Buffer>();
  const said: Finding[] = [];
  const committed = (work: DetectWork, next: number) => {
    for (const { topic, key, value } of work.take(next, 'due')) {
      if (topic === TOPICS.findings) said.push(JSON.parse((value as Buffer).toString()));
      if (topic !== TOPICS.changelog) continue;
      changelog.delete(key!.toString());
      if (value !== null) changelog.set(key!.toString(), value as Buffer);
    }
    work.committed();
  };
  const begun = (): { work: DetectWork; from: number } => {
    const work = workOn(partitions);
    for (const [key, value] of changelog) work.restore(Buffer.from(key), value);
    return { work, from: work.restored().replay_from };
  };
  const deaths = [...dies];
  let { work, from } = begun();
  for (let at = from; at < log.length; at++) {
    work.accept(log[at]!);
    if (commits.includes(at % 97)) committed(work, at + 1);
    if (deaths.length > 0 && at % 200 === deaths[0]) {
      deaths.shift();
      ({ work, from } = begun());
      at = from - 1;
    }
  }
  committed(work, log.length);
  return said;
}

const cluster = (
  events: readonly SessionEvent[],
  partitions: number,
  chunk: number,
  commits: readonly number[] = [96],
  dies: readonly number[] = [],
) => standing(eventsTopic(events, partitions, chunk).flatMap((log) => judged(log, partitions, commits, dies)));

test('a cluster of any size finds what a replay finds', () => {
  let found = 0;
  fc.assert(
    fc.property(afternoons(240), fc.constantFrom(1, 3, 8), fc.integer({ min: 1, max: 9 }), (events, partitions, chunk) => {
      const replayed = standing(tell(createDetect(RULES, OPTIONS), events, END));
      expect(cluster(events, partitions, chunk)).toEqual(replayed);
      found += replayed.length;
    }),
    { ...runs(40), seed: 11 },
  );
  expect(found).toBeGreaterThan(5);
});

test('whoever dies, and whatever was committed before', () => {
  const deaths = fc.array(fc.integer({ min: 0, max: 199 }), { minLength: 1, maxLength: 4 });
  const commits = fc.uniqueArray(fc.integer({ min: 0, max: 96 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(afternoons(240), fc.constantFrom(1, 3), commits, deaths, (events, partitions, at, dies) => {
      const replayed = standing(tell(createDetect(RULES, OPTIONS), events, END));
      expect(cluster(events, partitions, 3, at, dies)).toEqual(replayed);
    }),
    { ...runs(40), seed: 5 },
  );
});

test('logs of hundreds of tenants make no record that a broker refuses, and none of them is written again with every chunk', () => {
  const work = workOn(1);
  work.restored();
  let offset = 0;
  const accept = (body: StreamBody) =>
    work.accept({ topic: 'events', partition: 0, offset: offset++, timestamp: 0, key: null, value: codec.encode({ body }), headers: {} });
  // small companies, whose logs speak now and then
  const sizes = () => work.take(offset, 'due').map(({ value }) => (value as Buffer).length);
  for (let tenant = 0; tenant < 300; tenant++) {
    for (let n = 0; n < 100; n++) {
      const time = T0 + n * 25 * MINUTE;
      accept({ kind: 'pulse', feed: `tenant${tenant}/okta`, first_time: time, last_time: time });
    }
    expect(Math.max(...sizes())).toBeLessThan(16 << 10);
  }
  accept({ kind: 'pulse', feed: 'tenant0/okta', first_time: T0, last_time: T0 });
  expect(sizes().reduce((sum, size) => sum + size, 0)).toBeLessThan(16 << 10);
});
