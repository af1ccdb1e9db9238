import { readFileSync, statSync } from 'node:fs';
import { DETECTORS } from '../core/detect/detectors.js';
import type { SuppressionEntry } from '../core/detect/suppress.js';
import { FINDING_TYPE } from '../core/event/index.js';
import { type Problem, SessionvigilError } from '../errors.js';
import { checkEntries, type Known, type Place, type SuppressionDocument, toEntry, withLists } from './check-suppression.js';
import type { LoadedConfig } from './config.js';
import { publishedClients } from './data.js';
import { reasonOf } from './reason.js';
import type { LoadedRule } from './rules.js';
import { byPlace, openSchema } from './schema.js';
import { list, mapping, text } from './unchecked.js';
import { parseYaml, type YamlFile } from './yaml-file.js';

export interface FoundSuppressions {
  /** of files without a mistake, in their order */
  entries: SuppressionEntry[];
  /** mistakes in files, file by file */
  problems: Problem[];
  /** files that cannot be read: their place among those that were named, and why */
  unreadable: { place: number; message: string }[];
}

/**
 * What entries may speak of: the rules of a configuration and what they find, and what the detectors find, whose rules may be disabled for a while. Not
 * the types that are words of the vocabulary and that nothing finds yet: such an entry would hide nothing. @param rules those that judge
 */
export function spokenOf(rules: readonly LoadedRule[], disabled: readonly string[] = []): Known {
  return {
    rules: new Set([...rules.map(({ rule }) => rule.uid), ...disabled]),
    types: new Set([...FINDING_TYPE.filter((type) => Object.hasOwn(DETECTORS, type)), ...rules.map(({ rule }) => rule.type)]),
    isOfRule: false,
    clients: publishedClients,
  };
}

/** Reads files of suppressions: YAML, a list of entries each. An empty file has none. */
export function findSuppressions(files: readonly string[], known: Known): FoundSuppressions {
  const schema = openSchema('suppressions');
  const found: FoundSuppressions = { entries: [], problems: [], unreadable: [] };
  const seen = new Map<string, string>();
  for (const [place, file] of files.entries()) {
    let written: string;
    try {
      // a device or a pipe may never end
      const stat = statSync(file);
      if (!stat.isFile() && !stat.isDirectory()) throw Object.assign(new Error('no file'), { code: 'ENOTFILE' });
      written = readFileSync(file, 'utf8');
    } catch (cause) {
      found.unreadable.push({ place, message: `${file}: ${reasonOf(cause)}` });
      continue;
    }
    const yaml = parseYaml(written, file);
    const value = withLists(yaml.value ?? []);
    const problems = [...yaml.problems];
    if (yaml.isReadable) {
      problems.push(...schema.check({ ...yaml, value }).map((problem) => ({ ...problem, path: nameOf(problem.path ?? '', value) })));
      problems.push(...checkEntries(value, placeIn(yaml, value), seen, known));
    }
    found.problems.push(...problems.sort(byPlace));
    if (problems.length === 0) found.entries.push(...(value as SuppressionDocument[]).map((entry) => toEntry(entry)));
  }
  return found;
}

/**
 * Every entry of a configuration in the order in which they are asked: files, then the rules' own.
 * @param rules those that judge
 * @throws SV_SUPPRESSIONS_INVALID with every mistake
 */
export function loadSuppressions({ config, locate }: LoadedConfig, rules: readonly LoadedRule[]): SuppressionEntry[] {
  const { entries, problems, unreadable } = findSuppressions(config.suppressions.files, spokenOf(rules, config.rules.disabled));
  const missing = unreadable.map(({ place, message }) => ({ ...locate(['suppressions', 'files', place]), message }));
  const all = [...missing, ...problems];
  const n = all.length;
  if (n > 0)
    throw new SessionvigilError('SV_SUPPRESSIONS_INVALID', `${n === 1 ? 'one mistake' : `${n} mistakes`} in the suppressions`, all);
  return [...entries, ...rules.flatMap(({ rule }) => rule.suppress)];
}

function placeIn(yaml: YamlFile, value: unknown): Place {
  return (path, of) => ({ file: yaml.file, ...yaml.locate(path, of), path: nameOf(path.join('.'), value) });
}

/** A path in the list with the entry's id in place of its number, as far as it has one. */
function nameOf(path: string, value: unknown): string {
  const [index = '', ...rest] = path.split('.');
  const id = text(mapping(list(value)[Number(index)])['id']);
  return [id ?? index, ...rest].filter((word) => word !== '').join('.');
}
