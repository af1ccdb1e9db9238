import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionvigilError } from '../../../src/errors.js';
import { openMmdb } from '../../../src/runtime/geo/mmdb.js';
import { writeMmdb } from './mmdb-file.js';

const records = [
  ['198.51.100.0/24', { name: 'one' }],
  ['198.51.101.0/24', { name: 'two' }],
] as const;

describe('a database file', () => {
  test('says what it is, and answers', () => {
    const file = openMmdb(
      writeMmdb({ type: 'Test-City', built: '2026-05-04T03:02:01Z', records: [...records, ['2001:db8::/32', { name: 'six' }]] }),
    );
    expect([file.type, file.date]).toEqual(['Test-City', '2026-05-04']);
    expect(file.lookup('198.51.100.9')).toEqual({ name: 'one' });
    expect(file.lookup('198.51.101.9')).toEqual({ name: 'two' });
    expect(file.lookup('2001:db8:1::1')).toEqual({ name: 'six' });
    expect(file.lookup('198.51.102.9')).toBeUndefined();
    expect(file.lookup('2001:db9::1')).toBeUndefined();
  });

  test('gives the same object for the same record', () => {
    const file = openMmdb(writeMmdb({ type: 'Test-City', built: '2026-05-04T00:00:00Z', records }));
    expect(file.lookup('198.51.100.9')).toBe(file.lookup('198.51.100.200'));
  });

  test('of IPv4 alone knows no IPv6', () => {
    const file = openMmdb(writeMmdb({ type: 'Test-City', built: '2026-05-04T00:00:00Z', version: 4, records }));
    expect(file.lookup('198.51.100.9')).toEqual({ name: 'one' });
    expect(file.lookup('2001:db8::1')).toBeUndefined();
  });
});

describe('what is no database', () => {
  const code = (path: string): [string, string] => {
    try {
      openMmdb(path);
      return ['opened', ''];
    } catch (e) {
      return [(e as SessionvigilError).code, (e as Error).message];
    }
  };

  test('a missing file, a directory, a text', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mmdb-'));
    const text = join(folder, 'text.mmdb');
    writeFileSync(text, 'not a database');
    expect(code(join(folder, 'absent.mmdb'))).toEqual(['SV_GEO_UNAVAILABLE', expect.stringContaining('no such file')]);
    expect(code(folder)).toEqual(['SV_GEO_UNAVAILABLE', expect.stringContaining('it is a directory')]);
    expect(code(text)).toEqual(['SV_GEO_UNAVAILABLE', expect.stringContaining('no MaxMind database')]);
  });
});
