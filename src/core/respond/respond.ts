import { stableUid } from '../event/hash.js';
import type { Action, Finding, RevocationCommand } from '../event/index.js';
import type { Respond } from '../pipeline.js';
import { type Plan, planOf } from './plan.js';
import type { Reach } from './reach.js';

export interface RespondOptions {
  /**
   * How long a command may be carried out after its trigger arrived, ms. One hour: a stolen session is used within minutes and
   * automation needs seconds, so an hour leaves time for an approval; later, whoever waited has signed in again, and a catch-up
   * over old records must not sign people out today.
   */
  command_lifetime_ms: number;
  /** How long an incident is remembered after its last finding, ms. A day more than the idle life of a session. */
  memory_ms: number;
  /** Incidents remembered at once; the one that was quiet longest goes first. */
  max_incidents: number;
}

const HOUR = 3_600_000;
export const RESPOND_DEFAULTS: RespondOptions = { command_lifetime_ms: HOUR, memory_ms: 8 * 24 * HOUR, max_incidents: 50_000 };

/** A third repetition after two withdrawals says that the finding flaps; a fourth would only be noise. */
const MAX_ATTEMPTS = 3;

/** What asks the person something. A harder command takes the place of such a one, so that the two never stand side by side. */
const ASKS_THE_PERSON: ReadonlySet<Action> = new Set(['step_up', 'require_reauth', 'notify_user', 'mark_user_risky']);

/** A command as last sent. It is open while at least one finding wants it. */
interface Held {
  command: RevocationCommand;
  wanted_by: Set<string>;
}

interface Incident {
  /** arrival of its last finding, ms */
  touched: number;
  /** finding uid -> its last revision and the key of the command that it wants */
  findings: Map<string, { revision: number; wants: string | undefined }>;
  /** by target and action */
  held: Map<string, Held>;
}

/**
 * respond, in shadow: findings in, the commands that they lead to out. What is open after any number of findings is the union of
 * what their last revisions ask for, whatever their order. A command that nobody wants any more is cancelled, also when its time
 * has run out: whoever carried it out should know that the ground for it is gone. A command is sent again under the same uid
 * (the idempotency key) only to add follow-up that later acts of the session made necessary.
 */
export function createRespond(reach: Reach, options: Partial<RespondOptions> = {}): Respond {
  const { command_lifetime_ms, memory_ms, max_incidents } = { ...RESPOND_DEFAULTS, ...options };
  /** least recently touched first */
  const incidents = new Map<string, Incident>();
  let clock = 0;

  return { accept };

  function accept(finding: Finding): RevocationCommand[] {
    const time = finding.last_seen_time + finding.lateness_ms;
    if (time > clock) clock = time;
    forget();
    const plan = planOf(finding, reach);
    const incident = incidentOf(finding, plan !== undefined);
    if (incident === undefined) return [];
    const before = incident.findings.get(finding.uid);
    // a verdict that the finding is dealt with changes nothing in what was asked; an older revision is yesterday's news
    if (finding.status === 'closed' || (before !== undefined && before.revision >= finding.revision)) return [];
    incident.findings.set(finding.uid, { revision: finding.revision, wants: plan?.key });

    const left = before?.wants !== undefined && before.wants !== plan?.key ? letGo(incident, before.wants, finding.uid) : undefined;
    const made = plan === undefined ? undefined : want(incident, plan, finding, time, left);
    const commands: RevocationCommand[] = [];
    if (left !== undefined && made?.supersedes !== left.uid) commands.push(cancelling(left, finding, time));
    if (made !== undefined) commands.push(made);
    return commands;
  }

  function incidentOf(finding: Finding, create: boolean): Incident | undefined {
    const key = JSON.stringify([finding.tenant, finding.incident_uid]);
    const found = incidents.get(key) ?? (create ? { touched: 0, findings: new Map(), held: new Map() } : undefined);
    if (found === undefined) return undefined;
    found.touched = clock;
    incidents.delete(key);
    incidents.set(key, found);
    return found;
  }

  function forget(): void {
    for (const [key, incident] of incidents) {
      if (incidents.size <= max_incidents && incident.touched >= clock - memory_ms) return;
      incidents.delete(key);
    }
  }

  /** The command that nobody wants after this finding no longer does, or undefined. */
  function letGo(incident: Incident, key: string, finding_uid: string): RevocationCommand | undefined {
    const held = incident.held.get(key);
    if (held === undefined || !held.wanted_by.delete(finding_uid)) return undefined;
    return held.wanted_by.size === 0 ? held.command : undefined;
  }

  /**
   * The command that this finding adds or amends; undefined when it is out already and says all there is to say.
   * @param left what nobody wants any more because of this finding: a new, harder command takes its place
   */
  function want(incident: Incident, plan: Plan, finding: Finding, time: number, left?: RevocationCommand): RevocationCommand | undefined {
    const held = incident.held.get(plan.key);
    if (held !== undefined && held.wanted_by.size > 0) {
      held.wanted_by.add(finding.uid);
      const added = plan.follow_up.filter((line) => !held.command.follow_up.includes(line));
      if (added.length === 0) return undefined;
      held.command = { ...held.command, follow_up: [...held.command.follow_up, ...added] };
      return held.command;
    }
    const attempt = (held?.command.attempt ?? 0) + 1;
    if (attempt > MAX_ATTEMPTS) return undefined;
    const replaces = left !== undefined && ASKS_THE_PERSON.has(left.action) && !ASKS_THE_PERSON.has(plan.action);
    const command = commanding(plan, finding, attempt, time, replaces ? left.uid : undefined);
    incident.held.set(plan.key, { command, wanted_by: new Set([finding.uid]) });
    return command;
  }

  function commanding(plan: Plan, finding: Finding, attempt: number, time: number, supersedes: string | undefined): RevocationCommand {
    return {
      schema_version: 1,
      tenant: finding.tenant,
      uid: stableUid(finding.tenant, plan.key, finding.incident_uid, String(attempt)),
      attempt,
      incident_uid: finding.incident_uid,
      finding_uid: finding.uid,
      time,
      trigger_time: finding.last_seen_time,
      expires_time: time + command_lifetime_ms,
      supersedes,
      mode_requested: 'shadow',
      mode: 'shadow',
      downgrade_reason: undefined,
      action: plan.action,
      // The arrival and not the trigger's own time: a record may come hours late, and what the thief renewed in between must go
      // too. Not later than the arrival either: the person's new sign-in after the alarm must survive a slow approval.
      target: { ...plan.target, issued_before_time: time },
      scope_requested: plan.scope_requested,
      scope_effective: plan.row.scope_effective,
      residual_access: [...plan.row.residual_access],
      depends_on: [],
      follow_up: plan.follow_up,
      reason: finding.message,
      evidence: finding.evidence.map((item) => item.event_uid),
    };
  }

  function cancelling(of: RevocationCommand, finding: Finding, arrival: number): RevocationCommand {
    // a retracted finding still names its old trigger; a cancellation is never older than what it cancels
    const time = Math.max(arrival, of.time);
    return {
      ...of,
      uid: stableUid(of.tenant, 'cancel', of.uid),
      finding_uid: finding.uid,
      time,
      trigger_time: finding.last_seen_time,
      expires_time: time + command_lifetime_ms,
      supersedes: of.uid,
      action: 'cancel',
      residual_access: [],
      follow_up: [],
      reason: finding.message,
      evidence: finding.evidence.map((item) => item.event_uid),
    };
  }
}
