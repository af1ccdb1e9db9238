import fc from 'fast-check';
import type { Normalize } from '../../../src/core/pipeline.js';
import { Feeds } from '../../../src/core/state/feeds.js';
import { Budget } from '../../../src/runtime/budget.js';
import { partitionOf } from '../../../src/runtime/kafka/murmur2.js';
import { Doomed, type Transport } from '../../../src/runtime/kafka/transport.js';
import type { NormalizeStage } from '../../../src/runtime/stages/normalize-stage.js';
import { SourceIds } from '../../../src/runtime/stages/source-ids.js';
import type { ReadValue } from '../../../src/runtime/stages/source-task.js';
import { until } from '../../cli/until.js';
import { type Fault, MemoryKafka, PLAIN } from '../../helpers/memory-kafka.js';
import { runs } from '../../helpers/runs.js';
import { ENFORCED, step } from '../../helpers/sign-on.js';
import { MINUTE, T0 } from '../../helpers/world.js';
import { applied, codec, normalize, type Raw, raw, type Seen, stageOn, ticks, written } from './normalizing.js';

function kafkaWith(raws: number): MemoryKafka {
  const kafka = new MemoryKafka();
  kafka.topic('raw', raws);
  for (const topic of ['events', 'dead', 'identities']) kafka.topic(topic, 2);
  return kafka;
}

const AT = { topic: 'raw', partition: 0 };
const kept = (kafka: MemoryKafka, at = AT) => kafka.position('normalize', at);
const about = (n: number): Raw => ({ n, who: [`p${n % 3}@x.example`] });
const feed = (kafka: MemoryKafka, from: number, to: number) => {
  for (let n = from; n < to; n++) kafka.write([raw('raw', 0, about(n))]);
};

test('a raw partition is normalized in its order, and its position is kept when everything is acknowledged', async () => {
  const kafka = kafkaWith(1);
  feed(kafka, 0, 23);
  let release = () => {};
  kafka.hold = new Promise((resolve) => {
    release = resolve;
  });
  const { stage, seen } = await stageOn(kafka.client());
  await until(() => written(kafka).length === 5, 'a chunk is sent');
  expect(kept(kafka) ?? 0).toBe(0);
  release();
  await until(() => kept(kafka) === 23, 'the position is kept');
  for (const partition of [0, 1]) {
    const offsets = written(kafka)
      .filter((one) => one.partition === partition)
      .map(({ provenance }) => provenance.offset);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
  }
  expect(written(kafka)).toHaveLength(23);
  await stage.stop();
  expect(seen.failures).toEqual([]);
});

test('a batch of which a part cannot be read makes its events, and goes to the dead letters whole', async () => {
  const kafka = kafkaWith(1);
  kafka.write([raw('raw', 0, { ...about(1), fate: 'part' }), raw('raw', 0, about(2))]);
  const { stage, seen } = await stageOn(kafka.client());
  await until(() => kept(kafka) === 2, 'all is done');
  await stage.stop();
  expect(seen).toMatchObject({ answered: 2, dead: ['part: unknown_source'] });
  expect(written(kafka)).toHaveLength(2);
  const [letter, ...others] = kafka.committed('dead');
  expect(others).toEqual([]);
  expect([String(letter!.headers['sv-reason']), String(letter!.headers['sv-offset'])]).toEqual(['unknown_source', '0']);
  expect(String(letter!.headers['sv-detail'])).toContain('a part of the record');
  expect(JSON.parse(letter!.value!.toString())).toMatchObject({ n: 1, fate: 'part' });
});

test('what cannot be read goes to the dead letters, as it is, and the others go on', async () => {
  const kafka = kafkaWith(1);
  kafka.write([
    raw('raw', 0, null),
    raw('raw', 0, Buffer.alloc(0)),
    raw('raw', 0, Buffer.alloc(1001, 7)),
    raw('raw', 0, { n: 1, fate: 'reject' }),
    raw('raw', 0, { n: 2, fate: 'throw' }),
    raw('raw', 0, { n: 3, fate: 'drop' }),
    raw('raw', 0, about(4)),
  ]);
  const { stage, seen } = await stageOn(kafka.client());
  await until(() => kept(kafka) === 7, 'all is done');
  await stage.stop();
  expect(seen).toEqual({
    failures: [],
    missed: [],
    expired: [],
    answered: 2,
    dead: ['empty_value', 'empty_value', 'too_large', 'invalid_json', 'defect'],
  });
  const letters = kafka.committed('dead');
  expect(letters.map(({ headers }) => [String(headers['sv-reason']), String(headers['sv-offset'])])).toEqual([
    ['empty_value', '0'],
    ['empty_value', '1'],
    ['too_large', '2'],
    ['invalid_json', '3'],
    ['defect', '4'],
  ]);
  expect(letters[2]!.value).toEqual(Buffer.alloc(1001, 7));
  expect(letters[0]!.value).toBeNull();
  expect(written(kafka)).toHaveLength(1);
});

test('of a record of which an event cannot be written nothing is, and the others go on', async () => {
  const kafka = kafkaWith(1);
  kafka.write([raw('raw', 0, { ...about(1), fate: 'unwritable' }), raw('raw', 0, about(2))]);
  const { stage, seen } = await stageOn(kafka.client());
  await until(() => kept(kafka) === 2, 'all is done');
  await stage.stop();
  expect(seen).toMatchObject({ failures: [], dead: ['defect'] });
  expect(written(kafka).map(({ provenance }) => provenance.offset)).toEqual([1]);
});

test('more defects than data can have stop the process, and what is at hand is left for the next one', async () => {
  const kafka = kafkaWith(1);
  for (let n = 0; n < 40; n++) kafka.write([raw('raw', 0, { n, fate: 'throw' })]);
  const { stage, seen } = await stageOn(kafka.client());
  await until(() => seen.failures.length > 0, 'it fails');
  expect(seen.failures).toEqual([expect.objectContaining({ code: 'SV_KAFKA_DEFECT_RATE' })]);
  await stage.stop();
  expect(kept(kafka)).toBe(kafka.committed('dead').length);
  expect(kafka.committed('dead').length).toBeLessThanOrEqual(10);
});

test('a source is paused above its share of bytes, and read on when it is worked off', async () => {
  const kafka = kafkaWith(1);
  feed(kafka, 0, 200);
  let release = () => {};
  kafka.hold = new Promise((resolve) => {
    release = resolve;
  });
  const budget = new Budget(3000);
  const { stage, seen } = await stageOn(kafka.client(), { budget });
  await until(() => stage.status().partitions[0]?.is_paused, 'it is paused');
  // one fetch more than its share
  expect(budget.bytes).toBeLessThan(3000 + 7 * 300);
  release();
  await until(() => kept(kafka) === 200, 'all is done');
  expect(budget.bytes).toBe(0);
  expect(stage.status().partitions[0]).toMatchObject({ is_paused: false, lag: 0, queued_bytes: 0 });
  await stage.stop();
  expect(seen.failures).toEqual([]);
});

test('"latest" begins with what comes after the start, and that is known before anything has come', async () => {
  const kafka = kafkaWith(1);
  feed(kafka, 0, 4);
  const source = { sources: [{ topic: 'raw', start: 'latest' as const }] };
  const first = await stageOn(kafka.client(), source);
  await until(() => kept(kafka) === 4, 'the beginning is kept');
  await first.stage.stop();
  feed(kafka, 4, 6);
  const second = await stageOn(kafka.client(), source);
  await until(() => kept(kafka) === 6, 'what came meanwhile is done');
  await second.stage.stop();
  expect(
    written(kafka)
      .map(({ provenance }) => provenance.offset)
      .sort(),
  ).toEqual([4, 5]);
});

test('with "latest" a partition that is added later is read from its first record, whoever finds it', async () => {
  const kafka = kafkaWith(2);
  const late = { topic: 'raw', partition: 2 };
  feed(kafka, 0, 4);
  const source = { sources: [{ topic: 'raw', start: 'latest' as const }] };
  const first = await stageOn(kafka.client(), source);
  await until(() => kept(kafka) === 4 && kept(kafka, { topic: 'raw', partition: 1 }) === 0, 'the beginnings are kept');
  await first.stage.stop();
  kafka.grow('raw', 3);
  kafka.write([raw('raw', 2, about(5)), raw('raw', 2, about(6))]);
  const second = await stageOn(kafka.client(), source);
  await until(() => kept(kafka, late) === 2, 'it is read');
  await second.stage.stop();
  // and by the next one, though the one that has read it is gone
  kafka.grow('raw', 4);
  kafka.write([raw('raw', 3, about(7))]);
  const third = await stageOn(kafka.client(), source);
  await until(() => kept(kafka, { topic: 'raw', partition: 3 }) === 1, 'it is read');
  await third.stage.stop();
  expect(written(kafka).map(({ provenance }) => [provenance.partition, provenance.offset])).toEqual(
    expect.arrayContaining([
      [2, 0],
      [2, 1],
      [3, 0],
    ]),
  );
});

test.each(['committed', 'watermarks'] as const)(
  'a broker that hears late of a partition is asked again where it was left (%s)',
  async (late) => {
    const kafka = kafkaWith(2);
    const other = { topic: 'raw', partition: 1 };
    const source = { sources: [{ topic: 'raw', start: 'latest' as const }] };
    kafka.write([raw('raw', 1, about(0))]);
    const first = await stageOn(kafka.client(), source);
    await until(() => kept(kafka, other) === 1, 'the beginning is kept');
    await first.stage.stop();
    kafka.write([1, 2, 3].map((n) => raw('raw', 1, about(n))));
    const client = kafka.client();
    const admin = await client.admin();
    let asked = 0;
    const partly = <T extends { partition: number }>(found: T[]) => (++asked > 2 ? found : found.slice(0, 1));
    const { committed, watermarks } = admin;
    if (late === 'committed') admin.committed = async (...of) => partly(await committed(...of));
    else admin.watermarks = async (...of) => partly(await watermarks(...of));
    const second = await stageOn({ ...client, admin: async () => admin }, source);
    await until(() => kept(kafka, other) === 4, 'it is read');
    await second.stage.stop();
    const offsets = written(kafka).map(({ provenance }) => provenance.offset);
    expect(offsets.sort()).toEqual([1, 2, 3]);
  },
);

test('with "latest" a partition that was there at the beginning begins at its end, though another one is known already', async () => {
  const kafka = kafkaWith(2);
  const other = { topic: 'raw', partition: 1 };
  kafka.write([raw('raw', 1, about(1)), raw('raw', 1, about(2))]);
  const source = { sources: [{ topic: 'raw', start: 'latest' as const }] };
  const first = await stageOn(kafka.client(), source);
  await until(() => kept(kafka) === 0 && kept(kafka, other) === 2, 'the beginnings are kept');
  await first.stage.stop();
  // as if it had gone to another process before its beginning was kept
  kafka.forget('normalize', other);
  const second = await stageOn(kafka.client(), source);
  await until(() => kept(kafka, other) === 2, 'its beginning is kept');
  await second.stage.stop();
  expect(written(kafka)).toEqual([]);
});

test('a topic that was made anew is refused until it is said to be another, and then read from its beginning', async () => {
  const kafka = kafkaWith(1);
  feed(kafka, 0, 9);
  const first = await stageOn(kafka.client());
  await until(() => kept(kafka) === 9, 'all is done');
  await first.stage.stop();
  kafka.recreate('raw');
  feed(kafka, 0, 3);
  const second = await stageOn(kafka.client());
  await until(() => second.seen.failures.length > 0, 'it fails');
  expect(second.seen.failures).toEqual([expect.objectContaining({ code: 'SV_KAFKA_SOURCE_RECREATED' })]);
  await second.stage.stop();
  const third = await stageOn(kafka.client(), { sources: [{ topic: 'raw', generation: 2 }] });
  await until(() => kept(kafka) === 3, 'all is done');
  await third.stage.stop();
  expect(third.seen.failures).toEqual([]);
  expect(applied(kafka)).toHaveLength(12);
  // and from then on it is the new one that counts
  kafka.recreate('raw');
  const fourth = await stageOn(kafka.client(), { sources: [{ topic: 'raw', generation: 2 }] });
  await until(() => fourth.seen.failures.length > 0, 'it fails');
  await fourth.stage.stop();
});

test('a position that a person has set counts under a raised generation too', async () => {
  const kafka = kafkaWith(1);
  feed(kafka, 0, 6);
  const source = { sources: [{ topic: 'raw', generation: 2 }] };
  kafka.setPosition('normalize', { ...AT, offset: 4 });
  const { stage } = await stageOn(kafka.client(), source);
  await until(() => kept(kafka) === 6, 'all is done');
  await stage.stop();
  expect(
    written(kafka)
      .map(({ provenance }) => provenance.offset)
      .sort(),
  ).toEqual([4, 5]);
});

describe('a topic that was made anew within minutes, of which the group knows no position any more', () => {
  const ids = (told: Map<string, string>) => {
    const made = new SourceIds((key, value) => void told.set(key, value));
    for (const [key, value] of told) made.adopt(key, value);
    return made;
  };

  test('is refused by the one who starts next, however long it is, until it is said to be another', async () => {
    const kafka = kafkaWith(1);
    const told = new Map<string, string>();
    feed(kafka, 0, 9);
    const first = await stageOn(kafka.client(), { ids: ids(told) });
    await until(() => kept(kafka) === 9, 'all is done');
    await first.stage.stop();
    kafka.recreate('raw');
    // as Kafka does with the topic
    kafka.forget('normalize', AT);
    feed(kafka, 0, 12);
    const second = await stageOn(kafka.client(), { ids: ids(told) });
    await until(() => second.seen.failures.length > 0, 'it fails');
    await second.stage.stop();
    expect(second.seen.failures).toEqual([expect.objectContaining({ code: 'SV_KAFKA_SOURCE_RECREATED' })]);
    expect(written(kafka)).toHaveLength(9);
    const third = await stageOn(kafka.client(), { ids: ids(told), sources: [{ topic: 'raw', generation: 2 }] });
    await until(() => kept(kafka) === 12, 'all is done');
    await third.stage.stop();
    expect(third.seen.failures).toEqual([]);
    expect(applied(kafka)).toHaveLength(21);
  });

  test('is read from its first record when it is said to be another, with `latest` too', async () => {
    const kafka = kafkaWith(1);
    const told = new Map<string, string>();
    const source = { topic: 'raw', start: 'latest' as const };
    const first = await stageOn(kafka.client(), { ids: ids(told), sources: [source] });
    await until(() => first.stage.unreadyReason === undefined, 'it is ready');
    feed(kafka, 0, 4);
    await until(() => kept(kafka) === 4, 'all is done');
    await first.stage.stop();
    kafka.recreate('raw');
    kafka.forget('normalize', AT);
    feed(kafka, 0, 9);
    const second = await stageOn(kafka.client(), { ids: ids(told), sources: [{ ...source, generation: 2 }] });
    await until(() => kept(kafka) === 9, 'all is done');
    await second.stage.stop();
    expect(second.seen.failures).toEqual([]);
    expect(applied(kafka)).toHaveLength(13);
  });

  test('is noticed within a minute by the one who reads it, when it is as long as it was', async () => {
    const kafka = kafkaWith(1);
    let now = 10 * MINUTE;
    feed(kafka, 0, 9);
    const { stage, seen } = await stageOn(kafka.client(), { now: () => now });
    await until(() => kept(kafka) === 9, 'all is done');
    kafka.recreate('raw');
    feed(kafka, 0, 9);
    now += MINUTE;
    await until(() => seen.failures.length > 0, 'it fails');
    await stage.stop();
    expect(seen.failures).toEqual([expect.objectContaining({ code: 'SV_KAFKA_SOURCE_RECREATED' })]);
  });

  test('positions that have expired are none: it goes on from where its records begin', async () => {
    const kafka = kafkaWith(1);
    const told = new Map<string, string>();
    feed(kafka, 0, 9);
    const first = await stageOn(kafka.client(), { ids: ids(told) });
    await until(() => kept(kafka) === 9, 'all is done');
    await first.stage.stop();
    kafka.forget('normalize', AT);
    feed(kafka, 9, 12);
    const second = await stageOn(kafka.client(), { ids: ids(told) });
    await until(() => kept(kafka) === 12, 'all is done');
    await second.stage.stop();
    expect(second.seen.failures).toEqual([]);
    expect(applied(kafka)).toHaveLength(12);
  });

  test('with "latest" what came while positions expired is read from where the group is known to have been, and told once', async () => {
    const kafka = kafkaWith(2);
    const other = { topic: 'raw', partition: 1 };
    const told = new Map<string, string>();
    const source = { sources: [{ topic: 'raw', start: 'latest' as const }] };
    feed(kafka, 0, 4);
    const first = await stageOn(kafka.client(), { ids: ids(told), ...source });
    await until(() => kept(kafka) === 4 && kept(kafka, other) === 0, 'the beginnings are kept');
    feed(kafka, 4, 6);
    await until(() => kept(kafka) === 6, 'all is done');
    await first.stage.stop();
    for (const at of [AT, other]) kafka.forget('normalize', at);
    feed(kafka, 6, 9);
    kafka.write([raw('raw', 1, about(9))]);
    const second = await stageOn(kafka.client(), { ids: ids(told), ...source });
    await until(() => kept(kafka) === 9 && kept(kafka, other) === 1, 'all is done');
    await second.stage.stop();
    expect(second.seen).toMatchObject({ expired: ['raw'], missed: [], failures: [] });
    // what was left out at the beginning is left out still, and what comes again is known by its place
    expect(applied(kafka)).toHaveLength(6);
    expect(written(kafka).filter(({ provenance }) => provenance.partition === 0 && provenance.offset < 4)).toEqual([]);

    // from the next time on it is known to have been there
    for (const at of [AT, other]) kafka.forget('normalize', at);
    const before = written(kafka).length;
    const third = await stageOn(kafka.client(), { ids: ids(told), ...source });
    await until(() => third.stage.unreadyReason === undefined && kept(kafka) === 9, 'it is where it was');
    await third.stage.stop();
    expect(
      written(kafka)
        .slice(before)
        .map(({ provenance }) => provenance.partition),
    ).not.toContain(1);
  });

  test('with "latest" a partition whose beginning was not kept is still begun at its end', async () => {
    const kafka = kafkaWith(1);
    const told = new Map<string, string>();
    feed(kafka, 0, 4);
    // whoever began it told which topic it is, and ended before a position was kept
    const found = await (await kafka.client().admin()).ids(['raw']);
    expect(ids(told).isSame('raw', 1, found.get('raw'))).toBe(true);
    expect(told.size).toBe(1);
    const second = await stageOn(kafka.client(), { ids: ids(told), sources: [{ topic: 'raw', start: 'latest' }] });
    await until(() => kept(kafka) === 4, 'its beginning is kept');
    await second.stage.stop();
    expect(second.seen.expired).toEqual([]);
    expect(written(kafka)).toEqual([]);
  });

  test('with brokers that have no ids it is told by its length alone', async () => {
    const kafka = kafkaWith(1);
    kafka.hasIds = false;
    const told = new Map<string, string>();
    feed(kafka, 0, 3);
    const { stage, seen } = await stageOn(kafka.client(), { ids: ids(told) });
    await until(() => kept(kafka) === 3, 'all is done');
    await stage.stop();
    expect(seen.failures).toEqual([]);
    expect(told.size).toBe(0);
  });
});

test('records that were deleted before they were read are counted, at the start and while it reads', async () => {
  const kafka = kafkaWith(1);
  feed(kafka, 0, 4);
  const first = await stageOn(kafka.client());
  await until(() => kept(kafka) === 4, 'all is done');
  await first.stage.stop();
  feed(kafka, 4, 10);
  kafka.truncate(AT, 6);
  let release = () => {};
  kafka.hold = new Promise((resolve) => {
    release = resolve;
  });
  const { stage, seen } = await stageOn(kafka.client(), { budget: new Budget(500) });
  await until(() => written(kafka).some(({ provenance }) => provenance.offset > 5), 'some are read');
  expect(seen.missed).toEqual([['raw', 0, 2]]);
  feed(kafka, 10, 40);
  kafka.truncate(AT, 35);
  release();
  await until(() => kept(kafka) === 40, 'the others are done');
  await stage.stop();
  expect(seen.failures).toEqual([]);
  const read = new Set(written(kafka).map(({ provenance }) => provenance.offset));
  const lost = seen.missed.reduce((sum, [, , records]) => sum + records, 0);
  // whatever was read and is counted as missed besides was at work when it was deleted
  expect(read.size + lost).toBe(40);
});

test('that a provider`s log is alive is told to every partition, behind the events that show it', async () => {
  const kafka = kafkaWith(1);
  const okta: Normalize = (record) => {
    const { n, who = [] } = JSON.parse(Buffer.from(record).toString()) as Raw;
    return { outcome: 'events', events: who.map((one) => step({ at: n, who: one, what: 'okta' }, n)) };
  };
  feed(kafka, 0, 12);
  const { stage, seen } = await stageOn(kafka.client(), {
    sources: [{ topic: 'raw', normalize: okta }],
    now: () => T0 + 3_600_000,
    enforced: () => ENFORCED,
  });
  await until(() => kept(kafka) === 12, 'all is done');
  await stage.stop();
  expect(seen.failures).toEqual([]);
  for (const partition of [0, 1]) {
    let latest = 0;
    const feeds = new Feeds();
    for (const record of kafka.committed('events').filter((one) => one.partition === partition)) {
      const { body } = codec.decode(record.value!);
      if (body.kind === 'event') latest = Math.max(latest, body.event.time);
      if (body.kind !== 'pulse') continue;
      feeds.hear(body);
      expect(body.last_time).toBeGreaterThanOrEqual(latest);
    }
    expect(feeds.silence('default/okta', T0, T0 + 11 * MINUTE, 0)).toBeUndefined();
  }
});

test('that a log spoke now and then is told to as many partitions as there may be', async () => {
  const kafka = kafkaWith(1);
  kafka.topic('events', 1024);
  // hours lie between them, so that each is told for itself
  const events = Array.from({ length: 130 }, (_, n) => step({ at: 60 * n, who: 'p@x.example', what: 'okta' }, n));
  feed(kafka, 0, 1);
  const { stage, seen } = await stageOn(kafka.client(), {
    sources: [{ topic: 'raw', normalize: () => ({ outcome: 'events', events }) }],
    now: () => T0 + 1000 * 3_600_000,
    enforced: () => ENFORCED,
    partitions: 1024,
  });
  await until(() => seen.failures.length > 0 || kept(kafka) === 1, 'all is done');
  await stage.stop();
  expect(seen.failures).toEqual([]);
  expect(kafka.committed('events').length).toBeGreaterThan(130 * 1024);
});

test('the time is told once a minute to every partition, though some have no records', async () => {
  const kafka = kafkaWith(3);
  let now = 600_000;
  const clock = { now: () => now };
  const { stage, seen } = await stageOn(kafka.client(), clock);
  const second = await stageOn(kafka.client(), clock);
  await until(() => ticks(kafka, 0).length === 1 && ticks(kafka, 1).length === 1, 'it is told');
  now += 30_000;
  feed(kafka, 0, 3);
  await until(() => kept(kafka) === 3, 'a record is done');
  now += 30_000;
  await until(() => ticks(kafka, 1).length === 2, 'the next minute is told');
  await stage.stop();
  await second.stage.stop();
  expect(ticks(kafka, 0)).toEqual([600_000, 660_000]);
  expect(ticks(kafka, 1)).toEqual([600_000, 660_000]);
  expect(seen.failures).toEqual([]);
});

test('while it catches up the time is that of its records', async () => {
  const kafka = kafkaWith(1);
  for (let n = 0; n < 60; n++) kafka.write([raw('raw', 0, about(n), 60_000 * (n + 1))]);
  const { stage } = await stageOn(kafka.client(), { now: () => 100 * 60_000, chunk_records: 1 });
  await until(() => ticks(kafka, 0).at(-1) === 100 * 60_000, 'it has caught up');
  await stage.stop();
  const all = kafka.committed('events').filter(({ partition }) => partition === 0);
  expect(all.length).toBeGreaterThan(0);
  const told = ticks(kafka, 0);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(new Set(told).size).toBe(told.length);
});

test('what has arrived and was not fetched holds up the time', async () => {
  const kafka = kafkaWith(2);
  const client = kafka.client();
  let isStuck = false;
  const group: Transport['group'] = ({ events, ...options }) => {
    const batch: typeof events.batch = (at, ...rest) => {
      if (!isStuck || at.partition !== 1) events.batch(at, ...rest);
    };
    return client.group({ ...options, events: { ...events, batch } });
  };
  let now = 120_000;
  const { stage } = await stageOn({ ...client, group }, { now: () => now });
  kafka.write([raw('raw', 1, about(1), 60_000)]);
  await until(() => kept(kafka, { topic: 'raw', partition: 1 }) === 1 && ticks(kafka, 0).length === 1, 'it has begun');
  isStuck = true;
  kafka.write([raw('raw', 1, about(2), 125_000), raw('raw', 0, about(0), 60 * 60_000)]);
  now = 60 * 60_000;
  await until(() => kept(kafka) === 1, 'the other goes on');
  let asked = 0;
  kafka.onAsked = () => void asked++;
  await until(() => asked > 20, 'it has asked what there is');
  expect(ticks(kafka, 0)).toEqual([120_000]);
  await stage.stop();
});

test('the time does not pass what is at work and was not sent yet', async () => {
  const HOUR = 60 * MINUTE;
  const kafka = kafkaWith(1);
  for (const [n, hour] of [1, 50, 51].entries()) kafka.write([raw('raw', 0, about(n), hour * HOUR)]);
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  // whoever asks for the third holds up the two that were read before
  const read: ReadValue = async (record) => {
    if (JSON.parse(record.toString()).n === 2) await gate;
    return { ok: true, record };
  };
  const { stage } = await stageOn(kafka.client(), { now: () => 100 * HOUR, read });
  let asked = 0;
  kafka.onAsked = () => void asked++;
  await until(() => asked > 20, 'it has asked what there is');
  expect([ticks(kafka, 0), written(kafka)]).toEqual([[], []]);
  go();
  await until(() => ticks(kafka, 0).at(-1) === 100 * HOUR, 'it has caught up');
  await stage.stop();
});

test('while another process catches up the time is that of its records', async () => {
  const DAY = 86_400_000;
  const now = 100 * DAY;
  const kafka = kafkaWith(2);
  kafka.write([raw('raw', 0, about(0), now)]);
  for (let n = 0; n < 6; n++) kafka.write([raw('raw', 1, about(n), now - (60 - n) * DAY)]);
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  let read = 0;
  const slow: ReadValue = async (record) => {
    if (JSON.parse(record.toString()).n > 0 && ++read > 3) await gate;
    return { ok: true, record };
  };
  const extra = { now: () => now, read: slow, chunk_records: 1 };
  const { stage: one } = await stageOn(kafka.client(), extra);
  const { stage: two } = await stageOn(kafka.client(), extra);
  // whoever has the first partition has nothing left to read, and hears of the other's from the group
  await until(() => kept(kafka, { topic: 'raw', partition: 1 }) === 4, 'the other has read some');
  await until(() => ticks(kafka, 0).length > 0, 'it says what time it is');
  expect(Math.max(...ticks(kafka, 0))).toBeLessThan(now - 50 * DAY);
  go();
  await until(() => kept(kafka, { topic: 'raw', partition: 1 }) === 6, 'the other has read all');
  await Promise.all([one.stop(), two.stop()]);
});

test('a raw topic that is deleted does not hold up the time', async () => {
  const kafka = kafkaWith(1);
  kafka.topic('gone', 2);
  kafka.write([raw('gone', 0, about(1), 1), raw('gone', 1, about(2), 1)]);
  let now = 600_000;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const read: ReadValue = async (record) => {
    await held;
    return { ok: true, record };
  };
  const sources = [{ topic: 'raw' }, { topic: 'gone' }];
  const { stage, seen } = await stageOn(kafka.client(), { now: () => now, read, sources });
  await until(() => stage.status().partitions.reduce((sum, { lag }) => sum + lag, 0) === 2, 'both are at work');
  kafka.deleted.add('gone');
  now += 60_000;
  await until(() => ticks(kafka, 0).at(-1) === now, 'the time is told');
  release();
  await stage.stop();
  expect(seen.failures).toEqual([]);
});

test('a raw topic that is deleted does not keep others from being read', async () => {
  const kafka = kafkaWith(1);
  kafka.topic('gone', 1);
  kafka.deleted.add('gone');
  feed(kafka, 0, 3);
  const { stage, seen, admin } = await stageOn(kafka.client(), { sources: [{ topic: 'gone' }, { topic: 'raw' }] });
  await until(() => kept(kafka) === 3, 'they are read');
  expect(stage.unreadyReason).toBe('normalize: looking for where it was in gone');
  await stage.stop();
  await admin.close();
  expect(seen.failures).toEqual([]);
});

test('a raw partition that nobody answers for is named, and not taken for one that is read', async () => {
  const kafka = kafkaWith(1);
  kafka.topic('other', 2);
  const { stage } = await stageOn(kafka.client(), { sources: [{ topic: 'raw' }, { topic: 'other' }] });
  await until(() => stage.status().partitions.length === 3 && stage.unreadyReason === undefined, 'it is ready');
  kafka.unanswered.set('other/1', { ms: 90_000, is_outdated: true });
  expect(stage.unreadyReason).toBe('normalize: other/1 is not read for 90 s, its leader does not answer');
  kafka.leaderless.add('other/1');
  expect(stage.unreadyReason).toBe('normalize: other/1 is not read for 90 s, it has no leader, or is not there');
  const read = stage.status().partitions.map(({ unanswered_seconds, is_leaderless, is_outdated }) => ({
    unanswered_seconds,
    is_leaderless,
    is_outdated,
  }));
  const well = { unanswered_seconds: 0, is_leaderless: false, is_outdated: false };
  expect(read.filter((one) => one.unanswered_seconds > 0)).toEqual([{ unanswered_seconds: 90, is_leaderless: true, is_outdated: true }]);
  expect(read).toContainEqual(well);
  kafka.unanswered.clear();
  expect(stage.unreadyReason).toBeUndefined();
  await stage.stop();
});

test('a process dies between two brokers, and the next knows better who somebody is: nothing is left out', async () => {
  const kafka = kafkaWith(1);
  const inPartition = (partition: number, not = '') => {
    for (let i = 0; ; i++) {
      const who = `p${i}@x.example`;
      if (who !== not && partitionOf(`default/${who}`, 2) === partition) return who;
    }
  };
  const [other, alias] = [inPartition(0), inPartition(1)];
  const person = inPartition(0, other);
  for (const [n, who] of [other, alias, other].entries()) kafka.write([raw('raw', 0, { n, who: [who] })]);
  // one leader has its part of the chunk, the other has not
  let rounds = 0;
  const fault: Fault = (step, id) => (id === PLAIN && step === 'written' && ++rounds === 1 ? new Doomed('killed') : undefined);
  const client = kafka.client(fault);
  const first = await stageOn(client);
  await until(() => first.seen.failures.length > 0, 'it is killed');
  client.kill();
  first.stage.drop();
  const linked: Normalize = (record) => {
    const answer = normalize(record);
    for (const event of answer.events)
      if (event.principal.key === `default/${alias}`) event.principal = { ...event.principal, key: `default/${person}` };
    return answer;
  };
  const second = await stageOn(kafka.client(), { sources: [{ topic: 'raw', normalize: linked }] });
  await until(() => kept(kafka) === 3, 'all is done');
  await second.stage.stop();
  const offsets = applied(kafka).map((line) => line.split('/')[2]);
  expect(offsets.sort()).toEqual(['0', '1', '2']);
});

test('of records of many events no more is on its way at once than detect knows one by one, in their order', async () => {
  const kafka = kafkaWith(1);
  const who = [...Array(13).keys()].map((i) => `p${i}@x.example`);
  kafka.write([raw('raw', 0, { n: 0, who }), raw('raw', 0, { n: 1, who })]);
  const client = kafka.client();
  const sent: number[] = [];
  let underWay = 0;
  const producer: Transport['producer'] = async () => {
    const made = await client.producer();
    const send: typeof made.send = async (records) => {
      const events = records.filter(({ topic }) => topic === 'events').length;
      if (events > 0) sent.push(events);
      expect(++underWay).toBe(1);
      await made.send(records);
      underWay--;
    };
    return Object.assign(Object.create(made) as typeof made, { send });
  };
  const { stage, seen } = await stageOn(Object.assign(Object.create(client) as typeof client, { producer }), {
    chunk_records: 5,
    now: () => 0,
  });
  await until(() => kept(kafka) === 2, 'all is done');
  await stage.stop();
  expect(seen.failures).toEqual([]);
  expect(Math.max(...sent)).toBeLessThanOrEqual(5);
  expect(applied(kafka)).toHaveLength(26);
});

test('told to stop while it joins its group, it leaves nothing that would keep the process', async () => {
  const kafka = kafkaWith(1);
  const client = kafka.client();
  let join = () => {};
  const joined = new Promise<void>((resolve) => {
    join = resolve;
  });
  const group: Transport['group'] = (options) => {
    const made = client.group(options);
    return Object.assign(Object.create(made) as typeof made, { start: () => joined });
  };
  const timers = jest.spyOn(global, 'setInterval');
  let stage: NormalizeStage | undefined;
  const onMade = (made: NormalizeStage) => {
    stage = made;
  };
  const began = stageOn({ ...client, group }, { onMade });
  await until(() => stage, 'it is made');
  await stage!.stop();
  join();
  await began;
  expect(timers).not.toHaveBeenCalled();
  timers.mockRestore();
});

test('what waits for the registry is done by who has the partition then, and nothing is left out', async () => {
  const kafka = kafkaWith(1);
  feed(kafka, 0, 12);
  let answer = () => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let waits = 0;
  const read = async (record: Buffer) => {
    waits++;
    await asked;
    return { ok: true as const, record };
  };
  const { stage, seen } = await stageOn(kafka.client(), { read });
  await until(() => waits > 0, 'it waits');
  kafka.rebalance('normalize');
  const other = await stageOn(kafka.client(), { read });
  await other.stage.stop();
  answer();
  await until(() => kept(kafka) === 12, 'all is done');
  await stage.stop();
  expect([...seen.failures, ...other.seen.failures]).toEqual([]);
  expect(applied(kafka)).toHaveLength(12);
});

const story = fc.record({
  raws: fc.integer({ min: 1, max: 3 }),
  records: fc.array(fc.record({ partition: fc.nat(2), who: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 }) }), {
    minLength: 10,
    maxLength: 80,
  }),
  /** at these calls of the client something happens */
  faults: fc.array(fc.record({ at: fc.nat(80), what: fc.constantFrom('kill', 'join', 'meet', 'leave') }), { maxLength: 8 }),
});

test('each event counts once and in order for detect, whatever happens to those who normalize', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ raws, records, faults }) => {
      const kafka = kafkaWith(raws);
      const running = new Set<Awaited<ReturnType<typeof stageOn>>['stage']>();
      const told: Seen[] = [];
      let calls = 0;
      let isOver = false;
      const begin = async () => {
        let isDead = false;
        let mine: Awaited<ReturnType<typeof stageOn>> | undefined;
        const fault: Fault = () => {
          if (isDead) return new Doomed('gone');
          if (isOver) return undefined;
          const due = faults.filter(({ at }) => at === calls);
          calls++;
          for (const { what } of due) {
            if (what === 'join') void begin();
            if (what === 'meet') kafka.rebalance('normalize');
            if (what === 'leave' && mine !== undefined && running.size > 1) {
              running.delete(mine.stage);
              void mine.stage.stop();
            }
            if (what === 'kill') {
              isDead = true;
              client.kill();
              if (mine !== undefined) {
                running.delete(mine.stage);
                mine.stage.drop();
                // what a process that is gone says counts for nobody
                told.splice(told.indexOf(mine.seen), 1);
              }
              void begin();
              return new Doomed('gone');
            }
          }
          return undefined;
        };
        const client = kafka.client(fault);
        mine = await stageOn(client, { chunk_records: 3 });
        if (isDead) {
          mine.stage.drop();
          return;
        }
        running.add(mine.stage);
        told.push(mine.seen);
      };
      kafka.write(records.map(({ partition, who }, n) => raw('raw', partition % raws, { n, who })));
      await begin();
      const isDone = () =>
        [...Array(raws).keys()].every(
          (partition) =>
            (kept(kafka, { topic: 'raw', partition }) ?? 0) >= kafka.committed('raw').filter((one) => one.partition === partition).length,
        );
      await until(isDone, 'all is done');
      isOver = true;
      await Promise.all([...running].map((stage) => stage.stop()));
      const expected = kafka
        .committed('raw')
        .flatMap(({ partition, offset, value }) =>
          (JSON.parse(value!.toString()) as Raw).who!.map((who, index) => `raw/${partition}/${offset}/${index} default/${who}`),
        );
      expect(applied(kafka).sort()).toEqual(expected.sort());
      expect(told.flatMap(({ failures }) => failures)).toEqual([]);
    }),
    runs(60),
  );
}, 60_000);
