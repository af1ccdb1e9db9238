import type { SourceKeys } from '../../src/core/normalize/mapped.js';
import { ACCOUNTS, type AccountOf } from '../../src/core/normalize/sources/accounts.js';
import { SOURCE_ENTRIES, VENDORS } from '../../src/core/normalize/sources/index.js';
import { expectSection, markdownTable } from './section.js';

const NEVER = 'never logged';
const code = (path: string) => `\`${path}\``;
const cell = (paths: readonly string[] | undefined) => (paths === undefined ? NEVER : paths.map(code).join(', else '));

function session({ session, root }: SourceKeys): string {
  if (session === undefined) return NEVER;
  const ways = session.map(
    ({ paths, confidence, note }) => `${paths.map(code).join(' with ')} (${confidence}${note === undefined ? '' : `; ${note}`})`,
  );
  return `${ways.join(', else ')}${root === undefined ? '' : `; root ${code(root)}`}`;
}

test('docs/sources.md prints where each source keeps its keys', () => {
  const rows = SOURCE_ENTRIES.flatMap(({ vendor, create }) =>
    create('default').keys.map((row) => [
      code(vendor),
      `${row.title} (${code(row.product)})`,
      session(row),
      cell(row.token),
      cell(row.device),
      cell(row.address),
      cell(row.user_agent),
      row.note ?? '',
    ]),
  );
  expectSection(
    'docs/sources.md',
    'keys',
    markdownTable(['source', 'log (product)', 'session (confidence)', 'token', 'device', 'address', 'user agent', 'to know'], rows),
  );
});

test('docs/sources.md names every source', () => {
  expectSection('docs/sources.md', 'names', SOURCE_ENTRIES.map(({ vendor }) => code(vendor)).join(', '));
});

test('docs/sources.md prints what an account is at each source', () => {
  const rows = VENDORS.map((vendor) => {
    const { what, paths, note = '' }: AccountOf = ACCOUNTS[vendor];
    return [code(vendor), what, paths.length === 0 ? `nowhere: \`accounts.${vendor}\`` : cell(paths), note];
  });
  expectSection('docs/sources.md', 'accounts', markdownTable(['source', '`source.account` is', 'from', 'to know'], rows));
});
