// However long, one file: every act that thieves do is one row of one table, which docs/acts.md prints.
import type { Activity, SessionEvent } from '../event/index.js';

/**
 * What thieves do with an account once they have it. Each act is told by the activity of an event and its details, whatever the vendor calls it.
 * Points are how bad it is that a stranger does it, for the one dimension that acts are: at most 39, so that no act alone is more than low.
 * Technique ids are ATT&CK's; where version 19 of April 2026 renamed one, both stand there. The file is as long as the table is.
 */
export interface Act {
  doc: string;
  points: number;
  tags: readonly string[];
  activity: Activity;
  /** how it is told from other events of the activity, in words */
  told_by: string;
  /** what Microsoft and Okta call it: the most usual names; act-names.ts has those of the others */
  operations: Readonly<Partial<Record<'m365' | 'entra' | 'okta', readonly string[]>>>;
  matches(activity: Activity, details: Details): boolean;
}

export type Details = Readonly<Record<string, string>> | undefined;

type Told = (details: Readonly<Record<string, string>>) => boolean;
type Operations = Act['operations'];

const NONE: Readonly<Record<string, string>> = Object.freeze({});

function act(activity: Activity, points: number, doc: string, tags: string, operations: Operations, told_by = '', told?: Told): Act {
  return {
    activity,
    points,
    doc,
    tags: tags.split(' ').map((id) => `attack.${id}`),
    operations,
    told_by,
    matches: (of, details) => of === activity && (told === undefined || told(details ?? NONE)),
  };
}

/** Folders that nobody looks into, in the languages of the most mailboxes. */
const HIDING_PLACES =
  /delet|junk|spam|rss|calendar|conversation history|trash|papir|gel.scht|papierkorb|corbeille|ind.sirable|eliminad|papelera|posta indesid/i;
/** The folder for what is dealt with: thieves hide mail there, and people put newsletters into it. */
const ARCHIVE = /archiv/i;
/** What a rule looks for that keeps an owner from learning of a theft or a fraud. */
const HIDDEN_WORDS =
  /security|password|passcode|verif|sign.?in|log.?in|phish|hack|fraud|scam|spam|alert|malware|reset|transfer|suspicious|unusual|virus|compromis|mfa|invoice|payment|payroll|wire|iban|bank|helpdesk|it.support|undeliver|rechnung|zahlung|facture|virement|factura|pago/i;

function hides({
  delete_message,
  mark_as_read,
  move_to = '',
  rule_name,
  subject_contains,
  rule_condition,
}: Readonly<Record<string, string>>): boolean {
  if (delete_message === 'true' || mark_as_read === 'true' || HIDING_PLACES.test(move_to)) return true;
  // a name without a letter or digit, as `.` or `..`, is made to be overlooked
  if (rule_name !== undefined && !/[\p{L}\p{N}]/u.test(rule_name)) return true;
  return move_to !== '' && (HIDDEN_WORDS.test(subject_contains ?? '') || HIDDEN_WORDS.test(rule_condition ?? ''));
}

/** Rights that show no more than when somebody is busy, or none at all. */
const HARMLESS_RIGHTS = /^\W*((none|availabilityonly|limiteddetails|freebusy\w*|visible|foldervisible)\W*)+$/i;

/** Reads of 100 and more in one record are what public rules call a mass read; a folder that is synchronised is all of it. */
const MANY_READS = 100;

/** Exports of so many rows or files are no report for Monday's meeting. */
const MANY_ROWS = 1000;
/** Everything that an organisation, a vault or a database holds. */
const WHOLE_EXPORTS = new Set([
  'workspace',
  'all',
  'takeout',
  'migration',
  'vault',
  'snapshot',
  'bulk',
  'unload',
  'transfer',
  'users',
  'project',
]);

/** Scopes of Google by the ends of their addresses, and of Slack, GitHub, GitLab, Salesforce and Box as whole words. */
const WIDE_ADDRESSES =
  /mail\.google\.com|\/auth\/(gmail\.(readonly|modify|compose|send|insert|settings|metadata)|drive(?!\.(?:file|appdata|apps|install)\b)\b|admin\.|cloud-platform|ediscovery|apps\.groups|chat\.|contacts\b|calendar\b(?!\.(?:events\.)?(?:owned|free)))/i;
const WIDE_WORDS =
  /(^|[\s,])(admin(\.[\w.:]+)?|(channels|groups|im|mpim):history|files:read|search:read(\.\w+)?|repo|workflow|delete_repo|admin:\w+|write:(org|packages|public_key)|user|(contents|administration|secrets|workflows|members|organization_\w+|actions):(write|admin)|full|api|sudo|admin_mode|write_repository|root_readwrite|root_readonly|manage_\w+)(?=$|[\s,])/i;

/** Do the scopes reach mail, files, conversations, code or the directory itself? */
export function areWide(scopes: string): boolean {
  return WIDE_SCOPES.test(scopes) || WIDE_ADDRESSES.test(scopes) || WIDE_WORDS.test(scopes);
}

/** Microsoft's and Okta's. */
const WIDE_SCOPES =
  /\b(mail\.(read|send)|mailboxsettings\.readwrite|full_access_as_\w+|ews\.\w+|imap\.\w+|smtp\.send|files\.\w+|sites\.\w+|chat\.\w+|directory\.\w+|rolemanagement\.\w+|application\.readwrite|approleassignment\.\w+|user\.readwrite|userauthenticationmethod\.\w+|policy\.readwrite|okta\.\w+\.manage)/i;

/** Settings that decide who gets in and how. */
const SIGN_IN_KINDS = new Set([
  'conditional_access',
  'named_location',
  'mfa',
  'password',
  'sign_on',
  'zone',
  'session',
  'authorization',
  'policy',
  'device',
  'threat_protection',
  'trusted_origin',
  'consent',
  'role',
  'ip_allow_list',
  'network_policy',
  'app_access',
]);
/** Settings that make somebody else's word count as a sign-in. */
const TRUST_KINDS = new Set(['federation', 'idp', 'certificate_auth', 'cross_tenant', 'domain', 'directory_sync', 'ssh_certificate']);
/** What stood between people or branches and bad code. */
const CODE_KINDS = new Set(['branch_protection', 'secret_scanning', 'code_security', 'actions']);
/** What can be opened to those outside. */
const OPENED_KINDS = new Set(['sharing', 'visibility', 'network']);
/** What an organisation runs and keeps. */
const RESOURCE_KINDS = new Set(['compute', 'storage', 'database', 'repository', 'project']);
/** Whose keys for a while a key can ask for. */
const LENT_KINDS = new Set(['role', 'root', 'federated_user', 'service_account']);
const MAIL_KINDS = new Set(['mail_protection', 'mail_flow', 'dlp']);

const lessens = (effect: string | undefined): boolean => effect === 'deleted' || effect === 'disabled' || effect === 'weakened';

export const ACTS = {
  inbox_rule_forwards_out: act(
    'inbox_rule',
    32,
    'a rule sends mail of the inbox on to another organisation',
    't1114.003',
    { m365: ['New-InboxRule', 'Set-InboxRule', 'UpdateInboxRules'] },
    '`is_external` true',
    ({ is_external }) => is_external === 'true',
  ),
  inbox_rule_hides: act(
    'inbox_rule',
    28,
    'a rule keeps mail from its owner`s eyes',
    't1564.008 t1137.005',
    { m365: ['New-InboxRule', 'Set-InboxRule', 'UpdateInboxRules', 'New-SweepRule'] },
    '`delete_message` or `mark_as_read` true, `move_to` a folder that nobody reads, a name without letters, or a move of messages about security or payments',
    hides,
  ),
  inbox_rule_archives: act(
    'inbox_rule',
    24,
    'a rule moves mail to the archive, unread',
    't1564.008 t1137.005',
    { m365: ['New-InboxRule', 'Set-InboxRule', 'UpdateInboxRules'] },
    '`move_to` the archive, and nothing else that hides',
    ({ move_to = '' }) => ARCHIVE.test(move_to),
  ),
  inbox_rule_made: act('inbox_rule', 12, 'any other rule, or one whose content the log does not show', 't1137.005', {
    m365: ['New-InboxRule', 'Set-InboxRule', 'UpdateInboxRules'],
    entra: ['POST /me/mailfolders/inbox/messagerules'],
  }),
  transport_rule_out: act(
    'mail_forwarding',
    36,
    'a rule of the whole organisation copies or redirects mail to another one',
    't1114.003 t1537',
    { m365: ['New-TransportRule', 'Set-TransportRule', 'New-JournalRule'] },
    '`kind` transport_rule or journal_rule, `is_external` not false',
    ({ kind, is_external }) => (kind === 'transport_rule' || kind === 'journal_rule') && is_external !== 'false',
  ),
  mailbox_forwarding_out: act(
    'mail_forwarding',
    32,
    'a mailbox sends all its mail on to another organisation',
    't1114.003',
    { m365: ['Set-Mailbox'] },
    '`is_external` true',
    ({ is_external }) => is_external === 'true',
  ),
  mail_forwarded: act(
    'mail_forwarding',
    15,
    'mail is sent on inside, or to an entry of the address book that may be anybody',
    't1114.003',
    { m365: ['Set-Mailbox', 'New-TransportRule'] },
  ),
  mailbox_delegated: act(
    'mailbox_delegation',
    22,
    'somebody may read a mailbox or a folder, or send in its name',
    't1098.002',
    {
      m365: [
        'Add-MailboxPermission',
        'Add-RecipientPermission',
        'Add-MailboxFolderPermission',
        'AddFolderPermissions',
        'ModifyFolderPermissions',
        'Set-Mailbox',
      ],
    },
    '`access_rights` more than free and busy times',
    ({ access_rights }) => access_rights === undefined || !HARMLESS_RIGHTS.test(access_rights),
  ),
  mailbox_read_in_bulk: act(
    'mail_access',
    20,
    'a whole folder, or very many messages, were read at once',
    't1114.002',
    { m365: ['MailItemsAccessed', 'AttachmentAccess'] },
    `\`is_throttled\` true, \`mail_access_type\` sync, or \`operation_count\` from ${MANY_READS}`,
    ({ is_throttled, mail_access_type, operation_count }) =>
      is_throttled === 'true' || mail_access_type === 'sync' || Number(operation_count) >= MANY_READS,
  ),
  evidence_deleted: act(
    'session_use',
    25,
    'a message that told of a sign-in, a code or a failed delivery was deleted',
    't1070.008',
    { m365: ['HardDelete', 'SoftDelete', 'MoveToDeletedItems'] },
    '`deleted` and `is_notice` true',
    ({ deleted, is_notice }) => deleted !== undefined && is_notice === 'true',
  ),
  shared_with_everybody: act(
    'session_use',
    22,
    'a file, page or project was opened to everybody, or to whoever has the link',
    't1567',
    { m365: ['AnonymousLinkCreated', 'SharingSet'] },
    '`is_public` true',
    ({ is_public }) => is_public === 'true',
  ),
  shared_outside: act(
    'session_use',
    16,
    'somebody of another organisation was let at a file, page or calendar',
    't1567 t1537',
    { m365: ['SharingSet', 'SharingInvitationCreated', 'AddedToSecureLink'] },
    '`is_external` true',
    ({ is_external }) => is_external === 'true',
  ),
  secret_read: act(
    'session_use',
    24,
    'a password, key or other secret that is kept in a store was read',
    't1555 t1552',
    {
      entra: ['Recover device local administrator password', 'Read BitLocker key'],
      okta: ['application.user_membership.show_password'],
    },
    '`secrets_read`',
    ({ secrets_read }) => secrets_read !== undefined,
  ),
  resource_destroyed: act(
    'session_use',
    24,
    'machines, a store, a database or a whole project was deleted',
    't1485',
    {},
    `\`kind\` ${[...RESOURCE_KINDS].join(', ')}; \`effect\` deleted`,
    ({ kind, effect }) => kind !== undefined && RESOURCE_KINDS.has(kind) && effect === 'deleted',
  ),
  command_run: act(
    'session_use',
    24,
    'a command was run on machines, or the code of a function was put in place',
    't1651 t1648',
    {},
    '`kind` command',
    ({ kind }) => kind === 'command',
  ),
  compute_started: act(
    'session_use',
    22,
    'machines were made, which the organisation pays for',
    't1578.002 t1496.001',
    {},
    '`kind` compute, `effect` created',
    ({ kind, effect }) => kind === 'compute' && effect === 'created',
  ),
  model_invoked: act(
    'session_use',
    20,
    'a model was asked, which the organisation pays for, or the account let at one',
    't1496.004',
    {},
    '`kind` model',
    ({ kind }) => kind === 'model',
  ),
  role_assumed: act(
    'token_issue',
    20,
    'a key was given out for a while that acts as a role, a service account or somebody else, and outlives the key that asked for it',
    't1550.001 t1548.005',
    {},
    `\`kind\` ${[...LENT_KINDS].join(', ')}`,
    ({ kind }) => kind !== undefined && LENT_KINDS.has(kind),
  ),
  service_mail_sent: act(
    'mail_send',
    20,
    'mail was sent over the service that sends for programs',
    't1496.004',
    {},
    '`kind` service',
    ({ kind }) => kind === 'service',
  ),
  account_made: act(
    'other',
    22,
    'an account was made, or a role that whoever it trusts may use',
    't1136',
    { m365: ['Add user'], entra: ['Add user', 'Invite external user'], okta: ['user.lifecycle.create'] },
    '`kind` account, `effect` created',
    ({ kind, effect }) => kind === 'account' && effect === 'created',
  ),
  mail_purged: act(
    'data_export',
    30,
    'a content search deleted what it found',
    't1070.008',
    { m365: ['New-ComplianceSearchAction'] },
    '`kind` purge',
    ({ kind }) => kind === 'purge',
  ),
  audit_switched_off: act(
    'audit_tamper',
    39,
    'a log was switched off, thinned or no longer delivered',
    't1685.002 t1562.008',
    {
      m365: ['Set-MailboxAuditBypassAssociation', 'Set-AdminAuditLogConfig', 'Set-Mailbox', 'Remove-UnifiedAuditLogRetentionPolicy'],
      okta: ['system.log_stream.lifecycle.deactivate', 'system.log_stream.lifecycle.delete', 'event_hook.deactivated'],
    },
    '`effect` not enabled or created',
    ({ effect }) => effect !== 'enabled' && effect !== 'created',
  ),
  consent_for_all: act(
    'oauth_consent',
    36,
    'an app was let in for everybody, or to act without anybody',
    't1528 t1098.003',
    {
      m365: ['Consent to application', 'Add app role assignment to service principal'],
      entra: ['Consent to application', 'Add delegated permission grant', 'Add app role assignment to service principal'],
      okta: ['app.oauth2.admin.consent.grant'],
    },
    '`consent_all` true, or `kind` application',
    ({ consent_all, kind }) => consent_all === 'true' || kind === 'application',
  ),
  consent_wide: act(
    'oauth_consent',
    28,
    'an app was let at mail, files, conversations, code or the directory',
    't1528',
    {
      m365: ['Consent to application'],
      entra: ['Consent to application', 'Add delegated permission grant'],
      okta: ['app.oauth2.as.consent.grant'],
    },
    '`scopes` that reach them',
    ({ scopes }) => scopes !== undefined && areWide(scopes),
  ),
  consent_given: act(
    'oauth_consent',
    20,
    'a person let an app act for them',
    't1528',
    {
      m365: ['Consent to application'],
      entra: ['Consent to application', 'Add delegated permission grant'],
      okta: ['app.oauth2.as.consent.grant'],
    },
    '`kind` not app or app_assignment',
    ({ kind }) => kind !== 'app' && kind !== 'app_assignment',
  ),
  app_assigned: act(
    'oauth_consent',
    10,
    'an app was given to a person',
    't1098.003',
    { okta: ['application.user_membership.add'] },
    '`kind` app_assignment',
    ({ kind }) => kind === 'app_assignment',
  ),
  app_made: act(
    'oauth_consent',
    14,
    'an app was made or installed',
    't1671',
    {
      m365: ['Add application', 'Add service principal', 'AppInstalled'],
      entra: ['Add application', 'Add service principal'],
      okta: ['application.lifecycle.create', 'app.oauth2.client.lifecycle.create'],
    },
    '`kind` not app_assignment',
    ({ kind }) => kind !== 'app_assignment',
  ),
  app_credential_added: act(
    'app_credential',
    33,
    'an app was given one more secret, key or trusted provider',
    't1098.001',
    {
      m365: ['Update application - Certificates and secrets management', 'Add service principal credentials'],
      entra: ['Update application - Certificates and secrets management', 'Add service principal credentials', 'Update application'],
      okta: ['app.oauth2.credentials.lifecycle.create', 'workload_principal.ai_agent.credential.create'],
    },
    '`change` not viewed',
    ({ change }) => change !== 'viewed',
  ),
  secret_viewed: act(
    'app_credential',
    24,
    'a secret of an app, or a password that is kept for it, was shown',
    't1552 t1555',
    {},
    '`change` viewed',
  ),
  api_token_made: act(
    'api_key',
    28,
    'a key or token was made that works without a sign-in',
    't1098.001 t1528',
    { okta: ['system.api_token.create', 'system.api_token.enable'] },
    '`kind` not signing_key, which opens nothing, nor temporary_ssh_key',
    ({ kind }) => kind !== 'signing_key' && kind !== 'temporary_ssh_key',
  ),
  temporary_key_made: act(
    'api_key',
    22,
    'a key that opens a machine for a minute was sent to it',
    't1098.004 t1021.004',
    {},
    '`kind` temporary_ssh_key',
    ({ kind }) => kind === 'temporary_ssh_key',
  ),
  factor_added: act(
    'mfa_change',
    28,
    'a factor was added or replaced',
    't1098.005 t1556.006',
    {
      m365: ['Update user'],
      entra: [
        'User registered security info',
        'User registered all required security info',
        'Admin registered security info',
        'Update user',
      ],
      okta: ['user.mfa.factor.activate', 'user.mfa.factor.update'],
    },
    '`change` added or changed',
    ({ change }) => change === 'added' || change === 'changed',
  ),
  factor_removed: act(
    'mfa_change',
    26,
    'a factor was taken away, reset or suspended, or is no longer asked for',
    't1556.006',
    {
      m365: ['Disable Strong Authentication', 'Update user'],
      entra: ['User deleted security info', 'Admin deleted security info', 'Disable Strong Authentication'],
      okta: ['user.mfa.factor.deactivate', 'user.mfa.factor.reset_all', 'user.mfa.factor.suspend'],
    },
    '`change` removed, reset or suspended',
    ({ change }) => change === 'removed' || change === 'reset' || change === 'suspended',
  ),
  factor_preferred: act(
    'mfa_change',
    18,
    'another factor is asked for first',
    't1556.006',
    { m365: ['Update user'], entra: ['User changed default security info', 'Update user'] },
    '`change` default',
    ({ change }) => change === 'default',
  ),
  temporary_pass_made: act(
    'recovery',
    33,
    'a pass was made that signs in without password and factor',
    't1098.005 t1556.006',
    { entra: ['Create Temporary Access Pass method for user', 'Admin registered security info'] },
    '`change` temporary_pass',
    ({ change }) => change === 'temporary_pass',
  ),
  credential_reset: act('recovery', 24, 'somebody`s password or factors were reset', 't1098 t1531', {
    m365: ['Reset user password'],
    entra: ['Reset user password', 'Reset password (by admin)'],
    okta: ['user.account.reset_password', 'user.mfa.factor.reset_all'],
  }),
  password_changed: act('credential_change', 15, 'a password or address of recovery was changed', 't1098 t1531', {
    m365: ['Change user password'],
    entra: ['Change user password', 'Change password (self-service)'],
    okta: ['user.account.update_password', 'user.account.update_primary_email'],
  }),
  device_registered: act('device_register', 24, 'a device was registered or enrolled', 't1098.005', {
    m365: ['Add registered owner to device', 'Add registered users to device'],
    entra: ['Register device', 'Add registered owner to device', 'Add registered users to device'],
    okta: ['device.enrollment.create', 'device.user.add'],
  }),
  privileged_role_granted: act(
    'role_grant',
    38,
    'a role was given that reaches other people, the rules of sign-in, or everybody`s mail and files',
    't1098.003',
    {
      m365: ['Add member to role', 'New-ManagementRoleAssignment', 'Add-RoleGroupMember'],
      entra: [
        'Add member to role',
        'Add eligible member to role in PIM completed (permanent)',
        'Add member to role completed (PIM activation)',
      ],
      okta: ['user.account.privilege.grant', 'group.privilege.grant'],
    },
    '`is_privileged` true, `assignment` not requested',
    ({ is_privileged, assignment }) => is_privileged === 'true' && assignment !== 'requested',
  ),
  app_owner_added: act(
    'role_grant',
    28,
    'somebody may manage an app and its secrets',
    't1098.001 t1098.003',
    { entra: ['Add owner to application', 'Add owner to service principal'], m365: ['Add owner to application'] },
    '`role` owner or app collaborator, with an `app`',
    ({ role, app }) => (role === 'owner' || role === 'app collaborator') && app !== undefined,
  ),
  role_granted: act(
    'role_grant',
    22,
    'a role, right or ownership was given',
    't1098.003',
    {
      m365: ['Add member to role', 'New-ManagementRoleAssignment', 'SiteCollectionAdminAdded'],
      entra: ['Add member to role', 'Add eligible member to role in PIM completed (timebound)', 'Add owner to group'],
      okta: ['user.account.privilege.grant', 'iam.resourceset.bindings.add'],
    },
    '`assignment` not requested',
    ({ assignment }) => assignment !== 'requested',
  ),
  federation_changed: act(
    'policy_change',
    39,
    'whose word counts as a sign-in was changed: federation, identity provider, certificate authority, domain, other tenant',
    't1484.002 t1556.007',
    {
      m365: ['Set domain authentication', 'Set federation settings on domain'],
      entra: ['Set domain authentication', 'Set federation settings on domain', 'Create identity provider'],
      okta: ['system.idp.lifecycle.create', 'system.idp.lifecycle.activate', 'system.idp.lifecycle.update'],
    },
    `\`kind\` ${[...TRUST_KINDS].join(', ')}, but for a domain that is taken away`,
    ({ kind, effect }) => kind !== undefined && TRUST_KINDS.has(kind) && !(kind === 'domain' && effect === 'deleted'),
  ),
  sign_in_policy_weakened: act(
    'policy_change',
    36,
    'who gets in and how was made easier: a rule deleted, switched off or cut down',
    't1556.009 t1556.006',
    {
      m365: ['Delete conditional access policy', 'Set-CASMailbox'],
      entra: ['Delete conditional access policy', 'Update conditional access policy', 'Update named location'],
      okta: [
        'policy.lifecycle.deactivate',
        'policy.rule.delete',
        'application.policy.sign_on.rule.delete',
        'zone.delete',
        'system.mfa.factor.deactivate',
      ],
    },
    '`effect` deleted, disabled or weakened, of a `kind` as in `sign_in_policy_changed`, or client_access',
    ({ kind, effect }) => kind !== undefined && (SIGN_IN_KINDS.has(kind) || kind === 'client_access') && lessens(effect),
  ),
  auto_forward_allowed: act(
    'policy_change',
    30,
    'mail may be forwarded out of the organisation by itself',
    't1114.003',
    { m365: ['Set-RemoteDomain', 'Set-HostedOutboundSpamFilterPolicy'] },
    '`kind` auto_forward',
    ({ kind }) => kind === 'auto_forward',
  ),
  mail_protection_weakened: act(
    'policy_change',
    28,
    'mail is checked less than before, or goes another way',
    't1685 t1562.001',
    { m365: ['Disable-SafeLinksRule', 'Remove-AntiPhishPolicy', 'Disable-TransportRule', 'New-InboundConnector'] },
    `\`kind\` ${[...MAIL_KINDS].join(', ')}; \`effect\` deleted, disabled or weakened, or a new way for mail`,
    ({ kind, effect }) => kind !== undefined && MAIL_KINDS.has(kind) && (lessens(effect) || (kind === 'mail_flow' && effect === 'created')),
  ),
  data_protection_weakened: act(
    'policy_change',
    24,
    'what brings data back was taken away: keys, backups, versions; or data are to be deleted within days',
    't1490 t1485',
    {},
    '`kind` data_protection; `effect` deleted, disabled or weakened',
    ({ kind, effect }) => kind === 'data_protection' && lessens(effect),
  ),
  sharing_opened: act(
    'policy_change',
    24,
    'a site, repository, store, network or the organisation`s chats were opened to guests, other organisations or everybody',
    't1484 t1567',
    { m365: ['SharingPolicyChanged', 'Set-CsTenantFederationConfiguration'] },
    `\`kind\` ${[...OPENED_KINDS].join(', ')}; \`effect\` weakened`,
    ({ kind, effect }) => kind !== undefined && OPENED_KINDS.has(kind) && effect === 'weakened',
  ),
  code_protection_weakened: act(
    'policy_change',
    25,
    'what keeps bad code or secrets out of repositories was taken away or passed by',
    't1685 t1562.001',
    {},
    `\`kind\` ${[...CODE_KINDS].join(', ')}; \`effect\` deleted, disabled or weakened`,
    ({ kind, effect }) => kind !== undefined && CODE_KINDS.has(kind) && lessens(effect),
  ),
  webhook_made: act(
    'policy_change',
    24,
    'what happens is sent on to an address',
    't1567.004',
    {},
    '`kind` webhook, `effect` created or changed',
    ({ kind, effect }) => kind === 'webhook' && (effect === 'created' || effect === 'changed'),
  ),
  sign_in_policy_changed: act(
    'policy_change',
    26,
    'who gets in and how was changed',
    't1556.009 t1484',
    {
      entra: ['Add conditional access policy', 'Update conditional access policy', 'Add named location', 'Update authorization policy'],
      okta: ['policy.lifecycle.update', 'policy.rule.update', 'application.policy.sign_on.update', 'zone.update'],
    },
    `\`kind\` ${[...SIGN_IN_KINDS].join(', ')}`,
    ({ kind }) => kind !== undefined && SIGN_IN_KINDS.has(kind),
  ),
  setting_changed: act('policy_change', 12, 'any other setting of the organisation was changed', 't1484', {
    m365: ['Set-OrganizationConfig', 'SharingPolicyChanged', 'Set-TransportConfig'],
    okta: ['application.lifecycle.update', 'system.feature.enable'],
  }),
  content_searched: act(
    'data_export',
    30,
    'a search through everybody`s mail and files was made or taken out, or a mailbox exported',
    't1114.002 t1213 t1567',
    { m365: ['SearchExported', 'New-ComplianceSearchAction', 'New-ComplianceSearch', 'New-MailboxExportRequest'] },
    '`kind` search or mailbox',
    ({ kind }) => kind === 'search' || kind === 'mailbox',
  ),
  exported_in_bulk: act(
    'data_export',
    28,
    'all that an organisation, vault or database holds, or very much of it, was taken out',
    't1567 t1530 t1213',
    {},
    `\`kind\` ${[...WHOLE_EXPORTS].join(', ')}, or \`file_count\` from ${MANY_ROWS}`,
    ({ kind, file_count }) => (kind !== undefined && WHOLE_EXPORTS.has(kind)) || Number(file_count) >= MANY_ROWS,
  ),
  data_exported: act('data_export', 15, 'files, reports or tables were downloaded or exported', 't1530 t1213.002 t1567', {
    m365: ['FileDownloaded', 'FileSyncDownloadedFull', 'ExportReport'],
    entra: ['GET /me/drive/items/{id}/content'],
    okta: ['analytics.reports.export.download', 'workflows.user.table.export'],
  }),
  impersonation_started: act('impersonation', 28, 'somebody works under another`s name', 't1078.004', {
    okta: ['user.session.impersonation.initiate', 'user.session.impersonation.grant'],
  }),
} as const satisfies Record<string, Act>;

export type ActName = keyof typeof ACTS;

/** The acts of each activity, the worst first. */
const BY_ACTIVITY = new Map<Activity, readonly ActName[]>();
for (const name of Object.keys(ACTS) as ActName[]) {
  const { activity } = ACTS[name];
  const all = [...(BY_ACTIVITY.get(activity) ?? []), name];
  BY_ACTIVITY.set(
    activity,
    all.sort((a, b) => ACTS[b].points - ACTS[a].points),
  );
}

/**
 * The worst act that an event is; undefined for events that are none, for what was tried and failed, and for what the vendor`s own service did. An
 * act done to somebody is one on both events, that of the actor and that of the target.
 */
export function actOf(event: SessionEvent): ActName | undefined {
  const { activity, details } = event;
  // most events of these kinds say nothing more
  if (details === undefined && (activity === 'session_use' || activity === 'mail_access' || activity === 'other')) return undefined;
  const acts = BY_ACTIVITY.get(activity);
  if (acts === undefined || event.status === 'failure' || event.status === 'interrupted') return undefined;
  if (event.principal.type === 'system' && event.subject_role === 'actor') return undefined;
  for (let i = 0; i < acts.length; i++) {
    const name = acts[i] as ActName;
    if (ACTS[name].matches(activity, details)) return name;
  }
  return undefined;
}

/** What machines are there for, as to read and to download, has fewer points. */
const OF_CONSEQUENCE_FROM = 20;

/** The same of an act that says something of a credential, too, where that does not do it every day. */
export function actOfConsequence(event: SessionEvent): ActName | undefined {
  const act = actOf(event);
  return act === undefined || ACTS[act].points < OF_CONSEQUENCE_FROM ? undefined : act;
}
