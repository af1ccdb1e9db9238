// A bare kafkajs consumer that parses each record, in a process of its own: `node bare.mjs BROKERS TOPIC COUNT`. Prints CPU time as one JSON object.
// CPU time begins when the first records are handed over, so that connecting and joining are not in it, as the service's start is not.
import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';

const [brokers, topic, count] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), clientId: 'bare', logLevel: kafkajs.logLevel.ERROR });
// the same bytes a fetch as the service asks for; everything else as kafkajs does it by itself
const consumer = kafka.consumer({ groupId: `bare-${randomUUID()}`, maxBytesPerPartition: 512 * 1024, allowAutoTopicCreation: false });
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });

let cpu;
let began = 0;
let records = 0;
let bytes = 0;
await new Promise((resolve, reject) => {
  consumer.on(consumer.events.GROUP_JOIN, () => {
    cpu ??= process.cpuUsage();
    began ||= performance.now();
  });
  consumer
    .run({
      eachBatch: async ({ batch }) => {
        for (const { value } of batch.messages) {
          JSON.parse(value.toString('utf8'));
          bytes += value.length;
        }
        records += batch.messages.length;
        if (records >= Number(count)) resolve();
      },
    })
    .catch(reject);
});
const { user, system } = process.cpuUsage(cpu);
const wall_s = (performance.now() - began) / 1000;
process.stdout.write(`${JSON.stringify({ records, bytes, cpu_s: (user + system) / 1e6, wall_s })}\n`);
process.exit(0);
