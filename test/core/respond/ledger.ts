import type { Action, Finding, RevocationCommand } from '../../../src/core/event/index.js';
import { type Plan, planOf } from '../../../src/core/respond/plan.js';
import type { Reach } from '../../../src/core/respond/reach.js';

/** Which action does the work of which others, told apart from the code: what a responder would call doubled. */
const DOES: [Action, Action][] = [
  ['revoke_user_sessions', 'revoke_session'],
  ['revoke_user_sessions', 'require_reauth'],
  ['revoke_user_sessions', 'step_up'],
  ['require_reauth', 'revoke_session'],
  ['require_reauth', 'step_up'],
  ['revoke_session', 'step_up'],
  ['block_sign_in', 'step_up'],
];
const ONCE_FOR_EACH: ReadonlySet<Action> = new Set(['notify_user']);

/** A command that is sent is not sent again within this, ms. */
const YOUNG_MS = 30 * 60_000;

interface Aimed {
  action: Action;
  incident_uid: string;
  vendor: string;
  account: string;
  who: string | undefined;
  session: string | undefined;
  token: string | undefined;
  scope: string;
  time: number;
}

/** Keeps the books as a reader of the commands would: what is open, and which findings it answers. */
export class Ledger {
  private readonly commands = new Map<string, RevocationCommand>();
  private readonly closed = new Set<string>();
  /** closed while nobody asked for it */
  private readonly withdrawn = new Set<string>();
  private readonly last = new Map<string, Finding>();
  private readonly asked = new Map<string, { plan: Plan; key: string; time: number }>();

  take(commands: readonly RevocationCommand[]): void {
    for (const command of commands) {
      const of = command.supersedes === undefined ? undefined : this.commands.get(command.supersedes);
      if (of !== undefined) {
        this.closed.add(of.uid);
        if (!this.isAsked(of)) this.withdrawn.add(of.uid);
      }
      this.commands.set(command.uid, command);
    }
  }

  note(finding: Finding, reach: Reach): void {
    this.last.set(finding.uid, finding);
    const plan = planOf(finding, reach);
    const key = JSON.stringify([finding.incident_uid, plan?.key]);
    const before = this.asked.get(finding.uid);
    if (plan === undefined) this.asked.delete(finding.uid);
    else {
      // asked for by anybody without a break since
      const since = [...this.asked.values()].find((one) => one.key === key)?.time ?? finding.last_seen_time + finding.lateness_ms;
      this.asked.set(finding.uid, { plan, key, time: before?.key === key ? before.time : since });
    }
  }

  findings(): Finding[] {
    return [...this.last.values()];
  }

  open(): RevocationCommand[] {
    return [...this.commands.values()].filter(({ uid, action }) => action !== 'cancel' && !this.closed.has(uid));
  }

  aims(): string[] {
    return this.open()
      .map(({ action, target }) => JSON.stringify([action, target.vendor, action === 'revoke_session' ? target.session : null]))
      .sort();
  }

  /** Pairs of open commands of which the one does all the work of the other. */
  doubled(): [string, string][] {
    const open = this.open();
    return open.flatMap((one) =>
      open.filter((other) => one !== other && this.doesAllOf(one, other)).map((other): [string, string] => [one.action, other.action]),
    );
  }

  /** Findings that ask for what no open command does, and that is not spent. */
  unanswered(): string[] {
    const open = this.open();
    return [...this.asked].flatMap(([uid, { plan, time }]) => {
      const incident_uid = this.last.get(uid)!.incident_uid;
      const asks = aimOfPlan(plan, incident_uid, this.last.get(uid)!, time);
      return open.some((one) => does(aimOf(one), asks)) || this.isSpent(plan, incident_uid) ? [] : [uid];
    });
  }

  /**
   * Of a finding that has just spoken: is there a command that can still be carried out and aims at what it saw, or is too young for
   * another one, or the last that is allowed?
   */
  isReached(finding_uid: string): boolean {
    const asked = this.asked.get(finding_uid);
    if (asked === undefined) return true;
    const finding = this.last.get(finding_uid)!;
    const { incident_uid, last_seen_time: seen } = finding;
    const arrival = seen + finding.lateness_ms;
    if (this.isSpent(asked.plan, incident_uid)) return true;
    const asks = aimOfPlan(asked.plan, incident_uid, finding, asked.time);
    const own = [...this.commands.values()].filter((one) => one.incident_uid === incident_uid && does(aimOf(one), asks));
    const doing = this.open().filter((one) => does(aimOf(one), asks));
    return (
      doing.some(({ target, expires_time, time }) => {
        if (target.issued_before_time >= seen) return true;
        return arrival <= expires_time && seen < time + YOUNG_MS;
      }) || own.some(({ action, attempt }) => action !== 'cancel' && attempt === 3)
    );
  }

  mostAttempts(): number {
    return Math.max(0, ...[...this.commands.values()].map(({ attempt }) => attempt));
  }

  private doesAllOf(one: RevocationCommand, other: RevocationCommand): boolean {
    const wide = aimOf(one);
    if (!does(wide, aimOf(other))) return false;
    if (wide.scope !== 'session' || other.scope_effective === 'session') return true;
    // a command to the person that findings on several sessions ask for
    return [...this.asked].every(([uid, { plan, time }]) => {
      const finding = this.last.get(uid)!;
      if (finding.incident_uid !== other.incident_uid || plan.action !== other.action || plan.target.vendor !== other.target.vendor)
        return true;
      return does(wide, aimOfPlan(plan, finding.incident_uid, finding, time));
    });
  }

  private isSpent(plan: Plan, incident_uid: string): boolean {
    const sent = [...this.commands.values()].filter(
      (one) =>
        one.incident_uid === incident_uid &&
        one.action === plan.action &&
        one.target.vendor === plan.target.vendor &&
        (plan.action !== 'revoke_session' || one.target.session === plan.target.session),
    );
    return sent.some((one) => one.attempt === 3 && this.withdrawn.has(one.uid));
  }

  private isAsked({ action, incident_uid, target }: RevocationCommand): boolean {
    const part = action === 'revoke_session' ? target.session : undefined;
    return [...this.asked].some(
      ([uid, { plan }]) =>
        this.last.get(uid)!.incident_uid === incident_uid &&
        plan.action === action &&
        plan.target.vendor === target.vendor &&
        (part === undefined || plan.target.session === part),
    );
  }
}

function aimOf(command: RevocationCommand): Aimed {
  const { action, incident_uid, target, scope_effective } = command;
  const { vendor, account, user, session, token, issued_before_time } = target;
  return { action, incident_uid, vendor, account, who: user.email, session, token, scope: scope_effective, time: issued_before_time };
}

function aimOfPlan(plan: Plan, incident_uid: string, finding: Finding, time: number): Aimed {
  const { vendor, account, user, token } = plan.target;
  const session = finding.session?.root_uid ?? finding.session?.uid;
  return { action: plan.action, incident_uid, vendor, account, who: user.email, session, token, scope: plan.row.scope_effective, time };
}

function does(one: Aimed, other: Aimed): boolean {
  if (one.vendor !== other.vendor || one.account !== other.account || one.who !== other.who) return false;
  if (one.scope === 'session' && one.session !== other.session) return false;
  if (one.scope === 'token' && one.token !== other.token) return false;
  if (one.action === other.action) {
    return one.incident_uid === other.incident_uid || (!ONCE_FOR_EACH.has(one.action) && one.time >= other.time);
  }
  if (!DOES.some(([wide, narrow]) => wide === one.action && narrow === other.action)) return false;
  return one.incident_uid === other.incident_uid || one.time >= other.time;
}
