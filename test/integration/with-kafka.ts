import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Admin, Transport } from '../../src/runtime/kafka/transport.js';
import { transportTo } from '../helpers/kafka-client.js';
import { type KafkaServers, startKafka } from '../helpers/servers/kafka.mjs';

/** What a file's tests share, from before the first of them. */
export interface WithKafka {
  kafka: KafkaServers;
  transport: Transport;
  admin: Admin;
  /** for configurations and what else a test writes */
  folder: string;
}

/**
 * One Kafka for all tests of a `describe`, a client of it and a folder; after the last test all of it is gone.
 * @param name of the folder, so that one that is left over tells whose it is
 */
export function withKafka(name: string, options: Parameters<typeof startKafka>[0] = {}): WithKafka {
  const shared = {} as WithKafka;
  beforeAll(async () => {
    shared.folder = mkdtempSync(join(tmpdir(), `sv-${name}-`));
    shared.kafka = await startKafka(options);
    shared.transport = await transportTo(shared.kafka.bootstrap);
    shared.admin = await shared.transport.admin();
  });
  afterAll(async () => {
    await shared.transport?.close();
    await shared.kafka?.stop();
    rmSync(shared.folder, { recursive: true });
  });
  return shared;
}
