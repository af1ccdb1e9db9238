import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TokenEndpoint } from '../../../../src/runtime/kafka/client/token-endpoint.js';

let server: Server;
let url: string;
let answer: { status: number; body: string; location?: string };
const asked: { authorization?: string | undefined; form: string }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let form = '';
    request.on('data', (part) => {
      form += part;
    });
    request.on('end', () => {
      asked.push({ authorization: request.headers.authorization, form });
      response.writeHead(answer.status, answer.location === undefined ? {} : { location: answer.location }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
  answer = { status: 200, body: '{"access_token":"t1","expires_in":100}' };
});

const endpoint = (now: () => number, scope?: string) => new TokenEndpoint({ url, client_id: 'a b', secret: async () => 's:é', scope, now });

test('asks with client credentials, once for all that wait, and again before the token ends', async () => {
  let time = 0;
  const tokens = endpoint(() => time, 'kafka');
  expect(await Promise.all([tokens.token(), tokens.token()])).toEqual(['t1', 't1']);
  expect(asked).toEqual([
    { authorization: `Basic ${Buffer.from('a%20b:s%3A%C3%A9').toString('base64')}`, form: 'grant_type=client_credentials&scope=kafka' },
  ]);
  time = 79_999;
  expect(await tokens.token()).toBe('t1');
  expect(asked).toHaveLength(1);
  time = 80_000;
  answer.body = '{"access_token":"t2"}';
  expect(await tokens.token()).toBe('t2');
  await tokens.token();
  // without a life it is not kept
  expect(asked).toHaveLength(3);
});

test.each([
  [{ status: 401, body: '{"error":"invalid_client","error_description":"s:é"}' }, 'status 401 (invalid_client)'],
  [{ status: 400, body: '{"error":"s:é is wrong"}' }, 'status 400'],
  [{ status: 500, body: 'oops' }, 'status 500'],
  [{ status: 200, body: '{}' }, 'an answer without an access_token'],
  [{ status: 200, body: 'no json' }, 'an answer without an access_token'],
])('%j: says why there is no token, and nothing of the secret', async (made, reason) => {
  answer = made;
  await expect(endpoint(Date.now).token()).rejects.toMatchObject({
    code: 'SV_KAFKA_TOKEN',
    message: `kafka.sasl.token_endpoint ${url} gave no token: ${reason}`,
  });
});

test('the secret is not taken elsewhere', async () => {
  answer = { status: 307, body: '', location: `${url}2` };
  await expect(endpoint(Date.now).token()).rejects.toMatchObject({ code: 'SV_KAFKA_TOKEN' });
  expect(asked).toHaveLength(1);
  expect(() => new TokenEndpoint({ url: 'http://login.example.com/t', client_id: 'a', secret: async () => 's' })).toThrow('https only');
  expect(() => new TokenEndpoint({ url: 'https://login.example.com/t', client_id: 'a', secret: async () => 's' })).not.toThrow();
});

test('an endpoint that cannot be reached is named, without what else is in its address', async () => {
  const away = new TokenEndpoint({ url: 'http://127.0.0.1:1/token?key=hidden', client_id: 'a', secret: async () => 's' });
  await expect(away.token()).rejects.toMatchObject({
    code: 'SV_KAFKA_TOKEN',
    message: expect.stringMatching(/^kafka\.sasl\.token_endpoint http:\/\/127\.0\.0\.1:1\/token gave no token: \S+/),
  });
});
