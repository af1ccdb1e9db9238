import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { type KafkaSecurity, securityOf } from '../../../../src/runtime/kafka/client/security.js';
import type { Transport } from '../../../../src/runtime/kafka/transport.js';
import { createTopics, Lines, record, transportTo } from '../../../helpers/kafka-client.js';
import { type KafkaServers, startKafka } from '../../../helpers/servers/kafka.mjs';
import { until } from '../../../helpers/servers/ports.mjs';

jest.setTimeout(120_000);

let kafka: KafkaServers;
let secure: NonNullable<KafkaServers['secure']>;
let folder: string;
const open: Transport[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sessionvigil-security-'));
  // who is named is asked for it again every so often, as where tokens end; kafkajs does so 10 s before
  kafka = await startKafka({ secure: true, properties: { 'connections.max.reauth.ms': 12_500 } });
  secure = kafka.secure!;
});
afterAll(async () => {
  await kafka?.stop();
  rmSync(folder, { recursive: true });
});
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** How many brokers answer somebody who comes like this. */
async function brokers(address: string, security: KafkaSecurity): Promise<number> {
  const transport = await transportTo(address, { security: () => securityOf(security) });
  open.push(transport);
  return await (await transport.admin()).brokers();
}

/** Writes a record: by the connections of our own, and not the admin's. */
async function writes(address: string, security: KafkaSecurity): Promise<void> {
  const transport = await transportTo(address, { security: () => securityOf(security) });
  open.push(transport);
  const producer = await transport.producer();
  await producer.close();
}

const tls = (more: object = {}) => ({ enabled: true, insecure_skip_verify: false, ca_file: secure.ca_file, ...more });

test('nothing is asked for: nothing is given', () => {
  expect(securityOf({})).toEqual({});
  expect(securityOf({ tls: { enabled: false, insecure_skip_verify: false } })).toEqual({});
});

describe('TLS', () => {
  test('with the authority of the brokers', async () => {
    expect(await brokers(secure.tls, { tls: tls() })).toBe(1);
    await writes(secure.tls, { tls: tls() });
  });

  test('without it the brokers are not believed, unless that is wanted', async () => {
    const { ca_file: _, ...unknown } = tls();
    await expect(brokers(secure.tls, { tls: unknown })).rejects.toThrow(/self-signed|unable to (get|verify)/);
    expect(await brokers(secure.tls, { tls: { ...unknown, insecure_skip_verify: true } })).toBe(1);
  });

  test('the brokers are held to a name', async () => {
    expect(await brokers(secure.tls, { tls: tls({ servername: 'localhost' }) })).toBe(1);
    await expect(brokers(secure.tls, { tls: tls({ servername: 'kafka.example.com' }) })).rejects.toThrow('kafka.example.com');
  });

  test('with a certificate of our own, where one is asked for', async () => {
    expect(await brokers(secure.mutual_tls, { tls: tls(secure.client) })).toBe(1);
    await writes(secure.mutual_tls, { tls: tls(secure.client) });
    await expect(brokers(secure.mutual_tls, { tls: tls() })).rejects.toThrow();
  });

  test('files that are replaced count from the next connection on', async () => {
    const cert_file = join(folder, 'own.pem');
    const key_file = join(folder, 'own.key');
    const put = async (name: string) => {
      const { cert_file: cert, key_file: key } = await secure.authority.issue(name);
      return { cert: () => copyFileSync(cert, cert_file), key: () => copyFileSync(key, key_file) };
    };
    const [first, second] = [await put('first'), await put('second')];
    first.cert();
    first.key();
    const warn = jest.fn();
    const ssl = securityOf({ tls: tls({ cert_file, key_file }) }, warn).ssl!;
    const before = ssl.secureContext;
    expect(ssl.secureContext).toBe(before);
    second.cert();
    // certificate and key do not fit yet: the last that did
    expect(warn).not.toHaveBeenCalled();
    expect(ssl.secureContext).toBe(before);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('the files of kafka.tls cannot be used: '));
    second.key();
    expect(ssl.secureContext).not.toBe(before);
    const { secureContext } = { ...ssl };
    expect(secureContext).toBe(ssl.secureContext);
  });

  test('one set of options, before and behind a change of who is believed', async () => {
    const [host, port] = secure.tls.split(':') as [string, string];
    const other = await secure.authority.issue('nobody');
    const ca_file = join(folder, 'authority.pem');
    copyFileSync(other.cert_file, ca_file);
    const { ssl } = securityOf({ tls: tls({ ca_file }) });
    const handshake = () =>
      new Promise<string>((resolve) => {
        const socket = connect({ host, port: Number(port), ...ssl }, () => resolve('believed'));
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        socket.once('secureConnect', () => socket.destroy());
      });
    expect(await handshake()).not.toBe('believed');
    copyFileSync(secure.ca_file, ca_file);
    expect(await handshake()).toBe('believed');
  });

  test('authorities of whom none, or not all, can be read are an error at once, with file and key', () => {
    const good = readFileSync(secure.ca_file, 'utf8');
    const opened = (text: string) => () => securityOf({ tls: tls({ ca_file: file('authorities.pem', text) }) });
    const told = (message: RegExp) => expect.objectContaining({ code: 'SV_KAFKA_TLS', message: expect.stringMatching(message) });
    for (const text of ['', 'no certificate', readFileSync(secure.client.key_file, 'utf8')])
      expect(opened(text)).toThrow(told(/kafka\.tls\.ca_file: .*authorities\.pem holds no certificate/));
    expect(opened(`${good.slice(0, 200)}\n`)).toThrow(told(/kafka\.tls\.ca_file: the certificate in .*authorities\.pem cannot be read/));
    const broken = good.replace(/\n[A-Za-z0-9+/]{64}\n/, '\n');
    expect(opened(`${good}${broken}${good}`)).toThrow(told(/kafka\.tls\.ca_file: certificate 2 of 3 in .*authorities\.pem cannot be read/));
    expect(opened(`# ours\n${good}\r\n# theirs\n${good}`)().ssl).toBeDefined();
    expect(opened(good.replaceAll(' CERTIFICATE', ' TRUSTED CERTIFICATE'))().ssl).toBeDefined();
  });

  test('files that are not there at the start are an error', () => {
    expect(() => securityOf({ tls: tls({ ca_file: join(folder, 'none.pem') }) })).toThrow(
      expect.objectContaining({ code: 'SV_KAFKA_TLS', message: expect.stringContaining('none.pem') }),
    );
    expect(() => securityOf({ tls: tls({ cert_file: file('bad.pem', 'x'), key_file: file('bad.key', 'x') }) })).toThrow(
      expect.objectContaining({ code: 'SV_KAFKA_TLS' }),
    );
  });
});

describe.each(['sasl', 'sasl_tls'] as const)('%s', (listener) => {
  const with_tls = () => (listener === 'sasl_tls' ? { tls: tls() } : {});

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
    '%s, the password from a file that is read each time',
    async (mechanism) => {
      const password_file = file('password', `${secure.password}\n`);
      const security = { ...with_tls(), sasl: { mechanism, username: secure.user, password_file } };
      expect(await brokers(secure[listener], security)).toBe(1);
      await writes(secure[listener], security);
      const transport = await transportTo(secure[listener], { security: () => securityOf(security) });
      open.push(transport);
      writeFileSync(password_file, 'wrong');
      await expect(transport.admin()).rejects.toThrow(/[Aa]uthentication/);
      writeFileSync(password_file, secure.password);
      expect(await (await transport.admin()).brokers()).toBe(1);
    },
  );
});

/** A token that nobody has signed, as the test broker takes it. */
function unsigned(): string {
  const part = (of: object) => Buffer.from(JSON.stringify(of)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'none' })}.${part({ sub: secure.user, iat: now, exp: now + 600, scope: 'kafka' })}.`;
}

test('a connection that lives on proves again who it is, with the secret of then', async () => {
  const password_file = file('renewed', secure.password);
  const security = securityOf({ tls: tls(), sasl: { mechanism: 'scram-sha-512', username: secure.user, password_file } });
  const { authenticationProvider } = security.sasl!;
  let proven = 0;
  security.sasl!.authenticationProvider = (authentication) => ({
    async authenticate() {
      await authenticationProvider(authentication).authenticate();
      proven++;
    },
  });
  const lines = new Lines();
  const transport = await transportTo(secure.sasl_tls, { security: () => security, log: lines });
  open.push(transport);
  await createTopics(transport, { renewed: 1 });
  const producer = await transport.producer();
  const first = proven;
  const said = lines.lines.length;
  let sent = 0;
  await until('proven three times more', async () => {
    await Promise.all([producer.send([record('renewed', 0, 'x')]), producer.send([record('renewed', 0, 'y')])]);
    sent += 2;
    return proven >= first + 3;
  });
  await producer.send([record('renewed', 0, 'z')]);
  const [{ high } = { high: 0 }] = await (await transport.admin()).watermarks('renewed');
  expect(high).toBe(sent + 1);
  expect(lines.lines.slice(said)).toEqual([]);
});

describe('oauthbearer', () => {
  test('with a token from a file', async () => {
    const token_file = file('token', unsigned());
    expect(await brokers(secure.sasl_tls, { tls: tls(), sasl: { mechanism: 'oauthbearer', token_file } })).toBe(1);
  });

  test('a token that the broker refuses', async () => {
    const token_file = file('refused', 'nonsense');
    const security: KafkaSecurity = { tls: tls(), sasl: { mechanism: 'oauthbearer', token_file } };
    await expect(brokers(secure.sasl_tls, security)).rejects.toThrow('the broker refuses the token (invalid_token)');
    await expect(writes(secure.sasl_tls, security)).rejects.toThrow('the broker refuses the token (invalid_token)');
  });

  test('an endpoint that is down is told each time, and what it gives once it is up is used', async () => {
    let isUp = false;
    const server = createServer((_, response) => {
      response.statusCode = isUp ? 200 : 503;
      response.end(isUp ? JSON.stringify({ access_token: unsigned(), expires_in: 600 }) : '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const token_endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const sasl = { mechanism: 'oauthbearer' as const, token_endpoint, client_id: 'x', client_secret: 'secret' };
    const one = securityOf({ tls: tls(), sasl });
    const lines = new Lines();
    const transport = await transportTo(secure.sasl_tls, { security: () => one, log: lines });
    open.push(transport);
    await expect(transport.admin()).rejects.toThrow(`${token_endpoint} gave no token: status 503`);
    const writer = transport.producer();
    await until('it waits', () => lines.lines.length > 0);
    isUp = true;
    await (await writer).close();
    expect(JSON.stringify(lines.lines)).toContain('gave no token: status 503');
    expect(JSON.stringify(lines.lines)).not.toContain('SASL state');
    server.closeAllConnections();
    server.close();
  });

  test('with a token from an endpoint', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked++;
      response.end(JSON.stringify({ access_token: unsigned(), expires_in: 600 }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const token_endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const client_secret_file = file('client', 'secret');
    const sasl = { mechanism: 'oauthbearer' as const, token_endpoint, client_id: 'x', client_secret_file };
    const one = securityOf({ tls: tls(), sasl });
    const transport = await transportTo(secure.sasl_tls, { security: () => one });
    open.push(transport);
    expect(await (await transport.admin()).brokers()).toBe(1);
    await (await transport.producer()).close();
    expect(asked).toBe(1);
    server.closeAllConnections();
    server.close();
  });
});
