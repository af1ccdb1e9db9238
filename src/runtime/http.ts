import { createServer, type Server, type ServerResponse } from 'node:http';
import { SessionvigilError } from '../errors.js';

/** What is answered to a path: a status and a text. */
export interface Page {
  status: number;
  type: string;
  text: string;
}

const REASONS: Record<string, string> = {
  EADDRINUSE: 'the port is taken',
  EADDRNOTAVAIL: 'the address is not one of this machine',
  EACCES: 'no permission for this port',
  ENOTFOUND: 'no such name',
};

/**
 * Serves pages that are made when somebody asks for them, for reading only.
 * @param listen `host:port`, the host in brackets when it is an IPv6 address
 * @throws SV_LISTEN
 */
export async function serve(
  listen: string,
  pages: Readonly<Record<string, () => Page | Promise<Page>>>,
): Promise<{ url: string; close(): Promise<void> }> {
  const cut = listen.lastIndexOf(':');
  const host = listen.slice(0, cut).replace(/^\[|\]$/g, '');
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0]!;
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (request.method !== 'GET' && request.method !== 'HEAD') answer(response, { status: 405, type: PLAIN, text: 'GET only\n' });
    else if (page === undefined) answer(response, { status: 404, type: PLAIN, text: `there are: ${Object.keys(pages).join(' ')}\n` });
    else
      Promise.resolve()
        .then(page)
        .catch((error: unknown) => ({ status: 500, type: PLAIN, text: `${error}\n` }))
        .then((made) => answer(response, made));
  });
  // who only reads a page has no reason to take longer
  server.requestTimeout = 10_000;
  // whoever asks once a minute, as Prometheus does, keeps the connection, and never meets its end
  server.keepAliveTimeout = 75_000;
  await started(server, host, Number(listen.slice(cut + 1)), listen);
  server.unref();
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : listen.slice(cut + 1);
  return {
    url: `http://${listen.slice(0, cut)}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const PLAIN = 'text/plain; charset=utf-8';

function started(server: Server, host: string, port: number, listen: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = REASONS[cause.code ?? ''] ?? cause.code ?? cause.message;
      reject(new SessionvigilError('SV_LISTEN', `cannot listen on ${listen}: ${reason}`, [], { cause }));
    });
    server.listen(port, host, () => resolve());
  });
}

function answer(response: ServerResponse, { status, type, text }: Page): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  response.end(text);
}
