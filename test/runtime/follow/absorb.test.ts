import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ndjson, STOLEN } from '../../cli/okta-record.js';
import { Following, linesOf, written } from './following.js';

jest.setTimeout(60_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-absorb-'));
  mkdirSync(join(folder, 'in'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Said {
  uid: string;
  revision: number;
  status: string;
  principal: { key: string };
}

/** A log that names people by their ids alone. */
const withoutAddress = (text: string) => text.replaceAll('ana@example.com', 'unknown');
const KEYS = { id: 'default/okta:default:00uana', address: 'default/ana@example.com' };

test('who was known by an id alone is the person of the address as soon as a record tells so', async () => {
  const file = join(folder, 'in', 'a.ndjson');
  writeFileSync(file, withoutAddress(ndjson(STOLEN.slice(0, 4))));
  const one = await Following.start(folder);
  const first = linesOf<Said>(folder, 'findings.ndjson');
  appendFileSync(file, withoutAddress(ndjson(STOLEN.slice(4))));
  await one.poll();
  const alone = linesOf<Said>(folder, 'findings.ndjson');
  expect(alone.length).toBeGreaterThan(first.length);
  expect(new Set(alone.map(({ principal }) => principal.key))).toEqual(new Set([KEYS.id]));
  const commands = linesOf(folder, 'revocations.ndjson');
  expect(commands.length).toBeGreaterThan(0);

  // the first record that names both
  appendFileSync(file, ndjson([{ id: 'a5', at: 85 }]));
  await one.poll();
  const all = linesOf<Said>(folder, 'findings.ndjson');
  const later = all.slice(alone.length);
  expect(later.length).toBeGreaterThan(0);
  expect(new Set(later.map(({ principal }) => principal.key))).toEqual(new Set([KEYS.address]));
  expect(new Set(later.map(({ uid }) => uid))).toEqual(new Set(alone.map(({ uid }) => uid)));
  expect(linesOf(folder, 'revocations.ndjson')).toEqual(commands);
  expect(await one.metric('sessionvigil_identities_absorbed_total')).toBe(1);
  expect(await one.metric('sessionvigil_principals')).toBe(1);
  await one.stop();

  // memory is rebuilt from the folder, in the order in which it was learned
  const before = written(folder);
  const next = await Following.start(folder);
  expect(written(folder)).toEqual(before);
  expect(await next.metric('sessionvigil_principals')).toBe(1);
  await next.stop();
});
