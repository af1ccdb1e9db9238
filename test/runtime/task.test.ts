import fc from 'fast-check';
import { SessionvigilError } from '../../src/errors.js';
import { Budget } from '../../src/runtime/budget.js';
import { Doomed, type InRecord, type OutRecord, type Transport } from '../../src/runtime/kafka/transport.js';
import { OwnerStage, type StageWatch } from '../../src/runtime/stages/owner-stage.js';
import { POSITION_KEY, positionRecord, readPosition } from '../../src/runtime/stages/position.js';
import type { Standing, TopicIds, Why, Work } from '../../src/runtime/work.js';
import { until } from '../cli/until.js';
import { type Fault, MemoryKafka } from '../helpers/memory-kafka.js';

/** Counts what it sees of each key, says every third, and writes of whom it speaks; the others at every tenth record. */
class Counting implements Work {
  /** how often it has to be asked before it is prepared */
  static unprepared = 0;
  /** what becomes of a record that makes it fail */
  static undoes: boolean | 'badly' = false;
  /** of the one that was made last */
  static left_out: ReadonlySet<number>;
  private readonly counts = new Map<string, { count: number; at: number }>();
  private readonly dirty = new Set<string>();
  private out: OutRecord[] = [];
  private position = 0;
  private replay_from = 0;
  private stored: Standing = { position: 0, replay_from: 0 };
  constructor(
    private readonly partition: number,
    private readonly poison: ReadonlySet<number>,
    private readonly topics: TopicIds,
  ) {
    Counting.left_out = poison;
  }
  restore(key: Buffer, value: Buffer | null): void {
    if (key.equals(POSITION_KEY)) this.stored = readPosition(value!, 'changelog');
    else this.counts.set(key.toString(), JSON.parse(value!.toString()));
  }
  restored(): Standing {
    ({ position: this.position, replay_from: this.replay_from } = this.stored);
    return this.stored;
  }
  readonly prepared = 0;

  prepare(isLong: () => boolean): boolean {
    isLong();
    if (Counting.unprepared > 0) Counting.unprepared--;
    return Counting.unprepared === 0;
  }
  accept({ key, value, offset }: InRecord): void {
    if (Counting.unprepared > 0) throw new Error('it is not prepared');
    if (this.poison.has(offset)) return;
    if (value?.toString() === 'poison') throw new TypeError('poison');
    if (value?.toString() === 'damaged') throw new SessionvigilError('SV_STATE_DAMAGED', 'damaged');
    const name = key!.toString();
    const known = this.counts.get(name) ?? { count: 0, at: 0 };
    if (offset < known.at) return;
    const count = known.count + 1;
    this.counts.set(name, { count, at: offset + 1 });
    this.dirty.add(name);
    if (count % 3 === 0) this.out.push({ topic: 'said', partition: this.partition, key: name, value: Buffer.from(`${name}:${count / 3}`) });
  }
  undo({ value }: InRecord): boolean {
    const { undoes } = Counting;
    if (undoes === 'badly') throw new Error('it cannot be undone');
    if (undoes) this.out.push({ topic: 'said', partition: this.partition, key: 'left out', value });
    return undoes;
  }
  get has_news(): boolean {
    return this.out.length > 0;
  }
  committed(): void {}
  take(position: number, why: Why): OutRecord[] {
    if (position === this.position && this.out.length === 0) return [];
    const said = new Set(this.out.map(({ key }) => key as string));
    const isAll = why === 'last' || position - this.replay_from >= 10;
    const people = [...this.dirty].filter((name) => isAll || said.has(name));
    for (const name of people) this.dirty.delete(name);
    if (isAll) this.replay_from = position;
    this.position = position;
    const records = [
      ...this.out,
      ...people.map((name) => ({
        topic: 'changelog',
        partition: this.partition,
        key: name,
        value: Buffer.from(JSON.stringify({ ...this.counts.get(name), at: position })),
      })),
      positionRecord('changelog', this.partition, { position, replay_from: this.replay_from, topics: this.topics }),
    ];
    this.out = [];
    return records;
  }
}

interface Watched {
  failures: unknown[];
  forgotten: string[];
  poisoned: number[];
  /** records that it has taken for the first time */
  taken: number;
}

interface Tuned {
  commit_interval?: number;
  elapsed?: () => number;
  onChunk?: () => void;
  ids?: () => Promise<TopicIds>;
}

function stage(
  transport: Transport,
  seen: Watched = { failures: [], forgotten: [], poisoned: [], taken: 0 },
  tuned: Tuned = {},
): OwnerStage {
  const { commit_interval = 5, elapsed = () => performance.now(), onChunk = () => {} } = tuned;
  const ids = async () => {
    const found = await (await transport.admin()).ids(['in', 'changelog']);
    return { input: found.get('in'), changelog: found.get('changelog') };
  };
  const watch: StageWatch = {
    phase() {},
    restored() {},
    chunk: (_, records) => {
      seen.taken += records;
      onChunk();
    },
    committed() {},
    forgotten: (_, error) => void seen.forgotten.push(error.name),
    poisoned: (_, record) => void seen.poisoned.push(record.offset),
    failed: (error) => void seen.failures.push(error),
    assigned() {},
    heartbeat() {},
    lost() {},
  };
  return new OwnerStage({
    name: 'detect',
    group_id: 'g',
    input: 'in',
    changelog: 'changelog',
    transactionalId: (partition) => `tx.${partition}`,
    transport,
    told: async () => -1,
    ids: tuned.ids ?? ids,
    createWork: (partition, poison, topics) => new Counting(partition, poison, topics),
    budget: new Budget(10_000),
    chunk_ms: 1,
    commit_interval,
    elapsed,
    watch,
  });
}

function kafkaWith(partitions: number): MemoryKafka {
  const kafka = new MemoryKafka();
  for (const topic of ['in', 'changelog', 'said']) kafka.topic(topic, partitions);
  return kafka;
}

const KEYS = ['a', 'b', 'c', 'd', 'e'];
const partitionOfKey = (key: string, partitions: number) => KEYS.indexOf(key) % partitions;

function expected(keys: readonly string[]): string[] {
  return KEYS.flatMap((key) =>
    [...Array(Math.floor(keys.filter((k) => k === key).length / 3)).keys()].map((i) => `${key}:${i + 1}`),
  ).sort();
}
const said = (kafka: MemoryKafka) =>
  kafka
    .committed('said')
    .map(({ value }) => value!.toString())
    .sort();

const feed = (kafka: MemoryKafka, keys: readonly string[], partitions: number) =>
  kafka.write(keys.map((key) => ({ topic: 'in', partition: partitionOfKey(key, partitions), key, value: Buffer.from('x') })));

test('what is said is said once, and is there before the process is asked to stop', async () => {
  const kafka = kafkaWith(2);
  const keys = [...'abcabcabcddd'];
  feed(kafka, keys, 2);
  const one = stage(kafka.client());
  await one.start();
  await until(() => said(kafka).length === expected(keys).length, 'all is said');
  expect(said(kafka)).toEqual(expected(keys));
  await one.stop();
});

test('a record that makes the program fail is passed over, and nothing else is', async () => {
  const kafka = kafkaWith(1);
  const poisoned: Watched = { failures: [], forgotten: [], poisoned: [], taken: 0 };
  feed(kafka, [...'aab'], 1);
  kafka.write([{ topic: 'in', partition: 0, key: 'a', value: Buffer.from('poison') }]);
  feed(kafka, [...'abb'], 1);
  const one = stage(kafka.client(), poisoned);
  await one.start();
  await until(() => said(kafka).length === 2, 'both are said');
  expect(said(kafka)).toEqual(['a:1', 'b:1']);
  // what was read again after it is not counted again
  expect(poisoned).toEqual({ failures: [], forgotten: ['Poisoned'], poisoned: [3], taken: 7 });
  await one.stop();
});

describe('a defect that is undone', () => {
  const POISON = { topic: 'in', partition: 0, key: 'a', value: Buffer.from('poison') };
  let kafka: MemoryKafka;
  let seen: Watched;
  beforeEach(() => {
    kafka = kafkaWith(1);
    seen = { failures: [], forgotten: [], poisoned: [], taken: 0 };
  });
  afterEach(() => {
    Counting.undoes = false;
  });

  test('costs no restore, however many there are', async () => {
    Counting.undoes = true;
    for (let n = 0; n < 4; n++) {
      feed(kafka, [...'aab'], 1);
      kafka.write([POISON]);
    }
    const one = stage(kafka.client(), seen);
    await one.start();
    await until(() => said(kafka).length === 7, 'all is said');
    await one.stop();
    expect(said(kafka)).toEqual(['a:1', 'a:2', 'b:1', 'poison', 'poison', 'poison', 'poison']);
    expect(seen).toEqual({ failures: [], forgotten: [], poisoned: [3, 7, 11, 15], taken: 16 });
    // what is committed need not be known of each
    expect(Counting.left_out.size).toBe(0);
  });

  test('counts once, also when what it was committed with is not', async () => {
    Counting.undoes = true;
    let failing = 1;
    const client = kafka.client((step) =>
      step === 'written' && said(kafka).length === 0 && failing-- > 0 ? new Doomed('refused') : undefined,
    );
    kafka.write([POISON]);
    feed(kafka, [...'aaab'], 1);
    const one = stage(client, seen, { commit_interval: 1e6 });
    await one.start();
    await until(() => said(kafka).includes('a:1'), 'it is said');
    await one.stop();
    expect(seen.poisoned).toEqual([0]);
    expect(seen.failures).toEqual([]);
  });

  test('costs one when it cannot be undone after all', async () => {
    Counting.undoes = 'badly';
    feed(kafka, [...'aab'], 1);
    kafka.write([POISON]);
    feed(kafka, [...'abb'], 1);
    const one = stage(kafka.client(), seen);
    await one.start();
    await until(() => said(kafka).length === 2, 'both are said');
    await one.stop();
    expect(said(kafka)).toEqual(['a:1', 'b:1']);
    expect(seen).toEqual({ failures: [], forgotten: ['Poisoned'], poisoned: [3], taken: 7 });
  });
});

describe('a topic that was made anew', () => {
  const about = (code: string) => [expect.objectContaining({ code })];
  let kafka: MemoryKafka;
  let seen: Watched;
  beforeEach(() => {
    kafka = kafkaWith(1);
    seen = { failures: [], forgotten: [], poisoned: [], taken: 0 };
  });

  /** Says of all that was fed, and ends. */
  async function once(keys: string, onSaid: () => void | Promise<void> = () => {}): Promise<void> {
    feed(kafka, [...keys], 1);
    const one = stage(kafka.client());
    await one.start();
    await until(() => said(kafka).length > 0, 'it is said');
    await onSaid();
    await one.stop();
  }

  test('the input: what comes in it is not taken for what was there', async () => {
    await once('aaab');
    kafka.recreate('in');
    feed(kafka, [...'aaabbbccc'], 1);
    const two = stage(kafka.client(), seen);
    await two.start();
    await until(() => seen.failures.length > 0, 'it fails');
    await two.stop();
    expect(seen.failures).toEqual(about('SV_KAFKA_STATE_CONTRADICTS'));
    expect(said(kafka)).toEqual(['a:1']);
  });

  test.each([
    ['made anew under who reads it', true, () => kafka.recreate('in'), 'SV_KAFKA_STATE_CONTRADICTS'],
    ['the same where topics have no ids', false, () => kafka.recreate('in'), 'SV_KAFKA_INPUT_LOST'],
    ['cut off before what is to be read', true, () => kafka.truncate({ topic: 'in', partition: 0 }, 9), 'SV_KAFKA_INPUT_LOST'],
  ])('the input: %s', async (_, hasIds, change, code) => {
    kafka.hasIds = hasIds;
    const one = stage(kafka.client(), seen);
    await one.start();
    await until(() => one.unreadyReason === undefined, 'it is ready');
    feed(kafka, [...'aaab'], 1);
    await until(() => said(kafka).length > 0, 'it is said');
    change();
    await until(() => seen.failures.length > 0, 'it fails');
    await one.stop();
    expect(seen.failures).toEqual(about(code));
  });

  test('the changelog, between two commits: nothing is said for a second time', async () => {
    await once('aaab', async () => {
      kafka.recreate('changelog');
      feed(kafka, [...'bbc'], 1);
      await until(() => kafka.committed('changelog').length > 0, 'it is written to');
    });
    const before = said(kafka);
    const two = stage(kafka.client(), seen);
    await two.start();
    await until(() => seen.failures.length > 0, 'it fails');
    await two.stop();
    expect(seen.failures).toEqual(about('SV_KAFKA_STATE_CONTRADICTS'));
    expect(said(kafka)).toEqual(before);
  });

  test('where topics have no ids, an input that ends before what was worked off is waited for half a minute', async () => {
    kafka.hasIds = false;
    // the last commit leaves the latest two to be read again
    await once('aaabbb');
    kafka.recreate('in');
    feed(kafka, [...'aaabb'], 1);
    let now = 0;
    let asked = 0;
    const two = stage(kafka.client(), seen, {
      elapsed: () => {
        if (two?.status().partitions[0]?.phase === 'replaying') asked++;
        return now;
      },
    });
    await two.start();
    await until(() => two.status().partitions[0]?.phase === 'replaying', 'it reads again');
    expect(seen.failures).toEqual([]);
    const turns = seen.taken;
    for (let n = 0; n < 20; n++) await new Promise(setImmediate);
    expect([seen.failures, seen.taken]).toEqual([[], turns]);
    await until(() => asked > 3, 'it has looked at its end');
    now = 40_000;
    await until(() => seen.failures.length > 0, 'it fails');
    await two.stop();
    expect(seen.failures).toEqual(about('SV_KAFKA_STATE_CONTRADICTS'));
  });
});

test('who is told to end does not wait for brokers that do not say which topics there are', async () => {
  const kafka = kafkaWith(1);
  let asked = 0;
  const one = stage(kafka.client(), undefined, {
    ids: () => {
      asked++;
      return new Promise(() => {});
    },
  });
  await one.start();
  await until(() => asked === 1, 'it asks');
  // other rules wake it, and it goes on waiting
  expect(one.renewed()).toEqual([]);
  await one.stop();
  expect(asked).toBe(1);
  expect(kafka.committed('changelog')).toEqual([]);
});

test('a partition whose input or changelog nobody answers for is named, before what it does is', async () => {
  const kafka = kafkaWith(2);
  const one = stage(kafka.client());
  await one.start();
  await until(() => one.unreadyReason === undefined, 'it is ready');
  for (const topic of ['in', 'changelog']) {
    kafka.unanswered.set(`${topic}/1`, { ms: 20_000, is_outdated: false });
    expect(one.unreadyReason).toBe(`detect: ${topic}/1 is not read for 20 s, its leader does not answer`);
    expect(one.status().partitions.map(({ unanswered_seconds }) => unanswered_seconds)).toEqual([0, 20]);
    kafka.unanswered.clear();
  }
  expect(one.unreadyReason).toBeUndefined();
  await one.stop();
  const other = stage(kafka.client());
  kafka.unanswered.set('changelog/0', { ms: 30_000, is_outdated: false });
  await other.start();
  await until(() => other.status().partitions.length > 0, 'it has a partition');
  expect(other.unreadyReason).toBe('detect: changelog/0 is not read for 30 s, its leader does not answer');
  await other.stop();
});

test('what has to be done before is done bit by bit: nothing is taken meanwhile, by who is told to stop either', async () => {
  const kafka = kafkaWith(1);
  const one = stage(kafka.client());
  await one.start();
  await until(() => one.unreadyReason === undefined, 'it is ready');
  Counting.unprepared = 500;
  feed(kafka, [...'aaab'], 1);
  await until(() => said(kafka).length === 1, 'it is said');
  expect(Counting.unprepared).toBe(0);
  Counting.unprepared = 500;
  await one.stop();
  expect(Counting.unprepared).toBe(0);
  // who is dropped does not go on with it
  const other = stage(kafka.client());
  await other.start();
  await until(() => other.unreadyReason === undefined, 'the next one is ready');
  Counting.unprepared = Number.POSITIVE_INFINITY;
  const stopped = other.stop();
  other.drop();
  await stopped;
  Counting.unprepared = 0;
});

test('nor does who is told to stop while something is committed stop before it is done', async () => {
  const kafka = kafkaWith(1);
  let stopped: Promise<void> | undefined;
  const one = stage(
    kafka.client((step) => {
      if (step === 'before' && said(kafka).length === 0 && one.unreadyReason === undefined) {
        Counting.unprepared = 500;
        stopped ??= one.stop();
      }
      return undefined;
    }),
  );
  await one.start();
  await until(() => one.unreadyReason === undefined, 'it is ready');
  feed(kafka, [...'aaab'], 1);
  await until(() => stopped !== undefined, 'it commits');
  await stopped;
  expect([said(kafka).length, Counting.unprepared]).toEqual([1, 0]);
});

test('what says itself what is wrong ends the process, and is no defect of a record', async () => {
  const kafka = kafkaWith(1);
  const seen: Watched = { failures: [], forgotten: [], poisoned: [], taken: 0 };
  kafka.write([{ topic: 'in', partition: 0, key: 'a', value: Buffer.from('damaged') }]);
  const client = kafka.client();
  const one = stage(client, seen);
  await one.start();
  await until(() => seen.failures.length > 0, 'it fails');
  expect(seen).toMatchObject({ failures: [{ code: 'SV_STATE_DAMAGED' }], poisoned: [], forgotten: [] });
  one.drop();
  client.kill();
});

test('who is fenced lets go and does not come back before the group says so', async () => {
  const kafka = kafkaWith(1);
  const seen: Watched = { failures: [], forgotten: [], poisoned: [], taken: 0 };
  const one = stage(kafka.client(), seen);
  await one.start();
  await until(() => one.unreadyReason === undefined, 'it is ready');
  // somebody else opens the partition without the group's word, and goes away again
  await kafka.client().transactional('tx.0');
  feed(kafka, [...'aaa'], 1);
  await until(() => said(kafka).length === 1, 'it is said');
  expect(seen.forgotten).toEqual(['Fenced']);
  await one.stop();
});

test('transactions that fail one after the other are begun again ever more seldom, and at once after one that went well', async () => {
  const waits: number[] = [];
  const timer = setTimeout;
  const spy = jest.spyOn(global, 'setTimeout').mockImplementation(((act: () => void, ms = 0) => {
    if (ms >= 100) waits.push(ms);
    return timer(act, Math.min(ms, 5));
  }) as typeof setTimeout);
  try {
    const kafka = kafkaWith(1);
    let failing = 0;
    const seen: Watched = { failures: [], forgotten: [], poisoned: [], taken: 0 };
    const one = stage(
      kafka.client((step) => (step === 'written' && failing-- > 0 ? new Doomed('refused') : undefined)),
      seen,
    );
    void one.start();
    feed(kafka, [...'aaa'], 1);
    await until(() => said(kafka).length === 1, 'one is said');
    expect(waits).toEqual([]);
    failing = 9;
    feed(kafka, [...'aaa'], 1);
    await until(() => said(kafka).length === 2, 'it is said after all');
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    failing = 1;
    feed(kafka, [...'aaa'], 1);
    await until(() => said(kafka).length === 3, 'and the next');
    expect(seen.forgotten).toHaveLength(10);
    expect(waits).toHaveLength(8);
    expect(seen.failures).toEqual([]);
    await one.stop();
  } finally {
    spy.mockRestore();
  }
});

const story = fc.record({
  keys: fc.array(fc.constantFrom(...KEYS), { minLength: 30, maxLength: 120 }),
  partitions: fc.integer({ min: 1, max: 3 }),
  /** at these calls of the client something happens */
  faults: fc.array(fc.record({ at: fc.nat(60), what: fc.constantFrom('doomed', 'kill', 'join') }), { maxLength: 8 }),
});

test('each thing is said exactly once, whatever fails between any two calls', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ keys, partitions, faults }) => {
      const kafka = kafkaWith(partitions);
      const seen: Watched = { failures: [], forgotten: [], poisoned: [], taken: 0 };
      const stages: OwnerStage[] = [];
      let calls = 0;
      let isOver = false;
      const begin = () => {
        let isDead = false;
        const fault: Fault = () => {
          if (isDead) return new Doomed('gone');
          if (isOver) return undefined;
          const due = faults.filter(({ at }) => at === calls);
          calls++;
          for (const { what } of due) {
            if (what === 'join') begin();
            if (what === 'doomed') return new Doomed('no answer');
            if (what === 'kill') {
              isDead = true;
              client.kill();
              begin();
              return new Doomed('gone');
            }
          }
          return undefined;
        };
        const client = kafka.client(fault);
        const one = stage(client, seen);
        stages.push(one);
        void one.start();
      };
      begin();
      const half = keys.length >> 1;
      feed(kafka, keys.slice(0, half), partitions);
      await until(() => said(kafka).length >= Math.min(2, expected(keys.slice(0, half)).length), 'something is said');
      feed(kafka, keys.slice(half), partitions);
      await until(() => said(kafka).length >= expected(keys).length, 'all is said');
      isOver = true;
      await Promise.all(stages.map((one) => one.stop()));
      expect(said(kafka)).toEqual(expected(keys));
      expect(seen.failures).toEqual([]);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('what comes while something is committed does not wait for the next time', async () => {
  const kafka = kafkaWith(1);
  const HOUR = 3_600_000;
  let jump = 0;
  let isArmed = false;
  const client = kafka.client((step) => {
    if (step === 'before' && isArmed) {
      isArmed = false;
      feed(kafka, [...'aaa'], 1);
    }
    return undefined;
  });
  const seen: Watched = { failures: [], forgotten: [], poisoned: [], taken: 0 };
  const one = stage(client, seen, {
    commit_interval: HOUR,
    elapsed: () => performance.now() + jump,
    // after the chunk, when nothing is left to be done
    onChunk: () => setImmediate(() => (jump = HOUR)),
  });
  await one.start();
  await until(() => one.unreadyReason === undefined, 'it is ready');
  isArmed = true;
  feed(kafka, [...'b'], 1);
  await until(() => said(kafka).length === 1, 'it is said', 5000);
  await one.stop();
});
