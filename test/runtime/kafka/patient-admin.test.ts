import { PatientAdmin } from '../../../src/runtime/kafka/patient-admin.js';
import type { Admin } from '../../../src/runtime/kafka/transport.js';
import { until } from '../../cli/until.js';
import { MemoryKafka } from '../../helpers/memory-kafka.js';

const lines: string[] = [];
const log = { warn: (_: unknown, text: string) => void lines.push(text) } as never;

function kafkaWithTopic(): MemoryKafka {
  const kafka = new MemoryKafka();
  kafka.topic('in', 1);
  return kafka;
}

test('an answer is waited for while brokers are away', async () => {
  const kafka = kafkaWithTopic();
  kafka.adminFailure = new Error('ECONNREFUSED');
  const admin = new PatientAdmin(() => kafka.client().admin(), log);
  const answer = admin.watermarks('in');
  await until(() => lines.length > 0, 'it has tried');
  kafka.adminFailure = undefined;
  await expect(answer).resolves.toEqual([{ partition: 0, low: 0, high: 0 }]);
  await admin.close();
});

test('who has no right is told so', async () => {
  const kafka = kafkaWithTopic();
  kafka.adminFailure = Object.assign(new Error('no right'), { code: 29 });
  const admin = new PatientAdmin(() => kafka.client().admin(), log);
  await expect(admin.committed('g', 'in')).rejects.toThrow('no right');
  await admin.close();
});

test('nobody waits after the end', async () => {
  const admin = new PatientAdmin(() => Promise.reject(new Error('ECONNREFUSED')), log);
  const answer = admin.watermarks('in').catch((error: Error) => error.message);
  await admin.close();
  expect(['closed', 'ECONNREFUSED']).toContain(await answer);
});

test('the end does not wait for brokers that stand still, and what is opened behind it is closed', async () => {
  let connected = (_: Admin) => {};
  const connecting = new Promise<Admin>((resolve) => {
    connected = resolve;
  });
  const admin = new PatientAdmin(() => connecting, log);
  const asked = admin.watermarks('in').catch((error: Error) => error.message);
  await admin.close();
  expect(await asked).toBe('closed');
  let isClosed = false;
  const late = await kafkaWithTopic().client().admin();
  connected({
    ...late,
    async close() {
      isClosed = true;
    },
  });
  await until(() => isClosed, 'it is closed');
});

test('where a group stands in a topic; of one that is not there that is said', async () => {
  const kafka = kafkaWithTopic();
  const admin = new PatientAdmin(() => kafka.client().admin(), log);
  const standing = { positions: [{ partition: 0, offset: -1 }], marks: [{ partition: 0, low: 0, high: 0 }] };
  await expect(admin.standing('g', 'in')).resolves.toEqual(standing);
  kafka.deleted.add('in');
  await expect(admin.standing('g', 'in')).resolves.toBeUndefined();
  await admin.close();
});

test('a topic that is there is waited for, though one broker says that it is not', async () => {
  const kafka = kafkaWithTopic();
  kafka.deleted.add('in');
  const made = await kafka.client().admin();
  const described = { partitions: [], settings: {} };
  const hears: Admin = { ...made, describe: async (topics) => new Map(topics.map((topic) => [topic, described])) };
  const admin = new PatientAdmin(async () => hears, log);
  lines.length = 0;
  const asked = admin.standing('g', 'in');
  await until(() => lines.length > 0, 'it has tried');
  kafka.deleted.clear();
  await expect(asked).resolves.toMatchObject({ marks: [{ high: 0 }] });
  await admin.close();
});
