import { readFileSync } from 'node:fs';
import { dirname, resolve as resolvePath } from 'node:path';
import type { ParameterValue } from '../core/detect/parameters.js';
import { parsePrefix } from '../core/enrich/prefixes.js';
import type { Vendor } from '../core/normalize/sources/index.js';
import { type Problem, SessionvigilError } from '../errors.js';
import { parseDuration } from './duration.js';
import { CONFIG_VARIABLE, type Override, readEnvironment, variableOf } from './environment.js';
import { checkKafka, type KafkaConfig } from './kafka.js';
import { reasonOf } from './reason.js';
import { byPlace, deref, openSchema, type Schema, type SchemaChecker } from './schema.js';
import { checkSignOn } from './sign-on.js';
import { list, mapping, text } from './unchecked.js';
import { type Path, type Position, parseYaml, type YamlFile } from './yaml-file.js';

/** A network of the operator's own, either a range of addresses or a network number. */
export interface EgressEntry {
  cidr?: string;
  asn?: number;
  name: string;
  owner: string;
  reason: string;
  /** from then on it counts for nothing, ms */
  expires?: number;
}

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The resolved configuration: checked, complete, frozen. Durations and times are milliseconds, paths absolute. Keys: docs/configuration.md. */
export interface Config {
  tenant: string;
  /** `<vendor>:<account>` -> tenant */
  tenants: Readonly<Record<string, string>>;
  /** source -> what its organisation is called where records do not say it */
  accounts: Readonly<Record<Vendor, string>>;
  input: { max_record_bytes: number; future_tolerance: number };
  geo: { database: string; networks_database: string };
  identities: { file?: string };
  declarations: { file?: string };
  rules: {
    paths: readonly string[];
    disabled: readonly string[];
    overrides: Readonly<Record<string, Readonly<Record<string, ParameterValue>>>>;
  };
  suppressions: { files: readonly string[] };
  lists: { egress: readonly EgressEntry[] };
  /** where single sign-on is enforced, and through whom: `<vendor>` or `<vendor>/<account>` */
  sign_on: readonly { app: string; provider: string; wait?: number }[];
  state: {
    allowed_lateness: number;
    session_idle: number;
    person_idle: number;
    sessions_per_person: number;
    observations_per_session: number;
    observations_per_person: number;
  };
  run: {
    input?: string;
    patterns: readonly string[];
    follow_links: boolean;
    output?: string;
    poll_interval: number;
    settle: number;
    /** `host:port` or `none` */
    listen: string;
    retention?: number;
    write_events: boolean;
  };
  /** absent: the service follows a folder */
  kafka?: KafkaConfig;
  log: { level: LogLevel };
}

export interface LoadedConfig {
  config: Config;
  /** what a problem found later, by what reads the values, says of where its key stands */
  locate(path: Path, of?: 'key' | 'value'): Pick<Problem, 'file' | 'line' | 'column' | 'path'>;
}

/** A configuration as it was read, mistakes or not. */
export interface ReadConfig {
  /** what the file, the environment and the command line say together, unchecked */
  value: unknown;
  /** the mistakes so far, in the order in which a person reads them */
  problems: Problem[];
  locate: LoadedConfig['locate'];
  /** What the text at `path` names: a word such as `auto`, or an absolute path. */
  resolve(path: Path, text: string): string;
  /** undefined when there is a mistake */
  config: Config | undefined;
}

/** Words that stand where a path may stand. */
const NO_PATHS = new Set(['auto', 'none', 'shipped']);

/**
 * Defaults, then the file, then the environment, then the command line; all mistakes at once.
 * @param file path of the YAML file; without it `SESSIONVIGIL_CONFIG`, without that none
 * @throws SV_CONFIG_MISSING, SV_CONFIG_INVALID
 */
export function loadConfig(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  options: readonly Override[] = [],
): LoadedConfig {
  return trusted(readConfig(file, env, options));
}

/** The same with its mistakes, for whoever has more to say of it. @throws SV_CONFIG_MISSING */
export function readConfig(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  options: readonly Override[] = [],
): ReadConfig {
  const path = file ?? env[CONFIG_VARIABLE];
  return examineConfig(path === undefined ? undefined : { file: path, text: read(path) }, env, openSchema('config'), options);
}

/** `loadConfig` without the reading. */
export function resolveConfig(
  source: { file: string; text: string } | undefined,
  env: Readonly<Record<string, string | undefined>>,
  checker: SchemaChecker,
  options: readonly Override[] = [],
): LoadedConfig {
  return trusted(examineConfig(source, env, checker, options));
}

/** `readConfig` without the reading. */
export function examineConfig(
  source: { file: string; text: string } | undefined,
  env: Readonly<Record<string, string | undefined>>,
  checker: SchemaChecker,
  options: readonly Override[] = [],
): ReadConfig {
  const yaml = source === undefined ? undefined : parseYaml(source.text, source.file);
  const environment = readEnvironment(env, checker.schema);
  const over = [...environment.values, ...options];
  const value = merged(yaml?.value ?? {}, over);
  const locate = locator(yaml, over);
  const problems = [...(yaml?.problems ?? []), ...environment.problems];
  const checked = checker.check({ file: source?.file ?? 'environment', value, locate: (p, of) => locate(p, of) as Position });
  problems.push(...checked.map((p) => placed(p, over)));
  // Tolerant of a value of the wrong shape, so that its mistakes are told together with those of the shape.
  problems.push(
    ...checkEgress(value, locate),
    ...checkState(value, locate),
    ...checkSignOn(value, locate),
    ...checkPollInterval(value, locate),
    ...checkKafka(value, locate),
  );
  const folder = source === undefined ? process.cwd() : dirname(resolvePath(source.file));
  const base = (path: Path) => (over.some((o) => isWithin(path, o.path)) ? process.cwd() : folder);
  const resolve = (path: Path, text: string) => (NO_PATHS.has(text) ? text : resolvePath(base(path), text));
  const isSound = problems.length === 0;
  const config = isSound ? (resolveValue(checker.schema, checker.schema, value, [], { resolve, locate, problems }) as Config) : undefined;
  problems.sort(byPlace);
  return { value, problems, locate, resolve, config: problems.length === 0 ? deepFreeze(config) : undefined };
}

function trusted({ config, locate, problems }: ReadConfig): LoadedConfig {
  if (config === undefined) throw invalidConfig(problems);
  return { config, locate };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SessionvigilError('SV_CONFIG_MISSING', `cannot read the configuration ${path}: ${reasonOf(cause)}`, [], { cause });
  }
}

export function invalidConfig(problems: readonly Problem[]): SessionvigilError {
  const n = problems.length;
  return new SessionvigilError('SV_CONFIG_INVALID', `the configuration has ${n === 1 ? 'one mistake' : `${n} mistakes`}`, problems);
}

/** The file's value with what stands over it. */
function merged(value: unknown, over: readonly Override[]): unknown {
  if (over.length === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const root = structuredClone(value) as Record<string, unknown>;
  for (const { path, value: set } of over) {
    let node = root;
    for (const key of path.slice(0, -1)) {
      if (typeof node[key] !== 'object' || node[key] === null) node[key] = {};
      node = node[key] as Record<string, unknown>;
    }
    node[String(path.at(-1))] = set;
  }
  return root;
}

function isWithin(path: Path, parent: Path): boolean {
  return parent.length <= path.length && parent.every((key, i) => key === path[i]);
}

function locator(yaml: YamlFile | undefined, over: readonly Override[]): LoadedConfig['locate'] {
  return (path, of) => {
    const from = over.findLast((o) => isWithin(path, o.path));
    if (from !== undefined) return { file: from.from, path: from.name };
    if (yaml === undefined) return { file: 'environment', path: variableOf(path) };
    return { file: yaml.file, ...yaml.locate(path, of), path: path.join('.') };
  };
}

/** What came from the environment or the command line is named by its variable or option, not by a line of the file. */
function placed(problem: Problem, over: readonly Override[]): Problem {
  const path = problem.path === undefined || problem.path === '' ? [] : problem.path.split('.');
  const from = over.findLast((o) => isWithin(path, o.path));
  return from === undefined ? problem : { file: from.from, path: from.name, message: problem.message };
}

/** Habits count three days after they were seen first, which must be when nothing can be re-ordered any more. */
const MOST_LATENESS = '48h';

function checkState(value: unknown, locate: LoadedConfig['locate']): Problem[] {
  const state = mapping(mapping(value)['state']);
  const duration = (key: string) => parseDuration(text(state[key]) ?? '');
  const problems: Problem[] = [];
  const lateness = duration('allowed_lateness');
  if (lateness !== undefined && lateness > parseDuration(MOST_LATENESS)!) {
    const message = `"${state['allowed_lateness']}" is longer than habits wait to count; expected ${MOST_LATENESS} or less`;
    problems.push({ ...locate(['state', 'allowed_lateness']), message });
  }
  const [session, person] = [duration('session_idle'), duration('person_idle')];
  if (session !== undefined && person !== undefined && person < session) {
    const message = `a person would be forgotten before their sessions; expected ${state['session_idle']} or longer`;
    problems.push({ ...locate(['state', 'person_idle']), message });
  }
  return problems;
}

/** Less would only keep the disk busy; more would look like a program that hangs. */
const POLL_INTERVAL = { min: '10ms', max: '1h' };

function checkPollInterval(value: unknown, locate: LoadedConfig['locate']): Problem[] {
  const given = text(mapping(mapping(value)['run'])['poll_interval']);
  const interval = parseDuration(given ?? '');
  if (interval === undefined) return [];
  const { min, max } = POLL_INTERVAL;
  if (interval >= parseDuration(min)! && interval <= parseDuration(max)!) return [];
  return [{ ...locate(['run', 'poll_interval']), message: `"${given}" is out of range; expected ${min} to ${max}` }];
}

function checkEgress(value: unknown, locate: LoadedConfig['locate']): Problem[] {
  const problems: Problem[] = [];
  for (const [i, entry] of list(mapping(mapping(value)['lists'])['egress']).entries()) {
    const [cidr, expires] = [text(mapping(entry)['cidr']), text(mapping(entry)['expires'])];
    if (cidr !== undefined && parsePrefix(cidr) === undefined) {
      problems.push({
        ...locate(['lists', 'egress', i, 'cidr']),
        message: `"${cidr}" is no address range; expected one such as 203.0.113.0/24 or 2001:db8::/32, with no bits set beyond its length`,
      });
    }
    const wide = cidr === undefined ? undefined : tooWide(cidr);
    if (wide !== undefined) {
      problems.push({
        ...locate(['lists', 'egress', i, 'cidr']),
        message: `"${cidr}" is wider than any organisation's own network and would excuse every thief in it; expected ${wide} or longer`,
      });
    }
    if (expires !== undefined && /^\d{4}-\d\d-\d\d/.test(expires) && Number.isNaN(parseTime(expires))) {
      problems.push({ ...locate(['lists', 'egress', i, 'expires']), message: `"${expires}" is no day of the calendar` });
    }
  }
  return problems;
}

/** The shortest prefix that an organisation can own: a legacy /8 of IPv4, a /19 of IPv6 (the largest that registries gave to one network). */
export function tooWide(cidr: string): string | undefined {
  const length = Number(cidr.slice(cidr.indexOf('/') + 1));
  const shortest = cidr.includes(':') ? 19 : 8;
  return cidr.includes('/') && length < shortest ? `/${shortest}` : undefined;
}

interface Resolving {
  resolve: ReadConfig['resolve'];
  locate: LoadedConfig['locate'];
  problems: Problem[];
}

/** Walks value and schema together: defaults in, texts into what they mean. The value has been checked. */
function resolveValue(schema: Schema, root: Schema, value: unknown, path: Path, how: Resolving): unknown {
  const node = deref(schema, root);
  const given = value === undefined ? node.default : value;
  if (given === undefined) return undefined;
  if (node.type === 'object') {
    const object = given as Record<string, unknown>;
    const result: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(node.properties ?? {})) {
      const resolved =
        resolveValue(property, root, object[name], [...path, name], how) ??
        secret(property, object[`${name}_file`], [...path, `${name}_file`], how);
      if (resolved !== undefined && !isSecretFile(node, name)) result[name] = resolved;
    }
    const other = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
    if (other !== undefined)
      for (const [name, v] of Object.entries(object)) result[name] = resolveValue(other, root, v, [...path, name], how);
    return result;
  }
  if (node.type === 'array') {
    return (given as unknown[]).map((v, i) => (node.items === undefined ? v : resolveValue(node.items, root, v, [...path, i], how)));
  }
  if (typeof given !== 'string') return given;
  switch (node['x-kind']) {
    case 'duration':
      return parseDuration(given);
    case 'time':
      return parseTime(given);
    case 'path':
      return how.resolve(path, given);
    default:
      return given;
  }
}

function isSecretFile(node: Schema, name: string): boolean {
  const secret = name.endsWith('_file') ? node.properties?.[name.slice(0, -'_file'.length)] : undefined;
  return secret?.['x-secret'] === true && secret['x-rotates'] !== true;
}

function secret(property: Schema, file: unknown, path: Path, how: Resolving): string | undefined {
  if (property['x-secret'] !== true || property['x-rotates'] === true || typeof file !== 'string') return undefined;
  const from = how.resolve(path, file);
  try {
    return readFileSync(from, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    how.problems.push({ ...how.locate(path), message: `cannot read ${from}: ${reasonOf(cause)}` });
    return undefined;
  }
}

/** UTC day or time as epoch ms; NaN for what no calendar has, such as 30 February. */
export function parseTime(text: string): number {
  const time = Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text.slice(0, 10) ? Number.NaN : time;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
