import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServicePrefix } from '../core/enrich/index.js';
import type { NetworkClasses } from '../core/enrich/networks.js';
import { type Prefix, parsePrefix } from '../core/enrich/prefixes.js';
import type { KnownClient } from '../core/enrich/providers.js';
import { LANE, type Lane, NETWORK_CLASS, type NetworkClass } from '../core/event/index.js';
import { type Problem, SessionvigilError } from '../errors.js';
import { digestOf } from './digest.js';
import { PACKAGE_ROOT } from './package-root.js';
import { reasonOf } from './reason.js';
import { parseYaml } from './yaml-file.js';

/** The lists under data/ that enrichment reads, in the shape that `createEnricher` takes. */
export interface Lists {
  classes: NetworkClasses;
  servicePrefixes: readonly ServicePrefix[];
  relayPrefixes: readonly Prefix[];
  torPrefixes: readonly Prefix[];
  clients: ReadonlyMap<string, KnownClient>;
  /** file -> digest of what stands in it */
  digests: Readonly<Record<string, string>>;
}

type Path = readonly (string | number)[];

/** Reads and checks the lists. Fails with SV_DATA_INVALID and every mistake of the first file that has any. */
export function loadLists(folder: string = join(PACKAGE_ROOT, 'data')): Lists {
  const digests: Record<string, string> = {};
  const take = <T>(name: string, parse: (list: Reading) => T): T => {
    const { result, digest } = read(join(folder, name), parse);
    digests[name] = digest;
    return result;
  };
  return {
    classes: take('network-classes.json', networkClasses),
    servicePrefixes: take('service-prefixes.json', servicePrefixes),
    relayPrefixes: take('relay-prefixes.json', prefixesOf),
    torPrefixes: take('tor-exits.json', prefixesOf),
    clients: take('clients.json', clients),
    digests,
  };
}

/** Names of the OAuth clients in it. */
export function publishedClients(): string[] {
  return [...new Set([...loadLists().clients.values()].map(({ name }) => name))];
}

function read<T>(file: string, parse: (list: Reading) => T): { result: T; digest: string } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SessionvigilError('SV_DATA_INVALID', `${file} cannot be read: ${reasonOf(cause)}`, [], { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // JSON is YAML, and the YAML reader knows where in the text the mistake stands
    const { problems } = parseYaml(text, file);
    throw invalid(file, problems.length > 0 ? problems : [{ file, line: 1, column: 1, message: 'not JSON' }]);
  }
  const list = new Reading(value);
  for (const key of ['title', 'source', 'date', 'licence']) list.text([key]);
  const result = parse(list);
  if (list.mistakes.length === 0) return { result, digest: digestOf(value) };
  const { locate } = parseYaml(text, file);
  const problems = list.mistakes.map(({ path, message }) => ({ file, ...locate(path), path: path.join('.'), message }));
  throw invalid(file, problems);
}

function invalid(file: string, problems: readonly Problem[]): SessionvigilError {
  const n = problems.length;
  return new SessionvigilError('SV_DATA_INVALID', `${file} has ${n === 1 ? 'a mistake' : `${n} mistakes`}`, problems);
}

/** A parsed file and the mistakes found so far. What is wrong is noted and read as a harmless value, so that all of it is found. */
class Reading {
  readonly mistakes: { path: Path; message: string }[] = [];

  constructor(private readonly root: unknown) {}

  at(path: Path): unknown {
    return path.reduce<unknown>(
      (node, key) => (typeof node === 'object' && node !== null ? (node as Record<string | number, unknown>)[key] : undefined),
      this.root,
    );
  }

  private no<T>(path: Path, expected: string, instead: T): T {
    this.mistakes.push({ path, message: `expected ${expected}, found ${JSON.stringify(this.at(path))?.slice(0, 60) ?? 'nothing'}` });
    return instead;
  }

  text(path: Path): string {
    const value = this.at(path);
    return typeof value === 'string' && value !== '' ? value : this.no(path, 'a text', '');
  }

  flag(path: Path): boolean {
    const value = this.at(path);
    return typeof value === 'boolean' ? value : this.no(path, 'true or false', false);
  }

  asn(path: Path): number {
    const value = this.at(path);
    return Number.isInteger(value) && (value as number) > 0 && (value as number) < 2 ** 32
      ? (value as number)
      : this.no(path, 'a network number', 0);
  }

  /** @returns the path of each element */
  list(path: Path): Path[] {
    const value = this.at(path);
    return Array.isArray(value) ? value.map((_, i) => [...path, i]) : this.no(path, 'a list', []);
  }

  /** @returns the keys of an object */
  keys(path: Path): string[] {
    const value = this.at(path);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : this.no(path, 'an object', []);
  }

  word<T extends string>(path: Path, words: readonly T[]): T {
    const value = this.at(path);
    return words.includes(value as T) ? (value as T) : this.no(path, `one of ${words.join(', ')}`, words[0]!);
  }

  prefix(path: Path): Prefix {
    const value = this.at(path);
    const prefix = typeof value === 'string' ? parsePrefix(value) : undefined;
    return prefix ?? this.no(path, 'a prefix such as 203.0.113.0/24 or 2001:db8::/32 with no bits set beyond its length', NO_PREFIX);
  }

  twice(path: Path, what: string): void {
    this.mistakes.push({ path, message: `${what} stands twice; keep one` });
  }

  unknown(path: Path, words: readonly string[]): void {
    this.mistakes.push({ path, message: `expected one of ${words.join(', ')}` });
  }
}

const NO_PREFIX: Prefix = { words: [0], length: 32 };

function networkClasses(list: Reading): NetworkClasses {
  const asns = new Map<number, NetworkClass>();
  for (const key of list.keys(['asns'])) {
    const cls = NETWORK_CLASS.find((c) => c === key);
    if (cls === undefined) list.unknown(['asns', key], NETWORK_CLASS);
    for (const entry of list.list(['asns', key])) {
      list.text([...entry, 'org']);
      for (const path of list.list([...entry, 'asns'])) {
        const asn = list.asn(path);
        if (asns.has(asn)) list.twice(path, `network ${asn}`);
        asns.set(asn, cls ?? 'unknown');
      }
    }
  }
  return {
    version: list.text(['date']),
    asns,
    prefixes: list.list(['prefixes']).map((p) => [list.prefix([...p, 'prefix']), list.word([...p, 'class'], NETWORK_CLASS)] as const),
    patterns: list.list(['patterns']).map((p) => ({
      class: list.word([...p, 'class'], NETWORK_CLASS),
      words: list.list([...p, 'words']).map((word) => list.text(word).toLowerCase()),
    })),
  };
}

function servicePrefixes(list: Reading): ServicePrefix[] {
  return list.list(['services']).flatMap((service) => {
    list.text([...service, 'name']);
    list.text([...service, 'source']);
    const vendors = list.list([...service, 'vendors']).map((path) => list.text(path));
    return list.list([...service, 'prefixes']).map((path) => ({ prefix: list.prefix(path), vendors }));
  });
}

function prefixesOf(list: Reading): Prefix[] {
  return list.list(['prefixes']).map((path) => list.prefix(path));
}

function clients(list: Reading): Map<string, KnownClient> {
  const known = new Map<string, KnownClient>();
  for (const path of list.list(['clients'])) {
    const uid = list.text([...path, 'uid']).toLowerCase();
    if (known.has(uid)) list.twice([...path, 'uid'], `client ${uid}`);
    known.set(
      uid,
      Object.freeze({
        name: list.text([...path, 'name']),
        lane: list.word<Lane>([...path, 'lane'], LANE),
        is_first_party: list.flag([...path, 'is_first_party']),
        is_admin: list.at([...path, 'is_admin']) !== undefined && list.flag([...path, 'is_admin']),
      }),
    );
  }
  return known;
}
