import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A file as a look at the folder found it. */
export interface Seen {
  /** device and inode: the same file whatever its name */
  id: string;
  /** below the folder, with `/` between the parts */
  path: string;
  size: number;
  /** when it was last written, ms */
  changed: number;
}

/** Files whose state is asked at once. */
const AT_ONCE = 64;

/**
 * Every file in a folder and its subfolders, in the order of their paths. Names that start with a dot are left out: tools that copy files give
 * them to what is not finished. A file that goes away meanwhile is left out too.
 */
export async function scan(folder: string): Promise<Seen[]> {
  const paths: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const parts = relative(folder, join(entry.parentPath, entry.name)).split(sep);
    if (!parts.some((part) => part.startsWith('.'))) paths.push(parts.join('/'));
  }
  paths.sort();
  const found: Seen[] = [];
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const seen = await Promise.all(paths.slice(at, at + AT_ONCE).map((path) => look(folder, path)));
    found.push(...seen.filter((one) => one !== undefined));
  }
  return found;
}

async function look(folder: string, path: string): Promise<Seen | undefined> {
  try {
    const { dev, ino, size, mtimeMs, isFile } = await statOf(join(folder, path));
    return isFile ? { id: `${dev}:${ino}`, path, size: Number(size), changed: Number(mtimeMs) } : undefined;
  } catch {
    // gone between the two looks, or a link that leads nowhere
    return undefined;
  }
}

/** As big integers: inodes of some file systems are larger than a double can hold. */
async function statOf(file: string) {
  const found = await stat(file, { bigint: true });
  return { dev: found.dev, ino: found.ino, size: found.size, mtimeMs: found.mtimeMs, isFile: found.isFile() };
}

/** Whether the name of a file fits one of the patterns: `*` is any characters, `?` is one. */
export function nameMatcher(patterns: readonly string[]): (path: string) => boolean {
  const all = patterns.map((pattern) => {
    const text = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${text.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
  });
  return (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return all.some((one) => one.test(name));
  };
}
