import fc from 'fast-check';
import { Declared } from '../../src/core/declared/declared.js';
import type { SessionEvent } from '../../src/core/event/index.js';
import { say } from './world.js';

/** Agents and partners at work: mostly as declared, now and then otherwise. */

export const DECLARED = new Declared({
  agents: [
    {
      name: 'reporter',
      owner: 'Data platform',
      ids: ['reporter@example.com'],
      clients: ['reporter-client'],
      acts_for: ['ana@example.com'],
      egress: { asn: [14061] },
      resources: ['graph'],
      activities: ['session_use'],
      hours: [{ zone: 'UTC', days: [1, 2, 3, 4, 5], from: 7 * 60, to: 19 * 60, offsets: [] }],
    },
  ],
  partners: [{ name: 'msp', owner: 'Partners', directories: [], domains: ['msp.example'], ids: [], egress: { asn: [2119] } }],
});

export interface DeclaredLine {
  n: number;
  /** minutes after T0 */
  at: number;
  /** minutes from the event to its arrival */
  delay: number;
  who: 'agent' | 'delegated' | 'stranger' | 'partner';
  place: number;
  activity: NonNullable<SessionEvent['activity']>;
  resource: string | undefined;
  behind: string | undefined;
  failed: boolean;
}

export function sayDeclared({ n, at, delay, who, place, activity, resource, behind, failed }: DeclaredLine): SessionEvent {
  const email = { agent: 'reporter@example.com', delegated: 'ana@example.com', stranger: 'other@example.com', partner: 'kim@msp.example' }[
    who
  ];
  const isAgent = who === 'agent' || who === 'stranger';
  const event = say({ n, at, delay, place, agent: 4, activity, who: email, session: who === 'delegated' ? 's1' : '' });
  return {
    ...event,
    is_presence: who === 'partner',
    status: failed ? 'failure' : 'success',
    principal: {
      ...event.principal,
      type: isAgent ? 'agent' : 'human',
      on_behalf_of: isAgent && behind !== undefined ? `default/${behind}` : undefined,
    },
    client: who === 'delegated' ? { uid: 'reporter-client' } : undefined,
    resource: resource === undefined ? undefined : { name: resource },
  };
}

/** @param lateness of arrivals, at most, minutes */
export function declaredLines(lateness: number, days = 4): fc.Arbitrary<DeclaredLine[]> {
  const line = fc.record({
    hour: fc.integer({ min: 0, max: days * 24 - 1 }),
    minute: fc.constantFrom(0, 10, 20, 30, 40, 50, 59),
    delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: lateness })),
    who: fc.constantFrom('agent' as const, 'agent' as const, 'delegated' as const, 'stranger' as const, 'partner' as const),
    place: fc.constantFrom(3, 3, 0, 5, -1),
    activity: fc.constantFrom(
      'session_use' as const,
      'session_use' as const,
      'sign_in' as const,
      'mail_access' as const,
      'role_grant' as const,
    ),
    resource: fc.constantFrom('Graph', 'Exchange', undefined),
    behind: fc.constantFrom('ana@example.com', 'bo@example.com', undefined),
    failed: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  });
  return fc
    .array(line, { minLength: 2, maxLength: 24 })
    .map((lines) => [...FIRST, ...lines.map(({ hour, minute, ...rest }) => ({ ...rest, at: 1 + hour * 60 + minute }))])
    .map((lines) => lines.map((one, n) => ({ ...one, n })));
}

/** Everybody is known: who never got in is not remembered, whatever they tried. */
const FIRST = (['agent', 'delegated', 'stranger', 'partner'] as const).map((who) => ({
  at: 0,
  delay: 0,
  who,
  place: who === 'partner' ? 0 : 3,
  activity: 'session_use' as const,
  resource: 'Graph',
  behind: 'ana@example.com',
  failed: false,
}));
