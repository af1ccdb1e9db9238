import type { KafkaConfig } from '../../config/kafka.js';
import type { Log } from '../../log.js';
import { createTransport } from './client/kafkajs.js';
import { securityOf } from './client/security.js';
import type { Failure } from './client/wire.js';
import type { Transport } from './transport.js';

/** What a configuration says of the client. Nothing is connected yet. @param failed told of each request that got no answer */
export async function openTransport(kafka: KafkaConfig, log: Log, failed?: (kind: Failure) => void): Promise<Transport> {
  const { brokers, client_id, session_timeout } = kafka;
  // one for all connections: each of its own would fetch tokens of its own
  const security = securityOf(kafka, (message) => log.warn(message));
  return await createTransport({ brokers, client_id, session_timeout, security: () => security, log, failed });
}
