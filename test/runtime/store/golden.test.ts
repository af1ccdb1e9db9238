import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PersonState } from '../../../src/core/event/index.js';
import type { RulesInForce } from '../../../src/core/state/record/write.js';
import { createPersonCodec, STATE_VERSIONS } from '../../../src/runtime/store/person-codec.js';
import { stateOf } from '../../helpers/record/state-of.js';

/** People as each version wrote them, kept for ever. A fixture is never written anew: what it holds stands in somebody's changelog. */
interface Golden {
  name: string;
  rules: RulesInForce;
  /** from version 2 on: those that stood in the changelog before it */
  words?: string[];
  bytes: string;
  state: PersonState;
}

const FOLDER = join(__dirname, '../../fixtures/person-state');
const golden = (version: number): Golden[] => JSON.parse(readFileSync(join(FOLDER, `v${version}.json`), 'utf8'));

test('every version has its people', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(STATE_VERSIONS.map((version) => `v${version}.json`).sort());
});

describe.each([...STATE_VERSIONS])('version %i', (version) => {
  test.each(golden(version).map((one) => [one.name, one] as const))('%s', (_, { rules, words = [], bytes, state }) => {
    const codec = createPersonCodec(rules, { write_version: version });
    codec.words.take(0, words);
    const person = codec.decode(Buffer.from(bytes, 'base64'));
    expect(stateOf(person, rules)).toEqual(state);
    expect(Buffer.from(codec.encode(person)).toString('base64')).toBe(bytes);
  });
});
