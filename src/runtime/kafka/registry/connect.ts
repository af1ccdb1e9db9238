import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
// the package's index would load the software kits of three clouds: 1400 modules, 80 MB
import { type Client, SchemaRegistryClient } from '@confluentinc/schemaregistry/dist/schemaregistry-client';
import type { RegistryConfig } from '../../../config/kafka.js';
import { checkAuthorities } from '../authorities.js';

/** An answer that takes longer will not come, ms. */
const TIMEOUT_MS = 10_000;
/** No schema is longer, bytes. */
const MAX_ANSWER = 16 * 1024 * 1024;

/** The part of the client that is used. */
export type RegistryApi = Pick<Client, 'getBySubjectAndId' | 'getSchemaMetadata' | 'register'>;

/**
 * A client with what stands in the files now: secrets and certificates are read again for every question, of which there are few, so that what was
 * renewed is used without a restart. It asks once; whoever calls knows how to wait.
 * @param signal gives up what is asked
 * @throws when a file cannot be read, or holds no certificates where they should be
 */
export function connectRegistry(config: RegistryConfig, signal?: AbortSignal): RegistryApi {
  const { urls, username, password, password_file, token, token_file, tls } = config;
  const bearer = secret(token, token_file);
  const basic = username === undefined ? undefined : `${username}:${secret(password, password_file) ?? ''}`;
  return new SchemaRegistryClient({
    baseURLs: [...urls],
    maxRetries: 0,
    ...(basic === undefined ? {} : { basicAuthCredentials: { credentialsSource: 'USER_INFO' as const, userInfo: basic } }),
    createAxiosDefaults: {
      timeout: TIMEOUT_MS,
      maxContentLength: MAX_ANSWER,
      ...(signal === undefined ? {} : { signal }),
      // the client's own bearer tokens are for one vendor's cloud only
      ...(bearer === undefined ? {} : { headers: { common: { Authorization: `Bearer ${bearer}` } } }),
      ...(urls.some((url) => url.startsWith('https:')) ? { httpsAgent: agentOf(tls) } : {}),
    },
  });
}

function agentOf(tls: RegistryConfig['tls']): Agent {
  const { ca_file, cert_file, key_file, servername, insecure_skip_verify } = tls;
  const passphrase = secret(tls.key_passphrase, tls.key_passphrase_file);
  return new Agent({
    keepAlive: false,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: !insecure_skip_verify,
    ...(ca_file === undefined ? {} : { ca: authoritiesOf(ca_file) }),
    ...(cert_file === undefined ? {} : { cert: readFileSync(cert_file) }),
    ...(key_file === undefined ? {} : { key: readFileSync(key_file) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(servername === undefined ? {} : { servername }),
  });
}

function authoritiesOf(file: string): string {
  const text = readFileSync(file, 'utf8');
  checkAuthorities(text, file, 'kafka.registry.tls.ca_file', 'registries');
  return text;
}

function secret(value: string | undefined, file: string | undefined): string | undefined {
  return file === undefined ? value : readFileSync(file, 'utf8').replace(/\r?\n$/, '');
}
