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
  for (const key of ['identities', 'declarations']) add([key, 'file'], mapping(root[key])['file']);
  for (const key of ['database', 'networks_database']) add(['geo', key], mapping(root['geo'])[key]);
  return named.filter((path) => path !== 'auto' && path !== 'none').map((path) => (path === SHIPPED ? SHIPPED_RULES : path));
}

/** A text that is another one once any of these files, or a file in one of these folders, has changed, come or gone. */
export function stateOf(paths: readonly string[]): string {
  return paths.map((path) => stateOfOne(path, new Set())).join('\n');
}

/** @param seen folders by device and inode: links may lead in a circle */
function stateOfOne(path: string, seen: Set<string>): string {
  try {
    const found = statSync(path, { bigint: true });
    const id = `${found.dev} ${found.ino}`;
    if (!found.isDirectory()) return `${path} ${id} ${found.size} ${found.mtimeNs}`;
    if (seen.has(id)) return `${path} ${id}`;
    seen.add(id);
    const names = readdirSync(path).sort();
    return [`${path} ${names.length}`, ...names.map((name) => stateOfOne(join(path, name), seen))].join('\n');
  } catch (error) {
    // gone, a link that leads nowhere or in a circle, no permission: a state like any other; what reads it says what is wrong
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return `${path} ${code}`;
  }
}
