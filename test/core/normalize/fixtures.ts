import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VENDORS } from '../../../src/core/normalize/sources/index.js';

/** A record in a vendor's shape, all of it made up, and what its mapper says of it. */
export interface Fixture {
  vendor: string;
  name: string;
  about: string;
  /** file under src/core/normalize, without folder and ending, that the fixture is for */
  covers: string;
  input: Record<string, unknown>;
  expected: Record<string, unknown>[];
}

const FOLDER = join(__dirname, '../../fixtures');

export const FIXTURES: readonly Fixture[] = VENDORS.flatMap((vendor) =>
  readdirSync(join(FOLDER, vendor))
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ vendor, name: file.replace('.json', ''), ...JSON.parse(readFileSync(join(FOLDER, vendor, file), 'utf8')) })),
);

export function fixture(vendor: string, name: string): Fixture {
  const found = FIXTURES.find((one) => one.vendor === vendor && one.name === name);
  if (found === undefined) throw new Error(`no fixture ${vendor}/${name}`);
  return found;
}

export function bytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
}
