import type { Mapped, SourceKeys } from '../../../../src/core/normalize/mapped.js';
import { SOURCE_ENTRIES } from '../../../../src/core/normalize/sources/index.js';
import { FIXTURES } from '../fixtures.js';

/** Values at a path as `SourceKeys` writes it; texts of JSON on the way are read. */
function valuesAt(value: unknown, path: string): unknown[] {
  let found: unknown[] = [value];
  for (const step of path.match(/\[[^\]]*\]|[^.[]+/g) ?? []) {
    found = found.flatMap((one) => {
      const inner = typeof one === 'string' && /^\s*[[{]/.test(one) ? JSON.parse(one) : one;
      if (inner === null || typeof inner !== 'object') return [];
      if (!step.startsWith('[')) return [(inner as Record<string, unknown>)[step]].filter((v) => v !== undefined && v !== null);
      if (!Array.isArray(inner)) return [];
      const name = /^\[(\w+)=(.*)\]$/.exec(step);
      return name === null ? inner : inner.filter((entry) => entry?.[name[1] as string] === name[2]);
    });
  }
  return found.filter((one) => one !== undefined && one !== null);
}

interface Claim {
  what: string;
  paths: readonly string[];
  /** the value that came of it */
  of: (event: Mapped) => string | undefined;
  confidence?: string;
}

function claimsOf(row: SourceKeys): Claim[] {
  const device = (event: Mapped) => [event.device?.uid, event.device?.cookie_uid].join(' ');
  return [
    ...(row.session ?? []).map(({ paths, confidence }) => ({
      what: `session ${paths.join(' + ')}`,
      paths,
      confidence,
      of: (event: Mapped) => event.session?.uid,
    })),
    ...(row.root === undefined ? [] : [{ what: `root ${row.root}`, paths: [row.root], of: (event: Mapped) => event.session?.root_uid }]),
    ...(row.token ?? []).map((path) => ({ what: `token ${path}`, paths: [path], of: (event: Mapped) => event.token?.uid })),
    ...(row.device ?? []).map((path) => ({ what: `device ${path}`, paths: [path], of: device })),
    ...(row.address ?? []).map((path) => ({ what: `address ${path}`, paths: [path], of: (event: Mapped) => event.ip })),
    ...(row.user_agent ?? []).map((path) => ({ what: `user agent ${path}`, paths: [path], of: (event: Mapped) => event.user_agent })),
  ];
}

const mappers = SOURCE_ENTRIES.map(({ vendor, create }) => ({ vendor, mapper: create('default') }));

describe('where keys are, as sources say it, is where fixtures have them', () => {
  const claims = mappers.flatMap(({ vendor, mapper }) =>
    mapper.keys.flatMap((row) => claimsOf(row).map((claim) => [`${vendor} ${row.product}: ${claim.what}`, vendor, row, claim] as const)),
  );

  test.each(claims)('%s', (_name, vendor, row, claim) => {
    const holders = FIXTURES.filter((one) => one.vendor === vendor).filter(({ input, expected }) =>
      (expected as unknown as Mapped[]).some((event) => {
        if (event.product !== row.product) return false;
        const value = claim.of(event)?.toLowerCase();
        if (value === undefined || (claim.confidence !== undefined && event.session?.confidence !== claim.confidence)) return false;
        return claim.paths.every((path) =>
          valuesAt(input, path).some((raw) => {
            const written = String(raw).trim().toLowerCase();
            // padding of a token, a port of an address or the rest of a client's text may have been cut
            return written !== '' && (value.includes(written.replace(/=+$/, '')) || written.includes(value));
          }),
        );
      }),
    );
    expect(holders.map(({ name }) => name)).not.toEqual([]);
  });
});

test('what no row of a source names is in no event of it', () => {
  const odd: string[] = [];
  for (const { vendor, mapper } of mappers) {
    for (const { name, expected, vendor: of } of FIXTURES) {
      if (of !== vendor) continue;
      for (const event of expected as unknown as Mapped[]) {
        const row = mapper.keys.find(({ product }) => product === event.product);
        if (row === undefined) continue;
        if (event.session !== undefined && row.session === undefined) odd.push(`${vendor}/${name}: session of ${row.product}`);
        if (event.token !== undefined && row.token === undefined) odd.push(`${vendor}/${name}: token of ${row.product}`);
        if (event.user_agent !== undefined && row.user_agent === undefined) odd.push(`${vendor}/${name}: user agent of ${row.product}`);
        if (event.ip !== undefined && row.address === undefined) odd.push(`${vendor}/${name}: address of ${row.product}`);
      }
    }
  }
  expect(odd).toEqual([]);
});

test('every log that a fixture is of has a row', () => {
  const missing = new Set<string>();
  for (const { vendor, mapper } of mappers) {
    const products = new Set(mapper.keys.map(({ product }) => product));
    for (const { expected } of FIXTURES.filter((one) => one.vendor === vendor))
      for (const { product } of expected as unknown as Mapped[]) if (!products.has(product)) missing.add(`${vendor} ${product}`);
  }
  // workloads of Microsoft 365 that are read like SharePoint's
  expect([...missing].filter((one) => !one.startsWith('m365 '))).toEqual([]);
});
