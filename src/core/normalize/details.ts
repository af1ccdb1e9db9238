import type { Activity } from '../event/index.js';

/** What each detail means; docs/fields.md shows the same table. Values never hold a secret: mappers copy named fields only. */
export const DETAILS = {
  acts_on: 'whom it was done to, on the event of the one who did it to somebody else (the first of them)',
  access_rights: 'rights given on a mailbox, folder or recipient',
  activity_time: 'ISO time of the act that the vendor judged, when it differs from the time of the verdict',
  alert_name: 'title of the vendor alert',
  assignment: 'how a role is held: active, eligible, activated (for a time), or only requested',
  app: 'application that was acted on or through',
  app_uid: 'id of that application: the one under which it signs in where the log has it',
  audit_enabled: 'new value of an audit setting',
  change:
    'what was changed: the setting, property or kind of rule operation; of factors: added, removed, reset, changed, default, required, ' +
    'suspended, resumed, bypassed; of recoveries: password, factors, temporary_pass',
  consent_all: 'true when the consent covers everybody in the organisation',
  consent_admin: 'true when an administrator consented',
  credential_uid: 'id of the credential that a service signed in with',
  delegate: 'who was given the access',
  deleted: 'how far messages were deleted: to_bin, soft, hard',
  delete_message: 'true when the rule deletes the message',
  deliver_and_forward: 'false when forwarded mail is not kept in the mailbox',
  device_name: 'name of the device that was registered',
  device_uid: 'id of the device that was registered',
  effect:
    'what a change of a setting did: created, changed, enabled, disabled, deleted, or weakened, when the record shows that it asks for less',
  ended_key_uid: 'ids of the keys that the same act took away as it made the one that `key_uid` names, with blanks between',
  error_code: 'error number of the vendor',
  factor: 'authentication factor concerned',
  file_count: 'files or items in the operation',
  forward_to: 'addresses that mail is sent on to, separated by blanks',
  forward_copy: 'true when a transport rule sends a copy or redirects',
  group: 'group whose membership or rights changed',
  home_tenant: 'home directory of a person from another organisation',
  is_external:
    'true when forwarded mail, a delegate or whom a file was shared with is in no domain of the owner or the organisation that the log shows, or the ' +
    'vendor says so; false when in one of them',
  is_notice: 'true when a deleted message told of a sign-in, code, password or failed delivery',
  is_public: 'true when what was shared is open from then on to everybody, or to whoever has the link',
  is_privileged: 'true for a role that reaches other people`s accounts, the rules of sign-in or everybody`s mail and files',
  is_verified: 'false when the vendor says that it has not looked at the app or its publisher',
  is_throttled: 'true when the vendor stopped to log further accesses',
  issued_key_uid:
    'id of a key for a while that was made: the same as in the records of its use, while `token` is the key that was shown for it',
  key_name: 'name of the key or token that was made',
  key_uid:
    'id of the key or token that was made, changed or taken away: the same as in the records of its use; of one that has two, both, with a blank between',
  kind:
    'what kind of thing: of credential (secret, certificate, federated, api_token, job_token), consent (delegated, application, app, app_assignment), policy ' +
    '(conditional_access, mfa, federation, idp, zone, mail_flow, auto_forward, ...), audit (unified_log, mailbox, log_stream, ...), forwarding ' +
    '(mailbox, transport_rule, journal_rule), export (file, sync, search, purge, mailbox, report, ...), resource (compute, storage, database, repository, ' +
    'project, command, model), whose key for a while was made (role, root, federated_user, service_account), sender of mail (service)',
  logon_type: 'owner, admin or delegate, in mailbox logs',
  mail_access_type: 'bind (single messages) or sync (a folder, which `target` names)',
  mailbox: 'mailbox that was acted on',
  mark_as_read: 'true when the rule marks the message as read',
  move_to: 'folder that the rule moves messages to',
  operation_count: 'how many accesses one aggregated record stands for',
  policy: 'policy, rule or setting that was changed',
  request_method: 'HTTP method',
  request_path: 'path of the request, without its query',
  request_type: 'step of the sign-in protocol',
  request_uid: 'id of the sign-in that the verdict is about',
  response_code: 'HTTP status',
  risk_state: 'at_risk, confirmed_compromised, dismissed, ...',
  role: 'role or privilege that was given',
  role_uid: 'template id of that role',
  rule_condition: 'condition of a mail rule as the server writes it',
  rule_name: 'name of the mail rule',
  scope: '`session` when the act ended one session and left the others; without it, all of them',
  scopes: 'permissions, separated by blanks',
  secrets_read: 'how many passwords, keys or other secrets of a store were given out',
  session: 'the one session that the act ended',
  sharing: 'kind of link or recipient that something was shared with',
  subject_contains: 'words that a mail rule looks for',
  target: 'what was acted on: file, site, group, object',
  is_admin_surface: '`true` when it is in a portal or module with which people administer',
  transfer_method: 'how the session came to this client when not by signing in there, e.g. device_code_flow',
  token_uid: 'second id of the token that it was done with, where the log gives it two: an end of it may name the one or the other',
  trust_type: 'how the device is joined to the directory',
} as const;
export type DetailKey = keyof typeof DETAILS;

const APP = ['app', 'app_uid'] as const;
const ADMIN = ['is_admin_surface'] as const;
const COMMON = [
  'acts_on',
  'error_code',
  'target',
  'request_type',
  'request_method',
  'request_path',
  'response_code',
  'home_tenant',
  'token_uid',
] as const;
const MAIL = ['mailbox', 'logon_type'] as const;
const RULE = [
  'rule_name',
  'forward_to',
  'forward_copy',
  'is_external',
  'move_to',
  'delete_message',
  'mark_as_read',
  'subject_contains',
  'rule_condition',
  'change',
] as const;
const SIGN_IN = ['trust_type', 'transfer_method', 'credential_uid', 'factor', 'policy', ...ADMIN, ...APP] as const;

/** The details that events of an activity may carry, beside COMMON_DETAILS. */
export const ACTIVITY_DETAILS: Readonly<Record<Activity, readonly DetailKey[]>> = {
  sign_in: SIGN_IN,
  token_issue: [...SIGN_IN, 'kind', 'scopes', 'issued_key_uid'],
  session_use: [
    'kind',
    'effect',
    'policy',
    'scopes',
    'sharing',
    'is_public',
    'is_external',
    'secrets_read',
    'file_count',
    'group',
    'change',
    'deleted',
    'is_notice',
    ...ADMIN,
    ...APP,
    ...MAIL,
  ],
  sign_out: ['session', ...APP],
  session_revoke: ['change', 'scope', 'session', 'key_uid', ...APP],
  credential_change: ['change', 'factor'],
  recovery: ['change', 'factor'],
  mfa_change: ['change', 'factor'],
  inbox_rule: [...RULE, ...MAIL],
  mail_forwarding: [...RULE, 'kind', 'deliver_and_forward', ...MAIL],
  mailbox_delegation: ['delegate', 'is_external', 'access_rights', 'change', ...MAIL],
  mail_access: ['mail_access_type', 'is_throttled', 'operation_count', ...APP, ...MAIL],
  mail_send: ['kind', 'change', ...APP, ...MAIL],
  oauth_consent: ['kind', 'effect', 'key_uid', 'scopes', 'consent_all', 'consent_admin', 'change', 'is_verified', ...APP],
  app_credential: ['kind', 'effect', 'change', 'key_uid', 'ended_key_uid', 'key_name', ...APP],
  api_key: ['kind', 'effect', 'key_uid', 'key_name', 'scopes', ...APP],
  role_grant: ['role', 'role_uid', 'is_privileged', 'assignment', 'group', 'delegate', 'change', ...APP],
  policy_change: ['policy', 'kind', 'effect', 'change', ...APP],
  device_register: ['device_uid', 'device_name', 'trust_type'],
  impersonation: ['change', ...APP],
  data_export: ['kind', 'file_count', 'sharing', 'change', ...APP, ...MAIL],
  audit_tamper: ['kind', 'effect', 'change', 'audit_enabled', 'policy', 'mailbox'],
  vendor_risk: ['activity_time', 'alert_name', 'risk_state', 'request_uid', 'change', 'policy', ...APP],
  other: [
    'kind',
    'effect',
    'group',
    'role',
    'policy',
    'change',
    'scopes',
    'factor',
    'key_uid',
    'key_name',
    'file_count',
    'delegate',
    ...APP,
    ...MAIL,
  ],
};
/** Details that an event of any activity may carry. */
export const COMMON_DETAILS: readonly DetailKey[] = COMMON;
