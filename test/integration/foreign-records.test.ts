import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDeadLetter } from '../../src/runtime/kafka/dead-letter.js';
import { readTopic } from '../../src/runtime/kafka/read-topic.js';
import type { InRecord, Transport } from '../../src/runtime/kafka/transport.js';
import { createStreamCodec } from '../../src/runtime/wire/stream-record.js';
import { command } from '../cli/command.js';
import { oktaRecord } from '../cli/okta-record.js';
import { createTopics, transportTo } from '../helpers/kafka-client.js';
import { describeWithServers } from '../helpers/servers/describe.js';
import { produce } from '../helpers/servers/jvm-client.mjs';
import { type KafkaServers, startKafka } from '../helpers/servers/kafka.mjs';
import { until } from '../helpers/servers/ports.mjs';

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const MEGABYTE = 1024 * 1024;

/** What is written by each codec: value, and what becomes of it. */
const KINDS: { name: string; value: (id: string) => Buffer | string | null; outcome: string }[] = [
  { name: 'a record', value: (id) => oktaRecord({ id, at: 0 }), outcome: 'event' },
  { name: 'no value', value: () => null, outcome: 'empty_value' },
  { name: 'an empty value', value: () => '', outcome: 'empty_value' },
  { name: 'no JSON', value: () => 'hello', outcome: 'invalid_json' },
  // what an application adds of its own; packed it is small, unpacked it is not
  { name: 'a megabyte', value: (id) => oktaRecord({ id, at: 1 }).replace(/}$/, `,"more":"${'x'.repeat(MEGABYTE)}"}`), outcome: 'event' },
  { name: 'a megabyte of nothing', value: () => Buffer.alloc(MEGABYTE), outcome: 'invalid_json' },
  { name: 'another record', value: (id) => oktaRecord({ id, at: 2 }), outcome: 'event' },
];

describeWithServers('records of other clients', () => {
  let kafka: KafkaServers;
  let transport: Transport;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sv-foreign-'));
    kafka = await startKafka();
    transport = await transportTo(kafka.bootstrap);
  });
  afterAll(async () => {
    await transport?.close();
    await kafka?.stop();
    rmSync(folder, { recursive: true });
  });

  async function all(topic: string): Promise<InRecord[]> {
    const admin = await transport.admin();
    const ranges = (await admin.watermarks(topic)).map(({ partition, low, high }) => ({ partition, from: low, to: high }));
    await admin.close();
    const records: InRecord[] = [];
    await readTopic(transport, { topic, ranges, group_prefix: 'test', signal: new AbortController().signal }, (some) => {
      records.push(...some);
    });
    return records;
  }

  /** Has the service read a topic until every record of it is accounted for. @param expected partition/offset -> what should become of it */
  async function accountFor(application: string, topic: string, expected: ReadonlyMap<string, string>): Promise<void> {
    const file = join(folder, `${application}.yml`);
    const lines = [
      'run: {listen: none}',
      'kafka:',
      `  brokers: [${kafka.bootstrap}]`,
      `  application_id: ${application}`,
      '  partitions: 2',
      `  sources: [{topic: ${topic}}]`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    expect(await command(['topics', 'create', '--config', file])).toMatchObject({ status: 0 });
    const stop = new AbortController();
    const ran = command(['run', '--config', file], { signal: stop.signal, now: Date.now() });
    const found = new Map<string, string>();
    try {
      await until(
        'every record is accounted for',
        async () => {
          found.clear();
          const codec = createStreamCodec();
          for (const { value } of await all(`${application}.1.events`)) {
            const { provenance } = codec.decode(value!);
            if (provenance !== undefined) found.set(`${provenance.partition}/${provenance.offset}`, 'event');
          }
          for (const record of await all(`${application}.1.dead-letters`)) {
            const { partition, offset, reason } = parseDeadLetter(record)!;
            found.set(`${partition}/${offset}`, reason);
          }
          return found.size >= expected.size;
        },
        { every_ms: 500 },
      );
    } finally {
      stop.abort();
      await ran;
    }
    expect(Object.fromEntries([...found].sort())).toEqual(Object.fromEntries([...expected].sort()));
  }

  const SETTINGS = { 'max.message.bytes': String(4 * MEGABYTE), 'message.timestamp.type': 'LogAppendTime' };

  test("Java's producer, without keys, with every codec, in transactions and out: every record has its events or its dead letter", async () => {
    await createTopics(transport, { raw: 3 }, SETTINGS);
    const expected = new Map<string, string>();
    const write = async (codec: string, transaction: 'commit' | 'abort' | undefined) => {
      const records = KINDS.map(({ value }, i) => ({ topic: 'raw', key: null, value: value(`${codec}-${transaction}-${i}`) }));
      const went = await produce(kafka.bootstrap, records, {
        properties: { 'compression.type': codec, 'linger.ms': 50, 'batch.size': MEGABYTE },
        ...(transaction === undefined ? {} : { transaction }),
      });
      if (transaction === 'abort') return;
      for (const [i, { partition, offset }] of went.entries()) expected.set(`${partition}/${offset}`, KINDS[i]!.outcome);
    };
    for (const codec of CODECS) await write(codec, undefined);
    await write('zstd', 'abort');
    await write('gzip', 'commit');
    await write('lz4', 'abort');
    await write('none', undefined);
    expect(expected.size).toBe(7 * KINDS.length);
    await accountFor('sessionvigil', 'raw', expected);
  });

  test('librdkafka, which packs and frames in its own way: the same', async () => {
    await createTopics(transport, { 'raw-c': 1 }, SETTINGS);
    const expected = new Map<string, string>();
    for (const codec of CODECS) {
      const properties = ['linger.ms=200', 'message.max.bytes=4000000', `compression.codec=${codec}`].flatMap((one) => ['-X', one]);
      const write = (kinds: typeof KINDS, more: readonly string[], input = '') => {
        for (const { outcome } of kinds) expected.set(`0/${expected.size}`, outcome);
        execFileSync('kcat', ['-P', '-b', kafka.bootstrap, '-t', 'raw-c', '-p', '0', ...properties, ...more], { input });
      };
      const [full, empty] = [KINDS.filter(({ value }) => value('x')), KINDS.filter(({ value }) => !value('x'))];
      // each file is a record without a key, in one batch as far as they fit
      const files = full.map(({ value }, i) => {
        const file = join(folder, `${codec}-${i}`);
        writeFileSync(file, value(`c-${codec}-${i}`)!);
        return file;
      });
      write(full, files);
      // key and value on both sides of a bar: nothing at all, and two that are empty
      write(empty.slice(0, 1), ['-Z', '-K|'], '|\n');
      write(empty.slice(1), ['-K|'], '|\n');
    }
    const values = (await all('raw-c')).map(({ value }) => value?.length ?? null);
    expect(values).toHaveLength(expected.size);
    expect([values.filter((length) => length === null).length, values.filter((length) => length === 0).length]).toEqual([5, 5]);
    await accountFor('librdkafka', 'raw-c', expected);
  });
}, ['kcat']);
