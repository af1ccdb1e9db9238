import type { Activity, DeviceEvidence, Endpoint, SessionEvent } from '../event/index.js';
import type { Print } from './print.js';

/** One event of a session, as small as the detectors allow. Held one by one while late events can still come in between. */
export interface Observation {
  time: number;
  uid: string;
  print: Print;
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
  /** score that each rule gave; index is the rule's place in the rule set */
  scores: readonly number[];
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

/** @param interned gives back one and the same string for equal strings, where many observations say the same words */
export function observe(event: SessionEvent, print: Print, interned: (text: string) => string = (text) => text): Observation {
  const token = event.token;
  const auth = event.auth;
  const device = event.device;
  return {
    time: event.time,
    uid: event.uid,
    print,
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
    scores: NO_SCORES,
  };
}

/** Event time, then uid: the one order in which a session is told, whatever the order of arrival. */
export function isBefore(aTime: number, aUid: string, bTime: number, bUid: string): boolean {
  return aTime < bTime || (aTime === bTime && aUid < bUid);
}
