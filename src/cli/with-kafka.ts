import { checkConfig } from '../app.js';
import { checkKafkaFiles } from '../config/check-config.js';
import { invalidConfig, type LoadedConfig } from '../config/config.js';
import type { KafkaConfig } from '../config/kafka.js';
import type { Problem } from '../errors.js';
import { createLog } from '../log.js';
import { openTransport } from '../runtime/kafka/connect.js';
import { toldError } from '../runtime/kafka/told-error.js';
import type { Transport } from '../runtime/kafka/transport.js';
import type { Context } from './context.js';
import { type CommonOptions, readWith } from './options.js';

/** What a command does with the cluster. */
export interface WithKafka {
  kafka: KafkaConfig;
  transport: Transport;
}

/**
 * Runs `act` with a connection to the cluster of the configuration, and closes it whatever happens.
 * @throws SV_CONFIG_INVALID without a section `kafka` or a file that it needs, SV_KAFKA_* when the cluster is not to be had
 */
export async function withKafka(options: CommonOptions, { io, signal }: Context, act: (to: WithKafka) => Promise<void>): Promise<void> {
  const read = readWith(options, io);
  // rules and the registry are none of its business; as long as something is missing that it needs, everything that is wrong is told
  const isUsable = checkKafkaFiles(read, ['tls', 'sasl']).length === 0;
  const { kafka, log } = isUsable && read.config !== undefined ? read.config : checkConfig(read);
  const { locate } = read;
  if (kafka === undefined) throw invalidConfig([withoutSection(locate(['kafka']))]);
  // the client's warnings would stand in the middle of the answer, and come again as the error when it gives up
  const transport = await openTransport(kafka, createLog(log.level === 'debug' ? 'debug' : 'error', io.stderr));
  const close = () => void transport.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    await act({ kafka, transport });
  } catch (error) {
    throw toldError(error, { brokers: kafka.brokers, act: 'no answer from Kafka', security: kafka });
  } finally {
    signal.removeEventListener('abort', close);
    await transport.close();
  }
}

/** Where the section is missing, or that there is no file in which it could be: the name of a variable would say nothing to anybody. */
function withoutSection(place: ReturnType<LoadedConfig['locate']>): Problem {
  const message = 'a section kafka is needed: the brokers and sources of this command';
  if (place.line !== undefined) return { ...place, message };
  return { file: 'no configuration', message: `${message}; give the file that has it with --config or SESSIONVIGIL_CONFIG` };
}
