import type { Activity } from '../../../event/index.js';
import { detail, number, text } from '../../record.js';
import { member, type ParameterReader } from './google-parameters.js';

/**
 * The mail log calls everything `delivery`; a number says what happened (`event_info.mail_event_type`, from Google's reference of Gmail
 * activity events). Numbers that are not here are the service's own work on a message.
 */
const BY_NUMBER: ReadonlyMap<number, Activity> = new Map<number, Activity>([
  [1, 'mail_send'],
  [9, 'mail_send'],
  [10, 'mail_send'],
  // by the forwarding that the mailbox has
  [11, 'mail_send'],
  [7, 'mail_access'],
  [28, 'mail_access'],
  [31, 'mail_access'],
  // an app, for the person
  [33, 'mail_access'],
  [17, 'data_export'],
  [18, 'data_export'],
  [19, 'data_export'],
  [32, 'data_export'],
  [34, 'mailbox_delegation'],
  [3, 'session_use'],
  [8, 'session_use'],
  [12, 'session_use'],
  [13, 'session_use'],
  [14, 'session_use'],
  [15, 'session_use'],
  [16, 'session_use'],
  [20, 'session_use'],
  [21, 'session_use'],
  [22, 'session_use'],
  [26, 'session_use'],
  [27, 'session_use'],
  [29, 'session_use'],
]);

/** What the person did, for those who read the event. */
const WORDS: Readonly<Record<number, string>> = { 9: 'reply', 10: 'forward', 11: 'auto_forward' };
const DELETIONS: Readonly<Record<number, string>> = { 13: 'to_bin', 27: 'hard' };

/** @param name cleaned; counts when there is no number, as in records that a collector renamed */
export function mailActivity(type: unknown, name: string): Activity {
  const known = BY_NUMBER.get(number(type) ?? -1);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  return lower.includes('download') ? 'data_export' : lower === 'send' ? 'mail_send' : 'other';
}

/** Whether the one who is named as actor did it: mail that comes in, is judged or bounces is nobody's act, and its address the sender's. */
export function isOwnMailAct(parameter: ParameterReader): boolean {
  return BY_NUMBER.has(number(member(parameter('event_info'), 'mail_event_type')) ?? -1);
}

/** The mailbox, how a message was deleted or sent on, and who read it for whom. */
export function mailDetails(activity: Activity, parameter: ParameterReader, owner: string | undefined): Record<string, string> | undefined {
  const info = parameter('event_info');
  const type = number(member(info, 'mail_event_type')) ?? -1;
  let details: Record<string, string> | undefined;
  if (activity === 'mail_send') details = detail(details, 'change', WORDS[type]);
  if (activity === 'session_use') details = detail(details, 'deleted', DELETIONS[type]);
  if (activity === 'mail_access') details = detail(details, 'mail_access_type', 'bind');
  if (activity === 'data_export') details = detail(details, 'kind', type === 32 ? 'messages' : 'file');
  const delegate = delegateOf(parameter);
  if (activity !== 'other' && activity !== 'mailbox_delegation' && delegate !== undefined) {
    details = detail(detail(details, 'mailbox', owner), 'logon_type', 'delegate');
  }
  return activity === 'mailbox_delegation' ? detail(details, 'delegate', delegate) : details;
}

/** Who works in the mailbox of somebody else. */
export function delegateOf(parameter: ParameterReader): string | undefined {
  const client = member(parameter('event_info'), 'client_context');
  return text(member(member(client, 'session_context'), 'delegate_user_email'));
}

/**
 * The address of the client. The export to BigQuery writes it as base64 of its text, the API as it is.
 * @returns undefined for anything that is neither
 */
export function mailAddress(parameter: ParameterReader): string | undefined {
  const written = text(member(member(parameter('message_info'), 'connection_info'), 'client_ip'));
  if (written === undefined || written.length > LONGEST_ADDRESS) return undefined;
  return ADDRESS.test(written) ? written : decoded(written);
}

const LONGEST_ADDRESS = 80;
const ADDRESS = /^[0-9a-f:.]*[:.][0-9a-f:.]*$/i;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decoded(base64: string): string | undefined {
  let bits = 0;
  let count = 0;
  let out = '';
  for (const letter of base64.replace(/=+$/, '')) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += String.fromCharCode((bits >> count) & 0xff);
    }
  }
  return ADDRESS.test(out) ? out : undefined;
}
