import type { Endpoint } from '../event/index.js';
import { isHabit } from '../state/habits.js';
import type { PersonScene } from './judgement.js';

/** Is it a way out that is the operator's, or one that the person is used to: the same network operator, in a country where they are often? */
export function isAccustomed(scene: PersonScene, endpoint: Endpoint, time: number): boolean {
  if (scene.isOperatorEgress(endpoint)) return true;
  const { habits } = scene.person;
  const { asn, country } = endpoint;
  return (
    asn !== undefined &&
    isHabit(habits, 'network', String(asn), time) &&
    (country === undefined || isHabit(habits, 'country', country, time))
  );
}
