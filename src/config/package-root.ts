import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the installed package, found from the compiled file as well as from the source in tests. */
export const PACKAGE_ROOT = find(__dirname);

/** Where the rules that ship are. */
export const SHIPPED_RULES = join(PACKAGE_ROOT, 'rules');

function find(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error(`no package.json above ${from}`);
  }
}
