import type { Activity } from '../../../event/index.js';
import { clip } from '../../record.js';

/** What a statement does to a session, and whom or what it names. Nothing else of its text leaves this file: it can hold passwords. */
export interface Statement {
  activity: Activity;
  /** the user that it is about */
  user?: string | undefined;
  role?: string | undefined;
  kind?: string | undefined;
  effect?: string | undefined;
  /** kind of factor, key or part of a user that it changes */
  change?: string | undefined;
  key_name?: string | undefined;
}

/** A policy that hides rows or columns is taken off a table. */
const UNHIDES =
  /^ALTER\s+(?:TABLE|VIEW|TAG|MATERIALIZED\s+VIEW|EXTERNAL\s+TABLE)\s[\s\S]*\b(?:UNSET|DROP(?:\s+ALL)?)\s+(MASKING|ROW\s+ACCESS|AGGREGATION|PROJECTION)\s+POLIC/i;
/** Whole databases are kept at another account, too. */
const REPLICATES =
  /^(?:CREATE|ALTER)\s+(?:OR\s+REPLACE\s+)?(?:REPLICATION|FAILOVER)\s+GROUP\b|^ALTER\s+DATABASE\s+\S+\s+ENABLE\s+(?:REPLICATION|FAILOVER)\s+TO\b/i;

/** Enough to see what a statement does; its data come later. */
const BEGINNING = 1500;
const COMMENTS = /^(?:\s|--[^\n]{0,500}\n|\/\*[^*]{0,500}\*\/)+/;

const NAME = '"?([\\w.@$+-]+)"?';
const USER = new RegExp(
  `^(?:CREATE|ALTER|DROP|DESC|DESCRIBE)\\s+(?:OR\\s+REPLACE\\s+)?USER\\s+(?:IF\\s+(?:NOT\\s+)?EXISTS\\s+)?${NAME}`,
  'i',
);
const GRANT_ROLE = new RegExp(`^GRANT\\s+(?:(?:DATABASE|APPLICATION|INSTANCE)\\s+)?ROLE\\s+${NAME}\\s+TO\\s+(USER|ROLE)\\s+${NAME}`, 'i');
const GRANTED_TO = new RegExp(`\\sTO\\s+(?:(?:DATABASE|APPLICATION)\\s+)?(ROLE|SHARE|USER)\\s+${NAME}`, 'i');
const POLICY =
  /^(?:CREATE|ALTER|DROP|UNDROP)\s+(?:OR\s+REPLACE\s+)?((?:NETWORK|AUTHENTICATION|PASSWORD|SESSION|MASKING|ROW\s+ACCESS|AGGREGATION|PROJECTION|PACKAGES|JOIN)\s+POLICY|NETWORK\s+RULE|(?:SECURITY|API|EXTERNAL\s+ACCESS|STORAGE|CATALOG|NOTIFICATION)\s+INTEGRATION|ACCOUNT\b|ORGANIZATION\b|MANAGED\s+ACCOUNT|ROLE|DATABASE\s+ROLE)/i;
const SECRET = /^(?:CREATE|ALTER)\s+(?:OR\s+REPLACE\s+)?SECRET\b/i;
const UNLOAD = /^COPY\s+INTO\s+(?:'\s*)?(?:@|s3(?:gov|china)?:|azure:|gcs:|'(?:@|s3|azure|gcs))/i;
/** The web client keeps its own state there. */
const OWN_STATE = /^GET\s+'?@~\/worksheet_data\//i;
const STAGE = /^(?:CREATE|ALTER)\s+(?:OR\s+REPLACE\s+)?(TEMP(?:ORARY)?\s+)?STAGE\b/i;
const SHARE = /^(?:CREATE\s+(?:OR\s+REPLACE\s+)?|ALTER\s+)(?:SHARE|LISTING|EXTERNAL\s+LISTING)\b/i;

/**
 * @param type `QUERY_TYPE`, e.g. GRANT, ALTER_USER, UNLOAD
 * @param text `QUERY_TEXT`; only its beginning is looked at
 */
export function snowflakeStatement(type: string, text: string): Statement {
  const statement = clip(text, BEGINNING).replace(COMMENTS, '').trim();
  if (type.endsWith('_USER') || USER.test(statement)) return aboutUser(type, statement);
  if (type === 'GRANT' || /^GRANT\s/i.test(statement)) return grant(statement);
  // what is taken away gives nobody anything
  if (type === 'REVOKE' || /^REVOKE\s/i.test(statement)) return { activity: 'other', kind: 'revoke' };
  const policy = POLICY.exec(statement)?.[1];
  if (policy !== undefined || /POLICY|NETWORK_RULE|ALTER_ACCOUNT|INTEGRATION/.test(type)) {
    const kind = (policy ?? type.replace(/^(?:CREATE|ALTER|DROP)_/, '')).toLowerCase().replace(/[\s_]+/g, '_');
    return { activity: 'policy_change', kind, effect: effectOf(statement) };
  }
  const hiding = UNHIDES.exec(statement)?.[1];
  if (hiding !== undefined)
    return { activity: 'policy_change', kind: `${hiding.toLowerCase().replace(/\s+/g, '_')}_policy`, effect: 'deleted' };
  if (REPLICATES.test(statement)) return { activity: 'data_export', kind: 'share' };
  // a password or token that integrations sign in with elsewhere
  if (SECRET.test(statement)) return { activity: 'app_credential', kind: 'secret', effect: effectOf(statement) };
  if (OWN_STATE.test(statement)) return { activity: 'session_use' };
  if (UNLOAD.test(statement)) return { activity: 'data_export', kind: 'unload' };
  if (type === 'GET_FILES' || /^GET\s+'?@/i.test(statement)) return { activity: 'data_export', kind: 'file' };
  if (type === 'UNLOAD') return statement === '' ? { activity: 'data_export', kind: 'unload' } : { activity: 'session_use' };
  if (SHARE.test(statement)) return { activity: 'data_export', kind: 'share' };
  // where data are put that leave: a stage outside, or one that is gone afterwards
  const stage = STAGE.exec(statement);
  if (stage !== null && (stage[1] !== undefined || /\bURL\s*=/i.test(statement))) return { activity: 'data_export', kind: 'stage' };
  if (/^(?:CALL|SELECT)\s+SYSTEM\$ABORT_SESSION/i.test(statement)) return { activity: 'session_revoke', change: 'session' };
  if (/^(?:CALL|SELECT)\s+SYSTEM\$GENERATE_SCIM_ACCESS_TOKEN/i.test(statement)) return { activity: 'api_key', kind: 'scim_token' };
  return { activity: 'session_use' };
}

function aboutUser(type: string, statement: string): Statement {
  const user = USER.exec(statement)?.[1];
  if (type === 'DROP_USER' || /^DROP\s/i.test(statement)) return { activity: 'session_revoke', user };
  if (/^DESC/i.test(statement)) return { activity: 'session_use' };
  if (type === 'CREATE_USER' || /^CREATE\s/i.test(statement)) return { activity: 'other', user, kind: 'account', effect: 'created' };
  if (/\bDISABLED\s*=\s*'?TRUE/i.test(statement)) return { activity: 'session_revoke', user };
  if (/\bADD\s+(?:PROGRAMMATIC\s+ACCESS\s+TOKEN|PAT)\b/i.test(statement)) {
    const name = /\b(?:TOKEN|PAT)\s+(?:IF\s+NOT\s+EXISTS\s+)?"?([\w$-]+)/i.exec(statement)?.[1];
    return { activity: 'api_key', user, kind: 'programmatic_access_token', effect: 'created', key_name: name };
  }
  if (/\bROTATE\s+(?:PROGRAMMATIC\s+ACCESS\s+TOKEN|PAT)\b/i.test(statement)) {
    return { activity: 'api_key', user, kind: 'programmatic_access_token', effect: 'changed' };
  }
  if (/\bSET\b[\s\S]*\bRSA_PUBLIC_KEY(?:_2)?\s*=/i.test(statement))
    return { activity: 'api_key', user, kind: 'rsa_public_key', effect: 'created' };
  if (/\bWORKLOAD_IDENTITY\s*=/i.test(statement)) return { activity: 'api_key', user, kind: 'workload_identity', effect: 'created' };
  if (/\b(?:MINS_TO_BYPASS_MFA|DISABLE_MFA|MFA\s+METHOD|ENROLL\s+MFA)\b/i.test(statement)) {
    return { activity: 'mfa_change', user, change: /BYPASS|DISABLE|REMOVE/i.test(statement) ? 'removed' : 'changed' };
  }
  if (/\bRESET\s+PASSWORD\b/i.test(statement)) return { activity: 'recovery', user, change: 'password' };
  if (/\bPASSWORD\s*=|\bMUST_CHANGE_PASSWORD\b/i.test(statement)) return { activity: 'credential_change', user, change: 'password' };
  if (/\b(?:NETWORK_POLICY|(?:NETWORK|AUTHENTICATION|PASSWORD|SESSION)\s+POLICY)\b/i.test(statement)) {
    return { activity: 'policy_change', user, kind: 'user_policy', effect: effectOf(statement) };
  }
  if (/\bABORT\s+ALL\s+QUERIES\b/i.test(statement)) return { activity: 'session_revoke', user };
  if (/\b(?:LOGIN_NAME|EMAIL)\s*=/i.test(statement)) return { activity: 'credential_change', user, change: 'login' };
  return { activity: 'other', user, kind: 'user' };
}

function grant(statement: string): Statement {
  const role = GRANT_ROLE.exec(statement);
  if (role !== null) return { activity: 'role_grant', role: role[1], user: role[2]?.toUpperCase() === 'USER' ? role[3] : undefined };
  const to = GRANTED_TO.exec(statement);
  if (to?.[1]?.toUpperCase() === 'SHARE') return { activity: 'data_export', kind: 'share' };
  const what = /^GRANT\s+([A-Z ,_]{1,80}?)\s+ON\s/i.exec(statement)?.[1];
  return { activity: 'role_grant', role: what?.trim(), user: to?.[1]?.toUpperCase() === 'USER' ? to[2] : undefined };
}

function effectOf(statement: string): string {
  const verb = /^\w+/.exec(statement)?.[0].toUpperCase();
  return verb === 'CREATE' ? 'created' : verb === 'DROP' ? 'deleted' : 'changed';
}
