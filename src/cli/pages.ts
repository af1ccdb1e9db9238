import { type Page, PLAIN } from '../runtime/http.js';

/** What a service says of itself; reasons hold no names of people. */
export interface Said {
  /** why it is not ready */
  unready(): string | undefined;
  /** why it should be started anew */
  stuck(): string | undefined;
  metrics(): Promise<string>;
  status?(): unknown;
}

/** Its pages for Prometheus, for whoever starts it and for whoever looks. */
export function pagesOf({ unready, stuck, metrics, status }: Said): Record<string, () => Page | Promise<Page>> {
  const say = (reason: string | undefined): Page =>
    reason === undefined ? { status: 200, type: PLAIN, text: 'ok\n' } : { status: 503, type: PLAIN, text: `${reason}\n` };
  return {
    '/metrics': async () => ({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', text: await metrics() }),
    '/healthz': () => say(stuck()),
    '/readyz': () => say(unready()),
    ...(status === undefined
      ? {}
      : {
          '/status': () => ({ status: 200, type: 'application/json; charset=utf-8', text: `${JSON.stringify(status(), undefined, 2)}\n` }),
        }),
  };
}
