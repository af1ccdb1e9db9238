import type { Activity, Lane, SessionEvent } from '../event/index.js';

/** Lane of a published OAuth client id; undefined for a client in no list. */
export type LaneOfClient = (uid: string) => Lane | undefined;

const MAIL_PROTOCOLS = /imap|pop3|smtp|activesync|mapi|ews|rpc/i;
const MAIL_FAMILIES: ReadonlySet<string> = new Set(['outlook', 'apple-mail', 'thunderbird', 'exchange-activesync', 'outlook-mobile']);

/**
 * The kind of program that speaks. From the OAuth client where it is logged, since the client is fixed when a token is minted and the
 * user agent is whatever the sender types: a library that replays the browser's token stays in the browser's lane, where it stands out.
 */
export function laneOf(event: SessionEvent, laneOfClient: LaneOfClient): Lane {
  const client = event.client?.uid;
  if (client !== undefined) {
    const lane = laneOfClient(client);
    if (lane !== undefined) return lane;
  }
  if (isAppAtWork(event)) return 'app';
  // Okta logs no OAuth client, and its sessions are cookies of browsers: no other program has a lane of its own in them, whatever it calls itself.
  if (event.source.vendor === 'okta') return 'browser';
  const agent = event.user_agent;
  if (agent !== undefined) {
    if (agent.family !== undefined && MAIL_FAMILIES.has(agent.family)) return 'mail';
    if (agent.kind === 'browser') return 'browser';
    if (agent.kind === 'native') return 'native';
    if (agent.kind === 'library') return 'cli';
  }
  const protocol = event.auth?.protocol;
  if (protocol !== undefined && MAIL_PROTOCOLS.test(protocol)) return 'mail';
  // Nothing says otherwise: sessions are browsers' first of all, and a wrong lane of its own would hide a deviation.
  return 'browser';
}

/** People let an app in and out with their browsers; what it does with what they granted, it does where its servers are. */
const BY_HAND: ReadonlySet<Activity> = new Set<Activity>(['oauth_consent', 'session_revoke']);

/** Does an app act for the person, in the session that stands for its grant? */
function isAppAtWork({ session, client, activity, is_presence, device, user_agent }: SessionEvent): boolean {
  if (session?.confidence !== 'surrogate' || client?.uid === undefined || is_presence) return false;
  return device?.uid === undefined && user_agent === undefined && !BY_HAND.has(activity);
}
