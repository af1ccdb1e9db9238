import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SaslConfig } from '../../../../src/config/kafka.js';
import { isHopeless } from '../../../../src/runtime/kafka/client/answers.js';
import { harden } from '../../../../src/runtime/kafka/client/harden.js';
import { internals } from '../../../../src/runtime/kafka/client/internals.js';
import { SILENT } from '../../../../src/runtime/kafka/client/patches/patch.js';
import { securityOf } from '../../../../src/runtime/kafka/client/security.js';
import { toldError } from '../../../../src/runtime/kafka/told-error.js';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sessionvigil-authentication-'));
  await harden();
});
afterAll(() => rmSync(folder, { recursive: true }));

const VERSIONS = { 17: { minVersion: 0, maxVersion: 1 }, 36: { minVersion: 0, maxVersion: 1 } };

/** How it ends with a broker that answers the proof with this, and whether the connection is used on. */
async function authenticated(sasl: SaslConfig, answer: string): Promise<{ error: unknown; isKept: boolean }> {
  let isKept = true;
  const authBytes = Buffer.concat([Buffer.alloc(4), Buffer.from(answer)]);
  authBytes.writeInt32BE(answer.length);
  const connection = {
    host: 'b',
    port: 1,
    sasl: securityOf({ sasl }).sasl,
    send: async ({ request }: { request: { apiKey: number } }) =>
      request.apiKey === 17 ? { enabledMechanisms: ['OAUTHBEARER', 'PLAIN'] } : { authBytes },
    disconnect: async () => {
      isKept = false;
    },
  };
  const { SaslAuthenticator } = internals();
  const error = await new SaslAuthenticator(connection, SILENT, VERSIONS, true).authenticate().catch((reason: unknown) => reason);
  return { error, isKept };
}

const told = (error: unknown) => toldError(error, { brokers: ['b:1'], act: 'no answer' });

test('a token that the broker takes, and one that it refuses without an error', async () => {
  const token_file = join(folder, 'token');
  writeFileSync(token_file, 't');
  const sasl = { mechanism: 'oauthbearer' as const, token_file };
  expect(await authenticated(sasl, '')).toEqual({ error: undefined, isKept: true });
  const refused = await authenticated(sasl, '{"status":"invalid_token"}');
  expect(refused.isKept).toBe(false);
  expect(isHopeless(refused.error)).toBe(true);
  expect(told(refused.error)).toMatchObject({
    code: 'SV_KAFKA_AUTH',
    message: expect.stringContaining('the broker refuses the token (invalid_token)'),
  });
});

test('an endpoint that gives no token is named, and may give one later: to a connection that begins anew', async () => {
  const client_secret_file = join(folder, 'client');
  writeFileSync(client_secret_file, 's');
  const token_endpoint = 'http://127.0.0.1:1/token';
  const { error, isKept } = await authenticated({ mechanism: 'oauthbearer', token_endpoint, client_id: 'x', client_secret_file }, '');
  expect(isKept).toBe(false);
  expect(isHopeless(error)).toBe(false);
  // as kafkajs wraps it
  expect(told(Object.assign(new Error('given up'), { name: 'KafkaJSNumberOfRetriesExceeded', cause: error }))).toMatchObject({
    code: 'SV_KAFKA_TOKEN',
    message: expect.stringContaining(token_endpoint),
  });
});

test('a secret whose file is not there, or is none', async () => {
  for (const password_file of [join(folder, 'none'), folder]) {
    const { error, isKept } = await authenticated({ mechanism: 'plain', username: 'x', password_file }, '');
    expect(error).toMatchObject({
      code: 'SV_KAFKA_SECRET',
      message: expect.stringMatching(/^kafka\.sasl\.password_file: \S+ cannot be read: E(NOENT|ISDIR)/),
    });
    expect(error).toMatchObject({ message: expect.stringContaining(password_file) });
    expect(isKept).toBe(false);
  }
});
