import type { Activity } from '../../event/index.js';
import { wordTable } from '../../event/word-table.js';
import { actionTable } from './action-table.js';

/** Events of Teleport by what they mean to a session. */
const byName = actionTable(
  {
    sign_in: ['user.login', 'auth', 'mfa_auth_challenge.create', 'mfa_auth_challenge.validate'],
    token_issue: [
      'cert.create',
      'bot.join',
      'instance.join',
      'spiffe.svid.issued',
      'privilege_token.create',
      'device.webtoken.create',
      'workload_identity.issued',
    ],
    session_revoke: ['lock.created', 'user.delete', 'user.deleted', 'session.terminated'],
    credential_change: ['user.password_change'],
    recovery: ['reset_password_token.create', 'recovery_token.create', 'recovery_code.used'],
    mfa_change: ['mfa.add', 'mfa.delete', 'recovery_code.generated'],
    // a token lets a bot or an agent join: who has it gets certificates
    api_key: [
      'join_token.create',
      'join_token.upsert',
      'provision_token.create',
      'trusted_cluster_token.create',
      'bot.create',
      'scim.token.create',
    ],
    role_grant: [
      'access_request.create',
      'access_list.create',
      'access_list.update',
      'access_list.member.create',
      'access_list.member.add',
      'access_list.member.update',
    ],
    policy_change: [
      'auth_preference.update',
      'cluster_networking_config.update',
      'access_graph.settings.update',
      'autoupdate_config.update',
    ],
    oauth_consent: ['integration.create', 'integration.update', 'plugin.create', 'plugin.update', 'saml.idp.service.provider.create'],
    device_register: ['device.create', 'device.enroll', 'device.token.create', 'device.token.spent'],
    data_export: ['scp.download', 'desktop.directory.write', 'audit.export'],
    audit_tamper: [
      'session_recording_config.update',
      'external_audit_storage.enable',
      'external_audit_storage.disable',
      'audit_config.update',
      'cluster_audit_config.update',
    ],
    // a certificate that was renewed in two places
    vendor_risk: ['cert.generation_mismatch'],
    // signed in to an app elsewhere, with Teleport as the provider
    session_use: [
      'saml.idp.auth',
      'session.recording.access',
      'device.authenticate',
      'device.authenticate.confirm',
      'subsystem',
      'exec',
      'port',
      'session.rejected',
      'x11.forward',
      'sftp',
      'scp',
    ],
    other: [
      'user.create',
      'user.update',
      'lock.deleted',
      'device.delete',
      'device.update',
      'access_request.delete',
      'access_request.review',
      'access_request.expire',
      'access_request.search',
      'access_list.delete',
      'access_list.review',
      'access_list.member.delete',
      'access_list.member.delete_all_members',
      'client.disconnect',
      'bot.delete',
      'bot.update',
    ],
  },
  [
    [/^user\.(?:headless_)?login/, 'sign_in'],
    [/^user\.logout/, 'sign_out'],
    [
      /^(?:role|oidc|saml|github|connector|login_rule|trusted_cluster|saml\.idp\.service\.provider|workload_identity|access_monitoring_rule)[._](?:connector\.)?(?:create|update|delete|upsert)/,
      'policy_change',
    ],
    [
      /^(?:spiffe[._]federation|static_host_user|okta\.user_sync|user_group|vnet_config|sigstore_policy|client_ip_restriction|discovery_config|app_auth_config)\.(?:create|update|delete)/,
      'policy_change',
    ],
    [
      /^(?:session|db\.session|app\.session|windows\.desktop|desktop|kube\.request|git\.|mcp\.session|sftp|scp|port|x11|aws|resize|print)/,
      'session_use',
    ],
    [/_token\.create$/, 'api_key'],
  ],
);

/** What an event without a telling name is, by its code: old servers call all events of devices `device`. */
const BY_CODE: Readonly<Record<string, Activity>> = wordTable({
  TV001I: 'device_register',
  TV003I: 'device_register',
  TV004I: 'device_register',
  TV005I: 'device_register',
  TV006I: 'session_use',
  TV008I: 'token_issue',
  TV009I: 'session_use',
});

/** @param name of the event @param code e.g. `T1000I` */
export function teleportActivity(name: string, code: string | undefined): Activity {
  return name === 'device' && code !== undefined ? (BY_CODE[code] ?? 'other') : byName(name);
}
