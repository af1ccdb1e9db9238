import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMapper } from '../../../../src/core/normalize/index.js';
import { ACCOUNTS, type AccountOf } from '../../../../src/core/normalize/sources/accounts.js';
import { VENDORS } from '../../../../src/core/normalize/sources/index.js';

const FIXTURES = join(__dirname, '../../../fixtures');
const CONFIGURED = 'as-configured';

/** What the records of a vendor's fixtures call their account, where the configuration calls it otherwise. */
function accountsIn(vendor: (typeof VENDORS)[number]): string[] {
  const accounts = Object.fromEntries(VENDORS.map((name) => [name, CONFIGURED])) as Record<(typeof VENDORS)[number], string>;
  const map = createMapper({ source: vendor, accounts, max_record_bytes: 1_000_000 });
  const folder = join(FIXTURES, vendor);
  return readdirSync(folder)
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { input?: unknown })
    .flatMap(({ input }) => (input === undefined ? [] : map(Buffer.from(JSON.stringify(input))).records))
    .flatMap(({ mapped }) => mapped.map(({ account }) => account));
}

/** Of these hardly any record has it, and none of the fixtures. */
const SELDOM: readonly string[] = ['box', 'snowflake'];

test.each(VENDORS)('%s: an account stands in records if and only if it is said where', (vendor) => {
  const { paths }: AccountOf = ACCOUNTS[vendor];
  const found = accountsIn(vendor);
  expect(found.length).toBeGreaterThan(0);
  expect(found.some((account) => account !== CONFIGURED)).toBe(paths.length > 0 && !SELDOM.includes(vendor));
});
