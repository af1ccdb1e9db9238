import type { Action, ResidualAccess, Scope } from '../event/index.js';

/** One thing that one vendor can take away, and how far that goes. Rows of data/vendor-reach.json. */
export interface ReachRow {
  /** the narrowest that the vendor's call can be aimed at */
  scope_effective: Scope;
  /** which of a session's two ids the call takes; only where the scope is the session */
  session_id?: 'own' | 'root' | undefined;
  /** the form of the ids that the call takes, as a regular expression; where it takes another kind of session it is as if there were no call */
  session_form?: string | undefined;
  /** the same of user ids; where only an address is known there is no call either */
  user_form?: string | undefined;
  api: { method: string; path: string };
  revokes: readonly string[];
  /** what stays alive after the call; no lifetime means: until somebody removes it */
  residual_access: readonly ResidualAccess[];
  follow_up: readonly string[];
  /** how the vendor's own log or API shows that it was done */
  confirm: string;
  /** licences, policies and rights without which the call does nothing */
  requires: readonly string[];
  source: string;
  confidence: 'documented' | 'measured' | 'known';
}

export interface VendorReach {
  title: string;
  /** the form of this vendor's own user ids, as a regular expression: a person is one across vendors, but an id is not */
  user_uid?: string | undefined;
  /** regular expression: the form of the credentials that the vendor's calls can end; absent: any */
  token_uid?: string | undefined;
  /** issuer of the vendor's subjects for RFC 9493 `iss_sub`; `{account}` stands for the account */
  iss?: string | undefined;
  /** the vendor that mints this one's sessions and holds its users, when it is another with the same account */
  identity_vendor?: string | undefined;
  actions: Readonly<Partial<Record<Action, ReachRow>>>;
}

/** Acts of a thief that outlive the session, by the vendor's own action name in lower case. */
export interface ReachAct {
  vendors: readonly string[];
  actions: readonly string[];
  /** `{action}` and `{event}` are replaced */
  follow_up: string;
}

export interface Reach {
  version: string;
  vendors: Readonly<Record<string, VendorReach>>;
  /** what needs no call of the vendor's; tried when the vendor has none */
  everywhere: VendorReach['actions'];
  acts: readonly ReachAct[];
}

/** What to try, in this order, when the vendor has no call for what was asked: the next wider that stays with one person, at last something narrower. */
const INSTEAD: Partial<Record<Action, readonly Action[]>> = {
  disable_credential: ['disable_credential', 'revoke_token', 'revoke_grant'],
  revoke_token: ['revoke_token', 'revoke_session', 'revoke_user_sessions'],
  revoke_session: ['revoke_session', 'revoke_user_sessions'],
  revoke_user_sessions: ['revoke_user_sessions', 'revoke_session'],
  step_up: ['step_up', 'require_reauth'],
};

/**
 * Where no vendor has a call that ends a session of the person's. To ask the person is little, but a finding that rises must not
 * take back what stood there before and leave nothing.
 */
const AT_LEAST: Partial<Record<Action, Action>> = {
  revoke_session: 'step_up',
  revoke_user_sessions: 'step_up',
  require_reauth: 'step_up',
};

/** What was asked, then the least that is done in its place. The second is for when no vendor can do the first. */
export function wantedOf(asked: Action): readonly Action[] {
  const least = AT_LEAST[asked];
  return least === undefined ? [asked] : [asked, least];
}

/** The ids that a finding gives us to aim with. */
export interface Aim {
  has_user: boolean;
  /** the user's id at the vendor, when it is known */
  user?: string | undefined;
  has_session: boolean;
  has_token: boolean;
  has_client: boolean;
}

export interface Reached {
  action: Action;
  row: ReachRow;
}

/**
 * The narrowest call of this vendor that does what was asked, else the nearest to it; undefined when there is none that can be
 * aimed with the ids at hand and stays within one principal.
 */
export function narrowest(reach: Reach, vendor: VendorReach, asked: Action, aim: Aim): Reached | undefined {
  for (const action of INSTEAD[asked] ?? [asked]) {
    const row = vendor.actions[action];
    if (row !== undefined && canAim(row, aim)) return { action, row };
  }
  const row = reach.everywhere[asked];
  return row !== undefined && canAim(row, aim) ? { action: asked, row } : undefined;
}

function canAim({ scope_effective, user_form }: ReachRow, aim: Aim): boolean {
  switch (scope_effective) {
    case 'token':
      return aim.has_token;
    case 'session':
      return aim.has_session;
    case 'client':
      return aim.has_client;
    case 'user':
      return aim.has_user && (user_form === undefined || (aim.user !== undefined && new RegExp(user_form).test(aim.user)));
    case 'tenant':
      return false;
  }
}
