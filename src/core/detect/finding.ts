import { stableUid } from '../event/hash.js';
import type { Evidence, EvidenceRole, Finding, FindingStatus, Proposal } from '../event/index.js';
import type { Person } from '../state/person.js';
import type { Session } from '../state/session.js';
import type { Strongest } from './evaluate.js';
import type { EvidenceSource } from './judgement.js';
import { levelOf, rankOf } from './levels.js';
import type { Rule } from './rule.js';

/** Findings of one session are one theft. */
export function incidentUid(person: Person, session: Session): string {
  return stableUid('incident', person.key, session.issuer, session.uid);
}

/**
 * Says a verdict as a finding. The uid depends on rule, principal, session and episode alone, so it is the same in whatever order the
 * events arrived.
 * @param previous the same finding as last said, whose revision this one follows
 * @param arrivalTime of the event that made this known
 */
export function findingOf(
  verdict: Strongest,
  person: Person,
  session: Session,
  arrivalTime: number,
  configDigest: string,
  previous: Finding | undefined,
): Finding {
  const { rule } = verdict.active;
  const { judgement, trigger } = verdict;
  const level = levelOf(judgement.score, rule.level_cap);
  const revision = previous === undefined ? 1 : previous.revision + 1;
  return {
    schema_version: 1,
    tenant: person.tenant,
    uid: previous?.uid ?? stableUid('finding', rule.uid, person.key, session.issuer, session.uid, verdict.episode),
    revision,
    supersedes: previous?.revision,
    incident_uid: incidentUid(person, session),
    type: rule.type,
    rule: { uid: rule.uid, title: rule.title, version: rule.version },
    config_digest: configDigest,
    level,
    score: judgement.score,
    status: previous === undefined ? 'new' : 'updated',
    suppressed: undefined,
    time: previous?.time ?? arrivalTime,
    first_seen_time: verdict.first_time,
    last_seen_time: trigger.time,
    trigger_event_uid: trigger.uid,
    lateness_ms: Math.max(0, arrivalTime - trigger.time),
    principal: principalOf(person, session),
    session: session.ref,
    token: undefined,
    message: `${nameOf(person)}'s ${session.issuer.split(':')[0] ?? ''} session ${judgement.message}.`,
    factors: [...judgement.factors],
    evidence: [
      ...judgement.baseline.map((source) => evidence(source, 'baseline')),
      ...judgement.context.map((source) => evidence(source, 'context')),
      evidence(trigger, 'trigger'),
    ],
    travel: judgement.travel,
    proposed: proposalOf(rule, level),
  };
}

/** Acts that a finding names; the first and the latest. */
const ACTS_MAX = 8;

/** The finding with more acts of the newcomer in its evidence; the same object when it names them all. */
export function withActs(finding: Finding, acts: readonly EvidenceSource[]): Finding {
  const named = new Set(finding.evidence.map((item) => item.event_uid));
  const missing = acts.filter((act) => !named.has(act.uid));
  if (missing.length === 0) return finding;
  const context = [...finding.evidence.filter((item) => item.role === 'context'), ...missing.map((act) => evidence(act, 'context'))];
  context.sort((a, b) => a.time - b.time || (a.event_uid < b.event_uid ? -1 : 1));
  if (context.length > ACTS_MAX) context.splice(1, context.length - ACTS_MAX);
  const kept = new Set(context.map((item) => item.event_uid));
  if (!missing.some((act) => kept.has(act.uid))) return finding;
  const byRole = (role: EvidenceRole) => finding.evidence.filter((item) => item.role === role);
  return { ...finding, evidence: [...byRole('baseline'), ...context, ...byRole('trigger')] };
}

/** The same finding, no longer held: what arrived late explains it. */
export function retracted(previous: Finding): Finding {
  return {
    ...previous,
    revision: previous.revision + 1,
    supersedes: previous.revision,
    status: 'retracted' satisfies FindingStatus,
    proposed: undefined,
  };
}

/** The person as the vendor of the session knows them, since commands need that vendor's id; what it does not say comes from the others. */
function principalOf(person: Person, session: Session): Finding['principal'] {
  const { principal } = session;
  if (principal === person.principal) return principal;
  return { ...principal, email: principal.email ?? person.principal.email, name: principal.name ?? person.principal.name };
}

function nameOf(person: Person): string {
  const { principal } = person;
  return principal.name ?? principal.email ?? principal.uid ?? person.key;
}

function evidence(source: EvidenceSource, role: EvidenceRole): Evidence {
  return {
    event_uid: source.uid,
    role,
    time: source.time,
    vendor: source.vendor,
    action: source.action,
    src_endpoint: source.endpoint,
    user_agent: source.user_agent,
    device: source.device,
  };
}

/** The rule's answer for this level: that of the highest level it names which the finding reaches. */
function proposalOf(rule: Rule, level: Finding['level']): Proposal | undefined {
  let best: Proposal | undefined;
  let bestRank = -1;
  for (const [from, action] of Object.entries(rule.response)) {
    const rank = rankOf(from as Finding['level']);
    if (rank <= rankOf(level) && rank > bestRank) {
      best = { action, scope: scopeOf(action) };
      bestRank = rank;
    }
  }
  return best;
}

function scopeOf(action: Proposal['action']): Proposal['scope'] {
  if (action === 'revoke_session') return 'session';
  if (action === 'revoke_token' || action === 'rotate_credential' || action === 'disable_credential') return 'token';
  if (action === 'revoke_grant' || action === 'suspend_agent') return 'client';
  return 'user';
}
