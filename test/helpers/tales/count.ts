import { compileConditions } from '../../../src/core/detect/conditions.js';
import { scoreOf } from '../../../src/core/detect/factors.js';
import type { Parameters, SequenceStep } from '../../../src/core/detect/parameters.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import type { PersonJudgeTale } from '../oracle.js';
import { keyOf, own } from './own-rule.js';

const DAY_MS = 86_400_000;

/** Told forwards from each event of the timespan: each step takes the first events that will do, and the last of all must be the one that is asked about. */
export function countTale(parameters: Parameters): PersonJudgeTale {
  const sequence = parameters['sequence'] as readonly SequenceStep[] | undefined;
  const { where, at_least, distinct } = parameters as unknown as SequenceStep;
  const steps = (sequence ?? [{ where, at_least, distinct } as SequenceStep]).map((step) => ({
    holds: compileConditions(step.where).test,
    at_least: step.at_least ?? 1,
    distinct: step.distinct,
  }));
  const by = String(parameters['by']);

  const counts = (event: SessionEvent, step: (typeof steps)[number]): boolean =>
    step.holds(event) && keyOf(event, by) !== undefined && (step.distinct === undefined || keyOf(event, step.distinct) !== undefined);

  /** the rest of the events after the first that are enough for a step; undefined when there are not enough */
  const after = (events: readonly SessionEvent[], step: (typeof steps)[number]): readonly SessionEvent[] | undefined => {
    const found: SessionEvent[] = [];
    for (const [i, event] of events.entries()) {
      if (!counts(event, step)) continue;
      found.push(event);
      const values = step.distinct === undefined ? found : [...new Set(found.map((one) => keyOf(one, step.distinct!)))];
      if (values.length >= step.at_least) return events.slice(i + 1);
    }
    return undefined;
  };

  return (tale, at) => {
    const deed = tale.story[at]!;
    const asked = tale.eventOf(deed);
    const last = steps.at(-1)!;
    if (!counts(asked, last)) return undefined;
    const key = keyOf(asked, by)!;
    const events = tale.story
      .slice(0, at + 1)
      .map((one) => tale.eventOf(one))
      .filter((event) => event.time >= asked.time - Number(parameters['within']) && keyOf(event, by) === key);
    let rest: readonly SessionEvent[] | undefined = events;
    for (const step of steps) rest = rest === undefined ? undefined : after(rest, step);
    if (rest === undefined) return undefined;
    return {
      score: scoreOf(own(tale, deed, parameters, steps.length > 1 ? 'in_sequence' : 'counted'), false),
      episode: `${key}@${Math.floor(deed.time / DAY_MS)}`,
      session: deed.session,
    };
  };
}
