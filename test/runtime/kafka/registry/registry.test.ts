import { SessionvigilError } from '../../../../src/errors.js';
import type { RegistryApi } from '../../../../src/runtime/kafka/registry/connect.js';
import { Registry, RegistryClosed } from '../../../../src/runtime/kafka/registry/registry.js';

/** As the client throws what the registry answers. */
const refused = (status: number, errorCode = -1) => Object.assign(new Error('with Authorization: secret'), { status, errorCode });
const unreachable = (code: string) => Object.assign(new Error('secret'), { code, config: { headers: { Authorization: 'secret' } } });

/** A registry that gives these answers in turn. */
function open(...answers: unknown[]) {
  const said: string[] = [];
  const waits: number[] = [];
  const calls: unknown[][] = [];
  const next = async (...call: unknown[]) => {
    calls.push(call);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const registry = new Registry({
    connect: () => ({ getBySubjectAndId: next, getSchemaMetadata: next, register: next }) as unknown as RegistryApi,
    watch: { asked: (outcome) => said.push(outcome), trouble: (why) => said.push(`trouble: ${why}`) },
    wait: async (ms) => {
      waits.push(ms);
      said.push(`unready: ${registry.unreadyReason}`);
    },
  });
  return { registry, said, waits, calls };
}

test('a schema', async () => {
  const { registry, said, calls } = open({ schema: '{"type":"string"}' });
  expect(await registry.schema(7)).toEqual({ schema: { type: 'string' }, references: [] });
  expect(calls).toEqual([['', 7]]);
  expect(said).toEqual(['found']);
  expect(registry.unreadyReason).toBeUndefined();
});

test('one that names others: each after those that it names, each once', async () => {
  const reference = (subject: string) => ({ name: subject, subject, version: 1 });
  const { registry, calls } = open(
    { schema: '"a"', references: [reference('b'), reference('c')] },
    { schema: '"b"', references: [reference('c')] },
    { schema: '"c"' },
  );
  expect(await registry.schema(1)).toEqual({ schema: 'a', references: ['c', 'b'] });
  expect(calls).toEqual([
    ['', 1],
    ['b', 1, true],
    ['c', 1, true],
  ]);
});

test('references in a circle end', async () => {
  const circle = { schema: '"a"', references: [{ name: 'a', subject: 'a', version: 1 }] };
  const { registry, calls } = open(...new Array(200).fill(circle));
  expect(await registry.schema(1)).toBe('schema_unsupported');
  expect(calls.length).toBeLessThan(110);
});

test.each([
  ['Protobuf', { schema: 'message A {}', schemaType: 'PROTOBUF' }],
  ['no JSON', { schema: '{"type":' }],
])('%s cannot be used', async (_what, answer) => {
  expect(await open(answer).registry.schema(1)).toBe('schema_unsupported');
});

test('the name of a type is a schema', async () => {
  expect(await open({ schema: 'string' }).registry.schema(1)).toEqual({ schema: 'string', references: [] });
});

test.each([40401, 40402, 40403])('that there is none is an answer (%p)', async (code) => {
  const { registry, said, waits } = open(refused(404, code));
  expect(await registry.schema(7)).toBe('schema_unknown');
  expect(said).toEqual(['unknown']);
  expect(waits).toEqual([]);
});

test.each([
  ['no connection', unreachable('ECONNREFUSED'), 'ECONNREFUSED'],
  ['no answer in time', unreachable('ECONNABORTED'), 'ECONNABORTED'],
  ['too much', refused(429), 'it answers 429'],
  ['an error of its own', refused(500, 50_001), 'it answers 500 (50001)'],
  ['a proxy that has nothing', refused(404), 'it answers 404'],
  ['not let in', refused(401, 40_101), 'it answers 401 (40101)'],
  ['a page in place of an answer', new TypeError('secret'), 'no answer that can be read'],
  ['a file that is not there', Object.assign(new Error('secret'), { code: 'ENOENT' }), 'ENOENT'],
])('%s: waits until there is an answer, and says why', async (_what, error, why) => {
  const { registry, said } = open(error, error, { schema: '"string"' });
  expect(await registry.schema(7)).toEqual({ schema: 'string', references: [] });
  expect(said).toEqual([
    'failed',
    `trouble: ${why}`,
    `unready: registry: ${why}`,
    'failed',
    `unready: registry: ${why}`,
    'found',
    'trouble: undefined',
  ]);
  expect(said.join()).not.toContain('secret');
  expect(registry.unreadyReason).toBeUndefined();
});

test('waits longer each time, up to a bound', async () => {
  const { registry, waits } = open(...new Array(12).fill(refused(503)), { schema: '"string"' });
  await registry.schema(7);
  waits.forEach((ms, i) => {
    const middle = Math.min(250 * 2 ** i, 15_000);
    expect(ms).toBeGreaterThanOrEqual(middle / 2);
    expect(ms).toBeLessThanOrEqual(middle * 1.5);
  });
  expect(waits).toHaveLength(12);
});

test('a client that cannot be made is waited for as well', async () => {
  let tries = 0;
  const registry = new Registry({
    connect: () => {
      if (++tries < 3) throw Object.assign(new Error('secret'), { code: 'ENOENT' });
      return { getBySubjectAndId: async () => ({ schema: '"int"' }) } as unknown as RegistryApi;
    },
    watch: { asked() {}, trouble() {} },
    wait: async () => {},
  });
  expect(await registry.schema(1)).toEqual({ schema: 'int', references: [] });
});

test('closed, it lets go of who waits', async () => {
  const registry = new Registry({
    connect: () => ({ getBySubjectAndId: () => Promise.reject(refused(503)) }) as unknown as RegistryApi,
    watch: { asked() {}, trouble: () => registry.close() },
  });
  await expect(registry.schema(1)).rejects.toBeInstanceOf(RegistryClosed);
  await expect(registry.schema(1)).rejects.toBeInstanceOf(RegistryClosed);
  expect(registry.unreadyReason).toBeUndefined();
});

describe('register', () => {
  const schema = { type: 'record', name: 'A', fields: [] };

  test('gives the id', async () => {
    const { registry, calls } = open(refused(503), 12);
    expect(await registry.register('findings-value', schema)).toBe(12);
    expect(calls[1]).toEqual(['findings-value', { schema: JSON.stringify(schema), schemaType: 'AVRO' }, false]);
  });

  test.each([
    ['another schema is there', refused(409, 409), '409'],
    ['not allowed', refused(403, 40_301), '403'],
    ['not valid', refused(422, 42_201), '422'],
    ['no such subject', refused(404, 40_401), 'findings-value'],
  ])('%s: an error for a person', async (_what, error, word) => {
    const { registry } = open(error);
    const failure = await registry.register('findings-value', schema).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(failure).toBeInstanceOf(SessionvigilError);
    expect(failure).toMatchObject({ code: 'SV_REGISTRY_REFUSED', message: expect.stringContaining(word) });
    expect((failure as Error).message).not.toContain('secret');
  });
});
