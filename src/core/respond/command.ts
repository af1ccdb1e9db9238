import { stableUid } from '../event/hash.js';
import type { Finding, RevocationCommand } from '../event/index.js';
import type { Held, Want } from './incident.js';

export interface Making {
  /** arrival of what made it, ms */
  time: number;
  /** how long it may be carried out, ms */
  lifetime_ms: number;
}

/** @param want of the finding that gives the reason, which may ask for less; @param supersedes the command whose place it takes */
export function commanding(
  { tenant }: Finding,
  held: Held,
  want: Want,
  follow_up: string[],
  supersedes: RevocationCommand | undefined,
  making: Making,
): RevocationCommand {
  const { plan, incident, attempt, returns } = held;
  const time = Math.max(making.time, held.asked_time, supersedes?.time ?? 0);
  const parts = [tenant, plan.key, incident.uid, String(attempt)];
  return {
    schema_version: 1,
    tenant,
    // what was replaced and comes back is a new order: whoever dropped the first would take the same uid for a repetition
    uid: stableUid(...parts, ...(returns === 0 ? [] : [String(returns)])),
    attempt,
    incident_uid: incident.uid,
    finding_uid: want.finding_uid,
    time,
    trigger_time: want.trigger_time,
    expires_time: time + making.lifetime_ms,
    supersedes: supersedes?.uid,
    mode_requested: 'shadow',
    mode: 'shadow',
    downgrade_reason: undefined,
    action: plan.action,
    // The arrival and not the trigger's own time: a record may come hours late, and what the thief renewed in between must go
    // too. Not later than the arrival either: the person's new sign-in after the alarm must survive a slow approval.
    target: { ...plan.target, issued_before_time: held.asked_time },
    scope_requested: plan.scope_requested,
    scope_effective: plan.row.scope_effective,
    residual_access: [...plan.row.residual_access],
    depends_on: [],
    follow_up,
    reason: want.reason,
    evidence: want.evidence,
  };
}

/** @param finding what made it unnecessary */
export function cancelling(of: RevocationCommand, finding: Finding, reason: string, making: Making): RevocationCommand {
  // a retracted finding still names its old trigger; a cancellation is never older than what it cancels
  const time = Math.max(making.time, of.time);
  return {
    ...of,
    uid: stableUid(of.tenant, 'cancel', of.uid),
    finding_uid: finding.uid,
    time,
    trigger_time: finding.last_seen_time,
    expires_time: time + making.lifetime_ms,
    supersedes: of.uid,
    action: 'cancel',
    residual_access: [],
    follow_up: [],
    reason,
    evidence: evidenceOf(finding),
  };
}

export function evidenceOf(finding: Finding): string[] {
  return finding.evidence.map((item) => item.event_uid);
}
