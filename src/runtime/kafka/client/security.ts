import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type ConnectionOptions, createSecureContext, type SecureContext } from 'node:tls';
import type { KafkaConfig, SaslConfig } from '../../../config/kafka.js';
import { SessionvigilError } from '../../../errors.js';
import { checkAuthorities } from '../authorities.js';
import { awsTokens } from './aws-token.js';
import { TokenEndpoint } from './token-endpoint.js';

/** The sections `kafka.tls` and `kafka.sasl`. */
export type KafkaSecurity = Pick<KafkaConfig, 'tls' | 'sasl'>;

/** What kafkajs calls for every authentication, of a connection or anew. */
interface Authentication {
  host: string;
  port: number;
  logger: unknown;
  saslAuthenticate(exchange: { request: unknown; response?: Answer }): Promise<unknown>;
}
interface Answer {
  decode(bytes: Buffer): Promise<Buffer>;
  parse(bytes: Buffer): Promise<void>;
}
type Provider = (authentication: Authentication) => { authenticate(): Promise<void> };

/** Options of kafkajs. */
export interface Secured {
  ssl?: ConnectionOptions;
  sasl?: { mechanism: string; authenticationProvider: Provider };
}

type Tls = NonNullable<KafkaSecurity['tls']>;

/**
 * From the configuration to kafkajs. Everything that lies in files is read again for every connection and every authentication, so what was replaced
 * counts from the next one on, without a restart; nothing of it is ever logged. To be called once for all clients: they share tokens.
 * @param warn told when files were replaced by something that cannot be used; what was before is used on
 * @throws SV_KAFKA_TLS when the files of `tls` cannot be used; SV_KAFKA_CLIENT when a package is missing
 */
export function securityOf({ tls, sasl }: KafkaSecurity, warn: (problem: string) => void = () => {}): Secured {
  return {
    ...(tls?.enabled ? { ssl: tlsOf(tls, warn) } : {}),
    ...(sasl === undefined ? {} : { sasl: saslOf(sasl) }),
  };
}

/** The context is a getter: whoever opens a socket copies these options, which asks for it. */
function tlsOf(tls: Tls, warn: (problem: string) => void): ConnectionOptions {
  const files = new TlsFiles(tls, warn);
  files.context();
  return {
    minVersion: MIN_TLS,
    rejectUnauthorized: !tls.insecure_skip_verify,
    ...(tls.servername === undefined ? {} : { servername: tls.servername }),
    get secureContext() {
      return files.context();
    },
  };
}

const MIN_TLS = 'TLSv1.2';

/** The context made of the files as they are. A certificate and its key are replaced one after the other: until they fit, the last that did is used. */
class TlsFiles {
  private read = '';
  private made: SecureContext | undefined;

  constructor(
    private readonly tls: Tls,
    private readonly warn: (problem: string) => void,
  ) {}

  /** @throws SV_KAFKA_TLS as long as there never was one */
  context(): SecureContext {
    const { ca_file, cert_file, key_file, key_passphrase, key_passphrase_file } = this.tls;
    try {
      const [ca, cert, key] = [ca_file, cert_file, key_file].map((file) => (file === undefined ? undefined : readFileSync(file, 'utf8')));
      const passphrase =
        key_passphrase ?? (key_passphrase_file === undefined ? undefined : firstLine(readFileSync(key_passphrase_file, 'utf8')));
      const read = JSON.stringify([ca, cert, key, passphrase]);
      if (this.made === undefined || read !== this.read) {
        if (ca_file !== undefined) checkAuthorities(ca!, ca_file, 'kafka.tls.ca_file', 'brokers');
        const given = Object.entries({ ca, cert, key, passphrase }).filter(([, text]) => text !== undefined);
        this.made = createSecureContext({ minVersion: MIN_TLS, ...Object.fromEntries(given) });
        this.read = read;
      }
    } catch (cause) {
      const problem = `the files of kafka.tls cannot be used: ${(cause as Error).message}`;
      if (this.made === undefined) throw new SessionvigilError('SV_KAFKA_TLS', problem, [], { cause });
      this.warn(problem);
    }
    return this.made;
  }
}

/** The names in the protocol. An IAM token goes as an OAuth token. */
const MECHANISMS: Readonly<Record<SaslConfig['mechanism'], string>> = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
  oauthbearer: 'OAUTHBEARER',
  'msk-iam': 'OAUTHBEARER',
};

function saslOf(sasl: SaslConfig): NonNullable<Secured['sasl']> {
  const mechanism = MECHANISMS[sasl.mechanism];
  const options = credentialsOf(sasl);
  const provider = kafkajsProvider(sasl.mechanism);
  return {
    mechanism,
    // kafkajs's own ways of proving it, with credentials of this moment
    authenticationProvider: (authentication) => ({
      async authenticate() {
        await provider(await options())(authentication).authenticate();
      },
    }),
  };
}

function kafkajsProvider(mechanism: SaslConfig['mechanism']): (options: object) => Provider {
  if (mechanism === 'plain') return require('kafkajs/src/broker/saslAuthenticator/plain');
  if (mechanism === 'scram-sha-256') return require('kafkajs/src/broker/saslAuthenticator/scram256');
  if (mechanism === 'scram-sha-512') return require('kafkajs/src/broker/saslAuthenticator/scram512');
  const oauthBearer: (options: object) => Provider = require('kafkajs/src/broker/saslAuthenticator/oauthBearer');
  return (options) => (authentication) =>
    oauthBearer(options)({
      ...authentication,
      saslAuthenticate: ({ request }) => authentication.saslAuthenticate({ request, response: TOKEN_ANSWER }),
    });
}

/** RFC 6750, 3.1: one word. */
const STATUS = /"status"\s*:\s*"([a-z_]{1,40})"/;

/** A token that is refused is no error of the protocol: the broker answers with why, and waits (RFC 7628, 3.2.2). kafkajs does not look. */
const TOKEN_ANSWER: Answer = {
  // kafkajs puts the length before it
  decode: async (bytes) => bytes.subarray(4),
  async parse(bytes) {
    if (bytes.length === 0) return;
    throw new Error(`the broker refuses the token (${STATUS.exec(bytes.toString('utf8'))?.[1] ?? 'it does not say why'})`);
  },
};

/** What kafkajs's provider needs; asked before every authentication. */
function credentialsOf(sasl: SaslConfig): () => Promise<object> {
  const { mechanism, username, password, password_file } = sasl;
  if (mechanism === 'msk-iam') {
    const token = awsTokens(needed(sasl.aws_region, 'aws_region'));
    return async () => bearer(await token());
  }
  if (mechanism !== 'oauthbearer') {
    const name = needed(username, 'username');
    return async () => ({ username: name, password: await secretOf('password', password, password_file) });
  }
  if (sasl.token_endpoint === undefined) return async () => bearer(await secretOf('token', sasl.token, sasl.token_file));
  const { client_id, client_secret, client_secret_file, scope } = sasl;
  const endpoint = new TokenEndpoint({
    url: sasl.token_endpoint,
    client_id: needed(client_id, 'client_id'),
    secret: () => secretOf('client_secret', client_secret, client_secret_file),
    scope,
  });
  return async () => bearer(await endpoint.token());
}

const bearer = (value: string) => ({ oauthBearerProvider: async () => ({ value }) });

/** @throws SV_KAFKA_SECRET */
async function secretOf(key: string, value: string | undefined, file: string | undefined): Promise<string> {
  if (file === undefined) return needed(value, key);
  try {
    return firstLine(await readFile(file, 'utf8'));
  } catch (cause) {
    const problem = `kafka.sasl.${key}_file: ${file} cannot be read: ${(cause as Error).message}`;
    throw new SessionvigilError('SV_KAFKA_SECRET', problem, [], { cause });
  }
}

/** The configuration has been checked: what is missing here was not asked for there. */
function needed(value: string | undefined, key: string): string {
  if (value !== undefined) return value;
  throw new SessionvigilError('SV_KAFKA_AUTH', `kafka.sasl.${key} is missing`);
}

/** Editors and `echo` end a file with a newline, which is not part of the secret. */
function firstLine(text: string): string {
  return text.replace(/\r?\n$/, '');
}
