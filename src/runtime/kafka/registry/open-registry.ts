import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KafkaConfig } from '../../../config/kafka.js';
import { PACKAGE_ROOT } from '../../../config/package-root.js';
import type { Log } from '../../../log.js';
import type { Metrics } from '../../../metrics.js';
import type { ServiceOptions } from '../../service.js';
import type { ReadValue } from '../../stages/source-task.js';
import { encodeJson, openOutputSchema } from '../../wire/output.js';
import { namesOf, type Stage } from '../names.js';
import { connectRegistry } from './connect.js';
import { createAvroDecoder } from './decoder.js';
import { Registry } from './registry.js';

export interface OpenRegistry {
  registry: Registry;
  /** of a source in Avro */
  read: ReadValue;
  readonly unreadyReason: string | undefined;
  close(): void;
}

/** The registry of a configuration; undefined when it names none. Nothing is asked yet. */
export function openRegistry(
  { registry: config }: KafkaConfig,
  { metrics, log, elapsed }: { metrics: Metrics; log: Log; elapsed(): number },
): OpenRegistry | undefined {
  if (config === undefined) return undefined;
  const registry = new Registry({
    connect: (signal) => connectRegistry(config, signal),
    watch: {
      asked: (outcome) => metrics.add('sessionvigil_registry_requests_total', 1, { outcome }),
      trouble(why) {
        if (why === undefined) log.info('the schema registry answers again');
        else log.warn(`the schema registry: ${why}; what needs it waits`);
      },
    },
  });
  const { decodeToJson } = createAvroDecoder({ registry, elapsed });
  return {
    registry,
    read: (value, headers) => decodeToJson(value, headers),
    get unreadyReason() {
      return registry.unreadyReason;
    },
    close: () => registry.close(),
  };
}

/** Of a source in JSON. */
export const readJson: ReadValue = (record) => ({ ok: true, record });

/** How what others read is written; schemas are registered first, however long the registry takes. @throws SV_REGISTRY_REFUSED, RegistryClosed */
export async function openOutputs(
  kafka: KafkaConfig,
  stages: readonly Stage[],
  open: OpenRegistry | undefined,
): Promise<Pick<ServiceOptions, 'encodeFinding' | 'encodeCommand'>> {
  const { topics } = namesOf(kafka);
  const encoder = async (stage: Stage, topic: string, file: string) => {
    if (open === undefined || kafka.output.format !== 'avro' || !stages.includes(stage)) return encodeJson;
    const { schema, framed } = openOutputSchema([readSchema(file)]);
    return framed(await open.registry.register(`${topic}-value`, schema));
  };
  const [encodeFinding, encodeCommand] = await Promise.all([
    encoder('detect', topics.findings, 'finding.avsc'),
    encoder('respond', topics.revocations, 'revocation_command.avsc'),
  ]);
  return { encodeFinding, encodeCommand };
}

function readSchema(file: string): unknown {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas', file), 'utf8'));
}
