import { createDetect } from '../../../src/core/detect/index.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import type { DurableDetect } from '../../../src/core/pipeline.js';
import { deadLetter } from '../../../src/runtime/kafka/dead-letter.js';
import type { InRecord, OutRecord } from '../../../src/runtime/kafka/transport.js';
import { DetectWork } from '../../../src/runtime/stages/detect-work.js';
import { createPeopleStore } from '../../../src/runtime/store/people-store.js';
import { createStreamCodec } from '../../../src/runtime/wire/stream-record.js';
import { ownCodec } from '../../helpers/codec.js';
import { allRules } from '../../helpers/rules.js';
import { MINUTE, say, T0 } from '../../helpers/world.js';

const stream = createStreamCodec();
const TOPICS = { events: 'events', findings: 'findings', candidates: 'candidates', dead_letters: 'dead-letters', changelog: 'changelog' };

class World {
  readonly judged: string[] = [];
  readonly dead: [string, string][] = [];
  readonly duplicates: string[] = [];
  ticks = 0;
  readonly work: DetectWork;
  private offset = 0;

  constructor(poison: ReadonlySet<number> = new Set(), fails?: string, changelog: readonly OutRecord[] = []) {
    const rules = allRules();
    // version 1: the same person always has the same bytes
    const store = createPeopleStore({ codec: ownCodec(rules, 1), thawed_people: 2 });
    const detect = createDetect(rules, { config_digest: 'test' }, store);
    const { judged } = this;
    const watched: DurableDetect = Object.assign(Object.create(detect), {
      accept(event: SessionEvent) {
        if (event.uid === fails) throw new TypeError('a defect');
        judged.push(event.uid);
        return detect.accept(event);
      },
    });
    this.work = new DetectWork({
      partition: 0,
      topics: TOPICS,
      letter_limit: undefined,
      partitions: 3,
      keep_moved: 1e9,
      codec: stream,
      store,
      detect: watched,
      judging: { rules, detecting: { config_digest: 'test' } },
      suppress: () => (finding) => finding,
      encodeFinding: (finding) => Buffer.from(JSON.stringify(finding)),
      poison,
      flush: { events: 1000, interval: 1e9 },
      elapsed: () => 0,
      now: () => T0,
      said: {
        committed() {},
        people() {},
        dead: (reason, source) => void this.dead.push([reason, source]),
        duplicate: (source) => void this.duplicates.push(source),
        tick: () => {
          this.ticks++;
        },
        absorbed() {},
        forwarded() {},
        untold() {},
        passed_by() {},
      },
    });
    for (const { key, value } of changelog) this.work.restore(Buffer.from(key!), value);
    this.offset = this.work.restored().replay_from;
  }

  record(value: Buffer | null, headers: InRecord['headers'] = {}, timestamp = T0): void {
    this.work.accept({ topic: 'events', partition: 0, offset: this.offset, timestamp, key: null, value, headers });
    this.offset++;
  }

  event(event: SessionEvent, offset: number, index = 0, { generation = 1, headers = {} as InRecord['headers'] } = {}): void {
    const provenance = { topic: 'raw', partition: 0, generation, offset, index };
    this.record(stream.encode({ provenance, body: { kind: 'event', event } }), headers);
  }

  tick(time: number, timestamp: number): void {
    this.record(stream.encode({ body: { kind: 'tick', time } }), {}, timestamp);
  }

  take(): OutRecord[] {
    const records = this.work.take(this.offset, 'last');
    this.work.committed();
    return records;
  }
}

const at = (n: number) => say({ at: n, n });
const uid = (n: number) => at(n).uid;

test('what normalize sends again counts once, event by event', () => {
  const world = new World();
  world.event(at(1), 0);
  world.event(at(2), 1, 0);
  world.event(at(3), 1, 1);
  world.event(at(1), 0);
  world.event(at(2), 1, 0);
  world.event(at(3), 1, 1);
  world.event(at(4), 2);
  expect(world.judged).toEqual([1, 2, 3, 4].map(uid));
  expect(world.duplicates).toEqual(['raw', 'raw', 'raw']);
  // another generation of the topic begins anew
  world.event(at(5), 0, 0, { generation: 2 });
  expect(world.judged).toHaveLength(5);
});

test('of a source that is months behind what is sent again counts once, though another one has begun that is at today', () => {
  const today = say({ at: 60 * 24 * 60, n: 2 });
  const world = new World();
  world.tick(T0, T0);
  world.event(at(1), 0);
  world.event(today, 0, 0, { generation: 2 });
  world.event(at(1), 0);
  expect(world.judged).toEqual([uid(1), today.uid]);
});

test('it is known after a restore too', () => {
  const world = new World();
  world.event(at(1), 7);
  const after = new World(
    new Set(),
    undefined,
    world.take().filter(({ topic }) => topic === 'changelog'),
  );
  after.event(at(1), 7);
  after.event(at(2), 8);
  expect(after.judged).toEqual([uid(2)]);
});

test('what was sent back from the dead letters lies below the mark and counts', () => {
  const world = new World();
  world.event(at(1), 0);
  world.event(at(3), 9);
  world.event(at(2), 4, 0, { headers: { 'sv-replayed': '1' } });
  expect(world.judged).toEqual([1, 3, 2].map(uid));
});

test('a topic that was made anew under the same generation: its records are put aside, and none is taken for one that was there', () => {
  const world = new World();
  world.event(at(1), 500);
  world.event(at(60), 0);
  world.event(at(61), 1);
  expect(world.judged).toEqual([uid(1)]);
  expect(world.duplicates).toEqual([]);
  expect(world.dead).toEqual([
    ['source_recreated', 'raw'],
    ['source_recreated', 'raw'],
  ]);
  const letters = world.take().filter(({ topic }) => topic === 'dead-letters');
  expect(letters).toHaveLength(2);
});

test('an event ahead of its arrival and a tick ahead of its own move no clock', () => {
  const world = new World();
  world.event({ ...at(100), arrival_time: T0 }, 0);
  world.tick(T0 + 11 * MINUTE, T0);
  world.tick(T0, T0);
  expect(world.judged).toEqual([]);
  expect(world.ticks).toBe(1);
  expect(world.dead).toEqual([
    ['event_ahead_of_arrival', 'raw'],
    ['tick_ahead', 'none'],
  ]);
});

test('what is none of ours is put aside as it is, and never thrown', () => {
  const world = new World();
  world.record(null);
  world.record(Buffer.alloc(0));
  world.record(Buffer.from('{"a":1}'));
  const event = stream.encode({ body: { kind: 'event', event: at(1) } });
  for (let cut = 1; cut < event.length; cut += 7) world.record(event.subarray(0, cut));
  expect(new Set(world.dead.map(([reason]) => reason))).toEqual(new Set(['empty_value', 'event_malformed', 'event_version_unknown']));
  expect(world.judged).toEqual([]);
  const letters = world.take().filter(({ topic }) => topic === 'dead-letters');
  expect(letters).toHaveLength(world.dead.length);
  expect(letters[2]!.value).toEqual(Buffer.from('{"a":1}'));
});

test('a record that makes it fail is put aside once, and its person is what they were', () => {
  const first = new World(new Set(), uid(2));
  first.event(at(1), 0);
  expect(() => first.event(at(2), 1)).toThrow('a defect');
  const second = new World(new Set([1]), uid(2));
  second.event(at(1), 0);
  second.event(at(2), 1);
  second.event(at(3), 2);
  const written = second.take();
  expect(written.filter(({ topic }) => topic === 'dead-letters')).toHaveLength(1);
  // the same people as without it
  const other = new World();
  other.event(at(1), 0);
  other.record(null);
  other.event(at(3), 2);
  const people = (records: readonly OutRecord[]) =>
    records
      .filter(({ topic, key }) => topic === 'changelog' && !String(key).startsWith('\u0000'))
      .map(({ key, value }) => [key, value!.toString('latin1')]);
  expect(people(written)).toEqual(people(other.take()));
  // who takes over does not say it again
  const third = new World(
    new Set(),
    uid(2),
    written.filter(({ topic }) => topic === 'changelog'),
  );
  expect(third.take().filter(({ topic }) => topic === 'dead-letters')).toEqual([]);
});

test('a letter of detect can be sent back', () => {
  const world = new World();
  world.event(at(1), 0);
  const value = stream.encode({
    provenance: { topic: 'raw', partition: 0, generation: 1, offset: 0, index: 0 },
    body: { kind: 'event', event: at(2) },
  });
  const original: InRecord = { topic: 'events', partition: 0, offset: 1, timestamp: T0, key: null, value, headers: {} };
  const letter = deadLetter({
    record: original,
    reason: 'detector_failed',
    stage: 'detect',
    time: T0,
    to: { topic: 'dead-letters', partition: 0 },
  });
  world.record(letter.value, { 'sv-replayed': '1' });
  expect(world.judged).toEqual([1, 2].map(uid));
});
