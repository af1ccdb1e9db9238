import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../config/package-root.js';
import type { RulesInForce } from '../../core/state/record/write.js';
import { createPersonCodec, type PersonCodec } from './person-codec.js';
import { createRespondCodec, type RespondCodec } from './respond-codec.js';

/** The codecs of the changelogs, by what ships: no registry is asked for them. One for each partition. @param write_version absent: the latest */
export function openPersonCodec(rules: RulesInForce, write_version?: number): PersonCodec {
  return createPersonCodec(rules, write_version === undefined ? {} : { write_version });
}

export function openRespondCodec(): RespondCodec {
  return createRespondCodec(schema('revocation_command.avsc'), schema('respond_state.avsc'));
}

function schema(name: string): unknown {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas', name), 'utf8'));
}
