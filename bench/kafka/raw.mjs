// Fills raw topics.
import kafkajs from 'kafkajs';

/** Bytes that one request brings to each partition, about: a broker takes batches of 1 MB. */
const BATCH_BYTES = 400_000;
/** Nothing is aborted while a service starts, ms. */
const TRANSACTION_TIMEOUT = 600_000;

/** A client that is the bench's own, so that what is measured is not measured by itself. */
export function client(bed, id = 'bench') {
  return new kafkajs.Kafka({ brokers: bed.kafka.bootstrap.split(','), clientId: id, logLevel: kafkajs.logLevel.NOTHING });
}

/**
 * Writes records that nobody can read yet: all at once, when they are released. A reader has then started, and has everything before it.
 * @param bytes NDJSON @param ends offset of each line's end @param times of the records, ms, as Kafka got them
 * @returns {{ release(): Promise<void> }}
 */
export async function withhold(bed, topic, partitions, { bytes, ends }, timeOf) {
  const producer = client(bed).producer({
    transactionalId: `bench-${topic}-${Date.now()}`,
    maxInFlightRequests: 1,
    idempotent: true,
    transactionTimeout: TRANSACTION_TIMEOUT,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  let messages = [];
  let size = 0;
  let from = 0;
  for (const [i, end] of ends.entries()) {
    messages.push({ partition: i % partitions, value: bytes.subarray(from, end - 1), timestamp: String(timeOf(i)) });
    size += end - from;
    from = end;
    if (size < BATCH_BYTES * partitions && i < ends.length - 1) continue;
    await transaction.send({ topic, messages });
    messages = [];
    size = 0;
  }
  return {
    async release() {
      await transaction.commit();
      await producer.disconnect();
    },
  };
}
