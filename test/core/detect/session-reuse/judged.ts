import type { Judgement } from '../../../../src/core/detect/judgement.js';
import { resolve } from '../../../../src/core/detect/parameters.js';
import type { Rule } from '../../../../src/core/detect/rule.js';
import { sessionReuse } from '../../../../src/core/detect/session-reuse/index.js';
import type { SessionEvent } from '../../../../src/core/event/index.js';
import { laneOf } from '../../../../src/core/state/lane.js';
import { newPerson } from '../../../../src/core/state/person.js';
import { addObservation, newSession, type Session } from '../../../../src/core/state/session.js';
import { type Line, say } from '../../../helpers/world.js';

const asIs = (text: string): string => text;

/** An event in one line, with what a line cannot say. */
export const told = ({ over, ...line }: Line & { over?: Partial<SessionEvent> }): SessionEvent => ({ ...say(line), ...over });

/** Events that belong to one session, told in order of arrival. */
export function sessionOf(events: readonly SessionEvent[]): Session {
  const session = newSession(events[0]!, events[0]!.session!, asIs);
  for (const event of events)
    addObservation(
      session,
      event,
      laneOf(event, () => undefined),
      asIs,
    );
  return session;
}

/** What session reuse says of each event of a session, in the order of the story. */
export function judged(events: readonly SessionEvent[], parameters: Rule['parameters'] = {}): (Judgement | undefined)[] {
  const specs = { ...sessionReuse.parameters, report_from: { kind: 'integer', default: 40, doc: '' } as const };
  const judge = sessionReuse.create(resolve(specs, parameters), 0);
  const session = sessionOf(events);
  const scene = { person: newPerson(events[0]!), session, isOperatorEgress: () => false };
  return session.tail.map((_, at) => judge.judge(scene, at));
}

export const namesOf = (judgement: Judgement | undefined): string[] => (judgement?.factors ?? []).map(({ name }) => name);
