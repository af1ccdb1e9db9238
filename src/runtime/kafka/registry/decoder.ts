import { Recent } from '../../../core/enrich/recent.js';
import { Malformed } from '../../wire/avro-reader.js';
import type { DeadLetterReason } from '../dead-letter-reasons.js';
import { type ReadForeign, readerOf } from './foreign.js';
import type { NoSchema, Registry } from './registry.js';

/** Schemas kept, and ids that have none: more than any registry's topic sees. */
const MAX_SCHEMAS = 1000;
/** A zero byte and the id in front of a record, bytes. */
const FRAME = 5;
/** After so long it is asked again whether there is a schema of an id: whoever writes with it may have been first, ms. */
const UNKNOWN_FOR_MS = 60_000;
/** The header in which newer serializers name the schema. */
const GUID_HEADER = '__value_schema_id';

export type DecodeReason = Extract<
  DeadLetterReason,
  'not_confluent_framed' | 'schema_by_guid' | 'schema_unknown' | 'schema_unsupported' | 'avro_malformed'
>;
export type Decoded<T> = { ok: true; record: T } | { ok: false; reason: DecodeReason };

export interface AvroDecoderOptions {
  registry: Pick<Registry, 'schema'>;
  /** ms, from any beginning */
  elapsed(): number;
}

export interface AvroDecoder {
  /**
   * What a framed record holds, as the vendor's JSON would. At once when its schema is known, else when the registry has answered, however long that takes.
   * @throws RegistryClosed
   */
  decode(value: Buffer, headers?: Readonly<Record<string, unknown>>): Decoded<unknown> | Promise<Decoded<unknown>>;
  /** The same as JSON text, which is what normalize takes. A record that is one text is the text itself. */
  decodeToJson(value: Buffer, headers?: Readonly<Record<string, unknown>>): Decoded<Buffer> | Promise<Decoded<Buffer>>;
}

interface Absent {
  reason: NoSchema;
  until: number;
}

export function createAvroDecoder({ registry, elapsed }: AvroDecoderOptions): AvroDecoder {
  const known = new Recent<ReadForeign | Absent, number>(MAX_SCHEMAS);
  const asked = new Map<number, Promise<ReadForeign | Absent>>();

  function find(id: number): ReadForeign | Absent | undefined {
    const found = known.get(id);
    return found === undefined || typeof found === 'function' || elapsed() < found.until ? found : undefined;
  }

  async function ask(id: number): Promise<ReadForeign | Absent> {
    try {
      const answer = await registry.schema(id);
      const found = typeof answer === 'string' ? absent(answer) : open(answer.schema, answer.references);
      known.set(id, found);
      return found;
    } finally {
      asked.delete(id);
    }
  }

  function open(schema: unknown, references: readonly unknown[]): ReadForeign | Absent {
    try {
      return readerOf(schema, references);
    } catch {
      return absent('schema_unsupported');
    }
  }

  function absent(reason: NoSchema): Absent {
    return { reason, until: elapsed() + UNKNOWN_FOR_MS };
  }

  function decode(value: Buffer, headers?: Readonly<Record<string, unknown>>): Decoded<unknown> | Promise<Decoded<unknown>> {
    if (headers?.[GUID_HEADER] !== undefined || value[0] === 1) return { ok: false, reason: 'schema_by_guid' };
    if (value.length < FRAME || value[0] !== 0) return { ok: false, reason: 'not_confluent_framed' };
    const id = value.readUInt32BE(1);
    const found = find(id);
    if (found !== undefined) return read(found, value);
    let answer = asked.get(id);
    if (answer === undefined) {
      answer = ask(id);
      asked.set(id, answer);
    }
    return answer.then((late) => read(late, value));
  }

  return {
    decode,
    decodeToJson(value, headers) {
      const decoded = decode(value, headers);
      return decoded instanceof Promise ? decoded.then(toJson) : toJson(decoded);
    },
  };
}

function read(found: ReadForeign | Absent, value: Buffer): Decoded<unknown> {
  if (typeof found !== 'function') return { ok: false, reason: found.reason };
  try {
    return { ok: true, record: found(value.subarray(FRAME)) };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, reason: 'avro_malformed' };
    throw error;
  }
}

function toJson(decoded: Decoded<unknown>): Decoded<Buffer> {
  if (!decoded.ok) return decoded;
  const { record } = decoded;
  return { ok: true, record: Buffer.from(typeof record === 'string' ? record : JSON.stringify(record)) };
}
