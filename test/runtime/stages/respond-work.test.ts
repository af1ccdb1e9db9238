import fc from 'fast-check';
import { loadReach } from '../../../src/config/reach.js';
import type { Finding, RevocationCommand } from '../../../src/core/event/index.js';
import { createRespond } from '../../../src/core/respond/respond.js';
import { Budget } from '../../../src/runtime/budget.js';
import { partitionOf } from '../../../src/runtime/kafka/murmur2.js';
import { Doomed, type Transport } from '../../../src/runtime/kafka/transport.js';
import { OwnerStage } from '../../../src/runtime/stages/owner-stage.js';
import { RespondWork } from '../../../src/runtime/stages/respond-work.js';
import { openRespondCodec } from '../../../src/runtime/store/open-codecs.js';
import { until } from '../../cli/until.js';
import { finding, MINUTE, T0 } from '../../core/respond/findings.js';
import { type Fault, MemoryKafka } from '../../helpers/memory-kafka.js';
import { runs } from '../../helpers/runs.js';

const reach = loadReach();
const codec = openRespondCodec();

function kafkaWith(): MemoryKafka {
  const kafka = new MemoryKafka();
  for (const topic of ['candidates', 'changelog', 'dead-letters']) kafka.topic(topic, 1);
  kafka.topic('revocations', 3);
  return kafka;
}

const write = (kafka: MemoryKafka, ...values: (Finding | Buffer | null)[]) =>
  kafka.write(
    values.map((value) => ({
      topic: 'candidates',
      partition: 0,
      key: 'default',
      value: value === null || Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value)),
    })),
  );

interface Seen {
  failures: unknown[];
  dead: string[];
  committed: RevocationCommand[];
}
const nothing = (): Seen => ({ failures: [], dead: [], committed: [] });

/** @param fails finding uid that makes it fail */
function stageOn(transport: Transport, seen: Seen = nothing(), fails?: string): OwnerStage {
  return new OwnerStage({
    name: 'respond',
    group_id: 'g',
    input: 'candidates',
    changelog: 'changelog',
    transactionalId: (partition) => `respond.${partition}`,
    transport,
    told: async () => -1,
    ids: async () => ({ input: 'c', changelog: 'l' }),
    createWork: (partition, poison, ids) => {
      const respond = createRespond(reach, { keeps_changes: true });
      return new RespondWork({
        partition,
        ids,
        topics: { revocations: 'revocations', dead_letters: 'dead-letters', changelog: 'changelog' },
        letter_limit: undefined,
        revocation_partitions: 3,
        respond: {
          ...respond,
          accept(one) {
            const commands = respond.accept(one);
            if (one.uid === fails) throw new TypeError('a defect');
            return commands;
          },
        },
        codec,
        decodeFinding: (bytes) => (bytes[0] === 0x7b ? JSON.parse(bytes.toString()) : undefined),
        encodeCommand: (command) => Buffer.from(JSON.stringify(command)),
        poison,
        now: () => T0,
        said: {
          committed: (commands) => void seen.committed.push(...commands),
          dead: (reason) => void seen.dead.push(reason),
        },
      });
    },
    budget: new Budget(100_000),
    chunk_ms: 20,
    commit_interval: 5,
    elapsed: () => performance.now(),
    watch: {
      phase() {},
      restored() {},
      chunk() {},
      committed() {},
      forgotten() {},
      poisoned() {},
      failed: (error) => void seen.failures.push(error),
      assigned() {},
      heartbeat() {},
      lost() {},
    },
  });
}

const commands = (kafka: MemoryKafka) =>
  kafka
    .committed('revocations')
    .map(({ partition, key, value }) => ({ partition, key: key!.toString(), command: JSON.parse(value!.toString()) }));
const isDone = (stage: OwnerStage, records: number) => () => (stage.status().partitions[0]?.committed ?? 0) >= records;

test('commands go to the partition of their person, and an older revision changes nothing', async () => {
  const kafka = kafkaWith();
  const [newer, older] = [finding({ revision: 2 }), finding({ revision: 1, status: 'retracted' })];
  write(kafka, newer, older);
  const seen = nothing();
  const stage = stageOn(kafka.client(), seen);
  await stage.start();
  await until(isDone(stage, 2), 'all is done');
  await stage.stop();
  const all = commands(kafka);
  const { key } = newer.principal;
  expect(all).toHaveLength(1);
  expect(all[0]).toMatchObject({ partition: partitionOf(key, 3), key, command: { mode: 'shadow', expires_time: expect.any(Number) } });
  expect(seen).toMatchObject({ failures: [], dead: [], committed: [all[0]!.command] });
});

test('what is none of ours, and what makes it fail, goes to the dead letters once; the others go on', async () => {
  const kafka = kafkaWith();
  write(kafka, null, Buffer.from('nothing'), finding({ uid: 'bad', incident_uid: 'i-bad' }), finding());
  const seen = nothing();
  const stage = stageOn(kafka.client(), seen, 'bad');
  await stage.start();
  await until(isDone(stage, 4), 'all is done');
  await stage.stop();
  expect(kafka.committed('dead-letters').map(({ headers }) => [String(headers['sv-reason']), String(headers['sv-offset'])])).toEqual([
    ['empty_value', '0'],
    ['event_malformed', '1'],
    ['detector_failed', '2'],
  ]);
  expect(commands(kafka)).toHaveLength(1);
  expect(seen.failures).toEqual([]);
});

const story = fc.record({
  findings: fc.array(
    fc.record({
      uid: fc.constantFrom('f1', 'f2', 'f3', 'f4'),
      revision: fc.integer({ min: 1, max: 5 }),
      status: fc.constantFrom('new', 'updated', 'retracted', 'suppressed'),
      at: fc.nat(600),
    }),
    { minLength: 5, maxLength: 40 },
  ),
  faults: fc.array(fc.record({ at: fc.nat(30), what: fc.constantFrom('doomed', 'kill', 'join') }), { maxLength: 6 }),
});

test('whatever fails, the commands are those of one that never stops, each once', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ findings, faults }) => {
      const all = findings.map(({ uid, revision, status, at }) =>
        finding({
          uid,
          incident_uid: `i-${uid}`,
          revision,
          status: status as Finding['status'],
          last_seen_time: T0 + at * MINUTE,
          principal: { ...finding().principal, key: `default/${uid}` },
        }),
      );
      const one = createRespond(reach);
      const expected = all.flatMap((found) => one.accept(found));
      const kafka = kafkaWith();
      const seen = nothing();
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
              stage.drop();
              begin();
              return new Doomed('gone');
            }
          }
          return undefined;
        };
        const client = kafka.client(fault);
        const stage = stageOn(client, seen);
        stages.push(stage);
        void stage.start();
      };
      begin();
      write(kafka, ...all.slice(0, all.length >> 1));
      await until(() => stages.some((stage) => isDone(stage, all.length >> 1)()), 'half is done');
      write(kafka, ...all.slice(all.length >> 1));
      await until(() => stages.some((stage) => isDone(stage, all.length)()), 'all is done');
      isOver = true;
      await Promise.all(stages.map((stage) => stage.stop()));
      // of one person in their order
      const of = (list: readonly { key: string; command: RevocationCommand }[], key: string) =>
        list.filter((said) => said.key === key).map(({ command }) => command);
      const keys = new Set(all.map(({ principal }) => principal.key));
      const wanted = JSON.parse(JSON.stringify(expected)) as RevocationCommand[];
      for (const key of keys) {
        const uids = new Set(all.filter(({ principal }) => principal.key === key).map(({ uid }) => uid));
        expect(of(commands(kafka), key)).toEqual(wanted.filter(({ finding_uid }) => uids.has(finding_uid)));
      }
      expect(commands(kafka)).toHaveLength(expected.length);
      expect(seen.failures).toEqual([]);
    }),
    runs(50),
  );
}, 60_000);
