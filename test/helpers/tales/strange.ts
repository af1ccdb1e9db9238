import { type FactorName, factor } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { Factor } from '../../../src/core/event/index.js';
import { type HabitKind, programOf } from '../../../src/core/state/habits.js';
import type { Deed, PersonTale } from '../oracle.js';

/** How far a deed is from what its person is used to. */
export function strange(tale: PersonTale, deed: Deed, parameters: Parameters, time = deed.time): Factor[] {
  if (!tale.isKnown(time, Number(parameters['learning_days']), Number(parameters['learning_sign_ins']))) return [];
  const out: Factor[] = [];
  const add = (name: FactorName) => out.push(factor(name, Number(parameters[`points_${name}`]), name));
  const isHabit = (kind: HabitKind, value: string) => tale.isHabit(kind, value, time);
  const { endpoint, device_uid, user_agent } = deed.look.traits;
  if (endpoint !== undefined && !tale.isAccustomed(endpoint, time)) {
    const kind = endpoint.as_class ?? 'unknown';
    if (kind === 'tor') add('network_tor');
    else if (kind === 'hosting' || kind === 'vpn') add('network_hosting');
    else if (kind !== 'relay' && endpoint.asn !== undefined && !isHabit('network', String(endpoint.asn))) add('network_new');
    if (endpoint.country !== undefined && !isHabit('country', endpoint.country)) add('country_new');
  }
  const hasDevices = tale.story.some((other) => {
    const device = other.look.traits.device_uid;
    // nobody may be asked of what comes later: what is said of it is not known yet
    return other.time <= time - 72 * 3_600_000 && device !== undefined && device !== 'none' && !tale.isSuspected(other);
  });
  if (hasDevices && device_uid !== undefined && device_uid !== 'none' && !isHabit('device', device_uid)) add('device_new');
  const program = programOf(user_agent);
  if (program !== undefined && !isHabit('program', program)) add('program_new');
  return out;
}
