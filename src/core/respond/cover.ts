import type { Action } from '../event/index.js';
import type { Held } from './incident.js';
import type { Plan } from './plan.js';

/**
 * What a command makes unnecessary at the same vendor, as far as it reaches the same thing. An action that stands in its own list takes
 * the place of an older one of its kind. Not here is what does something else: telling the person, marking the account, undoing an act on
 * a mailbox, and ending a token, which outlives its session.
 */
const COVERS: Partial<Record<Action, readonly Action[]>> = {
  revoke_user_sessions: ['revoke_user_sessions', 'require_reauth', 'revoke_session', 'step_up'],
  // the vendors do it by ending all sessions
  require_reauth: ['require_reauth', 'revoke_session', 'step_up'],
  revoke_session: ['revoke_session', 'step_up'],
  // whoever may not sign in cannot be asked for a factor
  block_sign_in: ['block_sign_in', 'step_up'],
  step_up: ['step_up'],
  mark_user_risky: ['mark_user_risky'],
  hold_access: ['hold_access'],
  revoke_token: ['revoke_token'],
  disable_credential: ['disable_credential'],
  rotate_credential: ['rotate_credential'],
  suspend_agent: ['suspend_agent'],
};

/** The actions that this one makes unnecessary; undefined when there are none. What it replaces replaces nothing that it does not. */
export function replaces(action: Action): readonly Action[] | undefined {
  return COVERS[action];
}

/** The stronger first; of the same strength the later, which reaches what was issued in between; then the one that came first. */
export function strongestFirst(a: Held, b: Held): number {
  return strength(b) - strength(a) || b.asked_time - a.asked_time || a.serial - b.serial;
}

/** Greater than that of anything else that it covers. */
function strength({ plan }: Held): number {
  return COVERS[plan.action]?.length ?? 0;
}

/**
 * Does the first command do what this plan of the second's asks for? In one incident it does whatever came first. What another incident
 * asked for later it does not: it may have been carried out before, and ends only what was issued until it was asked for.
 * True both ways round only for the same at the same moment: there the one that is first by `strongestFirst` stays.
 */
export function covers(wide: Held, other: Held, plan: Plan): boolean {
  if (wide === other || !COVERS[wide.plan.action]?.includes(plan.action)) return false;
  if (wide.plan.part !== undefined && !plan.within.includes(wide.plan.part)) return false;
  return wide.incident === other.incident || wide.asked_time >= other.asked_time;
}
