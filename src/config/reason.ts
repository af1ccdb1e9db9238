const REASONS: Record<string, string> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'it is a directory',
  ENOTFILE: 'it is no file',
  EACCES: 'no permission',
  EPERM: 'no permission',
  ELOOP: 'it is a link that leads back to itself',
};

/** Why a file could not be read, in words. */
export function reasonOf(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  return code === undefined ? String(cause) : (REASONS[code] ?? code);
}
