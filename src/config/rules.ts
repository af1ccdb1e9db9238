import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';
import type { Detector } from '../core/detect/judgement.js';
import type { Rule } from '../core/detect/rule.js';
import { type Problem, SessionvigilError } from '../errors.js';
import { checkParameters, checkStories, checkTogether, type RuleDocument, toRule, type Where } from './check-rule.js';
import { checkEntries, withLists } from './check-suppression.js';
import type { LoadedConfig } from './config.js';
import { publishedClients } from './data.js';
import { SHIPPED_RULES } from './package-root.js';
import { reasonOf } from './reason.js';
import { byPlace, openSchema } from './schema.js';
import { didYouMean, nearest } from './suggest.js';
import { list, mapping } from './unchecked.js';
import { type Path, parseYaml, type YamlFile } from './yaml-file.js';

/** Stands for the rules that come with the package, wherever they are. */
export const SHIPPED = 'shipped';

/** Name of a detector -> the parameters that a rule may set. */
export type Detectors = Readonly<Record<string, Pick<Detector, 'parameters' | 'check' | 'needsSignOn'>>>;

export interface LoadedRule {
  /** where it was found: `shipped`, or the path that was given, as a person would name it */
  from: string;
  /** as a person would name it */
  file: string;
  rule: Rule;
}

export interface RuleSet {
  rules: LoadedRule[];
  /** every mistake of every file; a file with a mistake is not among the rules */
  problems: Problem[];
  /** uid -> detector of every rule that names itself, mistaken ones too, as far as it can be told which is meant */
  named: ReadonlyMap<string, string | undefined>;
}

/** A path in which no rule was found. */
export interface MissingRules {
  /** its place among the paths */
  place: number;
  /** as it was given */
  file: string;
  message: string;
}

interface RuleFile {
  from: string;
  file: string;
  text: string;
}

/**
 * Reads and checks rule files, in the order of their paths, so that every run sees them alike.
 * @param paths files or folders (searched through); `shipped` stands for the rules that come with the package
 * @throws SV_RULE_MISSING when a path is not there or holds no rule
 */
export function readRules(paths: readonly string[], detectors: Detectors): RuleSet {
  const { missing, ...set } = findRules(paths, detectors);
  if (missing.length > 0) throw new SessionvigilError('SV_RULE_MISSING', 'no rules where they were looked for', missing);
  return set;
}

/** The same, with what is missing beside what is there. */
export function findRules(paths: readonly string[], detectors: Detectors): RuleSet & { missing: MissingRules[] } {
  const schema = openSchema('rule');
  const { files, missing } = ruleFiles(paths);
  const named = new Map<string, string | undefined>();
  const set = { rules: [] as LoadedRule[], problems: [] as Problem[], named, missing };
  const seen = new Map<string, string>();
  for (const { from, file, text } of files) {
    const yaml = parseYaml(text, file);
    const problems = [...yaml.problems];
    const value = typeof yaml.value === 'object' && yaml.value !== null && 'suppress' in yaml.value ? listed(yaml.value) : yaml.value;
    const document = mapping(value);
    const { uid } = document;
    if (yaml.isReadable) {
      problems.push(...schema.check({ ...yaml, value }));
      const told = new Set(problems.map(({ path }) => path));
      const more = [
        ...checkNames(document, yaml, seen, detectors),
        ...checkStories(document, yaml, detectors),
        ...checkSuppress(document, yaml),
      ];
      // a parameter of the wrong shape is one mistake, not two
      problems.push(...more.filter(({ path }) => !(path?.startsWith('parameters.') && told.has(path))));
    }
    if (typeof uid === 'string' && !named.has(uid)) named.set(uid, meantDetector(document['detector'], detectors));
    problems.sort(byPlace);
    if (problems.length === 0) {
      const rule = value as RuleDocument;
      set.rules.push({ from, file, rule: toRule(rule, detectors[rule.detector]!.parameters) });
    }
    const name = typeof uid === 'string' ? uid : basename(file, extname(file));
    set.problems.push(...problems.map((p) => ({ ...p, path: ['rules', name, p.path].filter(Boolean).join('.') })));
  }
  return set;
}

/**
 * The rules that a configuration asks for: read, checked, without the disabled, overrides applied.
 * @throws SV_RULE_MISSING, SV_RULE_INVALID, SV_CONFIG_INVALID for overrides of rules or parameters that there are not
 */
export function loadRules(loaded: LoadedConfig, detectors: Detectors): Rule[] {
  return rulesInForce(loaded, detectors).rules.map(({ rule }) => rule);
}

/** The same with where they were found: for each path of the configuration, in its order, how many of its rules judge. */
export function rulesInForce(
  { config, locate }: LoadedConfig,
  detectors: Detectors,
): { rules: LoadedRule[]; from: Readonly<Record<string, number>> } {
  const set = readRules(config.rules.paths, detectors);
  if (set.problems.length > 0) throw invalidRules(set.problems);
  const mistakes = checkMentions(config.rules, set, detectors, locate);
  if (mistakes.length > 0) throw mistaken(mistakes);
  const rules = set.rules
    .filter(({ rule }) => !config.rules.disabled.includes(rule.uid))
    // where nobody says that single sign-on is enforced it would cost every event a question
    .filter(({ rule }) => config.sign_on.length > 0 || detectors[rule.detector]?.needsSignOn !== true)
    .map((found) => {
      const { rule } = found;
      const given = config.rules.overrides[rule.uid] ?? {};
      const parameters = { ...rule.parameters, ...checkParameters(given, rule.detector, detectors, NOWHERE).values };
      return { ...found, rule: { ...rule, parameters } };
    });
  const apart = rules.flatMap(({ rule: { uid, detector, parameters } }) => {
    if (config.rules.overrides[uid] === undefined) return [];
    return checkTogether(parameters, detector, detectors, (path, of) => locate(['rules', 'overrides', uid, ...path], of));
  });
  if (apart.length > 0) throw mistaken(apart);
  const from: Record<string, number> = Object.fromEntries(config.rules.paths.map((path) => [nameOf(path), 0]));
  for (const rule of rules) from[rule.from] = (from[rule.from] ?? 0) + 1;
  return { rules, from };
}

function mistaken(problems: readonly Problem[]): SessionvigilError {
  const message = 'the configuration names rules or parameters that there are not, or gives values that do not fit';
  return new SessionvigilError('SV_CONFIG_INVALID', message, problems);
}

const NOWHERE = () => ({ file: '' });

/**
 * What a configuration says of rules by name: mistakes in `rules.disabled` and `rules.overrides`.
 * @param rules that part of the configuration, of whatever shape
 * @param found the rules that were read; when some are `missing`, a name may be among those, which the message says
 */
export function checkMentions(
  rules: unknown,
  found: Pick<RuleSet, 'named'> & { missing?: readonly unknown[] },
  detectors: Detectors,
  locate: LoadedConfig['locate'],
): Problem[] {
  const problems: Problem[] = [];
  const { named } = found;
  const uids = [...named.keys()];
  const among = (found.missing ?? []).length > 0 ? ' among those that could be read' : '';
  const noRule = (uid: string) => `there is no rule "${uid}"${among}${didYouMean(uid, uids)} (rules: ${uids.join(', ')})`;
  for (const [i, uid] of list(mapping(rules)['disabled']).entries()) {
    if (typeof uid === 'string' && !named.has(uid)) problems.push({ ...locate(['rules', 'disabled', i]), message: noRule(uid) });
  }
  for (const [uid, parameters] of Object.entries(mapping(mapping(rules)['overrides']))) {
    if (!named.has(uid)) problems.push({ ...locate(['rules', 'overrides', uid], 'key'), message: noRule(uid) });
    const detector = named.get(uid) ?? named.get(nearest(uid, uids) ?? '');
    if (detector === undefined) continue;
    const where: Where = (path, of) => locate(['rules', 'overrides', uid, ...path], of);
    problems.push(...checkParameters(mapping(parameters), detector, detectors, where).problems);
  }
  return problems;
}

/** @param isAnswer whether the rules are right is what was asked */
export function invalidRules(problems: readonly Problem[], isAnswer = false): SessionvigilError {
  const n = problems.length;
  return new SessionvigilError('SV_RULE_INVALID', `${n === 1 ? 'one mistake' : `${n} mistakes`} in the rules`, problems, { isAnswer });
}

/** The detector that a rule names, or must mean by a name that there is not. */
function meantDetector(name: unknown, detectors: Detectors): string | undefined {
  if (typeof name !== 'string' || Object.hasOwn(detectors, name)) return name as string | undefined;
  return nearest(name, Object.keys(detectors));
}

function checkNames(document: Record<string, unknown>, yaml: YamlFile, seen: Map<string, string>, detectors: Detectors): Problem[] {
  const { file } = yaml;
  const at = (path: Path, of: 'key' | 'value' = 'value') => ({ file, ...yaml.locate(path, of), path: path.join('.') });
  const problems: Problem[] = [];
  const { uid, detector, parameters } = document;
  if (typeof uid === 'string') {
    const name = basename(file, extname(file));
    if (name !== uid) problems.push({ ...at(['uid']), message: `the file is named "${name}", the rule "${uid}"; give both the same name` });
    const other = seen.get(uid);
    if (other === undefined) seen.set(uid, file);
    else problems.push({ ...at(['uid']), message: `the uid is taken by ${other}` });
  }
  const meant = meantDetector(detector, detectors);
  if (typeof detector === 'string' && meant !== detector) {
    const known = Object.keys(detectors);
    const unchecked = meant === undefined && parameters !== undefined ? '; its parameters could not be checked' : '';
    problems.push({
      ...at(['detector']),
      message: `there is no detector "${detector}"${didYouMean(detector, known)} (known: ${known.join(', ')})${unchecked}`,
    });
  }
  if (meant !== undefined) {
    const where: Where = (path, of) => at(['parameters', ...path], of);
    problems.push(...checkParameters(mapping(parameters), meant, detectors, where).problems);
    problems.push(...checkTogether(mapping(parameters), meant, detectors, where));
  }
  return problems;
}

/** The rule with its suppressions as they are checked. */
function listed(rule: object): object {
  return { ...rule, suppress: withLists(mapping(rule)['suppress']) };
}

function checkSuppress({ suppress }: Record<string, unknown>, yaml: YamlFile): Problem[] {
  const at = (path: Path, of?: 'key' | 'value') => ({
    file: yaml.file,
    ...yaml.locate(['suppress', ...path], of),
    path: ['suppress', ...path].join('.'),
  });
  return checkEntries(suppress, at, new Map(), { isOfRule: true, clients: publishedClients });
}

/** Reads what is there and says what is not. */
function ruleFiles(paths: readonly string[]): { files: RuleFile[]; missing: MissingRules[] } {
  const files = new Map<string, RuleFile>();
  const missing: MissingRules[] = [];
  for (const [place, given] of paths.entries()) {
    let found: string[] | undefined;
    try {
      found = filesUnder(given === SHIPPED ? SHIPPED_RULES : given);
    } catch (cause) {
      missing.push({ place, file: given, message: `cannot be read: ${reasonOf(cause)}` });
      continue;
    }
    if (found === undefined) missing.push({ place, file: given, message: 'no such file or directory' });
    else if (found.length === 0) missing.push({ place, file: given, message: 'no rule file (.yml, .yaml) in it' });
    const from = nameOf(given);
    for (const path of found ?? []) {
      const file = readable(path);
      // what stands under two of the paths belongs to the first
      if (files.has(file)) continue;
      try {
        // a device or a pipe may never end
        const stat = statSync(path);
        if (!stat.isFile() && !stat.isDirectory()) throw Object.assign(new Error('no file'), { code: 'ENOTFILE' });
        files.set(file, { from, file, text: readFileSync(path, 'utf8') });
      } catch (cause) {
        missing.push({ place, file, message: `cannot be read: ${reasonOf(cause)}` });
      }
    }
  }
  return { files: [...files.values()], missing };
}

function filesUnder(path: string): string[] | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isDirectory()) return [path];
  return filesIn(path, new Set())
    .filter((file) => ['.yml', '.yaml'].includes(extname(file)))
    .sort();
}

/**
 * What is in a folder and its subfolders. Names that start with a dot are left out: a mounted ConfigMap keeps its versions under such names.
 * @param seen folders by device and inode: links may lead in a circle
 */
function filesIn(folder: string, seen: Set<string>): string[] {
  const { dev, ino } = statSync(folder, { bigint: true });
  const id = `${dev}:${ino}`;
  if (seen.has(id)) return [];
  seen.add(id);
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => {
      const path = join(folder, name);
      // a link that leads nowhere is a file that cannot be read
      return isFolder(path) ? [path, ...filesIn(path, seen)] : [path];
    });
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** A path of rules as it stands in summaries. */
function nameOf(given: string): string {
  return given === SHIPPED ? SHIPPED : readable(given);
}

/** Relative to where the person stands, when it is below. */
function readable(path: string): string {
  const short = relative(process.cwd(), path);
  return short !== '' && !short.startsWith('..') ? short : path;
}
