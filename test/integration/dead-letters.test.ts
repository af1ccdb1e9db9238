import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deadLetter, type PutAside } from '../../src/runtime/kafka/dead-letter.js';
import { type Post, readLetters, Sender } from '../../src/runtime/kafka/dead-letters.js';
import { readTopic } from '../../src/runtime/kafka/read-topic.js';
import type { InRecord, OutRecord } from '../../src/runtime/kafka/transport.js';
import { command, lines, NOW, type Ran } from '../cli/command.js';
import { transportTo } from '../helpers/kafka-client.js';
import { describeWithServers } from '../helpers/servers/describe.js';
import { withKafka } from './with-kafka.js';

const HOUR = 3_600_000;

describeWithServers('dead letters', () => {
  const shared = withKafka('letters');
  let generation = 0;

  // every test has topics of its own
  beforeEach(async () => {
    generation++;
    writeFileSync(
      configFile(),
      `kafka:\n  brokers: [${shared.kafka.bootstrap}]\n  generation: ${generation}\n  partitions: 2\n  sources: [{topic: ${raw()}}]\n`,
    );
    await shared.admin.create([{ topic: raw(), partitions: 2, replication: 1, settings: { 'max.message.bytes': '200000' } }]);
    expect((await command(['topics', 'create', '--config', configFile()])).status).toBe(0);
  });

  const raw = () => `raw-${generation}`;
  const dead = () => `sessionvigil.${generation}.dead-letters`;
  const events = () => `sessionvigil.${generation}.events`;
  const configFile = () => join(shared.folder, `c${generation}.yml`);
  const letters = (what: 'list' | 'replay', ...args: string[]): Promise<Ran> =>
    command(['dead-letters', what, '--config', configFile(), ...args], { terminal: 200 });

  interface Aside extends Partial<Omit<PutAside, 'record'>> {
    record?: Partial<InRecord>;
  }
  function letter(offset: number, { record = {}, ...over }: Aside = {}): OutRecord {
    const original: InRecord = {
      topic: raw(),
      partition: 1,
      offset,
      timestamp: NOW - 2 * HOUR,
      key: Buffer.from([0, 255]),
      value: Buffer.from([0xff, offset]),
      headers: { trace: Buffer.from('t') },
      ...record,
    };
    return deadLetter({
      to: { topic: dead(), partition: offset % 2 },
      record: original,
      reason: 'invalid_json',
      stage: 'normalize',
      time: NOW - HOUR,
      ...over,
    });
  }

  async function put(...records: OutRecord[]): Promise<void> {
    const producer = await shared.transport.producer();
    await producer.send(records);
    await producer.close();
  }

  const sender = () => `sessionvigil.${generation}.dead-letters-replay`;

  /** The broker answers a commit before everybody can read what was committed; who asks for the id is let wait until then. */
  async function settled(): Promise<void> {
    await (await shared.transport.transactional(sender())).close();
  }

  async function read(topic: string): Promise<InRecord[]> {
    await settled();
    const records: InRecord[] = [];
    const ranges = (await shared.admin.watermarks(topic)).map(({ partition, low, high }) => ({ partition, from: low, to: high }));
    await readTopic(
      shared.transport,
      { topic, ranges, group_prefix: 'test', signal: new AbortController().signal },
      (found) => void records.push(...found),
    );
    return records;
  }

  test('none', async () => {
    expect(await letters('list')).toMatchObject({ status: 0, stdout: '', stderr: 'no dead letters\n' });
    expect(await letters('replay')).toMatchObject({ status: 0, stdout: 'sent 0 back\n', stderr: 'no dead letters\n' });
  });

  test('are listed with reason and origin, and nothing of what they hold', async () => {
    await put(
      letter(3, { record: { value: Buffer.from('secret') }, detail: 'at byte 7' }),
      letter(4, { reason: 'detector_failed', stage: 'detect' }),
    );
    const { status, stdout, stderr } = await letters('list');
    expect(status).toBe(0);
    expect(stderr).toBe('2 dead letters: 2 waiting, 0 sent, 0 stuck\n  1 detect: detector_failed\n  1 normalize: invalid_json\n');
    expect(stdout).toMatch(new RegExp(`2026-05-31T23:00:00.000Z +invalid_json +normalize +${raw()}/1/3 +6 +1 +waiting +at byte 7`));
    expect(stdout).not.toContain('secret');
    const json = await letters('list', '--json', '--reason', 'detector_failed');
    expect(lines(json.stdout)).toEqual([expect.objectContaining({ topic: raw(), offset: 4, state: 'waiting', size: 2 })]);
    expect((await letters('list', '--json', '--limit', '1')).stdout.trim().split('\n')).toHaveLength(1);
  });

  test('are sent back byte by byte, each once', async () => {
    await put(letter(3), letter(4), letter(5));
    const first = await letters('replay');
    expect(first).toMatchObject({ status: 0, stdout: `sent 3 back: 3 to ${raw()}\n` });
    expect(first.stderr).toMatch(/^3 dead letters: 3 waiting, 0 sent, 0 stuck\n {2}3 normalize: invalid_json\n[\s\S]*sent 3 of 3\n$/);
    const back = await read(raw());
    expect(back.map(({ value }) => value![1]).sort()).toEqual([3, 4, 5]);
    for (const record of back) {
      expect(record).toMatchObject({ partition: 1, timestamp: NOW - 2 * HOUR, key: Buffer.from([0, 255]) });
      expect(Object.entries(record.headers).map(([name, v]) => [name, String(v)])).toEqual([
        ['trace', 't'],
        ['sv-replayed', '1'],
      ]);
    }
    expect(await letters('replay')).toMatchObject({ status: 0, stdout: 'sent 0 back\n' });
    expect((await letters('list')).stderr).toContain('3 dead letters: 0 waiting, 3 sent, 0 stuck');
    expect(await read(raw())).toHaveLength(3);

    // what fails again is another letter, with one try more
    await put(deadLetter({ to: { topic: dead(), partition: 0 }, record: back[0]!, reason: 'invalid_json', stage: 'normalize', time: NOW }));
    expect(lines((await letters('list', '--json')).stdout).map(({ state, attempt }) => [state, attempt])).toEqual([
      ['sent', 1],
      ['sent', 1],
      ['sent', 1],
      ['waiting', 2],
    ]);
    expect((await letters('replay')).stdout).toBe(`sent 1 back: 1 to ${raw()}\n`);
    expect(String((await read(raw())).at(-1)!.headers['sv-replayed'])).toBe('2');
  });

  test('by reason, time and number, in any order: what was left over is sent by the next call', async () => {
    await put(
      letter(1, { time: NOW - 5 * HOUR }),
      letter(2, { time: NOW - 4 * HOUR, reason: 'detector_failed', stage: 'detect', record: { topic: events(), partition: 0 } }),
      letter(3, { time: NOW - 3 * HOUR }),
      letter(4, { time: NOW - 2 * HOUR }),
      letter(5, { time: NOW - HOUR }),
    );
    const dry = await letters('replay', '--dry-run', '--reason', 'invalid_json');
    expect(dry).toMatchObject({ status: 0, stdout: `would send 4 back: 4 to ${raw()}\n` });
    expect(await read(raw())).toEqual([]);
    const sent = async () => (await read(raw())).map(({ value }) => value![1]).sort();
    await letters('replay', '--reason', 'invalid_json', '--since', '150m');
    expect(await sent()).toEqual([4, 5]);
    await letters('replay', '--reason', 'invalid_json', '--limit', '1');
    expect(await sent()).toEqual([1, 4, 5]);
    const rest = await letters('replay', '--since', '2026-05-31T00:00:00Z');
    expect(rest.stdout).toMatch(/^sent 2 back: /);
    expect(await sent()).toEqual([1, 3, 4, 5]);
    // the mark says to detect that it is no re-send of normalize
    expect(await read(events())).toEqual([
      expect.objectContaining({ partition: 0, headers: expect.objectContaining({ 'sv-replayed': expect.anything() }) }),
    ]);
  });

  test('go nowhere but where the service reads', async () => {
    await put(letter(1, { record: { topic: 'payroll' } }), letter(2, { limit: 1 }), letter(3));
    const { status, stdout, stderr } = await letters('replay');
    expect([status, stdout]).toEqual([0, `sent 1 back: 1 to ${raw()}\n`]);
    expect(stderr).toContain('3 dead letters: 1 waiting, 0 sent, 2 stuck');
    expect(stderr).toContain('1 stuck: its topic is none that the configuration reads');
    expect(stderr).toContain('1 stuck: only its beginning was kept');
  });

  test('one that is too large for where it came from stops none of the others', async () => {
    await put(letter(1), letter(3, { record: { value: Buffer.alloc(300_000, 1) } }), letter(5));
    const { status, stdout, stderr } = await letters('replay');
    expect([status, stdout]).toEqual([1, `sent 2 back: 2 to ${raw()}\n`]);
    expect(stderr).toMatch(
      new RegExp(`error SV_KAFKA_RECORD_TOO_LARGE: one letter is too large to be sent back\n {2}${raw()}/1/3: 300000 bytes are refused`),
    );
    await settled();
    expect((await letters('list')).stderr).toContain('1 waiting, 2 sent');
  });

  test('many: more than a transaction holds', async () => {
    const records = Array.from({ length: 1500 }, (_, i) => letter(i, { record: { value: Buffer.alloc(2000, i % 251), partition: i % 2 } }));
    for (let i = 0; i < records.length; i += 300) await put(...records.slice(i, i + 300));
    const { stdout, stderr } = await letters('replay');
    expect(stdout).toBe(`sent 1500 back: 1500 to ${raw()}\n`);
    expect(stderr).toMatch(/\nsent 1500 of 1500\n$/);
    expect(await read(raw())).toHaveLength(1500);
  });

  test('a second sender ends the first, and nothing is sent twice', async () => {
    await put(letter(1), letter(3));
    const { signal } = new AbortController();
    const post: Post = { transport: shared.transport, admin: shared.admin, topic: dead(), back_to: [raw()], id: sender(), signal };
    const first = await Sender.open(post);
    const seen = await readLetters(post);
    const second = await Sender.open(post);
    await expect(first.send(seen, () => {})).rejects.toMatchObject({ code: 'SV_KAFKA_REPLAY_RUNNING' });
    await first.close();
    expect(await second.send(await readLetters(post), () => {})).toEqual({ sent: 2, refused: [] });
    await second.close();
    expect(await read(raw())).toHaveLength(2);
    expect((await readLetters(post)).map(({ state }) => state)).toEqual(['sent', 'sent']);
  });

  test.each(['opened', 'begun', 'added', 'sent', 'committed'] as const)(
    'a sender that ends when its transaction is %s: the next one sends what is left',
    async (at) => {
      await put(letter(1), letter(3), letter(5));
      const { signal } = new AbortController();
      const dying = await transportTo(shared.kafka.bootstrap, {
        onStep(step) {
          if (step === at) throw new Error('the process ends here');
        },
      });
      const post: Post = {
        transport: dying,
        admin: shared.admin,
        topic: dead(),
        back_to: [raw()],
        id: sender(),
        signal,
      };
      const send = async () => (await Sender.open(post)).send(await readLetters(post), () => {});
      await expect(send()).rejects.toThrow();
      await dying.close();
      const isDone = at === 'committed';
      expect((await letters('replay')).stdout).toBe(isDone ? 'sent 0 back\n' : `sent 3 back: 3 to ${raw()}\n`);
      expect((await read(raw())).map(({ value }) => value![1]).sort()).toEqual([1, 3, 5]);
    },
  );

  test('that none fits is an answer, and a word that is no reason is not', async () => {
    // as a script asks that runs every hour
    expect(await letters('replay', '--reason', 'detector_failed')).toMatchObject({
      status: 0,
      stdout: 'sent 0 back\n',
      stderr: 'no dead letters\n',
    });
    expect(await letters('replay', '--reason', 'detector_faild')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(
        'no letter has the reason detector_faild; did you mean "detector_failed"? (docs/outcomes.md lists all)',
      ),
    });
    await put(letter(1));
    expect(await letters('replay', '--reason', 'detector_failed', '--since', '3h')).toMatchObject({
      status: 0,
      stdout: 'sent 0 back\n',
      stderr: 'none of 1 dead letters fits --reason detector_failed --since 3h\n',
    });
    expect((await letters('list', '--since', '1m')).stderr).toBe('none of 1 dead letters fits --since 1m\n');
    expect(await read(raw())).toEqual([]);
  });

  test('what is asked for wrongly is told', async () => {
    await put(letter(1));
    for (const [args, message] of [
      [['--reason', 'invalid_jsn'], 'no letter has the reason invalid_jsn; did you mean "invalid_json"?'],
      [['--since', 'yesterday'], '--since yesterday is neither a time'],
      [['--limit', '0'], '--limit 0 is no whole number'],
    ] as const) {
      const { status, stderr } = await letters('replay', ...args);
      expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
    expect(await read(raw())).toEqual([]);
  });

  test('without the topic', async () => {
    writeFileSync(configFile(), `kafka:\n  brokers: [${shared.kafka.bootstrap}]\n  generation: 999\n  sources: [{topic: ${raw()}}]\n`);
    expect(await letters('list')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('SV_KAFKA_TOPIC_MISSING: the dead-letter topic sessionvigil.999.dead-letters is not there'),
    });
  });
});
