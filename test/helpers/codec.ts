import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { placesOf } from '../../src/core/detect/detectors.js';
import type { Rule } from '../../src/core/detect/rule.js';
import type { Detect } from '../../src/core/pipeline.js';
import type { People } from '../../src/core/state/people.js';
import { createPersonCodec, type PersonCodec } from '../../src/runtime/store/person-codec.js';

const schema = (name: string): unknown => JSON.parse(readFileSync(join(__dirname, '../../schemas', name), 'utf8'));
const FINDING = schema('finding.avsc');
const PERSON = schema('person_state.avsc');

const codecs = new Map<string, PersonCodec>();

export function codecFor(rules: readonly Rule[]): PersonCodec {
  const uids = placesOf(rules);
  const key = uids.join();
  const codec = codecs.get(key) ?? createPersonCodec(FINDING, PERSON, uids);
  codecs.set(key, codec);
  return codec;
}

/** The people that an engine holds, as a store would see them. */
export function peopleOf(detect: Detect): People {
  return (detect as unknown as { people: People }).people;
}
