import { type IncomingMessage, request } from 'node:http';
import { type Page, PLAIN, serve } from '../../src/runtime/http.js';

const page = (text: string, status = 200): Page => ({ status, type: PLAIN, text });
let close: (() => Promise<void>) | undefined;
afterEach(() => close?.());

async function served(pages: Parameters<typeof serve>[1], listen = '127.0.0.1:0'): Promise<string> {
  const server = await serve(listen, pages);
  close = server.close;
  return server.url;
}

test('pages are made when they are asked for', async () => {
  let asked = 0;
  const url = await served({ '/a': () => page(`${++asked}`), '/b': async () => page('no', 503) });
  expect(await (await fetch(`${url}/a`)).text()).toBe('1');
  const answer = await fetch(`${url}/a?x`);
  expect([await answer.text(), answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual(['2', PLAIN, 'no-store']);
  expect((await fetch(`${url}/b`)).status).toBe(503);
  const head = await fetch(`${url}/a`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('what there is not, and what is not for reading', async () => {
  const url = await served({ '/a': () => page('a') });
  for (const path of ['/', '/constructor', '/a/']) expect((await fetch(`${url}${path}`)).status).toBe(404);
  expect((await fetch(`${url}/a`, { method: 'DELETE' })).status).toBe(405);
});

test('a page that cannot be made is an answer too', async () => {
  const url = await served({
    '/a': () => {
      throw new Error('broken');
    },
  });
  const answer = await fetch(`${url}/a`);
  expect([answer.status, await answer.text()]).toEqual([500, 'Error: broken\n']);
});

test('who asks once a minute keeps the connection', async () => {
  const url = await served({ '/a': () => page('a') });
  const open = request(`${url}/a`, { headers: { connection: 'keep-alive' } });
  open.end();
  const answer = await new Promise<IncomingMessage>((resolve) => open.once('response', resolve));
  answer.resume();
  expect(answer.headers['keep-alive']).toBe('timeout=75');
});

test('closing does not wait for connections that stay open', async () => {
  const url = await served({ '/a': () => page('a') });
  const open = request(`${url}/a`, { headers: { connection: 'keep-alive' } });
  open.on('error', () => {});
  open.end();
  await new Promise((resolve) => open.once('response', resolve));
  await close!();
  close = undefined;
  await expect(fetch(`${url}/a`)).rejects.toThrow();
});

test('an address that is not one of this machine', async () => {
  const message = 'cannot listen on 192.0.2.1:0: the address is not one of this machine';
  await expect(serve('192.0.2.1:0', {})).rejects.toMatchObject({ code: 'SV_LISTEN', exit: 2, message });
});
