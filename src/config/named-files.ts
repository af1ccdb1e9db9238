import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadConfig } from './config.js';
import { SHIPPED_RULES } from './package-root.js';
import { SHIPPED } from './rules.js';
import { list, mapping, text } from './unchecked.js';

/** Files and folders that a configuration names and that can change what judges, mistakes or not, as absolute paths. */
export function namedFiles({ value, resolve }: ReadConfig): string[] {
  const root = mapping(value);
  const named: string[] = [];
  const add = (path: (string | number)[], given: unknown): void => {
    const word = text(given);
    if (word !== undefined && word !== '') named.push(resolve(path, word));
  };
  for (const [i, path] of list(mapping(root['rules'])['paths'] ?? [SHIPPED]).entries()) add(['rules', 'paths', i], path);
  for (const [i, path] of list(mapping(root['suppressions'])['files']).entries()) add(['suppressions', 'files', i], path);
  add(['identities', 'file'], mapping(root['identities'])['file']);
  for (const key of ['database', 'networks_database']) add(['geo', key], mapping(root['geo'])[key]);
  return named.filter((path) => path !== 'auto' && path !== 'none').map((path) => (path === SHIPPED ? SHIPPED_RULES : path));
}

/** A text that is another one once any of these files, or a file in one of these folders, has changed, come or gone. */
export function stateOf(paths: readonly string[]): string {
  return paths.map(stateOfOne).join('\n');
}

function stateOfOne(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (found === undefined) return `${path} is not there`;
  if (!found.isDirectory()) return `${path} ${found.dev} ${found.ino} ${found.size} ${found.mtimeNs}`;
  const names = readdirSync(path).sort();
  return [`${path} ${names.length}`, ...names.map((name) => stateOfOne(join(path, name)))].join('\n');
}
