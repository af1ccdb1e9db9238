import { SessionvigilError } from '../../../errors.js';

export interface TokenEndpointOptions {
  url: string;
  client_id: string;
  /** asked for every token */
  secret(): Promise<string>;
  scope?: string | undefined;
  /** ms since 1970; for tests */
  now?: () => number;
}

/** Without an answer for so long there is none. */
const TIMEOUT_MS = 10_000;
/** A token is not used in the last part of its life: it has to last until the broker has looked at it. */
const USED_FOR = 0.8;
/** RFC 6749, 5.2: one word. Nothing else of an answer is shown: it may repeat what was sent. */
const ERROR_WORD = /^[a-z_]{1,40}$/;

/**
 * Tokens by client credentials (RFC 6749, 4.4), the same for all connections as long as it lives. Asked over https, or on this machine.
 */
export class TokenEndpoint {
  private known: { token: string; until: number } | undefined;
  private asking: Promise<string> | undefined;

  /** @throws SV_KAFKA_AUTH for an address that would show the secret to the network */
  constructor(private readonly options: TokenEndpointOptions) {
    const { protocol, hostname } = new URL(options.url);
    const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
    if (protocol !== 'https:' && !(protocol === 'http:' && isHere))
      throw new SessionvigilError('SV_KAFKA_AUTH', 'kafka.sasl.token_endpoint: the client secret goes over https only');
  }

  /** @throws SV_KAFKA_TOKEN, and what the secret throws */
  async token(): Promise<string> {
    const { now = Date.now } = this.options;
    if (this.known !== undefined && now() < this.known.until) return this.known.token;
    this.asking ??= this.ask(now()).finally(() => {
      this.asking = undefined;
    });
    return await this.asking;
  }

  private async ask(began: number): Promise<string> {
    const { url, client_id, secret, scope } = this.options;
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) });
    // form-encoded before it is joined, as the RFC wants (2.3.1)
    const user = `${encodeURIComponent(client_id)}:${encodeURIComponent(await secret())}`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(user).toString('base64')}`, accept: 'application/json' },
      body: form,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: Error) => {
      throw this.refused(wordsOf(cause), cause);
    });
    const said: unknown = await answer.json().catch(() => undefined);
    const { access_token, expires_in, error } = (said ?? {}) as Record<string, unknown>;
    if (!answer.ok)
      throw this.refused(`status ${answer.status}${typeof error === 'string' && ERROR_WORD.test(error) ? ` (${error})` : ''}`);
    if (typeof access_token !== 'string' || access_token === '') throw this.refused('an answer without an access_token');
    const lives = Number(expires_in);
    this.known = lives > 0 ? { token: access_token, until: began + lives * 1000 * USED_FOR } : undefined;
    return access_token;
  }
  /** Without what an address may hold besides the place. */
  private refused(reason: string, cause?: Error): SessionvigilError {
    const { origin, pathname } = new URL(this.options.url);
    const problem = `kafka.sasl.token_endpoint ${origin}${pathname} gave no token: ${reason}`;
    return new SessionvigilError('SV_KAFKA_TOKEN', problem, [], cause === undefined ? {} : { cause });
  }
}

/** `fetch failed` says nothing: why is in its cause, which for several addresses has a code and no words. */
function wordsOf({ message, cause }: Error): string {
  if (!(cause instanceof Error)) return message;
  return cause.message || ((cause as NodeJS.ErrnoException).code ?? message);
}
