import { readFileSync, statSync } from 'node:fs';
import {
  type AgentDeclaration,
  type Declarations,
  type DeclaredEgress,
  type DeclaredHours,
  NO_DECLARATIONS,
  type PartnerDeclaration,
} from '../core/declared/declarations.js';
import type { Activity } from '../core/event/index.js';
import { type Problem, SessionvigilError } from '../errors.js';
import { checkDeclarations, foldedAs, withLists } from './check-declarations.js';
import { foldId } from './identity-forms.js';
import { reasonOf } from './reason.js';
import { byPlace, openSchema } from './schema.js';
import { offsetsOf } from './time-zone.js';
import { list, mapping, text } from './unchecked.js';
import { type Path, parseYaml, type YamlFile } from './yaml-file.js';

/** A declaration as it is written, with lists where one or several may stand, after the schema found it well-shaped. */
interface Common {
  name: string;
  owner: string;
  tenant?: string;
  ids?: string[];
}
interface WrittenAgent extends Common {
  clients?: string[];
  acts_for?: string[];
  egress?: DeclaredEgress;
  resources?: string[];
  activities?: Activity[];
  actions?: string[];
  hours?: WrittenHours[];
}
interface WrittenPartner extends Common {
  directories?: string[];
  domains?: string[];
  egress: DeclaredEgress;
}
interface WrittenHours {
  zone: string;
  days?: string[];
  from: string;
  to: string;
}
export interface WrittenDeclarations {
  agents?: WrittenAgent[];
  partners?: WrittenPartner[];
}

/**
 * Every mistake in declarations, each where it stands.
 * @param prefix where they stand in the file
 */
export function mistakesInDeclarations(written: unknown, yaml: YamlFile, prefix: Path = []): Problem[] {
  const value = withLists(written ?? {});
  const locate: YamlFile['locate'] = (path, of) => yaml.locate([...prefix, ...asWritten(path, written)], of);
  const named = (path: string) => [...prefix, nameOf(path, value)].filter((word) => word !== '').join('.');
  const shape = openSchema('declarations').check({ file: yaml.file, value, locate });
  const more = checkDeclarations(value, (path, of) => ({ file: yaml.file, ...locate(path, of), path: path.join('.') }));
  return [...shape, ...more].map((problem) => ({ ...problem, path: named(problem.path ?? '') })).sort(byPlace);
}

/** The path of a part in what was written, where one may stand in place of a list of one. */
function asWritten(path: Path, written: unknown): Path {
  const real: (string | number)[] = [];
  let node = written;
  for (const key of path) {
    if (typeof key === 'number' || /^\d+$/.test(key)) {
      if (!Array.isArray(node)) continue;
      node = node[Number(key)];
    } else node = mapping(node)[key];
    real.push(key);
  }
  return real;
}

/** A path with the name of a declaration in place of its number, as far as it has one. */
function nameOf(path: string, value: unknown): string {
  const [kind = '', index = '', ...rest] = path.split('.');
  const name = text(mapping(list(mapping(value)[kind])[Number(index)])['name']);
  return [kind, name ?? index, ...rest].filter((word) => word !== '').join('.');
}

/** Checked declarations as the core takes them. */
export function toDeclarations(written: unknown): Declarations {
  const { agents = [], partners = [] } = withLists(written ?? {}) as WrittenDeclarations;
  return { agents: agents.map(toAgent), partners: partners.map(toPartner) };
}

function toAgent({ ids = [], clients = [], acts_for, resources, actions, hours, ...rest }: WrittenAgent): AgentDeclaration {
  const isNobody = acts_for?.length === 1 && acts_for[0] === 'nobody';
  return {
    ...rest,
    ids: ids.map(foldId),
    clients,
    ...(acts_for && { acts_for: isNobody ? [] : lower(acts_for) }),
    ...(resources && { resources: lower(resources) }),
    ...(actions && { actions: lower(actions) }),
    ...(hours && { hours: hours.map(toHours) }),
  };
}

function toPartner({ ids = [], directories = [], domains = [], ...rest }: WrittenPartner): PartnerDeclaration {
  const folded = (key: string, words: readonly string[]) => words.map((word) => foldedAs(key, word));
  return { ...rest, ids: ids.map(foldId), directories: folded('directories', directories), domains: folded('domains', domains) };
}

function lower(words: readonly string[]): string[] {
  return words.map((word) => word.toLowerCase());
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

function toHours({ zone, days = DAYS, from, to }: WrittenHours): DeclaredHours {
  return { zone, days: days.map((day) => DAYS.indexOf(day)), from: minutes(from), to: minutes(to), offsets: offsetsOf(zone) };
}

function minutes(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}

/**
 * Reads a file of declarations: YAML. Without one nothing is declared.
 * @throws SV_DECLARATIONS_INVALID with every mistake
 */
export function loadDeclarations(file: string | undefined): Declarations {
  if (file === undefined) return NO_DECLARATIONS;
  let written: string;
  try {
    // a device or a pipe may never end
    if (!statSync(file).isFile()) throw Object.assign(new Error('no file'), { code: 'ENOTFILE' });
    written = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SessionvigilError('SV_DECLARATIONS_INVALID', `cannot read ${file}: ${reasonOf(cause)}`, [], { cause });
  }
  const yaml = parseYaml(written, file);
  const problems = [...yaml.problems, ...(yaml.isReadable ? mistakesInDeclarations(yaml.value, yaml) : [])].sort(byPlace);
  const n = problems.length;
  if (n > 0) throw new SessionvigilError('SV_DECLARATIONS_INVALID', `${file} has ${n === 1 ? 'a mistake' : `${n} mistakes`}`, problems);
  return toDeclarations(yaml.value);
}
