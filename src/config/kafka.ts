import type { Problem } from '../errors.js';
import { namesOf, OWN_TOPICS } from '../runtime/kafka/names.js';
import type { Config, LoadedConfig } from './config.js';
import { parseDuration } from './duration.js';
import { list, mapping, text } from './unchecked.js';
import type { Path } from './yaml-file.js';

/** A raw topic. */
export interface KafkaSource {
  topic: string;
  vendor: 'auto' | 'okta' | 'entra' | 'm365';
  /** in place of the configuration's */
  tenant?: string;
  /** name of the Okta org, in place of the configuration's */
  account?: string;
  format: 'json' | 'avro';
  /** how often the topic was made: its offsets begin again with each */
  generation: number;
  /** where to begin in a partition that was never read */
  start: 'earliest' | 'latest';
}

/** Of every secret there is the value or the path of the file that holds it, never both; files are read whenever they are needed. */
export interface TlsFiles {
  ca_file?: string;
  cert_file?: string;
  key_file?: string;
  key_passphrase?: string;
  key_passphrase_file?: string;
  /** certificates are held to it, in place of the host */
  servername?: string;
  insecure_skip_verify: boolean;
}

export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer', 'msk-iam'] as const;

export interface SaslConfig {
  mechanism: (typeof SASL_MECHANISMS)[number];
  username?: string;
  password?: string;
  password_file?: string;
  token?: string;
  token_file?: string;
  token_endpoint?: string;
  client_id?: string;
  client_secret?: string;
  client_secret_file?: string;
  scope?: string;
  aws_region?: string;
}

export interface RegistryConfig {
  urls: readonly string[];
  username?: string;
  password?: string;
  password_file?: string;
  token?: string;
  token_file?: string;
  tls: TlsFiles;
}

/** The section `kafka`, resolved: durations in ms, paths absolute. Keys: docs/configuration.md. */
export interface KafkaConfig {
  /** `host:port` */
  brokers: readonly string[];
  client_id: string;
  application_id: string;
  generation: number;
  /** of our own topics */
  partitions: number;
  /** -1: as the brokers are set */
  replication_factor: number;
  min_insync_replicas?: number;
  sources: readonly KafkaSource[];
  /** names in place of our own */
  topics: { findings?: string; revocations?: string; dead_letters?: string };
  output: { format: 'json' | 'avro' };
  /** absent: no encryption */
  tls?: TlsFiles & { enabled: boolean };
  /** absent: nobody is named to the brokers */
  sasl?: SaslConfig;
  registry?: RegistryConfig;
  session_timeout: number;
  max_in_flight_bytes: number;
  /** of people who are objects, in all partitions together */
  state_objects_bytes: number;
  commit_interval: number;
  /** absent: the newest */
  state_write_version?: number;
  state_flush: { events: number; interval: number };
  shutdown_grace: number;
  seat_dir?: string;
}

type Locate = LoadedConfig['locate'];
type Say = (path: Path, message: string, of?: 'key' | 'value') => void;

/** What no shape can say of the section: what belongs together, and what cannot be together. Tolerant of values of the wrong shape. */
export function checkKafka(value: unknown, locate: Locate): Problem[] {
  const kafka = mapping(mapping(value)['kafka']);
  const problems: Problem[] = [];
  const say: Say = (path, message, of = 'value') => {
    problems.push({ ...locate(['kafka', ...path], of), message });
  };
  checkTopics(kafka, say);
  checkSources(kafka, say);
  checkReplicas(kafka, say);
  checkSasl(kafka, say);
  checkTls(mapping(kafka['tls']), ['tls'], say);
  checkRegistry(kafka, say);
  checkDurations(kafka, say);
  return problems;
}

/** Every topic is one thing only: read, or written for one purpose. */
function checkTopics(kafka: Record<string, unknown>, say: Say): void {
  const { application_id = 'sessionvigil', generation = 1 } = kafka;
  const own = ownTopics(text(application_id), generation);
  const taken = new Map<string, string>();
  const named = mapping(kafka['topics']);
  for (const [what, name] of own) if (named[what] === undefined) taken.set(name, 'is a topic of our own');
  for (const what of ['findings', 'revocations', 'dead_letters']) {
    const name = text(named[what]);
    if (name === undefined) continue;
    const other = taken.get(name);
    if (other !== undefined) say(['topics', what], `"${name}" ${other}; expected a name that nothing else has`);
    taken.set(name, `is what kafka.topics.${what} names`);
  }
  for (const [i, source] of list(kafka['sources']).entries()) {
    const topic = text(mapping(source)['topic']);
    if (topic === undefined) continue;
    const other =
      taken.get(topic) ?? (isOwn(topic, text(application_id)) ? 'is a topic of another generation of this deployment' : undefined);
    if (other !== undefined) say(['sources', i, 'topic'], `"${topic}" ${other}; expected another, into which vendors deliver`);
    taken.set(topic, `is what kafka.sources.${i} reads already`);
  }
}

function ownTopics(application_id: string | undefined, generation: unknown): [string, string][] {
  if (application_id === undefined || typeof generation !== 'number') return [];
  return Object.entries(namesOf({ application_id, generation, topics: {} }).topics);
}

function isOwn(topic: string, application_id: string | undefined): boolean {
  if (application_id === undefined || !topic.startsWith(`${application_id}.`)) return false;
  const [, generation = '', what = ''] = /^(\d+)\.(.+)$/.exec(topic.slice(application_id.length + 1)) ?? [];
  return generation !== '' && OWN_TOPICS.some((own) => own.replaceAll('_', '-') === what);
}

function checkSources(kafka: Record<string, unknown>, say: Say): void {
  const needed = 'needs kafka.registry, where the schemas are';
  for (const [i, source] of list(kafka['sources']).entries()) {
    const { vendor = 'auto', account, format } = mapping(source);
    if (format === 'avro' && kafka['registry'] === undefined) say(['sources', i, 'format'], `"avro" ${needed}`);
    if (account !== undefined && (vendor === 'entra' || vendor === 'm365'))
      say(['sources', i, 'account'], `records of ${vendor} say themselves which account they are from; take it out`, 'key');
  }
  if (mapping(kafka['output'])['format'] === 'avro' && kafka['registry'] === undefined) say(['output', 'format'], `"avro" ${needed}`);
}

function checkReplicas({ replication_factor: copies, min_insync_replicas: least }: Record<string, unknown>, say: Say): void {
  if (typeof copies === 'number' && typeof least === 'number' && copies > 0 && least > copies)
    say(
      ['min_insync_replicas'],
      `${least} of ${copies} copies can never have a record: nothing could be written; expected ${copies} or less`,
    );
}

const PASSWORD = ['username', 'password'] as const;
/** What each mechanism needs: one of these lists, whole. */
const SASL_NEEDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  plain: [PASSWORD],
  'scram-sha-256': [PASSWORD],
  'scram-sha-512': [PASSWORD],
  oauthbearer: [['token'], ['token_endpoint', 'client_id', 'client_secret']],
  'msk-iam': [['aws_region']],
};
const SASL_OPTIONAL: Readonly<Record<string, readonly string[]>> = { oauthbearer: ['scope'] };

function checkSasl(kafka: Record<string, unknown>, say: Say): void {
  const sasl = mapping(kafka['sasl']);
  const mechanism = text(sasl['mechanism']);
  checkGivenOnce(sasl, ['sasl'], ['password', 'token', 'client_secret'], say);
  const ways = mechanism === undefined ? undefined : SASL_NEEDS[mechanism];
  if (mechanism === undefined || ways === undefined) return;
  const has = (key: string) => sasl[key] !== undefined || sasl[`${key}_file`] !== undefined;
  const useful = new Set(['mechanism', ...ways.flat(), ...(SASL_OPTIONAL[mechanism] ?? [])]);
  for (const key of Object.keys(sasl)) {
    const isKnown = SASL_KEYS.has(key.replace(/_file$/, ''));
    if (isKnown && !useful.has(key.replace(/_file$/, ''))) say(['sasl', key], `is of no use with ${mechanism}; take it out`, 'key');
  }
  const wordsOf = (way: readonly string[]) => way.map(nameOf).join(' and ');
  const begun = ways.filter((way) => way.some(has));
  const missing = begun[0]?.filter((key) => !has(key)) ?? [];
  if (begun.length > 1) say(['sasl'], `${mechanism} takes ${ways.map(wordsOf).join(', or ')}; expected one of the two`);
  else if (begun.length === 0) say(['sasl'], `${mechanism} needs ${ways.map(wordsOf).join(', or ')}`);
  else if (missing.length > 0) say(['sasl'], `${mechanism} needs ${wordsOf(missing)}`);
  if (mechanism === 'msk-iam' && !isEncrypted(kafka))
    say(['sasl', 'mechanism'], 'msk-iam works over TLS only; expected a section kafka.tls');
}

const SASL_KEYS: ReadonlySet<string> = new Set([...Object.values(SASL_NEEDS).flat(2), ...Object.values(SASL_OPTIONAL).flat()]);
const SECRETS: ReadonlySet<string> = new Set(['password', 'token', 'client_secret', 'key_passphrase']);

/** As a person is to write it: secrets best stand in files. */
function nameOf(key: string): string {
  return SECRETS.has(key) ? `${key}_file` : key;
}

function checkGivenOnce(section: Record<string, unknown>, path: Path, secrets: readonly string[], say: Say): void {
  for (const key of secrets) {
    if (section[key] !== undefined && section[`${key}_file`] !== undefined)
      say([...path, `${key}_file`], `${key} is given too; keep one of the two`, 'key');
  }
}

function checkTls(tls: Record<string, unknown>, path: Path, say: Say): void {
  checkGivenOnce(tls, path, ['key_passphrase'], say);
  const { cert_file, key_file, key_passphrase = tls['key_passphrase_file'] } = tls;
  if (cert_file !== undefined && key_file === undefined)
    say([...path, 'cert_file'], 'a certificate is worth nothing without its key; expected key_file', 'key');
  if (key_file !== undefined && cert_file === undefined)
    say([...path, 'key_file'], 'a key is worth nothing without its certificate; expected cert_file', 'key');
  if (key_passphrase !== undefined && key_file === undefined && cert_file === undefined)
    say(path, 'a passphrase is worth nothing without its key; expected cert_file and key_file', 'key');
}

function checkRegistry(kafka: Record<string, unknown>, say: Say): void {
  const registry = mapping(kafka['registry']);
  const has = (key: string) => registry[key] !== undefined || registry[`${key}_file`] !== undefined;
  checkGivenOnce(registry, ['registry'], ['password', 'token'], say);
  checkTls(mapping(registry['tls']), ['registry', 'tls'], say);
  if (has('username') !== has('password'))
    say(['registry'], `a name and a password go together; expected ${has('username') ? 'password_file' : 'username'}`);
  if (has('token') && (has('username') || has('password'))) say(['registry'], 'a token, or a name and a password: one of the two');
  for (const [i, url] of list(registry['urls']).entries()) {
    if (typeof url === 'string' && /^https?:\/\/[^/?#]*@/.test(url))
      say(['registry', 'urls', i], 'holds a name or password, which would be shown; expected them in username and password_file');
  }
}

/** Shortest and longest, and why. Brokers allow session timeouts from 6 s to 30 min by default. */
const DURATIONS: readonly { path: readonly string[]; min: string; max: string }[] = [
  { path: ['session_timeout'], min: '6s', max: '5m' },
  { path: ['commit_interval'], min: '10ms', max: '30s' },
  { path: ['state_flush', 'interval'], min: '1s', max: '1d' },
  { path: ['shutdown_grace'], min: '1s', max: '10m' },
];

function checkDurations(kafka: Record<string, unknown>, say: Say): void {
  for (const { path, min, max } of DURATIONS) {
    const given = text(path.reduce<unknown>((at, key) => mapping(at)[key], kafka));
    const ms = given === undefined ? undefined : parseDuration(given);
    if (ms !== undefined && (ms < parseDuration(min)! || ms > parseDuration(max)!))
      say(path, `"${given}" is out of range; expected ${min} to ${max}`);
  }
}

function isEncrypted(kafka: Record<string, unknown>): boolean {
  return kafka['tls'] !== undefined && mapping(kafka['tls'])['enabled'] !== false;
}

/** Keys that name files, each of which has to be there. */
const FILES: readonly Path[] = [
  ...['ca_file', 'cert_file', 'key_file', 'key_passphrase_file'].flatMap((key) => [
    ['tls', key],
    ['registry', 'tls', key],
  ]),
  ...['password_file', 'token_file', 'client_secret_file'].map((key) => ['sasl', key]),
  ...['password_file', 'token_file'].map((key) => ['registry', key]),
];

/** The files that the section names, with the path of the key. */
export function filesOfKafka(value: unknown): { path: Path; file: string }[] {
  const kafka = mapping(mapping(value)['kafka']);
  return FILES.flatMap((path) => {
    const file = text(path.reduce<unknown>((at, key) => mapping(at)[key], kafka));
    return file === undefined || file === '' ? [] : [{ path: ['kafka', ...path], file }];
  });
}

/** What works and is dangerous, or is not what it seems: said, and no mistake. */
export function warningsOfKafka({ kafka, run }: Pick<Config, 'kafka' | 'run'>): string[] {
  if (kafka === undefined) return [];
  const { tls, sasl, registry, replication_factor: copies, min_insync_replicas: least } = kafka;
  const isEncrypted = tls?.enabled === true;
  const sends = sasl === undefined ? undefined : SENT[sasl.mechanism];
  const folders = (['input', 'output'] as const).filter((key) => run[key] !== undefined);
  return [
    sends !== undefined && !isEncrypted && `kafka.sasl without kafka.tls: ${sends}`,
    isEncrypted &&
      tls.insecure_skip_verify &&
      'kafka.tls.insecure_skip_verify: whoever stands between here and the brokers reads and changes everything',
    registry?.tls.insecure_skip_verify === true && 'kafka.registry.tls.insecure_skip_verify: whoever stands between can give any schema',
    registry?.urls.some((url) => url.startsWith('http:')) === true &&
      (registry.username !== undefined || registry.token !== undefined || registry.token_file !== undefined) &&
      'kafka.registry: its password or token goes over the network for everybody to read; use https',
    copies === 1 && 'kafka.replication_factor is 1: with one disk all state is lost',
    copies > 1 && least === copies && `kafka.min_insync_replicas is ${least} of ${copies}: with one broker away nothing can be written`,
    copies >= 3 && least === 1 && 'kafka.min_insync_replicas is 1: what counts as written may be on one disk only',
    folders.length > 0 && `run.${folders.join(' and run.')}: not looked at, since there is a section kafka`,
  ].filter((warning) => warning !== false);
}

/** What somebody who listens learns without TLS. */
const SENT: Readonly<Record<SaslConfig['mechanism'], string>> = {
  plain: 'the password goes over the network for everybody to read',
  'scram-sha-256': 'the records go over the network for everybody to read, and a weak password can be guessed from what is sent',
  'scram-sha-512': 'the records go over the network for everybody to read, and a weak password can be guessed from what is sent',
  oauthbearer: 'the token goes over the network for everybody to read',
  'msk-iam': 'msk-iam works over TLS only',
};
