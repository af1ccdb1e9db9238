import { parse } from 'yaml';
import type { Problem } from '../errors.js';
import { deref, type Schema } from './schema.js';
import { didYouMean } from './suggest.js';
import type { Path } from './yaml-file.js';

const PREFIX = 'SESSIONVIGIL_';
/** Names the file itself, so it is no key of the file. */
export const CONFIG_VARIABLE = 'SESSIONVIGIL_CONFIG';
/** Kubernetes sets these in every container beside a Service whose name starts with ours. */
const KUBERNETES = /^SESSIONVIGIL_([A-Z0-9_]+_)?(SERVICE_(HOST|PORT)(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

/** A value that stands over the file's. */
export interface Override {
  from: 'environment' | 'command line';
  /** the variable or option that it came by */
  name: string;
  path: Path;
  value: unknown;
}

/**
 * The keys of the configuration that come from the environment: `SESSIONVIGIL_STATE_SESSION_IDLE=3d` for `state.session_idle`.
 * Texts are taken as they stand; everything else is read as YAML, so lists and mappings work: `SESSIONVIGIL_RULES_DISABLED='[a, b]'`.
 */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  schema: Schema,
): { values: Override[]; problems: Problem[] } {
  const keys = new Map<string, { path: Path; schema: Schema }>();
  collect(schema, schema, [], keys);
  const values: Override[] = [];
  const problems: Problem[] = [];
  for (const variable of Object.keys(env).sort()) {
    const text = env[variable];
    if (!variable.startsWith(PREFIX) || variable === CONFIG_VARIABLE || KUBERNETES.test(variable) || text === undefined) continue;
    const key = keys.get(variable);
    if (key === undefined) {
      problems.push({ file: 'environment', path: variable, message: `no such key${didYouMean(variable, keys.keys())}` });
    } else if (key.schema.type === 'string') values.push({ from: 'environment', name: variable, path: key.path, value: text });
    else {
      try {
        values.push({ from: 'environment', name: variable, path: key.path, value: parse(text) });
      } catch {
        problems.push({ file: 'environment', path: variable, message: 'is no YAML; write a list as [a, b] and a mapping as {a: b}' });
      }
    }
  }
  return { values, problems };
}

/** Name of the variable for a key. */
export function variableOf(path: Path): string {
  return PREFIX + path.join('_').toUpperCase();
}

function collect(schema: Schema, root: Schema, path: Path, into: Map<string, { path: Path; schema: Schema }>): void {
  const node = deref(schema, root);
  if (path.length > 0) into.set(variableOf(path), { path, schema: node });
  for (const [name, property] of Object.entries(node.properties ?? {})) {
    collect(property, root, [...path, name], into);
  }
}
