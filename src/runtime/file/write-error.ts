import { SessionvigilError } from '../../errors.js';

const REASONS: Record<string, string> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file of this name is in the way',
  EISDIR: 'a directory of this name is in the way',
  ENOTDIR: 'a file is in the way',
  ENOENT: 'no file or directory can be made there',
  ENAMETOOLONG: 'the name is too long',
};

/** Does what writes to `path`; what goes wrong is SV_OUTPUT_WRITE with the path and the reason in words. */
export function coded<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof SessionvigilError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === undefined ? message : (REASONS[code] ?? code);
    throw new SessionvigilError('SV_OUTPUT_WRITE', `cannot write ${path}: ${reason}`, [], { cause });
  }
}
