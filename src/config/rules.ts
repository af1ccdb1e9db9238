import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';
import type { ParameterSpecs } from '../core/detect/parameters.js';
import type { Rule } from '../core/detect/rule.js';
import { type Problem, SessionvigilError } from '../errors.js';
import { checkParameters, checkStories, type RuleDocument, toRule } from './check-rule.js';
import type { LoadedConfig, ParameterValue } from './config.js';
import { SHIPPED_RULES } from './package-root.js';
import { byPlace, openSchema } from './schema.js';
import { didYouMean } from './suggest.js';
import { parseYaml, type YamlFile } from './yaml-file.js';

/** Name of a detector -> the parameters that a rule may set. */
export type Detectors = Readonly<Record<string, { parameters: ParameterSpecs }>>;

export interface LoadedRule {
  /** as a person would name it */
  file: string;
  rule: Rule;
}

export interface RuleSet {
  rules: LoadedRule[];
  /** every mistake of every file; a file with a mistake is not among the rules */
  problems: Problem[];
}

/**
 * Reads and checks rule files, in the order of their paths, so that every run sees them alike.
 * @param paths files or folders (searched through); `shipped` stands for the rules that come with the package
 * @throws SV_RULE_MISSING when a path is not there or holds no rule
 */
export function readRules(paths: readonly string[], detectors: Detectors): RuleSet {
  const schema = openSchema('rule');
  const set: RuleSet = { rules: [], problems: [] };
  const seen = new Map<string, string>();
  for (const file of ruleFiles(paths)) {
    const yaml = parseYaml(readText(file), file);
    const document = yaml.value as RuleDocument;
    const problems = [...yaml.problems];
    if (problems.length === 0) problems.push(...schema.check(yaml));
    const uid = typeof document?.uid === 'string' ? document.uid : undefined;
    if (yaml.problems.length === 0 && typeof document === 'object' && document !== null) {
      problems.push(...checkNames(document, yaml, seen, detectors));
      problems.push(...checkStories(document, yaml));
    }
    problems.sort(byPlace);
    if (problems.length === 0) set.rules.push({ file, rule: toRule(document, detectors[document.detector]!.parameters) });
    set.problems.push(
      ...problems.map((p) => ({ ...p, path: ['rules', uid ?? basename(file, extname(file)), p.path].filter(Boolean).join('.') })),
    );
  }
  return set;
}

/**
 * The rules that a configuration asks for: read, checked, without the disabled, overrides applied.
 * @throws SV_RULE_MISSING, SV_RULE_INVALID, SV_CONFIG_INVALID for overrides of rules or parameters that there are not
 */
export function loadRules({ config, locate }: LoadedConfig, detectors: Detectors): Rule[] {
  const { rules: loaded, problems } = readRules(config.rules.paths, detectors);
  if (problems.length > 0) throw invalidRules(problems);
  const mistakes: Problem[] = [];
  const uids = loaded.map(({ rule }) => rule.uid);
  for (const [i, uid] of config.rules.disabled.entries()) {
    if (!uids.includes(uid)) mistakes.push({ ...locate(['rules', 'disabled', i]), message: noRule(uid, uids) });
  }
  for (const uid of Object.keys(config.rules.overrides)) {
    if (!uids.includes(uid)) mistakes.push({ ...locate(['rules', 'overrides', uid], 'key'), message: noRule(uid, uids) });
  }
  const rules = loaded.map(({ rule }) => {
    const given: Readonly<Record<string, ParameterValue>> = config.rules.overrides[rule.uid] ?? {};
    const { values, problems: wrong } = checkParameters(given, rule.detector, detectors, (name, of) =>
      locate(['rules', 'overrides', rule.uid, name], of),
    );
    mistakes.push(...wrong);
    return { ...rule, parameters: { ...rule.parameters, ...values } };
  });
  if (mistakes.length > 0)
    throw new SessionvigilError(
      'SV_CONFIG_INVALID',
      'the configuration names rules or parameters that there are not, or gives values that do not fit',
      mistakes,
    );
  return rules.filter((rule) => !config.rules.disabled.includes(rule.uid));
}

/** @param isAnswer whether the rules are right is what was asked */
export function invalidRules(problems: readonly Problem[], isAnswer = false): SessionvigilError {
  const n = problems.length;
  return new SessionvigilError('SV_RULE_INVALID', `${n === 1 ? 'one mistake' : `${n} mistakes`} in the rules`, problems, { isAnswer });
}

function noRule(uid: string, uids: readonly string[]): string {
  return `there is no rule "${uid}"${didYouMean(uid, uids)} (rules: ${uids.join(', ')})`;
}

function checkNames(document: RuleDocument, yaml: YamlFile, seen: Map<string, string>, detectors: Detectors): Problem[] {
  const { file } = yaml;
  const at = (path: string[], of: 'key' | 'value' = 'value') => ({ file, ...yaml.locate(path, of), path: path.join('.') });
  const problems: Problem[] = [];
  const { uid, detector, parameters } = document;
  if (typeof uid === 'string') {
    const name = basename(file, extname(file));
    if (name !== uid) problems.push({ ...at(['uid']), message: `the file is named "${name}", the rule "${uid}"; give both the same name` });
    const other = seen.get(uid);
    if (other === undefined) seen.set(uid, file);
    else problems.push({ ...at(['uid']), message: `the uid is taken by ${other}` });
  }
  if (typeof detector === 'string' && !Object.hasOwn(detectors, detector)) {
    const known = Object.keys(detectors);
    problems.push({
      ...at(['detector']),
      message: `there is no detector "${detector}"${didYouMean(detector, known)} (known: ${known.join(', ')})`,
    });
  } else if (typeof detector === 'string' && typeof parameters === 'object' && parameters !== null) {
    problems.push(...checkParameters(parameters, detector, detectors, (parameter, of) => at(['parameters', parameter], of)).problems);
  }
  return problems;
}

function ruleFiles(paths: readonly string[]): string[] {
  const files: string[] = [];
  const missing: Problem[] = [];
  for (const given of paths) {
    const path = given === 'shipped' ? SHIPPED_RULES : given;
    const found = filesUnder(path);
    if (found === undefined) missing.push({ file: given, message: 'no such file or directory' });
    else if (found.length === 0) missing.push({ file: given, message: 'no rule file (.yml, .yaml) in it' });
    else files.push(...found.map(readable));
  }
  if (missing.length > 0) throw new SessionvigilError('SV_RULE_MISSING', 'no rules where they were looked for', missing);
  return [...new Set(files)];
}

function filesUnder(path: string): string[] | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => ['.yml', '.yaml'].includes(extname(name)))
    .sort()
    .map((name) => join(path, name));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SessionvigilError('SV_RULE_MISSING', `cannot read ${file}: ${(cause as NodeJS.ErrnoException).code ?? cause}`, [], { cause });
  }
}

/** Relative to where the person stands, when it is below. */
function readable(path: string): string {
  const short = relative(process.cwd(), path);
  return short !== '' && !short.startsWith('..') ? short : path;
}
