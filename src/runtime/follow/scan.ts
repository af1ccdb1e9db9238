import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
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

export interface ScanOptions {
  /** what is in it is written by the service and never input, whatever leads there */
  output?: string | undefined;
  /** links lead to files outside of the folder too */
  follow_links?: boolean | undefined;
}

/** Files whose state is asked at once. */
const AT_ONCE = 64;

/**
 * Every file in a folder and its subfolders. Names that start with a dot are left out: tools that copy files give them to what is not finished.
 * What goes away meanwhile is left out too, and what may not be looked into is told: the rest is no worse for it. A link counts when it leads to a
 * file of the folder, or with `follow_links` to any file; one to a folder never: what is in it would have no end, or has its own place here.
 * @throws what the system says when the folder itself cannot be read
 */
export async function scan(folder: string, { output, follow_links = false }: ScanOptions = {}): Promise<Scanned> {
  const bounds = await Bounds.of(folder, output, follow_links);
  const paths: string[] = [];
  const skipped = new Map<string, string>();
  const skip = (path: string, error: unknown): void => {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof LeftOut) skipped.set(path, error.message);
    else if (code !== 'ENOENT' && code !== 'ENOTDIR') skipped.set(path, code ?? String(error));
  };
  const walk = async (below: string, entries: readonly Dirent[]): Promise<void> => {
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (!entry.isDirectory()) paths.push(path);
      else
        try {
          // the output folder may be mounted here
          if (bounds.isOutput(await idOf(join(folder, path)))) continue;
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
        bounds.look(path).catch((error) => {
          // a folder that may be listed and not entered has many files and one reason
          const isDenied = (error as NodeJS.ErrnoException).code === 'EACCES' && path.includes('/');
          skip(isDenied ? path.slice(0, path.lastIndexOf('/')) : path, error);
        }),
      ),
    );
    for (const one of seen) if (one !== undefined) files.push(one);
  }
  return { files, skipped: [...skipped.keys()].sort().map((path) => ({ path, reason: skipped.get(path)! })) };
}

/** Why a file that is there is no input, in words. */
class LeftOut extends Error {}

/** What belongs to the folder and what does not. */
class Bounds {
  private constructor(
    private readonly folder: string,
    /** real paths */
    private readonly input: string,
    private readonly output: string | undefined,
    /** of the output folder and of what is in it */
    private readonly written: ReadonlySet<string>,
    private readonly followLinks: boolean,
  ) {}

  static async of(folder: string, output: string | undefined, followLinks: boolean): Promise<Bounds> {
    const written = new Set<string>();
    const real = output === undefined ? undefined : await realpath(output).catch(() => undefined);
    if (real !== undefined) {
      const names = await readdir(real).catch(() => []);
      for (const path of [real, ...names.map((name) => join(real, name))]) written.add(await idOf(path).catch(() => ''));
    }
    return new Bounds(folder, await realpath(folder), real, written, followLinks);
  }

  isOutput(id: string): boolean {
    return this.written.has(id);
  }

  /** @returns undefined when it is no file @throws LeftOut, and what the system says */
  async look(path: string): Promise<Seen | undefined> {
    const name = join(this.folder, path);
    const isLink = (await lstat(name)).isSymbolicLink();
    const found = await stat(name, { bigint: true });
    // as big integers: inodes of some file systems are larger than a double can hold
    const { dev, ino, size, mtimeMs } = found;
    const id = `${dev}:${ino}`;
    if (isLink) await this.refuse(name, found.isDirectory());
    if (!found.isFile()) return undefined;
    if (this.isOutput(id)) throw new LeftOut('it is a file of the output folder');
    return { id, path, size: Number(size), changed: Number(mtimeMs) };
  }

  /** @throws LeftOut when it leads where nothing is to be read */
  private async refuse(name: string, isFolder: boolean): Promise<void> {
    const target = await realpath(name);
    const isInside = isWithin(target, this.input);
    const { output } = this;
    // a folder of input may lie in the output folder
    if (output !== undefined && isWithin(target, output) && !(isInside && isWithin(this.input, output)))
      throw new LeftOut('it is a link into the output folder');
    // what is in it is read in its own place
    if (isFolder && !isInside) throw new LeftOut('it is a link to a folder');
    if (!isInside && !this.followLinks)
      throw new LeftOut('it is a link to a file that is not in the input folder (run.follow_links: true would read it)');
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}

async function idOf(path: string): Promise<string> {
  const { dev, ino } = await stat(path, { bigint: true });
  return `${dev}:${ino}`;
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
