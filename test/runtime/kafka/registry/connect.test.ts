import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { RegistryConfig } from '../../../../src/config/kafka.js';
import { connectRegistry } from '../../../../src/runtime/kafka/registry/connect.js';
import { Registry, RegistryClosed } from '../../../../src/runtime/kafka/registry/registry.js';
import { makeAuthority } from '../../../helpers/servers/certificates.mjs';

let folder: string;
const servers: Server[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sessionvigil-registry-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A registry that knows one schema, and remembers who asked. */
function answering(requests: IncomingMessage[]): RequestListener {
  return (request, response) => {
    requests.push(request);
    response.setHeader('content-type', 'application/json');
    response.end('{"schema":"\\"string\\""}');
  };
}

const config = (port: number, more: Partial<RegistryConfig> = {}, scheme = 'http'): RegistryConfig => ({
  urls: [`${scheme}://127.0.0.1:${port}/base`],
  tls: { insecure_skip_verify: false },
  ...more,
});
const file = (name: string, text: string) => {
  writeFileSync(join(folder, `${name}.new`), text);
  renameSync(join(folder, `${name}.new`), join(folder, name));
  return join(folder, name);
};

test('a file of authorities without one is said to be so: OpenSSL would say nothing, and believe nobody', () => {
  const tls = { insecure_skip_verify: false, ca_file: file('none.pem', 'not a certificate\n') };
  expect(() => connectRegistry(config(1, { tls }, 'https'))).toThrow(/kafka\.registry\.tls\.ca_file: .*none\.pem holds no certificate/);
});

test('asks for the id, without a name', async () => {
  const requests: IncomingMessage[] = [];
  const port = await listen(createServer(answering(requests)));
  expect(await connectRegistry(config(port)).getBySubjectAndId('', 7)).toEqual({ schema: '"string"' });
  expect(requests[0]!.url).toBe('/base/schemas/ids/7?subject=');
  expect(requests[0]!.headers.authorization).toBeUndefined();
});

test('with a name and a password, from a file that is read each time', async () => {
  const requests: IncomingMessage[] = [];
  const port = await listen(createServer(answering(requests)));
  const password_file = file('password', 'first \n');
  const ask = () => connectRegistry(config(port, { username: 'me', password_file })).getBySubjectAndId('', 7);
  await ask();
  file('password', 'second');
  await ask();
  expect(requests.map(({ headers }) => headers.authorization)).toEqual(
    ['me:first ', 'me:second'].map((pair) => `Basic ${Buffer.from(pair).toString('base64')}`),
  );
});

test('with a token, from a file that is read each time', async () => {
  const requests: IncomingMessage[] = [];
  const port = await listen(createServer(answering(requests)));
  const token_file = file('token', 't1\n');
  const ask = () => connectRegistry(config(port, { token_file })).getBySubjectAndId('', 7);
  await ask();
  file('token', 't2');
  await ask();
  expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);
  await expect(async () => connectRegistry(config(port, { token_file: join(folder, 'none') }))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('each address in turn', async () => {
  const requests: IncomingMessage[] = [];
  const port = await listen(createServer(answering(requests)));
  const urls = ['http://127.0.0.1:1/base', `http://127.0.0.1:${port}/base`];
  expect(await connectRegistry({ ...config(port), urls }).getBySubjectAndId('', 7)).toEqual({ schema: '"string"' });
});

test('asks once: who waits knows how', async () => {
  const requests: IncomingMessage[] = [];
  const port = await listen(
    createServer((request, response) => {
      requests.push(request);
      response.statusCode = 503;
      response.end();
    }),
  );
  await expect(connectRegistry(config(port)).getBySubjectAndId('', 7)).rejects.toMatchObject({ status: 503 });
  expect(requests).toHaveLength(1);
});

test('a question that is not answered is given up when the registry is closed', async () => {
  const came = new Promise<void>((resolve) => {
    servers.push(createServer(() => resolve()));
  });
  const server = servers.at(-1)!;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const said: unknown[] = [];
  const registry = new Registry({
    connect: (signal) => connectRegistry(config((server.address() as AddressInfo).port), signal),
    watch: { asked: (outcome) => said.push(outcome), trouble: (why) => said.push(why) },
  });
  const waiting = expect(registry.schema(7)).rejects.toBeInstanceOf(RegistryClosed);
  await came;
  registry.close();
  await waiting;
  // that is no trouble of the registry's
  expect(said).toEqual([]);
}, 5_000);

test('over TLS, with a certificate of its own', async () => {
  const authority = await makeAuthority(folder);
  const server = await authority.issue('registry');
  const client = await authority.issue('sessionvigil');
  const subjects: string[] = [];
  const port = await listen(
    createTlsServer(
      {
        ca: readFileSync(authority.ca_file),
        cert: readFileSync(server.cert_file),
        key: readFileSync(server.key_file),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (request, response) => {
        subjects.push((request.socket as TLSSocket).getPeerCertificate().subject.CN as string);
        response.setHeader('content-type', 'application/json');
        response.end('{"schema":"\\"string\\""}');
      },
    ) as unknown as Server,
  );
  const ask = (tls: Partial<RegistryConfig['tls']>) =>
    connectRegistry(config(port, { tls: { insecure_skip_verify: false, ...tls } }, 'https')).getBySubjectAndId('', 7);
  const { ca_file } = authority;
  expect(await ask({ ca_file, cert_file: client.cert_file, key_file: client.key_file })).toEqual({ schema: '"string"' });
  expect(subjects).toEqual(['sessionvigil']);
  // a key that is locked, with its passphrase from a file that is read each time
  const locked = createPrivateKey(readFileSync(client.key_file)).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'open it',
  });
  const key_passphrase_file = file('passphrase', 'wrong\n');
  const own = { ca_file, cert_file: client.cert_file, key_file: file('locked.key', String(locked)) };
  await expect(async () => ask({ ...own, key_passphrase_file })).rejects.toThrow();
  file('passphrase', 'open it\n');
  expect(await ask({ ...own, key_passphrase_file })).toEqual({ schema: '"string"' });
  expect(await ask({ ...own, key_passphrase: 'open it' })).toEqual({ schema: '"string"' });
  // nobody to the registry
  await expect(ask({ ca_file })).rejects.toMatchObject({ code: expect.stringMatching(/^(ECONNRESET|EPIPE|ERR_SSL_.*)$/) });
  // signed by somebody who is not known
  await expect(ask({ cert_file: client.cert_file, key_file: client.key_file })).rejects.toMatchObject({
    code: expect.stringMatching(/UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET_ISSUER/),
  });
});

test('no cloud software is loaded into the process', () => {
  const script = `
    require('@swc/core');
    const { transformSync } = require('@swc/core');
    const { readFileSync, readdirSync } = require('node:fs');
    const before = new Set(Object.keys(require.cache));
    const text = readFileSync('src/runtime/kafka/registry/connect.ts', 'utf8');
    const names = [...text.matchAll(/from '(@confluentinc[^']+)'/g)].map(([, name]) => name);
    for (const name of names) require(name);
    console.log(JSON.stringify({ names, loaded: Object.keys(require.cache).filter((file) => !before.has(file)) }));`;
  const { names, loaded } = JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })) as Record<string, string[]>;
  expect(names).toEqual(['@confluentinc/schemaregistry/dist/schemaregistry-client']);
  expect(loaded!.length).toBeGreaterThan(10);
  expect(
    loaded!.filter((path) => /node_modules\/(@aws-sdk|@aws-crypto|@smithy|@azure|@google-cloud|google|gcp|@bufbuild|jsonata)/.test(path)),
  ).toEqual([]);
});
