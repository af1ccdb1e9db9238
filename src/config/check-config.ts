import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { type Problem, SessionvigilError } from '../errors.js';
import type { ReadConfig } from './config.js';
import { loadDeclarations } from './declarations.js';
import { loadIdentities } from './identities.js';
import { filesOfKafka } from './kafka.js';
import { reasonOf } from './reason.js';
import { checkMentions, type Detectors, findRules } from './rules.js';
import { byPlace } from './schema.js';
import { findSuppressions, spokenOf } from './suppressions.js';
import { list, mapping, text } from './unchecked.js';

/** What a configuration is held against. */
export interface Named {
  detectors: Detectors;
  /** Opens the data file of a key under `geo`; throws a SessionvigilError when it is none. */
  open: Readonly<Record<'database' | 'networks_database', (file: string) => void>>;
}

/**
 * Every mistake of a configuration: those of its shape, and in what it names, which has to be there and to hold: data, identities, declarations,
 * rules, suppressions, and what it says of rules. A mistake in one part hides none in another. Those of the configuration come first, then those of the files it names.
 */
export function checkConfig(read: ReadConfig, { detectors, open }: Named): Problem[] {
  const { locate } = read;
  const value = mapping(read.value);
  const own: Problem[] = [];
  const elsewhere: Problem[] = [];

  const geo = mapping(value['geo']);
  for (const key of ['database', 'networks_database'] as const) {
    const file = fileAt(read, ['geo', key], geo[key]);
    if (file === undefined || file === 'auto' || file === 'none') continue;
    const wrong = existsSync(file) ? failureOf(() => open[key](file))?.message : `there is no file ${file}`;
    if (wrong !== undefined) own.push({ ...locate(['geo', key]), message: wrong });
  }

  for (const [key, load] of [
    ['identities', loadIdentities],
    ['declarations', loadDeclarations],
  ] as const) {
    const file = fileAt(read, [key, 'file'], mapping(value[key])['file']);
    const failure = file === undefined ? undefined : failureOf(() => load(file));
    if (failure?.problems.length === 0) own.push({ ...locate([key, 'file']), message: failure.message });
    else elsewhere.push(...(failure?.problems ?? []));
  }

  own.push(...checkFolders(read, mapping(value['run'])), ...checkKafkaFiles(read));

  const rules = mapping(value['rules']);
  const { paths = ['shipped'] } = rules;
  // without its list one text is taken for the path that it must be, to say more than that it is no list
  const given = typeof paths === 'string' ? [paths] : list(paths);
  const places = [...given.keys()].filter((i) => text(given[i]) !== undefined && given[i] !== '');
  const found = findRules(
    places.map((i) => read.resolve(['rules', 'paths', i], given[i] as string)),
    detectors,
  );
  for (const { place, file, message } of found.missing) {
    const path = typeof paths === 'string' ? ['rules', 'paths'] : ['rules', 'paths', places[place]!];
    own.push({ ...locate(path), message: `${file}: ${message}` });
  }
  elsewhere.push(...found.problems);

  const files = list(mapping(value['suppressions'])['files']);
  const named = [...files.keys()].filter((i) => text(files[i]) !== undefined && files[i] !== '');
  const isWhole = found.missing.length === 0 && found.problems.length === 0;
  const hiding = findSuppressions(
    named.map((i) => read.resolve(['suppressions', 'files', i], files[i] as string)),
    // what a rule that cannot be read would have been called, and what it would find, nobody knows
    { ...spokenOf(found.rules, [...found.named.keys()]), ...(isWhole ? {} : { rules: undefined, types: undefined }) },
  );
  for (const { place, message } of hiding.unreadable) own.push({ ...locate(['suppressions', 'files', named[place]!]), message });
  elsewhere.push(...hiding.problems);
  // a parameter of the wrong shape is one mistake, not two; a variable or option can hold several, so its name says too little
  const told = new Set(read.problems.map(({ line, path }) => (line === undefined ? undefined : path)));
  // of no rule at all nothing can be told
  const mentions = found.named.size > 0 ? checkMentions(rules, found, detectors, locate) : [];
  own.push(...mentions.filter(({ line, path }) => line === undefined || !told.has(path)));
  return [...[...read.problems, ...own].sort(byPlace), ...elsewhere];
}

/**
 * Certificates and secrets are there and can be read now; what is in them is seen when they are used.
 * @param sections of `kafka`, for who uses no others
 */
export function checkKafkaFiles(read: ReadConfig, sections = ['tls', 'sasl', 'registry']): Problem[] {
  return filesOfKafka(read.value).flatMap(({ path, file }) => {
    if (!sections.includes(String(path[1]))) return [];
    const where = read.resolve(path, file);
    try {
      accessSync(where, constants.R_OK);
      return statSync(where).isFile() ? [] : [{ ...read.locate(path), message: `${where} is no file` }];
    } catch (error) {
      return [{ ...read.locate(path), message: `cannot read ${where}: ${reasonOf(error)}` }];
    }
  });
}

/** What the service reads is a folder that is there, and it must not read what it writes. */
function checkFolders(read: ReadConfig, run: Record<string, unknown>): Problem[] {
  const { locate } = read;
  const [input, output] = ['input', 'output'].map((key) => fileAt(read, ['run', key], run[key]));
  const problems: Problem[] = [];
  if (input !== undefined && statSync(input, { throwIfNoEntry: false })?.isDirectory() !== true)
    problems.push({ ...locate(['run', 'input']), message: `there is no folder ${input}` });
  if (input !== undefined && output !== undefined && isWithin(output, input))
    problems.push({ ...locate(['run', 'output']), message: `${output} is within run.input, which would be fed with its own output` });
  return problems;
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(real(folder), real(path));
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
}

/** The path without links, as far as it is there. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(real(parent), basename(path));
  }
}

/** What a key names; undefined when it is not given, or no text, which the schema says. */
function fileAt(read: ReadConfig, path: readonly string[], value: unknown): string | undefined {
  const given = text(value);
  return given === undefined || given === '' ? undefined : read.resolve(path, given);
}

function failureOf(act: () => void): SessionvigilError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof SessionvigilError) return error;
    throw error;
  }
}
