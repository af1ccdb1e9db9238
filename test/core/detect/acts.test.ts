import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACT_NAMES } from '../../../src/core/detect/act-names.js';
import { ACTS, type Act, type ActName, actOf, areWide } from '../../../src/core/detect/acts.js';
import type { Activity, SessionEvent } from '../../../src/core/event/index.js';
import { createMapper } from '../../../src/core/normalize/index.js';
import { bytes, FIXTURES } from '../normalize/fixtures.js';

const NAMES = Object.keys(ACTS) as ActName[];
const OF_OTHERS: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(__dirname, 'acts-of-fixtures.json'), 'utf8'));

function event(activity: Activity, details?: Record<string, string>, more: Partial<SessionEvent> = {}): SessionEvent {
  return { activity, details, status: 'success', subject_role: 'actor', principal: { type: 'human' }, ...more } as SessionEvent;
}

test.each<[ActName | undefined, Activity, Record<string, string> | undefined]>([
  ['inbox_rule_forwards_out', 'inbox_rule', { forward_to: 'drop@evil.example', is_external: 'true', delete_message: 'true' }],
  ['inbox_rule_hides', 'inbox_rule', { delete_message: 'true' }],
  ['inbox_rule_hides', 'inbox_rule', { mark_as_read: 'true', move_to: 'Invoices' }],
  ['inbox_rule_hides', 'inbox_rule', { move_to: 'ana:\\RSS Feeds', rule_name: 'x' }],
  ['inbox_rule_hides', 'inbox_rule', { move_to: 'Later', subject_contains: 'Payment' }],
  ['inbox_rule_hides', 'inbox_rule', { move_to: 'Later', rule_condition: '{(SubString(Subject)=phish)}' }],
  ['inbox_rule_hides', 'inbox_rule', { move_to: 'Later', rule_name: '..' }],
  ['inbox_rule_made', 'inbox_rule', { move_to: 'Newsletters', rule_name: 'letters', subject_contains: 'weekly' }],
  ['inbox_rule_made', 'inbox_rule', { forward_to: 'tom@fjord.example', is_external: 'false', rule_name: 'to tom' }],
  ['inbox_rule_made', 'inbox_rule', undefined],
  ['transport_rule_out', 'mail_forwarding', { kind: 'transport_rule', is_external: 'true' }],
  ['transport_rule_out', 'mail_forwarding', { kind: 'journal_rule' }],
  ['mail_forwarded', 'mail_forwarding', { kind: 'transport_rule', is_external: 'false' }],
  ['mailbox_forwarding_out', 'mail_forwarding', { kind: 'mailbox', is_external: 'true' }],
  ['mail_forwarded', 'mail_forwarding', { kind: 'mailbox', forward_to: 'Drop contact' }],
  ['mailbox_delegated', 'mailbox_delegation', { access_rights: 'FullAccess' }],
  ['mailbox_delegated', 'mailbox_delegation', { access_rights: 'ReadAny, Visible, FreeBusySimple' }],
  ['mailbox_delegated', 'mailbox_delegation', undefined],
  [undefined, 'mailbox_delegation', { access_rights: 'None' }],
  [undefined, 'mailbox_delegation', { access_rights: 'AvailabilityOnly' }],
  [undefined, 'mailbox_delegation', { access_rights: 'Visible, FreeBusySimple, FreeBusyDetailed' }],
  ['mailbox_read_in_bulk', 'mail_access', { is_throttled: 'true' }],
  ['mailbox_read_in_bulk', 'mail_access', { mail_access_type: 'sync' }],
  ['mailbox_read_in_bulk', 'mail_access', { operation_count: '100' }],
  [undefined, 'mail_access', { operation_count: '99', is_throttled: 'false', mail_access_type: 'bind' }],
  [undefined, 'mail_access', undefined],
  ['evidence_deleted', 'session_use', { deleted: 'hard', is_notice: 'true' }],
  [undefined, 'session_use', { deleted: 'hard' }],
  [undefined, 'session_use', undefined],
  ['shared_with_everybody', 'session_use', { sharing: 'open', is_public: 'true' }],
  [undefined, 'session_use', { sharing: 'open' }],
  ['shared_outside', 'session_use', { sharing: 'Guest kim@partner.example', is_external: 'true' }],
  [undefined, 'session_use', { sharing: 'Member tom@fjord.example' }],
  ['shared_with_everybody', 'session_use', { is_public: 'true', is_external: 'true' }],
  ['secret_read', 'session_use', { secrets_read: '1' }],
  ['resource_destroyed', 'session_use', { kind: 'compute', effect: 'deleted' }],
  ['resource_destroyed', 'session_use', { kind: 'storage', effect: 'deleted' }],
  ['resource_destroyed', 'session_use', { kind: 'database', effect: 'deleted' }],
  ['resource_destroyed', 'session_use', { kind: 'repository', effect: 'deleted' }],
  ['resource_destroyed', 'session_use', { kind: 'project', effect: 'deleted' }],
  [undefined, 'session_use', { kind: 'message', effect: 'deleted' }],
  [undefined, 'session_use', { kind: 'storage', effect: 'created' }],
  ['compute_started', 'session_use', { kind: 'compute', effect: 'created' }],
  ['command_run', 'session_use', { kind: 'command', effect: 'created' }],
  ['model_invoked', 'session_use', { kind: 'model', effect: 'created' }],
  ['role_assumed', 'token_issue', { kind: 'role', target: 'arn:aws:iam::1:role/Web' }],
  ['role_assumed', 'token_issue', { kind: 'root' }],
  ['role_assumed', 'token_issue', { kind: 'federated_user' }],
  ['role_assumed', 'token_issue', { kind: 'service_account' }],
  [undefined, 'token_issue', { target: 'arn:aws:iam::1:role/Web' }],
  [undefined, 'token_issue', { kind: 'refresh' }],
  [undefined, 'token_issue', undefined],
  ['service_mail_sent', 'mail_send', { kind: 'service' }],
  [undefined, 'mail_send', { change: 'as' }],
  [undefined, 'mail_send', undefined],
  ['data_protection_weakened', 'policy_change', { kind: 'data_protection', effect: 'deleted' }],
  ['data_protection_weakened', 'policy_change', { kind: 'data_protection', effect: 'disabled' }],
  ['data_protection_weakened', 'policy_change', { kind: 'data_protection', effect: 'weakened' }],
  ['setting_changed', 'policy_change', { kind: 'data_protection', effect: 'changed' }],
  ['account_made', 'other', { kind: 'account', effect: 'created' }],
  [undefined, 'other', { kind: 'account', effect: 'deleted' }],
  [undefined, 'other', { kind: 'user', effect: 'created' }],
  ['temporary_key_made', 'api_key', { kind: 'temporary_ssh_key', effect: 'created' }],
  ['api_token_made', 'api_key', { kind: 'ssh_key', effect: 'created' }],
  ['mail_purged', 'data_export', { kind: 'purge' }],
  ['audit_switched_off', 'audit_tamper', undefined],
  ['audit_switched_off', 'audit_tamper', { kind: 'log', effect: 'disabled' }],
  [undefined, 'audit_tamper', { kind: 'log', effect: 'enabled' }],
  [undefined, 'audit_tamper', { kind: 'log_stream', effect: 'created' }],
  ['secret_viewed', 'app_credential', { change: 'viewed' }],
  [undefined, 'api_key', { kind: 'signing_key' }],
  ['app_owner_added', 'role_grant', { role: 'app collaborator', app: 'Tide Board' }],
  ['sharing_opened', 'policy_change', { kind: 'visibility', effect: 'weakened' }],
  ['sharing_opened', 'policy_change', { kind: 'network', effect: 'weakened' }],
  ['setting_changed', 'policy_change', { kind: 'network', effect: 'changed' }],
  ['code_protection_weakened', 'policy_change', { kind: 'branch_protection', effect: 'weakened' }],
  ['code_protection_weakened', 'policy_change', { kind: 'secret_scanning', effect: 'disabled' }],
  ['code_protection_weakened', 'policy_change', { kind: 'code_security', effect: 'deleted' }],
  ['code_protection_weakened', 'policy_change', { kind: 'actions', effect: 'disabled' }],
  ['setting_changed', 'policy_change', { kind: 'branch_protection', effect: 'created' }],
  ['webhook_made', 'policy_change', { kind: 'webhook', effect: 'created' }],
  ['webhook_made', 'policy_change', { kind: 'webhook', effect: 'changed' }],
  ['setting_changed', 'policy_change', { kind: 'webhook', effect: 'deleted' }],
  ['exported_in_bulk', 'data_export', { kind: 'report', file_count: '1000' }],
  ['data_exported', 'data_export', { kind: 'report', file_count: '999' }],
  ['sign_in_policy_weakened', 'policy_change', { kind: 'ip_allow_list', effect: 'disabled' }],
  ['sign_in_policy_changed', 'policy_change', { kind: 'network_policy', effect: 'created' }],
  ['sign_in_policy_changed', 'policy_change', { kind: 'app_access', effect: 'enabled' }],
  ['federation_changed', 'policy_change', { kind: 'ssh_certificate', effect: 'created' }],
  ['consent_for_all', 'oauth_consent', { kind: 'delegated', consent_all: 'true' }],
  ['consent_for_all', 'oauth_consent', { kind: 'application' }],
  ['consent_wide', 'oauth_consent', { kind: 'delegated', scopes: 'offline_access Mail.Read' }],
  ['consent_wide', 'oauth_consent', { kind: 'delegated', scopes: 'okta.users.manage' }],
  ['consent_given', 'oauth_consent', { kind: 'delegated', scopes: 'openid User.Read' }],
  ['consent_given', 'oauth_consent', undefined],
  ['app_made', 'oauth_consent', { kind: 'app' }],
  ['app_credential_added', 'app_credential', undefined],
  ['api_token_made', 'api_key', undefined],
  ['factor_added', 'mfa_change', { change: 'added' }],
  ['factor_added', 'mfa_change', { change: 'changed' }],
  ['factor_removed', 'mfa_change', { change: 'removed' }],
  ['factor_removed', 'mfa_change', { change: 'reset' }],
  ['factor_removed', 'mfa_change', { change: 'suspended' }],
  ['factor_preferred', 'mfa_change', { change: 'default' }],
  [undefined, 'mfa_change', { change: 'required' }],
  ['temporary_pass_made', 'recovery', { change: 'temporary_pass' }],
  ['credential_reset', 'recovery', { change: 'password' }],
  ['password_changed', 'credential_change', undefined],
  ['device_registered', 'device_register', undefined],
  ['privileged_role_granted', 'role_grant', { is_privileged: 'true', assignment: 'eligible' }],
  ['role_granted', 'role_grant', { role: 'Reports Reader' }],
  [undefined, 'role_grant', { is_privileged: 'true', assignment: 'requested' }],
  ['app_owner_added', 'role_grant', { role: 'owner', app: 'Helper', assignment: 'active' }],
  ['role_granted', 'role_grant', { role: 'owner', group: 'Finance' }],
  ['federation_changed', 'policy_change', { kind: 'federation', effect: 'changed' }],
  ['federation_changed', 'policy_change', { kind: 'idp', effect: 'created' }],
  ['setting_changed', 'policy_change', { kind: 'domain', effect: 'deleted' }],
  ['sign_in_policy_weakened', 'policy_change', { kind: 'conditional_access', effect: 'weakened' }],
  ['sign_in_policy_weakened', 'policy_change', { kind: 'zone', effect: 'deleted' }],
  ['sign_in_policy_weakened', 'policy_change', { kind: 'client_access', effect: 'weakened' }],
  ['sign_in_policy_changed', 'policy_change', { kind: 'mfa', effect: 'changed' }],
  ['setting_changed', 'policy_change', { kind: 'client_access', effect: 'changed' }],
  ['auto_forward_allowed', 'policy_change', { kind: 'auto_forward', effect: 'weakened' }],
  ['mail_protection_weakened', 'policy_change', { kind: 'mail_protection', effect: 'disabled' }],
  ['sharing_opened', 'policy_change', { kind: 'sharing', effect: 'weakened' }],
  ['setting_changed', 'policy_change', { kind: 'sharing', effect: 'changed' }],
  ['mail_protection_weakened', 'policy_change', { kind: 'mail_flow', effect: 'created' }],
  ['setting_changed', 'policy_change', { kind: 'mail_protection', effect: 'created' }],
  ['setting_changed', 'policy_change', undefined],
  ['content_searched', 'data_export', { kind: 'search' }],
  ['content_searched', 'data_export', { kind: 'mailbox' }],
  ['data_exported', 'data_export', { kind: 'file' }],
  ['impersonation_started', 'impersonation', undefined],
  ['app_assigned', 'oauth_consent', { kind: 'app_assignment' }],
  [undefined, 'other', { target: 'x' }],
  [undefined, 'other', undefined],
  [undefined, 'sign_in', undefined],
  [undefined, 'vendor_risk', { change: 'added' }],
])('%s is told from %s %p', (name, activity, details) => {
  expect(actOf(event(activity, details))).toBe(name);
});

test.each(['conditional_access', 'named_location', 'mfa', 'password', 'sign_on', 'zone', 'session', 'authorization', 'policy', 'device'])(
  'a policy of the kind %s decides who gets in',
  (kind) => {
    expect(actOf(event('policy_change', { kind, effect: 'changed' }))).toBe('sign_in_policy_changed');
    for (const effect of ['deleted', 'disabled', 'weakened'])
      expect(actOf(event('policy_change', { kind, effect }))).toBe('sign_in_policy_weakened');
  },
);

test.each(['threat_protection', 'trusted_origin', 'consent', 'role'])('so does one of the kind %s', (kind) => {
  expect(actOf(event('policy_change', { kind, effect: 'changed' }))).toBe('sign_in_policy_changed');
});

test.each(['federation', 'idp', 'certificate_auth', 'cross_tenant', 'domain', 'directory_sync'])(
  '%s is about whose word counts',
  (kind) => {
    expect(actOf(event('policy_change', { kind, effect: 'changed' }))).toBe('federation_changed');
  },
);

test.each(['mail_protection', 'mail_flow', 'dlp'])('%s watches mail', (kind) => {
  expect(actOf(event('policy_change', { kind, effect: 'disabled' }))).toBe('mail_protection_weakened');
  expect(actOf(event('policy_change', { kind, effect: 'changed' }))).toBe('setting_changed');
});

test.each([
  'Mail.Read',
  'Mail.Send',
  'MailboxSettings.ReadWrite',
  'full_access_as_app',
  'EWS.AccessAsUser.All',
  'IMAP.AccessAsUser.All',
  'SMTP.Send',
  'Files.ReadWrite.All',
  'Sites.FullControl.All',
  'Chat.ReadWrite',
  'Directory.AccessAsUser.All',
  'RoleManagement.ReadWrite.Directory',
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'User.ReadWrite.All',
  'UserAuthenticationMethod.ReadWrite.All',
  'Policy.ReadWrite.ConditionalAccess',
  'okta.groups.manage',
])('%s reaches far', (scope) => {
  const of = (scopes: string) => actOf(event('oauth_consent', { kind: 'delegated', scopes }));
  expect(of(`openid ${scope} profile`)).toBe('consent_wide');
  expect(of(`openid ${scope.replaceAll('.', 'X').replaceAll('_', 'X')} profile`)).toBe('consent_given');
  expect(of(`openid x${scope}`)).toBe('consent_given');
});

test.each(['sign-in', 'sign in', 'signin', 'log-in', 'login', 'it-support', 'IT support'])(
  'a rule that looks for %s keeps it from its owner',
  (word) => {
    expect(actOf(event('inbox_rule', { move_to: 'Later', subject_contains: `Your ${word} today` }))).toBe('inbox_rule_hides');
    expect(actOf(event('inbox_rule', { subject_contains: `Your ${word} today`, rule_name: 'x' }))).toBe('inbox_rule_made');
  },
);

test.each([
  'https://mail.google.com/',
  'openid https://www.googleapis.com/auth/gmail.readonly',
  'https://www.googleapis.com/auth/gmail.settings.basic',
  'https://www.googleapis.com/auth/drive',
  'https://www.googleapis.com/auth/drive.readonly',
  'https://www.googleapis.com/auth/admin.directory.user',
  'https://www.googleapis.com/auth/cloud-platform',
  'https://www.googleapis.com/auth/ediscovery',
  'https://www.googleapis.com/auth/calendar',
  'channels:history users:read',
  'im:history',
  'files:read',
  'search:read',
  'admin.users:write',
  'read:org repo',
  'admin:org',
  'contents:write metadata:read',
  'refresh_token api',
  'full',
  'root_readwrite',
  'sudo',
])('the scopes %s are wide', (scopes) => {
  expect(areWide(scopes)).toBe(true);
});

test.each([
  'openid email profile',
  'https://www.googleapis.com/auth/userinfo.email openid',
  'https://www.googleapis.com/auth/calendar.events.owned',
  'https://www.googleapis.com/auth/drive.file',
  'identify users:read chat:write',
  'repo:status read:org',
  'contents:read metadata:read',
  'read_user',
  'User.Read offline_access',
])('the scopes %s are not', (scopes) => {
  expect(areWide(scopes)).toBe(false);
});

test.each(['workspace', 'all', 'takeout', 'migration', 'vault', 'snapshot', 'bulk', 'unload', 'transfer', 'users', 'project'])(
  'an export of the kind %s is all that there is',
  (kind) => {
    expect(actOf(event('data_export', { kind }))).toBe('exported_in_bulk');
  },
);

test('rights that show no more than when somebody is busy, whatever stands around them', () => {
  for (const access_rights of ['{AvailabilityOnly}', ' None ', 'LimitedDetails', 'FolderVisible, FreeBusyTimeOnly;'])
    expect(actOf(event('mailbox_delegation', { access_rights }))).toBeUndefined();
  for (const access_rights of ['NoneEditor', 'xNone', 'FreeBusyTimeOnly Owner', ''])
    expect(actOf(event('mailbox_delegation', { access_rights }))).toBe('mailbox_delegated');
});

test('what failed, was interrupted or was done by the service itself is none', () => {
  expect(actOf(event('api_key', undefined, { status: 'failure' }))).toBeUndefined();
  expect(actOf(event('api_key', undefined, { status: 'interrupted' }))).toBeUndefined();
  expect(actOf(event('api_key', undefined, { status: 'unknown' }))).toBe('api_token_made');
  const system = { type: 'system' } as SessionEvent['principal'];
  expect(actOf(event('mailbox_delegation', { access_rights: 'Owner' }, { principal: system }))).toBeUndefined();
  expect(actOf(event('mailbox_delegation', { access_rights: 'Owner' }, { principal: system, subject_role: 'target' }))).toBe(
    'mailbox_delegated',
  );
});

test('an act is the worst of those that the event is', () => {
  for (const name of NAMES) {
    const one: Act = ACTS[name];
    for (const other of NAMES) {
      const details = {
        is_external: 'true',
        delete_message: 'true',
        is_privileged: 'true',
        consent_all: 'true',
        kind: 'idp',
        effect: 'deleted',
      };
      const found = actOf(event(one.activity, details));
      if (ACTS[other].matches(one.activity, details)) expect(ACTS[found!].points).toBeGreaterThanOrEqual(ACTS[other].points);
    }
  }
});

test.each(NAMES)('%s is one dimension`s worth of points, tagged and explained', (name) => {
  const { points, tags, doc, operations } = ACTS[name] as Act;
  const names = { ...operations, ...ACT_NAMES[name] };
  expect(points).toBeGreaterThan(0);
  expect(points).toBeLessThan(40);
  expect(tags.length).toBeGreaterThan(0);
  for (const tag of tags) expect(tag).toMatch(/^attack\.t1\d{3}(\.\d{3})?$/);
  expect(doc).not.toBe('');
  expect(Object.keys(names).length).toBeGreaterThan(0);
});

/**
 * The acts among the fixtures, which are records in the vendors` own shapes; every other fixture of a vendor that is named is none. The file beside
 * this one has those of the vendors that came after the first three.
 */
const IN_FIXTURES: Readonly<Record<string, string>> = {
  ...OF_OTHERS,
  'okta/admin-consent': 'consent_for_all',
  'okta/api-token': 'api_token_made',
  'okta/factor-suspended': 'factor_removed',
  'okta/help-desk-resets-factors': 'credential_reset',
  'okta/identity-provider': 'federation_changed',
  'okta/log-stream-off': 'audit_switched_off',
  'okta/own-factor': 'factor_added',
  'okta/policy-switched-off': 'sign_in_policy_weakened',
  'okta/role-granted': 'privileged_role_granted',
  'entra/app-secret': 'app_credential_added',
  'entra/consent': 'consent_wide',
  'entra/eligible-role': 'privileged_role_granted',
  'entra/federation': 'federation_changed',
  'entra/policy-weakened': 'sign_in_policy_weakened',
  'entra/role-grant': 'privileged_role_granted',
  'entra/security-info': 'factor_added',
  'entra/temporary-pass': 'temporary_pass_made',
  'm365/audit-bypass': 'audit_switched_off',
  'm365/audit-off': 'audit_switched_off',
  'm365/auto-forward-allowed': 'auto_forward_allowed',
  'm365/content-search-purge': 'mail_purged',
  'm365/delegation': 'mailbox_delegated',
  'm365/directory-consent': 'consent_wide',
  'm365/directory-factor': 'factor_added',
  'm365/directory-role': 'privileged_role_granted',
  'm365/exchange-role': 'privileged_role_granted',
  'm365/file-download': 'data_exported',
  'm365/folder-shared': 'mailbox_delegated',
  'm365/inbox-rule': 'inbox_rule_forwards_out',
  'm365/journal-rule': 'transport_rule_out',
  'm365/lower-case-keys': 'inbox_rule_forwards_out',
  'm365/mail-read-by-server': 'mailbox_read_in_bulk',
  'm365/mail-synchronised': 'mailbox_read_in_bulk',
  'm365/mailbox-forwarding': 'mailbox_forwarding_out',
  'm365/notice-deleted': 'evidence_deleted',
  'm365/outlook-rule': 'inbox_rule_forwards_out',
  'm365/send-as': 'mailbox_delegated',
  'm365/site-opened': 'sharing_opened',
  'm365/site-administrator': 'role_granted',
  'm365/teams-app': 'app_made',
  'm365/teams-owner': 'role_granted',
  'm365/transport-rule': 'transport_rule_out',
};

const NAMED = new Set(Object.keys(IN_FIXTURES).map((name) => name.split('/')[0]));

test.each(FIXTURES.filter(({ vendor }) => NAMED.has(vendor)).map((one) => [`${one.vendor}/${one.name}`, one.expected] as const))(
  'the act in the record %s',
  (name, expected) => {
    const acts = expected.map((mapped) => actOf({ ...mapped, subject_role: 'actor' } as unknown as SessionEvent));
    expect(acts.find((act) => act !== undefined)).toBe(IN_FIXTURES[name]);
  },
);

/** What a record must hold, beside the name of the operation, for an operation that is several things. */
const PARAMETERS: Readonly<Record<string, Record<string, string>>> = {
  'mail_forwarding Set-Mailbox': { ForwardingSmtpAddress: 'smtp:x@evil.example' },
  'mailbox_delegation Set-Mailbox': { GrantSendOnBehalfTo: 'x@evil.example' },
  'audit_tamper Set-Mailbox': { AuditEnabled: 'False' },
  'audit_tamper Set-AdminAuditLogConfig': { UnifiedAuditLogIngestionEnabled: 'False' },
  'mail_forwarding New-TransportRule': { BlindCopyTo: 'x@evil.example' },
  'mail_forwarding Set-TransportRule': { RedirectMessageTo: 'x@evil.example' },
  'mail_forwarding New-JournalRule': { JournalEmailAddress: 'x@evil.example' },
};
const PROPERTIES: Readonly<Record<string, Record<string, string>>> = {
  'mfa_change Update user': { 'Included Updated Properties': 'StrongAuthenticationMethod' },
  'app_credential Update application': { FederatedIdentityCredentials: '[{"Name":"ci"}]' },
};

const map = createMapper();

/** A record of a vendor with the name of an operation and hardly more. */
function recordOf(vendor: string, operation: string, activity: Activity): object {
  const key = `${activity} ${operation}`;
  const properties = Object.entries(PROPERTIES[key] ?? {});
  const time = '2026-03-02T08:15:30Z';
  if (vendor === 'okta') {
    const actor = { type: 'User', id: '00u1', alternateId: 'ana@fjord.example' };
    // what one does to oneself is no recovery
    const tom = activity === 'recovery' ? { type: 'User', id: '00u2', alternateId: 'tom@fjord.example' } : actor;
    return { uuid: '1', published: time, eventType: operation, outcome: { result: 'SUCCESS' }, actor, target: [tom], client: {} };
  }
  if (vendor === 'entra' && / \//.test(operation)) {
    const [requestMethod, path] = operation.split(' ');
    return {
      time,
      category: 'MicrosoftGraphActivityLogs',
      properties: { requestId: '1', requestMethod, requestUri: `https://graph.microsoft.com/v1.0${path}`, responseStatusCode: 200 },
    };
  }
  if (vendor === 'entra') {
    const modifiedProperties = properties.map(([displayName, newValue]) => ({ displayName, newValue, oldValue: null }));
    const resultReason = activity === 'recovery' ? 'Admin registered temporary access pass method for user' : null;
    return {
      time,
      category: 'AuditLogs',
      properties: {
        id: '1',
        activityDisplayName: operation,
        activityDateTime: time,
        result: 'success',
        resultReason,
        initiatedBy: { user: { id: 'u', userPrincipalName: 'ana@fjord.example' } },
        targetResources: [{ type: 'User', id: 't', modifiedProperties }],
      },
    };
  }
  const isCmdlet = /^[A-Z][a-z]+-[A-Z]/.test(operation);
  const isDirectory = operation.includes(' ');
  return {
    Id: '1',
    CreationTime: '2026-03-02T08:15:30',
    Operation: operation,
    RecordType: isCmdlet ? 1 : isDirectory ? 8 : undefined,
    Workload: /^(File|Site|Sharing|AnonymousLink)/.test(operation)
      ? 'SharePoint'
      : /^(App)/.test(operation)
        ? 'MicrosoftTeams'
        : 'Exchange',
    UserId: 'ana@fjord.example',
    Parameters: Object.entries(PARAMETERS[key] ?? {}).map(([Name, Value]) => ({ Name, Value })),
    ModifiedProperties: properties.map(([Name, NewValue]) => ({ Name, NewValue, OldValue: '' })),
  };
}

const OPERATIONS = NAMES.flatMap((name) =>
  Object.entries((ACTS[name] as Act).operations).flatMap(([vendor, operations]) => operations.map((one) => [name, vendor, one] as const)),
);

test.each(OPERATIONS)('%s: %s writes %s', (name, vendor, operation) => {
  const { activity } = ACTS[name];
  const line = map(bytes(recordOf(vendor, operation, activity)));
  expect(line.records[0]?.mapped[0]?.activity).toBe(activity);
});
