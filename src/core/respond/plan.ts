import type { Action, CommandTarget, Evidence, Finding, Scope } from '../event/index.js';
import { LEVEL } from '../event/index.js';
import { type Aim, narrowest, type Reach, type Reached, type ReachRow, type VendorReach, wantedOf } from './reach.js';

/** What one finding asks for, aimed at one vendor: everything of a command but its times, attempt and uid. */
export interface Plan {
  /** the same for two findings that ask for the same thing: target and action */
  key: string;
  action: Action;
  row: Pick<ReachRow, 'scope_effective' | 'residual_access' | 'follow_up'>;
  target: Omit<CommandTarget, 'issued_before_time'>;
  scope_requested: Scope;
  /** the one thing that the call reaches; undefined when it reaches the whole person */
  part: string | undefined;
  /** what the finding is about, in the same words as `part`: whose command reaches one of these reaches the finding */
  within: readonly string[];
  /** the session that the finding is about, by the id that this vendor's calls take */
  session: string | undefined;
  /** what acts of the session ask for, beyond the vendor's standing advice */
  acts: string[];
}

const LOWEST_LEVEL = LEVEL.indexOf('medium');

/** All that may be proposed for what is no person: there is nobody to sign out, and signing out a machine is an outage. */
const FOR_MACHINES: ReadonlySet<Action> = new Set([
  'revoke_token',
  'revoke_grant',
  'disable_credential',
  'rotate_credential',
  'suspend_agent',
]);

/**
 * The plan of a finding as it stands, or undefined when it warrants none: nothing proposed, below medium, taken back or
 * suppressed, or the vendor has no call that can be aimed at this one principal.
 */
export function planOf(finding: Finding, reach: Reach): Plan | undefined {
  const { proposed, principal } = finding;
  if (proposed === undefined || finding.status === 'retracted' || finding.status === 'suppressed') return undefined;
  if (LEVEL.indexOf(finding.level) < LOWEST_LEVEL) return undefined;
  const is_machine = isMachine(principal);
  if (is_machine && !FOR_MACHINES.has(proposed.action)) return undefined;
  const places = placesOf(finding, reach);
  for (const action of wantedOf(proposed.action)) {
    for (const place of places) {
      const reached = narrowest(reach, place.reach, action, aimOf(finding, place));
      if (reached === undefined || (is_machine && !FOR_MACHINES.has(reached.action))) continue;
      // what a machine does by itself rests on nobody's grant
      if (is_machine && reached.action === 'revoke_grant' && action !== 'revoke_grant') continue;
      return planAt(finding, reach, place, reached, proposed.scope);
    }
  }
  return undefined;
}

/** @param reached a call of the vendor's that can be aimed at the finding's principal */
function planAt(finding: Finding, reach: Reach, place: Place, reached: Reached, asked: Scope): Plan {
  const { principal } = finding;
  const target = targetOf(finding, place, reached.row);
  const scope = reached.row.scope_effective;
  // a machine is the client itself, and has but one
  const id = isMachine(principal) && scope === 'client' ? undefined : idOf(target, scope);
  const part = scope === 'user' ? undefined : partOf(scope, idOf(target, scope));
  const session = sessionAt(finding, place, place.reach.actions.revoke_session);
  return {
    key: JSON.stringify([reached.action, place.vendor, place.account, principal.key, id ?? null]),
    action: reached.action,
    row: reached.row,
    target,
    scope_requested: asked,
    part,
    within: [part, session === undefined ? undefined : partOf('session', session)].filter((one) => one !== undefined),
    session,
    acts: actsOf(finding.evidence, reach),
  };
}

function idOf(target: Plan['target'], scope: Scope): string | undefined {
  switch (scope) {
    case 'session':
      return target.session;
    case 'token':
      return target.token;
    case 'client':
      return target.client_uid;
    default:
      return undefined;
  }
}

function isMachine({ type }: Finding['principal']): boolean {
  return type !== 'human' && type !== 'unknown';
}

/** The key of a plan for the same person under another key. */
export function withPrincipal(key: string, principal_key: string): string {
  const [action, vendor, account, , id] = JSON.parse(key) as unknown[];
  return JSON.stringify([action, vendor, account, principal_key, id]);
}

function partOf(scope: Scope, id: string | undefined): string {
  return JSON.stringify([scope, id ?? null]);
}

/** A vendor that could act, with what is its own of the finding's ids. */
interface Place {
  vendor: string;
  account: string;
  reach: VendorReach;
  /** it minted the finding's session */
  holds_session: boolean;
  /** the trigger stood in its log, or in one of a product that has its users */
  holds_user: boolean;
}

/** First the provider that minted the session, then the one in whose log the trigger stood. */
function placesOf(finding: Finding, reach: Reach): Place[] {
  const places: Place[] = [];
  const session = finding.session === undefined ? undefined : ofIssuer(finding.session.issuer);
  const trigger = ofEvent(finding.trigger_event_uid, session?.account);
  const triggerReach = reach.vendors[trigger.vendor];
  const identity = triggerReach?.identity_vendor ?? trigger.vendor;
  if (session !== undefined) add(session, true);
  add({ vendor: identity, account: trigger.account }, false);
  add(trigger, false);
  return places;

  function add(at: At, holds_session: boolean): void {
    const found = reach.vendors[at.vendor];
    if (found === undefined || places.some((place) => place.vendor === at.vendor && place.account === at.account)) return;
    const holds_user = at.account === trigger.account && (at.vendor === identity || at.vendor === trigger.vendor);
    places.push({ ...at, reach: found, holds_session, holds_user });
  }
}

interface At {
  vendor: string;
  account: string;
}

/** `entra:contoso`. An account may have colons, a vendor's word has none. */
function ofIssuer(issuer: string): At {
  const end = issuer.indexOf(':');
  return end < 0 ? { vendor: issuer, account: '' } : { vendor: issuer.slice(0, end), account: issuer.slice(end + 1) };
}

/**
 * `entra:contoso:abc`. Account and id may both have colons: where the account is the session's, that says where it ends.
 * @param account of the session's issuer
 */
function ofEvent(uid: string, account: string | undefined): At {
  const { vendor, account: rest } = ofIssuer(uid);
  if (account !== undefined && rest.startsWith(`${account}:`)) return { vendor, account };
  return { vendor, account: ofIssuer(rest).vendor };
}

/** The principal's id where it is this vendor's: a person is one across vendors, but an id of the one says nothing to the other. */
function uidAt(place: Place, principal: Finding['principal']): string | undefined {
  const { uid } = principal;
  if (uid === undefined || !place.holds_user) return undefined;
  const form = isMachine(principal) ? undefined : place.reach.user_uid;
  return form === undefined || new RegExp(form).test(uid) ? uid : undefined;
}

function aimOf(finding: Finding, place: Place): Aim {
  const { principal } = finding;
  const uid = uidAt(place, principal);
  return {
    has_user: uid !== undefined || principal.email !== undefined,
    user: uid,
    has_session: takesSession(finding, place),
    has_token: place.holds_user && takesToken(finding, place),
    has_client: clientAt(place, finding) !== undefined,
  };
}

/** Whose client a call ends: the machine itself, or the app that a person let in, of whose grant the finding is. */
function clientAt(place: Place, { principal, token }: Finding): string | undefined {
  if (isMachine(principal)) return uidAt(place, principal);
  return place.holds_user && token?.kind === GRANT ? token.uid : undefined;
}

/** The kind of credential that is an app's by a person's grant, by the app's id. */
const GRANT = 'oauth_client';

function takesToken({ token }: Finding, { reach }: Place): boolean {
  return token !== undefined && token.kind !== GRANT && (reach.token_uid === undefined || new RegExp(reach.token_uid).test(token.uid));
}

function takesSession(finding: Finding, place: Place): boolean {
  const row = place.reach.actions.revoke_session;
  const id = sessionAt(finding, place, row);
  return id !== undefined && (row?.session_form === undefined || new RegExp(row.session_form).test(id));
}

/**
 * The vendor's own identifiers. The session is named whenever the vendor minted it, also for a call that reaches the whole
 * person: whoever checks that the revocation worked looks for that id. Where a provider groups sessions under a root, the row
 * says which of the two ids.
 */
function targetOf(finding: Finding, place: Place, row: ReachRow): Omit<CommandTarget, 'issued_before_time'> {
  const { principal, token } = finding;
  const uid = uidAt(place, principal);
  const issuer = uid === undefined ? undefined : issuerOf(place);
  return {
    vendor: place.vendor,
    account: place.account,
    user: { uid, email: principal.email, iss_sub: issuer === undefined ? undefined : `${issuer} ${uid}` },
    session: sessionAt(finding, place, row),
    token: row.scope_effective === 'token' ? token?.uid : undefined,
    client_uid: row.scope_effective === 'client' ? clientAt(place, finding) : undefined,
  };
}

/** The id of the finding's session that the vendor's call takes. An id that is put together here is no vendor's: no call takes it. */
function sessionAt({ session }: Finding, place: Place, row: ReachRow | undefined): string | undefined {
  if (!place.holds_session || session === undefined || session.confidence === 'low' || session.confidence === 'surrogate') return undefined;
  return row?.session_id === 'root' ? (session.root_uid ?? session.uid) : session.uid;
}

/** Absent where the log does not say whose it is and the configuration does not either. */
function issuerOf(place: Place): string | undefined {
  return place.account === 'default' ? undefined : place.reach.iss?.replace('{account}', () => place.account);
}

/** One line for each act of the session that outlives it, in order of time. */
function actsOf(evidence: readonly Evidence[], reach: Reach): string[] {
  const lines: string[] = [];
  const acts = evidence.filter((item) => item.role !== 'baseline').sort((a, b) => a.time - b.time || (a.event_uid < b.event_uid ? -1 : 1));
  for (const item of acts) {
    const action = item.action.toLowerCase();
    const act = reach.acts.find((one) => one.vendors.includes(item.vendor) && one.actions.includes(action));
    const line = act?.follow_up.replace(/\{(action|event)\}/g, (_, name) => (name === 'action' ? item.action : item.event_uid));
    if (line !== undefined && !lines.includes(line)) lines.push(line);
  }
  return lines;
}
