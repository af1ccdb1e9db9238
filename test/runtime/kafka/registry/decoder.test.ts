import { Type } from 'avsc';
import { createAvroDecoder } from '../../../../src/runtime/kafka/registry/decoder.js';
import type { FoundSchema, NoSchema } from '../../../../src/runtime/kafka/registry/registry.js';

const schema = { type: 'record' as const, name: 'Log', fields: [{ name: 'id', type: 'string' }] };
const framed = (id: number, bytes = Type.forSchema(schema).toBuffer({ id: 'a' })) => {
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(id, 1);
  return Buffer.concat([frame, bytes]);
};

function open(answers: Record<number, FoundSchema | NoSchema>) {
  const asked: number[] = [];
  let now = 0;
  const decoder = createAvroDecoder({
    registry: {
      schema: async (id) => {
        asked.push(id);
        return answers[id] ?? 'schema_unknown';
      },
    },
    elapsed: () => now,
  });
  return {
    decoder,
    asked,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('the first record of a schema waits for it, the next is read at once', async () => {
  const { decoder, asked } = open({ 7: { schema, references: [] } });
  const first = [decoder.decode(framed(7)), decoder.decode(framed(7))];
  expect(first[0]).toBeInstanceOf(Promise);
  expect(await Promise.all(first)).toEqual([
    { ok: true, record: { id: 'a' } },
    { ok: true, record: { id: 'a' } },
  ]);
  expect(decoder.decode(framed(7))).toEqual({ ok: true, record: { id: 'a' } });
  expect(asked).toEqual([7]);
});

test('that there is none is believed for a minute', async () => {
  const answers: Record<number, FoundSchema | NoSchema> = {};
  const { decoder, asked, pass } = open(answers);
  expect(await decoder.decode(framed(8))).toEqual({ ok: false, reason: 'schema_unknown' });
  pass(59_999);
  answers[8] = { schema, references: [] };
  expect(decoder.decode(framed(8))).toEqual({ ok: false, reason: 'schema_unknown' });
  expect(asked).toEqual([8]);
  pass(1);
  expect(await decoder.decode(framed(8))).toEqual({ ok: true, record: { id: 'a' } });
  pass(1e9);
  expect(decoder.decode(framed(8))).toEqual({ ok: true, record: { id: 'a' } });
});

test('who asked and failed asks again', async () => {
  let fails = true;
  const decoder = createAvroDecoder({
    registry: { schema: () => (fails ? Promise.reject(new Error('closed')) : Promise.resolve({ schema, references: [] })) },
    elapsed: () => 0,
  });
  await expect(decoder.decode(framed(1))).rejects.toThrow('closed');
  fails = false;
  expect(await decoder.decode(framed(1))).toEqual({ ok: true, record: { id: 'a' } });
});

test.each<[string, Buffer, string]>([
  ['JSON', Buffer.from('{"a":1}'), 'not_confluent_framed'],
  ['too short', Buffer.from([0, 0, 0, 1]), 'not_confluent_framed'],
  ['nothing', Buffer.alloc(0), 'not_confluent_framed'],
  ['a GUID in front', Buffer.concat([Buffer.of(1), Buffer.alloc(16), Buffer.from('a')]), 'schema_by_guid'],
])('%s', (_what, value, reason) => {
  const { decoder, asked } = open({});
  expect(decoder.decode(value)).toEqual({ ok: false, reason });
  expect(asked).toEqual([]);
});

test('a GUID in the headers', () => {
  expect(open({}).decoder.decode(framed(7), { __value_schema_id: Buffer.from('x') })).toEqual({ ok: false, reason: 'schema_by_guid' });
});

test('damaged bytes; a schema that cannot be used', async () => {
  const { decoder } = open({ 7: { schema, references: [] }, 8: { schema: { type: 'nothing' }, references: [] }, 9: 'schema_unsupported' });
  expect(await decoder.decode(framed(7, Buffer.from([200])))).toEqual({ ok: false, reason: 'avro_malformed' });
  expect(await decoder.decode(framed(8))).toEqual({ ok: false, reason: 'schema_unsupported' });
  expect(await decoder.decode(framed(9))).toEqual({ ok: false, reason: 'schema_unsupported' });
});

test('ids above 2^31', async () => {
  const { decoder, asked } = open({ [2 ** 32 - 1]: { schema, references: [] } });
  expect(await decoder.decode(framed(2 ** 32 - 1))).toEqual({ ok: true, record: { id: 'a' } });
  expect(asked).toEqual([2 ** 32 - 1]);
});

test('as JSON text; a text is its own', async () => {
  const { decoder } = open({ 7: { schema, references: [] }, 6: { schema: 'string', references: [] } });
  expect(await decoder.decodeToJson(framed(7))).toEqual({ ok: true, record: Buffer.from('{"id":"a"}') });
  expect(decoder.decodeToJson(framed(7))).toEqual({ ok: true, record: Buffer.from('{"id":"a"}') });
  expect(await decoder.decodeToJson(framed(6, Buffer.from([4, 0x7b, 0x7d])))).toEqual({ ok: true, record: Buffer.from('{}') });
  expect(decoder.decodeToJson(Buffer.alloc(0))).toEqual({ ok: false, reason: 'not_confluent_framed' });
});
