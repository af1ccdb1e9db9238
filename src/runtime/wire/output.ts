import { type Schema, Type } from 'avsc';

/** Brings findings and commands to bytes for those who read them: JSON, or Avro with the id of its schema in front. */
export type EncodeOutput = (value: object) => Buffer;

export const encodeJson: EncodeOutput = (value) => Buffer.from(JSON.stringify(value));

export interface OutputSchema {
  /** as it is registered: whole, with every type where it is first used */
  schema: unknown;
  /** @param id that the registry gave the schema */
  framed(id: number): EncodeOutput;
}

/**
 * @param schemas parsed schemas/*.avsc; each may name types of those before it, and the last is that of the values
 */
export function openOutputSchema(schemas: readonly unknown[]): OutputSchema {
  const registry = {};
  let type: Type | undefined;
  for (const schema of schemas) type = Type.forSchema(schema as Schema, { registry });
  if (type === undefined) throw new Error('no schema');
  const whole = type;
  return {
    schema: whole.schema({ exportAttrs: true }),
    framed(id) {
      const frame = Buffer.alloc(5);
      frame.writeUInt32BE(id, 1);
      return (value) => Buffer.concat([frame, whole.toBuffer(withNulls(value))]);
    },
  };
}

/** Avro knows null for what the contracts leave out. */
function withNulls(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(withNulls);
  if (value === null || typeof value !== 'object') return value;
  const copy: Record<string, unknown> = {};
  for (const key in value) copy[key] = withNulls((value as Record<string, unknown>)[key]);
  return copy;
}
