import type { Activity } from '../../event/index.js';
import { actionTable } from './action-table.js';

/** Types of Keycloak's user events, without `_ERROR`, by what they mean to a session. */
export const keycloakActivity = actionTable(
  {
    sign_in: [
      'LOGIN',
      'IDENTITY_PROVIDER_LOGIN',
      'IDENTITY_PROVIDER_FIRST_LOGIN',
      'IDENTITY_PROVIDER_POST_LOGIN',
      'IDENTITY_PROVIDER_RESPONSE',
      'RESTART_AUTHENTICATION',
      'CUSTOM_REQUIRED_ACTION',
      'OAUTH2_DEVICE_AUTH',
      'OAUTH2_DEVICE_VERIFY_USER_CODE',
      'USER_DISABLED_BY_PERMANENT_LOCKOUT',
      'USER_DISABLED_BY_TEMPORARY_LOCKOUT',
    ],
    token_issue: [
      'CODE_TO_TOKEN',
      'CLIENT_LOGIN',
      'REFRESH_TOKEN',
      'TOKEN_EXCHANGE',
      'OAUTH2_DEVICE_CODE_TO_TOKEN',
      'OAUTH2_EXTENSION_GRANT',
      'AUTHREQID_TO_TOKEN',
      'PERMISSION_TOKEN',
      'JWT_BEARER',
      'IDENTITY_PROVIDER_RETRIEVE_TOKEN',
    ],
    session_use: [
      'USER_INFO_REQUEST',
      'INTROSPECT_TOKEN',
      'VALIDATE_ACCESS_TOKEN',
      'CLIENT_INFO',
      'UPDATE_PROFILE',
      'VERIFY_EMAIL',
      'VERIFY_PROFILE',
    ],
    sign_out: ['LOGOUT'],
    session_revoke: ['DELETE_ACCOUNT', 'USER_SESSION_DELETED'],
    // a link to another provider is a further way in
    credential_change: [
      'UPDATE_PASSWORD',
      'UPDATE_EMAIL',
      'UPDATE_CREDENTIAL',
      'REMOVE_CREDENTIAL',
      'FEDERATED_IDENTITY_LINK',
      'FEDERATED_IDENTITY_OVERRIDE_LINK',
      'IDENTITY_PROVIDER_LINK_ACCOUNT',
      'CLIENT_INITIATED_ACCOUNT_LINKING',
      'REMOVE_FEDERATED_IDENTITY',
    ],
    // a mail with the link, and what came of it
    recovery: ['SEND_RESET_PASSWORD', 'RESET_PASSWORD'],
    mfa_change: ['UPDATE_TOTP', 'REMOVE_TOTP'],
    oauth_consent: ['GRANT_CONSENT', 'UPDATE_CONSENT', 'CLIENT_REGISTER', 'CLIENT_UPDATE'],
    impersonation: ['IMPERSONATE'],
    // asked for, sent or taken back
    other: ['EXECUTE_ACTIONS', 'REVOKE_GRANT', 'REGISTER'],
  },
  [
    [/_LOGIN$|LOCKOUT/, 'sign_in'],
    [/_TO_TOKEN$|_GRANT$/, 'token_issue'],
  ],
);

/** Acts of an administrator, by operation, resource type and path, as one text: `ACTION USER users/<id>/reset-password`. */
const ADMIN: readonly (readonly [RegExp, Activity])[] = [
  [/^\w+ \w+ (?:realms\/[^/]+\/)?users\/[^/]+\/impersonation/, 'impersonation'],
  [/^\w+ \w+ users\/[^/]+\/reset-password$/, 'recovery'],
  // mails with the link that resets
  [/^\w+ \w+ users\/[^/]+\/(?:execute-actions-email|reset-password-email)/, 'recovery'],
  [/^\w+ \w+ users\/[^/]+\/send-verify-email/, 'other'],
  [/^ACTION REALM .*(?:partialExport|partial-export)/, 'data_export'],
  [/^\w+ \w+ users\/[^/]+\/(?:credentials\/|disable-credential-types|remove-totp)/, 'mfa_change'],
  [/^(?:CREATE|UPDATE) \w+ users\/[^/]+\/federated-identity/, 'credential_change'],
  [
    /^\w+ \w+ users\/[^/]+\/logout$|^DELETE (?:USER_SESSION|\w+ sessions\/)|^ACTION REALM .*(?:logout-all|push-revocation)/,
    'session_revoke',
  ],
  [/^DELETE USER users\/[^/]+$/, 'session_revoke'],
  [/^CREATE (?:REALM|CLIENT)_ROLE_MAPPING|^CREATE \w+ (?:users|groups)\/[^/]+\/role-mappings/, 'role_grant'],
  [/^(?:UPDATE|DELETE) REALM .*(?:events\/config|admin-events|events)$/, 'audit_tamper'],
  [/^(?:ACTION|CREATE|UPDATE) CLIENT .*\/(?:client-secret|certificates|registration-access-token)/, 'app_credential'],
  [/^CREATE CLIENT_INITIAL_ACCESS/, 'api_key'],
  [/^CREATE CLIENT(?: |$)/, 'oauth_consent'],
  [
    /^\w+ (?:REALM|IDENTITY_PROVIDER|AUTH|REQUIRED_ACTION|COMPONENT|CLIENT_SCOPE|REALM_SCOPE|CLIENT_POLIC|CLIENT_ROLE|PROTOCOL_MAPPER|USER_PROFILE|USER_FEDERATION)/,
    'policy_change',
  ],
  [/^UPDATE CLIENT(?: |$)/, 'policy_change'],
  [/^DELETE \w+_ROLE_MAPPING/, 'other'],
];
/** What takes a role away or a client out gives nobody anything. */
const TAKEN = /^DELETE (?:(?:REALM|CLIENT)_ROLE_MAPPING|CLIENT(?: |$))/;

/** @param act `<operation> <resource type> <resource path>`, clipped */
export function keycloakAdminActivity(act: string): Activity {
  if (TAKEN.test(act)) return 'other';
  return ADMIN.find(([pattern]) => pattern.test(act))?.[1] ?? 'other';
}
