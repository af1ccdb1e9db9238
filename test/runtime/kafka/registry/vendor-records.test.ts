import { type Schema, Type } from 'avsc';
import { createMapper } from '../../../../src/core/normalize/index.js';
import { createAvroDecoder } from '../../../../src/runtime/kafka/registry/decoder.js';
import { bytes, FIXTURES } from '../../../core/normalize/fixtures.js';

/** A vendor's log in Avro says what its JSON says. */

/** Names that Avro cannot have: whoever writes Avro has renamed or left them out, or has made records of those with a dot. */
const NAME = /^[A-Za-z_]\w*$/;

/** As a connector does that has seen some records: every field may be null, and those that are always absent are not in the schema. */
function schemaOf(value: unknown, name: string): Schema {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  if (typeof value === 'string') return 'string';
  if (Array.isArray(value))
    return { type: 'array', items: value.length === 0 ? 'null' : unionOf(value.map((item, i) => schemaOf(item, `${name}_${i}`))) };
  return {
    type: 'record',
    name,
    fields: [
      ...Object.entries(value as object).map(([field, inner], i) => ({
        name: field,
        type: unionOf(['null', schemaOf(inner, `${name}_${i}`)]),
      })),
      { name: 'never_there', type: ['null', 'string'] },
    ],
  } as Schema;
}

function unionOf(schemas: Schema[]): Schema {
  const seen = new Map<string, Schema>();
  // each record is a type of its own; of anything else a union has one
  for (const schema of schemas)
    seen.set(
      typeof schema === 'string' ? schema : String((schema as { name?: string; type: string }).name ?? (schema as { type: string }).type),
      schema,
    );
  return [...seen.values()] as unknown as Schema;
}

/** With the branch named, as avsc wants a value of a union of several records. */
function branded(value: unknown, name: string): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) return { array: value.map((item, i) => branded(item, `${name}_${i}`)) };
  if (typeof value === 'object') {
    const fields = Object.entries(value).map(([field, inner], i) => [field, branded(inner, `${name}_${i}`)]);
    return { [name]: Object.fromEntries([...fields, ['never_there', null]]) };
  }
  return { [schemaOf(value, name) as string]: value };
}

function withoutOddNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOddNames);
  if (value === null || typeof value !== 'object') return value;
  const renamed: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const [first = '', second = ''] = key.split('.');
    if (NAME.test(key)) renamed[key] = withoutOddNames(inner);
    else if (key === `${first}.${second}` && NAME.test(first) && NAME.test(second) && !Object.hasOwn(value, first))
      renamed[first] = { ...(renamed[first] as object | undefined), [second]: withoutOddNames(inner) };
  }
  return renamed;
}

test.each(FIXTURES.map((fixture) => [`${fixture.vendor}/${fixture.name}`, fixture.input] as const))('%s', async (_name, input) => {
  const record = withoutOddNames(input);
  const schema = schemaOf(record, 'R');
  const written = Type.forSchema(schema, { wrapUnions: 'always' }).toBuffer((branded(record, 'R') as { R: unknown }).R);
  const decoder = createAvroDecoder({
    registry: { schema: async () => ({ schema: JSON.parse(JSON.stringify(schema)), references: [] }) },
    elapsed: () => 0,
  });
  const decoded = await decoder.decodeToJson(Buffer.concat([Buffer.of(0, 0, 0, 0, 1), written]));
  if (!decoded.ok) throw new Error(decoded.reason);
  const map = createMapper({});
  const fromJson = map(bytes(record));
  expect(fromJson.outcome).toBe('events');
  const mapped = ({ outcome, records }: ReturnType<typeof map>) => ({ outcome, events: records.map((one) => one.mapped) });
  expect(mapped(map(decoded.record))).toEqual(mapped(fromJson));
});
