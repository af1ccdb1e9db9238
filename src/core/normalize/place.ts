import { text } from './record.js';

/**
 * A file, site or object that a record names, without what would let a reader of the event in: of a URL the user, query and fragment are cut,
 * and of a sharing link (`https://host/:w:/g/...`), whose path is the key to the file, only its kind stays. Other texts stay as they are.
 */
export function place(value: unknown): string | undefined {
  const written = text(value);
  if (written === undefined) return undefined;
  const scheme = written.indexOf('://');
  if (scheme < 0) return written;
  const host = scheme + 3;
  let end = written.length;
  for (const mark of ['?', '#']) {
    const at = written.indexOf(mark, host);
    if (at >= 0 && at < end) end = at;
  }
  const slash = written.indexOf('/', host);
  const hostEnd = slash >= 0 && slash < end ? slash : end;
  const user = written.lastIndexOf('@', hostEnd - 1);
  const start = user >= host ? written.slice(0, host) + written.slice(user + 1, hostEnd) : written.slice(0, hostEnd);
  const path = written.slice(hostEnd, end);
  // short links have no kind in their path: all of it is the key
  if (SHORT_LINK.test(start)) return `${start}/`;
  const kind = LINK.exec(path);
  return kind === null ? start + path : start + path.slice(0, kind.index + kind[0].length);
}

/** The kind of a sharing link, `:w:` a document, `:f:` a folder; the colons are encoded by some writers. */
const LINK = /\/(?::|%3a)\w{1,4}(?::|%3a)\//i;
const SHORT_LINK = /:\/\/(?:[\w-]+\.)*1drv\.ms$/i;
