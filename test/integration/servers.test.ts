import { Kafka, logLevel } from 'kafkajs';
import { type KafkaServers, startKafka } from '../helpers/servers/kafka.mjs';

/** The servers that the other integration tests stand on do what their notes say, on the real thing. */
let kafka: KafkaServers;

beforeAll(async () => {
  kafka = await startKafka();
}, 120_000);
afterAll(() => kafka?.stop());

test('a broker answers', async () => {
  const admin = new Kafka({ brokers: kafka.bootstrap.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await expect(admin.createTopics({ topics: [{ topic: 'one', numPartitions: 2 }] })).resolves.toBe(true);
  await admin.disconnect();
});
