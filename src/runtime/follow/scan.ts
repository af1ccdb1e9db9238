import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

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

/** What a look at the folder left out, and why. */
export interface Skipped {
  /** below the folder, with `/` between the parts */
  path: string;
  reason: string;
}

export interface Scanned {
  /** in the order of their paths */
  files: Seen[];
  skipped: Skipped[];
}

/** Files whose state is asked at once. */
const AT_ONCE = 64;

/**
 * Every file in a folder and its subfolders. Names that start with a dot are left out: tools that copy files give them to what is not finished.
 * What goes away meanwhile is left out too, and what may not be looked into is told: the rest is no worse for it.
 * @throws what the system says when the folder itself cannot be read
 */
export async function scan(folder: string): Promise<Scanned> {
  const paths: string[] = [];
  const skipped = new Map<string, string>();
  const skip = (path: string, error: unknown): void => {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') skipped.set(path, code ?? String(error));
  };
  const walk = async (below: string, entries: readonly Dirent[]): Promise<void> => {
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (!entry.isDirectory()) paths.push(path);
      else
        try {
          await walk(path, await readdir(join(folder, path), { withFileTypes: true }));
        } catch (error) {
          skip(path, error);
        }
    }
  };
  await walk('', await readdir(folder, { withFileTypes: true }));
  paths.sort();
  const files: Seen[] = [];
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const seen = await Promise.all(
      paths.slice(at, at + AT_ONCE).map((path) =>
        // a folder that may be listed and not entered has many files and one reason
        look(folder, path).catch((error) => skip(path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : path, error)),
      ),
    );
    for (const one of seen) if (one !== undefined) files.push(one);
  }
  return { files, skipped: [...skipped].map(([path, reason]) => ({ path, reason })) };
}

async function look(folder: string, path: string): Promise<Seen | undefined> {
  const found = await stat(join(folder, path), { bigint: true });
  // as big integers: inodes of some file systems are larger than a double can hold
  const { dev, ino, size, mtimeMs } = found;
  return found.isFile() ? { id: `${dev}:${ino}`, path, size: Number(size), changed: Number(mtimeMs) } : undefined;
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
