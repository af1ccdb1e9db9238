import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../config/package-root.js';
import type { RulesInForce } from '../../core/state/record/write.js';
import { createPersonCodec, type PersonCodec } from './person-codec.js';
import { createRespondCodec, type RespondCodec } from './respond-codec.js';

/** The codecs of the changelogs, by the schemas that ship: no registry is asked for them. */
export function openPersonCodec(rules: RulesInForce): PersonCodec {
  return createPersonCodec(schema('finding.avsc'), schema('person_state.avsc'), rules);
}

export function openRespondCodec(): RespondCodec {
  return createRespondCodec(schema('revocation_command.avsc'), schema('respond_state.avsc'));
}

function schema(name: string): unknown {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas', name), 'utf8'));
}
