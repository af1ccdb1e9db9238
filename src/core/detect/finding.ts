import { stableUid } from '../event/hash.js';
import type { Evidence, Finding, FindingStatus, Proposal } from '../event/index.js';
import { claimEvent, growIncident, joinIncident, type Traces, widenIncident } from '../state/incident.js';
import type { Person } from '../state/person.js';
import type { OnRecord, Session } from '../state/session.js';
import { credentialIn, useFactIn } from '../state/usage.js';
import type { Strongest } from './evaluate.js';
import type { EvidenceSource, PersonScene } from './judgement.js';
import { LEVEL_FROM, levelOf, rankOf } from './levels.js';
import { meansOf, originOf, printOf } from './means.js';
import { evidenceFrom, inOrder, sourceOf } from './others.js';
import type { Rule } from './rule.js';

/** Of whom is spoken, on whose arrival, and where what is said goes. */
export interface Telling extends PersonScene {
  /** where it is on record: the session or the person's story */
  on: OnRecord;
  /** the session that is spoken of; undefined when each judgement says for itself */
  session: Session | undefined;
  arrival_time: number;
  config_digest: string;
  said: Finding[];
}

/** A session that was forgotten and comes back begins anew: what is said of it then must not be taken for an old revision. */
function lifeOf({ life }: Session): string[] {
  return life === 0 ? [] : [String(life)];
}

/** What makes a session one of its kind: findings of one session are one theft. */
function subjectOf(session: Session): string[] {
  return [session.issuer, session.uid, ...lifeOf(session)];
}

/** What is said of a session is told by it, what is said outside of any by rule and episode. */
function partsOf({ active, judgement }: Strongest, session: Session | undefined): string[] {
  return session === undefined ? [active.rule.uid, judgement.episode] : subjectOf(session);
}

function tracesOf(telling: Telling, verdict: Strongest, session: Session | undefined): Traces {
  const { active, judgement, trigger } = verdict;
  return {
    session: session === undefined ? undefined : subjectOf(session).join('|'),
    trigger: trigger.uid,
    prefix: originOf(telling, judgement, levelOf(judgement.score, active.rule.level_cap), trigger),
    means: meansOf(telling.person, judgement, trigger, session),
    is_of_stranger: judgement.stranger !== undefined && judgement.score >= LEVEL_FROM.medium,
  };
}

/**
 * The incident that a finding is part of: that of what was said before, which learns by what else others may find it.
 * @param previous the same finding as last said
 */
function incidentOf(telling: Telling, verdict: Strongest, session: Session | undefined, previous: Finding | undefined): string {
  const { person, arrival_time } = telling;
  const traces = tracesOf(telling, verdict, session);
  if (previous === undefined) {
    const own = stableUid('incident', person.key, ...partsOf(verdict, session));
    return joinIncident(person, traces, own, arrival_time, verdict.last_time).uid;
  }
  growIncident(person, previous.incident_uid, traces);
  return previous.incident_uid;
}

/**
 * What else is said of the event that a verdict speaks of belongs to the incident of the stranger whom it holds for known.
 * @param previous the same finding as last said
 */
export function claim(telling: Telling, verdict: Strongest, previous: Finding | undefined): void {
  if (verdict.judgement.stranger === undefined) return;
  const traces = tracesOf(telling, verdict, telling.session ?? verdict.judgement.session);
  if (traces.is_of_stranger === true) claimEvent(telling.person, previous?.incident_uid, traces, telling.arrival_time);
}

/** What else is said of the sessions that a finding grew by belongs to its incident. */
export function widen({ person }: Telling, { incident_uid }: Finding, { sessions, last_time }: Strongest): void {
  for (const session of sessions) widenIncident(person, incident_uid, subjectOf(session).join('|'), last_time);
}

/**
 * Says a verdict as a finding. The uid depends on rule, principal, session and episode alone, so it is the same in whatever order the
 * events arrived.
 * @param previous the same finding as last said, whose revision this one follows
 */
export function findingOf(verdict: Strongest, telling: Telling, previous: Finding | undefined): Finding {
  const { person, arrival_time, config_digest } = telling;
  const { rule } = verdict.active;
  const { judgement, trigger } = verdict;
  const session = telling.session ?? judgement.session;
  const level = levelOf(judgement.score, rule.level_cap);
  const revision = previous === undefined ? 1 : previous.revision + 1;
  const seen =
    previous === undefined || previous.status === 'retracted' ? verdict.last_time : Math.max(verdict.last_time, previous.last_seen_time);
  return {
    schema_version: 1,
    tenant: person.tenant,
    uid: previous?.uid ?? uidOf(rule, telling, verdict.episode),
    revision,
    supersedes: previous?.revision,
    incident_uid: incidentOf(telling, verdict, session, previous),
    incident_level: level,
    type: rule.type,
    rule: { uid: rule.uid, title: rule.title, version: rule.version },
    config_digest,
    level,
    score: judgement.score,
    status: previous === undefined ? 'new' : 'updated',
    suppressed: undefined,
    time: previous?.time ?? arrival_time,
    first_seen_time: verdict.first_time,
    last_seen_time: seen,
    trigger_event_uid: trigger.uid,
    lateness_ms: latenessOf(seen, arrival_time),
    principal: principalOf(person, session),
    session: session?.ref,
    token: tokenOf(telling, verdict) ?? previous?.token,
    message: `${subjectName(telling, verdict)} ${judgement.message}.`,
    factors: [...judgement.factors],
    evidence: [
      ...judgement.baseline.map((source) => evidenceFrom(source, 'baseline')),
      ...judgement.context.map((source) => evidenceFrom(source, 'context', trigger.uid)),
      evidenceFrom(trigger, 'trigger'),
    ],
    travel: judgement.travel,
    proposed: proposalOf(rule, level),
  };
}

/** The credential that the trigger is a use of, when the rule is one of credentials. */
function tokenOf({ person }: Telling, { active, trigger }: Strongest): Finding['token'] {
  const seen = person.story.tail.findLast(({ uid }) => uid === trigger.uid);
  const fact = seen === undefined ? undefined : useFactIn(seen, active.index);
  const credential = fact === undefined ? undefined : credentialIn(fact);
  if (credential === undefined) return undefined;
  const { uid, kind } = credential;
  return { uid, kind, is_bound: undefined, is_cae: undefined, issued_time: undefined, expires_time: undefined };
}

/** A session's finding is told by its session, one of a person's story by the episode alone. */
function uidOf(rule: Rule, { person, session }: Telling, episode: string): string {
  if (session === undefined) return stableUid('finding', rule.uid, person.key, episode);
  return stableUid('finding', rule.uid, person.key, session.issuer, session.uid, episode, ...lifeOf(session));
}

/** A theft that goes on is said again so often: as long as a command for it lives, so that whoever answers it knows that it is not over. */
export const SAID_AGAIN_MS = 3_600_000;

/** How long after what it speaks of a revision was said: the two together tell when that was. */
export function latenessOf(lastSeenTime: number, arrivalTime: number): number {
  return Math.max(0, arrivalTime - lastSeenTime);
}

/** Acts that a finding names. A thief who takes a thousand files must not make a thousand revisions: the first tell what is going on. */
const ACTS_MAX = 8;

/** The finding with more acts of the newcomer in its evidence; the same object when it names them, or enough of them, already. */
export function withActs(finding: Finding, acts: readonly EvidenceSource[]): Finding {
  const { evidence, trigger_event_uid } = finding;
  let room = ACTS_MAX - evidence.filter(({ role, of }) => role === 'context' && (of === undefined || of === trigger_event_uid)).length;
  // what another event was compared with may be an act of its own
  const named = new Set(evidence.filter(({ role, of }) => role !== 'baseline' || of === undefined).map(({ event_uid }) => event_uid));
  const more: Evidence[] = [];
  for (const act of acts) {
    if (room <= 0 || named.has(act.uid)) continue;
    named.add(act.uid);
    room--;
    more.push(evidenceFrom(act, 'context'));
  }
  return more.length === 0 ? finding : { ...finding, evidence: inOrder([...evidence, ...more]) };
}

/** What a finding names beside what it compares with, and beside what would have made it alone: a stronger revision must not lose it. */
export function actsOf(finding: Finding): EvidenceSource[] {
  return finding.evidence.filter(({ role, of, event_uid }) => role !== 'baseline' && of !== event_uid).map(sourceOf);
}

/** The same finding, no longer held: what arrived late explains it. */
export function retracted(previous: Finding, arrivalTime: number): Finding {
  return {
    ...previous,
    lateness_ms: latenessOf(previous.last_seen_time, arrivalTime),
    revision: previous.revision + 1,
    supersedes: previous.revision,
    status: 'retracted' satisfies FindingStatus,
    proposed: undefined,
  };
}

/** The same finding, whose rule judges no longer: nobody would ever take it back. */
export function withdrawn(previous: Finding, arrivalTime: number, config_digest: string): Finding {
  return {
    ...retracted(previous, arrivalTime),
    config_digest,
    message: `${previous.message} Taken back: the rule ${previous.rule.uid} is no longer in force.`,
  };
}

/** The same finding of a person who is known under another key by now. */
export function movedTo(previous: Finding, person: Person, arrivalTime: number): Finding {
  const { email, name } = person.principal;
  return {
    ...previous,
    principal: { ...previous.principal, email: previous.principal.email ?? email, name: previous.principal.name ?? name },
    lateness_ms: latenessOf(previous.last_seen_time, arrivalTime),
    revision: previous.revision + 1,
    supersedes: previous.revision,
    status: 'updated',
  };
}

/** The same finding, which another one of the same thing takes the place of: both were told before two keys were found to be one person. */
export function endedBy(previous: Finding, person: Person, { uid }: Finding, arrivalTime: number): Finding {
  const status = 'closed' satisfies FindingStatus;
  return {
    ...movedTo(previous, person, arrivalTime),
    status,
    message: `${previous.message} It goes on as finding ${uid}.`,
    proposed: undefined,
  };
}

/** The person as the vendor of the session knows them, since commands need that vendor's id; what it does not say comes from the others. */
function principalOf(person: Person, session: Session | undefined): Finding['principal'] {
  if (session === undefined) return person.principal;
  const { principal } = session;
  if (principal === person.principal) return principal;
  return { ...principal, email: principal.email ?? person.principal.email, name: principal.name ?? person.principal.name };
}

function nameOf(person: Person): string {
  const { principal } = person;
  return principal.name ?? principal.email ?? principal.uid ?? person.key;
}

/** Their sentences are of a credential that is used, and not of whose it is. */
const OF_CREDENTIALS: ReadonlySet<string> = new Set(['nhi_egress', 'token_reuse']);

/** What the sentence of a finding is about: the person, or what of theirs is used. */
function subjectName({ person, session }: Telling, { active: { rule }, trigger }: Strongest): string {
  if (session === undefined && !OF_CREDENTIALS.has(rule.detector)) return nameOf(person);
  if (printOf(person, trigger, session)?.lane === 'app') return `${nameOf(person)}'s grant to the app ${trigger.client_uid}`;
  if (session !== undefined) return sessionName(person, session);
  return person.principal.type === 'human' ? `${nameOf(person)}'s credential` : nameOf(person);
}

function sessionName(person: Person, session: Session): string {
  return `${nameOf(person)}'s ${session.issuer.split(':')[0] ?? ''} session`;
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
