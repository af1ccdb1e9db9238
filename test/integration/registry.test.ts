import { readFileSync } from 'node:fs';
import { type Schema, Type } from 'avsc';
import { connectRegistry } from '../../src/runtime/kafka/registry/connect.js';
import { createAvroDecoder } from '../../src/runtime/kafka/registry/decoder.js';
import { Registry, RegistryClosed } from '../../src/runtime/kafka/registry/registry.js';
import { openOutputSchema } from '../../src/runtime/wire/output.js';
import { describeWithServers } from '../helpers/servers/describe';
import { freePort, until } from '../helpers/servers/ports.mjs';
import { startRegistry } from '../helpers/servers/registry.mjs';
import { aFinding } from '../output/a-finding.js';

type Server = Awaited<ReturnType<typeof startRegistry>>;

/** A process: a registry client and what it has learned. */
function open(url: string) {
  const said: string[] = [];
  const registry = new Registry({
    connect: (signal) => connectRegistry({ urls: [url], tls: { insecure_skip_verify: false } }, signal),
    watch: { asked: (outcome) => said.push(outcome), trouble() {} },
  });
  return { registry, said, ...createAvroDecoder({ registry, elapsed: () => performance.now() }) };
}

function framed(id: number, bytes: Buffer): Buffer {
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(id, 1);
  return Buffer.concat([frame, bytes]);
}

describeWithServers('a real registry', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startRegistry();
  });
  afterAll(() => server?.stop());

  /** Registers a schema as its writer does, and writes with it. */
  async function write(subject: string, schema: object, value: unknown): Promise<Buffer> {
    const id = await open(server.url).registry.register(subject, schema);
    return framed(id, Type.forSchema(schema as Schema).toBuffer(value));
  }

  test('a schema that evolves: each record is read as it was written', async () => {
    const log = (...fields: object[]) => ({ type: 'record', name: 'Log', namespace: 'com.vendor', fields });
    const id = { name: 'id', type: 'string' };
    const count = (type: string) => ({ name: 'count', type });
    const records = [
      await write('logs-value', log(id, count('int')), { id: 'a', count: 1 }),
      // a field more, in front of the others
      await write('logs-value', log({ name: 'ip', type: ['null', 'string'], default: null }, id, count('int')), {
        ip: '192.0.2.1',
        id: 'b',
        count: 2,
      }),
      // one less
      await write('logs-value', log(id), { id: 'c' }),
      // promoted
      await write('logs-value', log(id, { ...count('long'), default: 0 }), { id: 'd', count: 2 ** 40 }),
      // renamed, with the old name kept as an alias
      await write('logs-value', log({ name: 'uid', type: 'string', aliases: ['id'] }, { ...count('long'), default: 0 }), {
        uid: 'e',
        count: 5,
      }),
    ];
    expect(new Set(records.map((record) => record.readUInt32BE(1))).size).toBe(5);
    const { decode } = open(server.url);
    const read = await Promise.all([...records, ...records].map((record) => decode(record)));
    const expected = [
      { id: 'a', count: 1 },
      { ip: '192.0.2.1', id: 'b', count: 2 },
      { id: 'c' },
      { id: 'd', count: 2 ** 40 },
      { uid: 'e', count: 5 },
    ];
    expect(read).toEqual([...expected, ...expected].map((record) => ({ ok: true, record })));
  });

  test('a schema that names types of another', async () => {
    const registry = connectRegistry({ urls: [server.url], tls: { insecure_skip_verify: false } });
    const user = { type: 'record', name: 'User', namespace: 'com.vendor', fields: [{ name: 'id', type: 'string' }] };
    await registry.register('user-value', { schema: JSON.stringify(user), schemaType: 'AVRO' }, false);
    const schema = { type: 'record', name: 'Act', namespace: 'com.vendor', fields: [{ name: 'by', type: 'com.vendor.User' }] };
    const references = [{ name: 'com.vendor.User', subject: 'user-value', version: 1 }];
    const id = await registry.register('act-value', { schema: JSON.stringify(schema), schemaType: 'AVRO', references }, false);
    expect(await open(server.url).decode(framed(id, Buffer.from([2, 0x61])))).toEqual({ ok: true, record: { by: { id: 'a' } } });
  });

  test('an id that nobody registered is an answer', async () => {
    const { decode, said } = open(server.url);
    expect(await decode(framed(987_654, Buffer.of(0)))).toEqual({ ok: false, reason: 'schema_unknown' });
    expect(said).toEqual(['unknown']);
  });

  test('records wait while it is killed, in their order, and none is skipped', async () => {
    const schema = { type: 'record', name: 'Kept', fields: [{ name: 'n', type: 'int' }] };
    const first = await write('kept-value', schema, { n: 0 });
    const id = first.readUInt32BE(1);
    const value = (n: number) => framed(id, Type.forSchema(schema as Schema).toBuffer({ n }));
    await server.kill();
    const { decode, registry, said } = open(server.url);
    const order: number[] = [];
    const waiting = Array.from({ length: 20 }, async (_, n) => {
      const decoded = await decode(value(n));
      if (decoded.ok) order.push((decoded.record as { n: number }).n);
    });
    await until('two tries', () => said.length >= 2);
    expect(registry.unreadyReason).toBe('registry: ECONNREFUSED');
    expect(order).toEqual([]);
    await server.restart();
    await Promise.all(waiting);
    expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(new Set(said)).toEqual(new Set(['failed', 'found']));
    expect(said.filter((outcome) => outcome === 'found')).toHaveLength(1);
    expect(registry.unreadyReason).toBeUndefined();
    // whoever knows the schema does not need the registry
    await server.kill();
    expect(decode(value(7))).toEqual({ ok: true, record: { n: 7 } });
    await server.restart();
  });

  test('records wait while it hangs', async () => {
    const record = await write('hung-value', { type: 'record', name: 'Hung', fields: [{ name: 'n', type: 'int' }] }, { n: 1 });
    const { decode, registry } = open(server.url);
    server.pause();
    try {
      const waiting = decode(record);
      await until('a try', () => registry.unreadyReason !== undefined);
      expect(registry.unreadyReason).toBe('registry: ECONNABORTED');
      server.resume();
      expect(await waiting).toEqual({ ok: true, record: { n: 1 } });
    } finally {
      server.resume();
    }
  });

  test('nobody there: closed, it lets go', async () => {
    const { decode, registry } = open(`http://127.0.0.1:${await freePort()}`);
    const waiting = expect(decode(framed(1, Buffer.of(0)))).rejects.toBeInstanceOf(RegistryClosed);
    await until('a try', () => registry.unreadyReason !== undefined);
    registry.close();
    await waiting;
  });

  test('an address that is not that of the interface is no answer about a schema', async () => {
    const { decode, registry } = open(server.url.replace('/apis/', '/elsewhere/'));
    const waiting = expect(decode(framed(1, Buffer.of(0)))).rejects.toBeInstanceOf(RegistryClosed);
    await until('a try', () => registry.unreadyReason !== undefined);
    expect(registry.unreadyReason).toBe('registry: it answers 404');
    registry.close();
    await waiting;
  });

  test('findings with an id in front; the same schema has the same id', async () => {
    const { schema, framed: frame } = openOutputSchema([JSON.parse(readFileSync('schemas/finding.avsc', 'utf8'))]);
    const { registry, decode } = open(server.url);
    const id = await registry.register('findings-value', schema);
    expect(await open(server.url).registry.register('findings-value', schema)).toBe(id);
    const finding = aFinding();
    expect(await decode(frame(id)(finding))).toEqual({ ok: true, record: JSON.parse(JSON.stringify(finding)) });
  });

  test('a schema that does not go with those before it is refused', async () => {
    const { registry } = open(server.url);
    const put = await fetch(`${server.url}/config/strict-value`, {
      method: 'PUT',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: '{"compatibility":"BACKWARD"}',
    });
    expect(put.ok).toBe(true);
    const schema = (type: string) => ({ type: 'record', name: 'Strict', fields: [{ name: 'a', type }] });
    await registry.register('strict-value', schema('string'));
    await expect(registry.register('strict-value', schema('int'))).rejects.toMatchObject({
      code: 'SV_REGISTRY_REFUSED',
      message: expect.stringContaining('409'),
    });
  });
});
