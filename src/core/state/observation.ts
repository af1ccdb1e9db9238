import type { Activity, Auth, DeviceEvidence, Endpoint, SessionEvent, VendorRisk } from '../event/index.js';
import type { Print } from './print.js';
import type { Session } from './session.js';
import { isShellEvent } from './vendor-shell.js';

/** One event, as small as the detectors allow. Held one by one while late events can still come in between. */
export interface Observation {
  time: number;
  uid: string;
  /** its session's, or one of its own when it belongs to none */
  print: Print;
  session: Session | undefined;
  vendor: string;
  product: string;
  action: string;
  activity: Activity;
  /** the exact address, which may differ from the print's inside one prefix */
  endpoint: Endpoint | undefined;
  client_uid: string | undefined;
  token_uid: string | undefined;
  token_issued_time: number | undefined;
  token_expires_time: number | undefined;
  is_bound: boolean;
  is_cae: boolean;
  /** authenticated anew in this very event, not by a cookie or an earlier token */
  is_fresh: boolean;
  /** an act of the kind that thieves do first */
  is_sensitive: boolean;
  /** device id as logged, and whether the log saw it or was told */
  device_uid: string | undefined;
  device_evidence: DeviceEvidence | undefined;
  /** the device meets the organisation's rules, as the log saw it at the sign-in */
  is_compliant: boolean | undefined;
  /** the person did it: not tried in vain, not done to them */
  is_done: boolean;
  /** it places its person: a server did not act for them */
  is_presence: boolean;
  /** version of the geographic data that placed it: places of two versions are not compared */
  geo: string;
  more: More | undefined;
  /** score that each rule gave, below zero where it does not tell who acts; index is the place of the rule, which are those of sessions */
  scores: readonly number[];
}

/** What few events have. */
export interface More {
  /** of sign-ins */
  auth: Auth | undefined;
  /** the vendor's own judgement */
  risk: VendorRisk | undefined;
  details: Readonly<Record<string, string>> | undefined;
  /** what rules with conditions of their own found in the event */
  facts: readonly Fact[] | undefined;
}

/** The event fulfils a condition that a rule asks for. */
export interface Fact {
  /** the rule's place in the rule set */
  rule: number;
  /** which of the rule's steps, for sequences; else 0 */
  step: number;
  /** what the rule counts apart: a session, an application */
  by: string;
  /** what the rule counts distinct values of */
  value: string;
}

/** Step of a fact which says that an agent did it, with whoever's rights: nothing that the person is known by. */
export const BY_AGENT_STEP = 90;
/** Step of a fact which says with which credential of the person's that lives on (`by`) it was done: by programs, mostly. It is no rule's own. */
export const BY_CREDENTIAL_STEP = 91;
/** Step of a fact which says that the event held a vendor's shell open. */
export const HELD_OPEN_STEP = 92;

/** Says of an event, however it is held, with which credential of the person's that lives on it was done. */
export function markByCredential(seen: Observation, credential: string): void {
  const { more } = seen;
  const fact: Fact = { rule: more?.facts?.[0]?.rule ?? 0, step: BY_CREDENTIAL_STEP, by: credential, value: '' };
  if (more === undefined) seen.more = { auth: undefined, risk: undefined, details: undefined, facts: [fact] };
  else more.facts = [...(more.facts ?? []), fact];
}

const SENSITIVE: ReadonlySet<Activity> = new Set<Activity>([
  'inbox_rule',
  'mail_forwarding',
  'mailbox_delegation',
  'mfa_change',
  'device_register',
  'oauth_consent',
  'app_credential',
  'api_key',
  'role_grant',
  'policy_change',
  'audit_tamper',
  'impersonation',
]);

/** Is it what thieves do first? Files are downloaded all day, and so are rules made that only sort mail. */
function isSensitive({ activity, details }: SessionEvent): boolean {
  if (activity === 'inbox_rule' && details !== undefined && details['move_to'] !== undefined) return hides(details);
  return SENSITIVE.has(activity) || details?.['is_admin_surface'] === 'true';
}

/** Folders that nobody looks into. */
const HIDING_PLACES = /delet|junk|spam|rss|archive|conversation history|trash|papir|gel.scht|corbeille/i;

/** A mail rule that moves messages takes something away from its owner's eyes when it goes to such a folder, marks as read, deletes or sends on. */
function hides(details: Readonly<Record<string, string>>): boolean {
  const { forward_to, delete_message, mark_as_read, subject_contains, rule_name, move_to = '' } = details;
  if (forward_to !== undefined || delete_message === 'true' || mark_as_read === 'true' || subject_contains !== undefined) return true;
  return HIDING_PLACES.test(move_to) || (rule_name !== undefined && !/[\p{L}\p{N}]/u.test(rule_name));
}

/** Shared by all observations that no rule has judged. */
export const NO_SCORES: readonly number[] = [];

/**
 * @param session of the event, when it has one that can be told
 * @param interned gives back one and the same string for equal strings, where many observations say the same words
 */
export function observe(
  event: SessionEvent,
  print: Print,
  session?: Session,
  interned: (text: string) => string = (text) => text,
  facts?: readonly Fact[],
): Observation {
  const token = event.token;
  const auth = event.auth;
  const device = event.device;
  return {
    time: event.time,
    uid: event.uid,
    print,
    session,
    vendor: event.source.vendor,
    product: event.source.product,
    action: interned(event.action),
    activity: event.activity,
    endpoint: event.src_endpoint,
    client_uid: event.client?.uid === undefined ? undefined : interned(event.client.uid),
    token_uid: token?.uid,
    token_issued_time: token?.issued_time,
    token_expires_time: token?.expires_time,
    is_bound: token?.is_bound === true,
    is_cae: token?.is_cae === true,
    is_fresh:
      event.activity === 'sign_in' &&
      auth?.method !== undefined &&
      auth.incoming_token === undefined &&
      !/previously satisfied/i.test(auth.method),
    is_sensitive: isSensitive(event),
    device_uid: device?.uid,
    device_evidence: device?.evidence,
    is_compliant: device?.evidence === 'observed' ? (device.is_compliant ?? undefined) : undefined,
    is_done: isDone(event),
    is_presence: isPresence(event),
    geo: event.enrichment.geo,
    more: moreOf(event, facts),
    scores: NO_SCORES,
  };
}

/** Did the person do it? A vendor that does not say how it ended means that it was done. */
export function isDone({ subject_role, status }: SessionEvent): boolean {
  return subject_role === 'actor' && (status === 'success' || status === 'unknown');
}

/**
 * Where an event comes from, for those who ask for its country: the place of its print, else the country that the vendor tells of an address that it withholds.
 */
export function whereOf({ print, endpoint }: Pick<Observation, 'print' | 'endpoint'>): Endpoint | undefined {
  return print.endpoint ?? (endpoint?.class === 'withheld' ? endpoint : undefined);
}

/** Does the event place its person: a public address that the data can place, or a country by the vendor's word, and not a server's that acts for them, or a shell at their vendor's? */
function isPresence(event: SessionEvent): boolean {
  const endpoint = event.src_endpoint;
  return (
    event.is_presence &&
    event.status === 'success' &&
    event.subject_role === 'actor' &&
    (endpoint?.class === 'public' || endpoint?.class === 'withheld') &&
    endpoint.country !== undefined &&
    !isShellEvent(event)
  );
}

function moreOf(event: SessionEvent, facts: readonly Fact[] | undefined): More | undefined {
  const { activity, risk } = event;
  const isSignIn = activity === 'sign_in';
  const isAct = SENSITIVE.has(activity) || activity === 'vendor_risk' || facts !== undefined;
  if (!isSignIn && !isAct && risk === undefined) return undefined;
  return { auth: isSignIn ? event.auth : undefined, risk, details: isAct ? event.details : undefined, facts };
}

/** A moment in a story: two events of one time have an order, too. */
export interface Moment {
  time: number;
  uid: string;
}

/** Is it this moment or a later one? */
export function isSince(seen: Moment, { time, uid }: Moment): boolean {
  return !isBefore(seen.time, seen.uid, time, uid);
}

/** Event time, then uid: the one order in which a session is told, whatever the order of arrival. */
export function isBefore(aTime: number, aUid: string, bTime: number, bUid: string): boolean {
  return aTime < bTime || (aTime === bTime && aUid < bUid);
}
