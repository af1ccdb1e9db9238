import { type FactorName, factor } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { Factor } from '../../../src/core/event/index.js';
import { type HabitKind, programOf } from '../../../src/core/state/habits.js';
import type { Deed, PersonTale } from '../oracle.js';

/** How far a deed is from what its person is used to. */
export function strange(tale: PersonTale, deed: Deed, parameters: Parameters, time = deed.time): Factor[] {
  if (!tale.isKnown(time, Number(parameters['learning_days']), Number(parameters['learning_sign_ins']))) return [];
  return strangeToWhoever(tale, deed, parameters, time);
}

/** The same, however little they are known. */
export function strangeToWhoever(tale: PersonTale, deed: Deed, parameters: Parameters, time = deed.time): Factor[] {
  const out: Factor[] = [];
  const add = (name: FactorName) => out.push(factor(name, Number(parameters[`points_${name}`]), name));
  const isHabit = (kind: HabitKind, value: string) => tale.isHabit(kind, value, time);
  // whoever has no habits of a kind has seen nothing new
  const isNew = (kind: Kind, value: string) =>
    !isHabit(kind, value) && tale.lessonsBefore(time).some((lesson) => isHabit(kind, habitIn(lesson, kind) ?? ''));
  const { endpoint, device_uid, user_agent } = deed.look.traits;
  if (endpoint !== undefined && !tale.isAccustomed(endpoint, time)) {
    const kind = endpoint.as_class ?? 'unknown';
    if (kind === 'tor') add('network_tor');
    else if (kind === 'hosting' || kind === 'vpn') add('network_hosting');
    else if (kind !== 'relay' && endpoint.asn !== undefined && isNew('network', String(endpoint.asn))) add('network_new');
    if (endpoint.country !== undefined && isNew('country', endpoint.country)) add('country_new');
  }
  if (device_uid !== undefined && device_uid !== 'none' && isNew('device', device_uid)) add('device_new');
  const program = programOf(user_agent);
  if (program !== undefined && isNew('program', program)) add('program_new');
  return out;
}

type Kind = 'network' | 'country' | 'device' | 'program';

function habitIn({ look: { traits } }: Deed, kind: Kind): string | undefined {
  const { endpoint, device_uid, user_agent } = traits;
  if (kind === 'network') return endpoint?.asn === undefined ? undefined : String(endpoint.asn);
  if (kind === 'country') return endpoint?.country;
  return kind === 'device' ? device_uid : programOf(user_agent);
}
