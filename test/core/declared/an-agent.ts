import type { AgentDeclaration } from '../../../src/core/declared/declarations.js';
import type { Endpoint, SessionEvent } from '../../../src/core/event/index.js';
import { PLACES, say } from '../../helpers/world.js';

/** An agent that may do anything, unless said otherwise. */
export function anAgent(more: Partial<AgentDeclaration> = {}): AgentDeclaration {
  return { name: 'reporter', owner: 'Data platform', ids: ['reporter@example.com'], clients: [], ...more };
}

/** What the agent does for Ana, at noon of a Monday, from a cloud. */
export function act(more: Partial<SessionEvent> = {}): SessionEvent {
  const event = say({ at: 4 * 60, n: 1, place: 3, session: '' });
  return {
    ...event,
    is_presence: false,
    principal: {
      key: 'default/reporter@example.com',
      type: 'agent',
      email: 'reporter@example.com',
      on_behalf_of: 'default/ana@example.com',
    },
    ...more,
  };
}

export function endpoint(more: Partial<Endpoint>): Endpoint {
  return { ...PLACES[3]!, ...more };
}
