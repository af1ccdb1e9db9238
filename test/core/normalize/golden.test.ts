import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ACTIVITY_DETAILS, COMMON_DETAILS, type DetailKey } from '../../../src/core/normalize/details.js';
import { createMapper } from '../../../src/core/normalize/index.js';
import { SOURCE_ENTRIES, VENDORS } from '../../../src/core/normalize/sources/index.js';
import { bytes, FIXTURES } from './fixtures.js';

const map = createMapper();

describe('every fixture maps to what it says', () => {
  test.each(FIXTURES.map((one) => [`${one.vendor}/${one.name}`, one] as const))('%s', (_name, { vendor, input, expected }) => {
    const line = map(bytes(input));
    expect(line.outcome).toBe('events');
    expect(JSON.parse(JSON.stringify(line.records.flatMap(({ mapped }) => mapped)))).toEqual(expected);
    // and when it is named instead of recognised
    expect(createMapper({ source: vendor as (typeof VENDORS)[number] })(bytes(input)).outcome).toBe('events');
  });
});

describe('a record is of one source only', () => {
  const mappers = SOURCE_ENTRIES.map(({ create }) => create('default'));

  test.each(VENDORS)('no other source takes what is of %s', (vendor) => {
    for (const { input, name } of FIXTURES.filter((one) => one.vendor === vendor)) {
      const takers = mappers.filter((mapper) => mapper.recognises(input)).map((mapper) => mapper.vendor);
      // a wrapped record is recognised when it is unwrapped
      expect([name, takers.filter((taker) => taker !== vendor)]).toEqual([name, []]);
    }
  });
});

/** A copy of a record for each of its places, with the word there. */
function* withWord(word: unknown, value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const put = (one: unknown): unknown => (Array.isArray(value) ? value.with(Number(key), one) : { ...value, [key]: one });
    yield put(word);
    for (const changed of withWord(word, inner)) yield put(changed);
  }
}

describe('a word that every object answers to is none of ours', () => {
  const isData = (value: unknown): boolean =>
    typeof value === 'object' && value !== null
      ? value !== Object.prototype && Object.values(value).every(isData)
      : typeof value !== 'function';

  test.each(VENDORS)('in records of %s', (vendor) => {
    for (const { input, name } of FIXTURES.filter((one) => one.vendor === vendor)) {
      for (const word of ['Constructor', '__proto__'])
        for (const record of withWord(word, input)) {
          const { records } = map(bytes(record));
          if (!records.every(({ mapped }) => mapped.every(isData))) throw new Error(`${name}: ${JSON.stringify(record)}`);
        }
    }
  });
});

describe('a value of a kind that no vendor writes makes nothing fail', () => {
  const odd = [{ toString: 1 }, [{ toString: 1 }], [null], null, -1e300, `/Date(${'9'.repeat(40)})/`];

  test.each(VENDORS)('in records of %s', (vendor) => {
    for (const { input, name } of FIXTURES.filter((one) => one.vendor === vendor)) {
      for (const value of odd)
        for (const record of withWord(value, input)) {
          try {
            map(bytes(record));
          } catch (error) {
            throw new Error(`${name}: ${JSON.stringify(record)}`, { cause: error });
          }
        }
    }
  });
});

describe('a collector that rewrites keys changes nothing', () => {
  const rewrite = (value: unknown, key: (name: string) => string): unknown =>
    Array.isArray(value)
      ? value.map((item) => rewrite(item, key))
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [key(name), rewrite(inner, key)]))
        : value;
  // of the others no collector is known that does so; the shapes of tables have keys of their own
  const respelled = ['okta', 'entra', 'm365'];
  const native = FIXTURES.filter(
    ({ vendor, covers, name }) => respelled.includes(vendor) && !covers.endsWith('-shapes') && name !== 'graph-shape',
  );

  test.each(native.map((one) => [`${one.vendor}/${one.name}`, one] as const))('lower case: %s', (_name, { input, expected }) => {
    const line = map(bytes(rewrite(input, (name) => name.toLowerCase())));
    expect(JSON.parse(JSON.stringify(line.records.flatMap(({ mapped }) => mapped)))).toEqual(expected);
  });
});

describe('what fixtures must cover', () => {
  const folder = join(__dirname, '../../../src/core/normalize');
  /** files that read a vendor's records: a mapper, a part of one, or the shapes that it accepts */
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const mappers = files
    .filter((file) => /^export function (map|complete|create\w+Mapper|\w+Shape)/m.test(readFileSync(join(folder, file), 'utf8')))
    .map((file) => basename(file, '.ts'))
    .filter((file) => file !== 'index' && file !== 'entra');

  test.each(mappers)('%s has a fixture', (file) => {
    expect(FIXTURES.filter((one) => one.covers === file).length).toBeGreaterThan(0);
  });

  test('every fixture names a file that exists, and every source has fixtures', () => {
    const names = files.map((file) => basename(file, '.ts'));
    for (const one of FIXTURES) expect(names).toContain(one.covers);
    expect([...new Set(FIXTURES.map(({ vendor }) => vendor))].sort()).toEqual([...VENDORS].sort());
  });

  test('details are the documented ones', () => {
    for (const { expected, name } of FIXTURES) {
      for (const { activity, details } of expected as { activity: keyof typeof ACTIVITY_DETAILS; details?: object }[]) {
        for (const key of Object.keys(details ?? {})) {
          const known = ACTIVITY_DETAILS[activity].includes(key as DetailKey) || COMMON_DETAILS.includes(key as DetailKey);
          expect([name, activity, key, known]).toEqual([name, activity, key, true]);
        }
      }
    }
  });

  test('no secret of a parameter gets through', () => {
    for (const { input, expected } of FIXTURES) {
      if (JSON.stringify(input).includes('hunter2')) expect(JSON.stringify(expected)).not.toContain('hunter2');
    }
  });
});
