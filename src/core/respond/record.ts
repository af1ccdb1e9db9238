import type { RespondHeld, RespondIncident, RespondPlan, RespondRow, RespondState } from '../event/index.js';
import { type Held, type Incident, partsOf, type Want } from './incident.js';
import type { Plan } from './plan.js';

/** The version in which records are written, and the newest that is read. */
export const RESPOND_STATE_VERSION = 1;

/** The record of the clock has this key; those of incidents are JSON, which begins with a bracket. */
export const CLOCK_KEY = 'clock';

export function stateOfClock(time: number, serial: number): RespondState {
  return { schema_version: RESPOND_STATE_VERSION, clock: { time, serial } };
}

/**
 * All that is remembered of one incident. What its findings' wants are covered by is not in it: that follows from what is held in their
 * seats, and would make each new command a change of every older one of the person. Shares strings and lists with the incident, which
 * replaces but never changes them.
 */
export function stateOfIncident(incident: Incident): RespondState {
  const [tenant, principal_key, uid] = partsOf(incident.key);
  const rows = new Places<RespondRow>(JSON.stringify);
  const all = [...incident.held.values()];
  const places = new Map(all.map((held, place) => [held, place]));
  const held = all.map((one) => stateOfHeld(one, rows));
  return {
    schema_version: RESPOND_STATE_VERSION,
    incident: {
      tenant,
      principal_key,
      uid,
      touched_time: incident.touched,
      serial: incident.serial,
      rows: rows.all,
      findings: [...incident.findings].map(([uid, { revision, held }]) => ({
        uid,
        revision,
        held: held === undefined ? undefined : places.get(held),
      })),
      held,
    },
  };
}

function stateOfHeld(held: Held, rows: Places<RespondRow>): RespondHeld {
  const plans = new Places<Plan>((plan) => plan);
  const plan = plans.of(held.plan);
  const wants = [...held.wants.values()].map(({ finding_uid, plan, trigger_time, reason, evidence, is_live }) => ({
    finding_uid,
    plan: plans.of(plan),
    trigger_time,
    reason,
    evidence,
    is_live,
  }));
  const { asked_time, serial, attempt, returns, is_replaced, open } = held;
  return {
    key: held.plan.key,
    action: held.plan.action,
    plans: plans.all.map((one) => planState(one, rows)),
    plan,
    asked_time,
    serial,
    attempt,
    returns,
    is_replaced,
    open,
    wants,
  };
}

function planState({ row, target, scope_requested, part, within, session, acts }: Plan, rows: Places<RespondRow>): RespondPlan {
  return { row: rows.of(rowState(row)), target, scope_requested, part, within: [...within], session, acts };
}

function rowState({ scope_effective, residual_access, follow_up }: Plan['row']): RespondRow {
  return { scope_effective, residual_access: [...residual_access], follow_up: [...follow_up] };
}

/** Each thing once, by the place at which it stands. */
class Places<T> {
  readonly all: T[] = [];
  private readonly places = new Map<unknown, number>();

  /** @param sameAs the same value for things that are the same */
  constructor(private readonly sameAs: (one: T) => unknown) {}

  of(one: T): number {
    const same = this.sameAs(one);
    const known = this.places.get(same);
    if (known !== undefined) return known;
    this.places.set(same, this.all.length);
    return this.all.push(one) - 1;
  }
}

/** What is read back of something held: its place in memory is made by whoever knows the seats. */
export type HeldRead = Omit<Held, 'incident' | 'seat' | 'wants' | 'bytes'> & { wants: Omit<Want, 'bytes'>[] };

/** Reads incidents back. Vendors' rows are the same in most of them and come back as one. */
export class IncidentReader {
  private readonly rows = new Map<string, Plan['row']>();

  /** @returns what is held, in the order of the places by which findings name it */
  held({ held, rows }: RespondIncident): HeldRead[] {
    const shared = rows.map((row) => this.shared(row));
    return held.map((one) => {
      const plans = one.plans.map((plan) => planFrom(plan, one, shared));
      const { asked_time, serial, attempt, returns, is_replaced, open } = one;
      const wants = one.wants.map((want) => ({ ...want, plan: plans[want.plan] as Plan }));
      return { plan: plans[one.plan] as Plan, asked_time, serial, attempt, returns, is_replaced, open, wants };
    });
  }

  private shared(row: RespondRow): Plan['row'] {
    const text = JSON.stringify(row);
    const known = this.rows.get(text);
    if (known !== undefined) return known;
    this.rows.set(text, row);
    return row;
  }
}

function planFrom(plan: RespondPlan, { key, action }: RespondHeld, rows: readonly Plan['row'][]): Plan {
  const { target, scope_requested, part, within, session, acts } = plan;
  return { key, action, row: rows[plan.row] as Plan['row'], target, scope_requested, part, within, session, acts };
}
