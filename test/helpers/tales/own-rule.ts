import { type FactorName, factor } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { Factor, SessionEvent } from '../../../src/core/event/index.js';
import { useOf } from '../../../src/core/state/usage.js';
import type { Deed, PersonTale } from '../oracle.js';
import { strange } from './strange.js';

/** The rule's own score, and what is strange to the person when it asks for that. */
export function own(tale: PersonTale, deed: Deed, parameters: Parameters, name: FactorName): Factor[] {
  const factors = [factor(name, Number(parameters['score']), name)];
  const event = tale.eventOf(deed);
  const isByKey = !event.is_presence && useOf(event)?.isMachine === false;
  return parameters['raise_when_strange'] === true && !isByKey ? [...factors, ...strange(tale, deed, parameters)] : factors;
}

/** What stands in a field, or which session it is: one for all events that name none. */
export function keyOf(event: SessionEvent, field: string): string | undefined {
  if (field === 'principal') return '';
  if (field === 'session') return event.session === undefined || event.session.confidence === 'low' ? '' : event.session.uid;
  const value = field.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], event);
  return value === undefined ? undefined : String(value);
}
