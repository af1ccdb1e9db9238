import { type Schema, Type } from 'avsc';
import type { RespondState } from '../../core/event/index.js';
import { RESPOND_STATE_VERSION } from '../../core/respond/record.js';
import { SessionvigilError } from '../../errors.js';

/**
 * Respond's records as they stand in its changelog: JSON, since they are few, and somebody may want to read them. What is absent is written
 * as null, so that a command that is read back has its fields in the order of all others, and is said in the same bytes.
 */
export interface RespondCodec {
  encode(record: RespondState): Uint8Array;
  /**
   * @param key of the record, for the error
   * @throws SV_STATE_VERSION when a newer release wrote it, SV_STATE_DAMAGED when nobody of ours can have
   */
  decode(key: string, bytes: Uint8Array): RespondState;
}

/**
 * @param commandSchema schemas/revocation_command.avsc
 * @param respondSchema schemas/respond_state.avsc
 */
export function createRespondCodec(commandSchema: unknown, respondSchema: unknown): RespondCodec {
  const registry = {};
  Type.forSchema(commandSchema as Schema, { registry });
  const type = Type.forSchema(respondSchema as Schema, { registry });
  const text = new TextDecoder('utf-8', { fatal: true });

  return {
    encode: (record) => Buffer.from(JSON.stringify(record, (_, value) => (value === undefined ? null : value))),
    decode(key, bytes) {
      let record: RespondState;
      try {
        record = JSON.parse(text.decode(bytes));
      } catch (cause) {
        throw damaged(key, 'no JSON', cause);
      }
      const version = record?.schema_version;
      if (Number.isInteger(version) && version > RESPOND_STATE_VERSION) {
        const known = `this release reads up to ${RESPOND_STATE_VERSION}`;
        throw new SessionvigilError('SV_STATE_VERSION', `respond's record ${key} is in version ${version}; ${known}`);
      }
      const wrong: string[] = [];
      if (!type.isValid(record, { errorHook: (path) => wrong.push(path.join('.')) })) throw damaged(key, wrong[0] || 'the whole');
      makeAbsent(record);
      return record;
    },
  };
}

function damaged(key: string, what: string, cause?: unknown): SessionvigilError {
  return new SessionvigilError('SV_STATE_DAMAGED', `respond's record ${key} cannot be read: ${what}`, [], { cause });
}

function makeAbsent(value: object): void {
  for (const [key, inner] of Object.entries(value)) {
    if (inner === null) (value as Record<string, unknown>)[key] = undefined;
    else if (typeof inner === 'object') makeAbsent(inner);
  }
}
