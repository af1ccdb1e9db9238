import type { Activity } from '../../../event/index.js';
import { wordTable } from '../../../event/word-table.js';
import type { Raw } from '../../mapped.js';
import { clip, detail, id, object, text } from '../../record.js';
import type { PolicyEffect } from '../microsoft/conditional-access.js';
import { isPrivilegedRole } from '../microsoft/privileged-roles.js';

/** What Okta's `debugData` and the outcome say of an act, beside its targets. */
export interface OktaContext {
  action: string;
  activity: Activity;
  debug: Raw;
  /** the reason of the outcome, in words for people */
  reason: string | undefined;
}

/** Targets whose name says more than the event: what was changed, given or made. */
const POLICY_TARGETS = new Set(['PolicyEntity', 'PolicyRule', 'NetworkZone', 'IdentityProvider', 'Zone', 'Authenticator', 'LogStream']);
const NO_APP: ReadonlySet<Activity> = new Set<Activity>(['credential_change', 'recovery', 'mfa_change', 'device_register', 'audit_tamper']);

/** The details of an Okta event. */
export function oktaDetails(context: OktaContext, targets: readonly (Raw | null)[]): Record<string, string> | undefined {
  const { activity } = context;
  let details: Record<string, string> | undefined;
  for (const target of targets) {
    const type = target?.['type'];
    if (target === null || target === undefined || typeof type !== 'string') continue;
    if (type === 'AppInstance') {
      if (!NO_APP.has(activity)) {
        details = detail(details, 'app', text(target['displayName']));
        details = detail(details, 'app_uid', id(target['id']));
      }
    } else if (type === 'UserGroup') {
      if (activity === 'role_grant' || activity === 'other') details = detail(details, 'group', text(target['displayName']));
    } else if (type === 'Token') {
      if (activity === 'api_key' || activity === 'other') {
        details = detail(details, 'key_uid', id(target['id']));
        details = detail(details, 'key_name', text(target['displayName']));
      }
    } else if (type === 'UDDevice') {
      if (activity === 'device_register') {
        details = detail(details, 'device_uid', id(object(target['detailEntry'])?.['oktaDeviceId']) ?? id(target['id']));
        details = detail(details, 'device_name', text(target['displayName']));
      }
    } else if (POLICY_TARGETS.has(type)) {
      if (activity === 'policy_change' || activity === 'audit_tamper' || activity === 'sign_in') {
        details = detail(details, 'policy', details?.['policy'] ?? text(target['displayName']));
      }
    }
  }
  return withAct(details, context, targets);
}

/** Acts that show a password or another secret that is kept. */
const SHOWS: ReadonlySet<string> = new Set(['show_password', 'reveal']);

/** What the kind of act needs to be weighed. */
function withAct(
  details: Record<string, string> | undefined,
  { action, activity, debug, reason }: OktaContext,
  targets: readonly (Raw | null)[],
): Record<string, string> | undefined {
  switch (activity) {
    case 'role_grant': {
      const role = text(debug['privilegeGranted']) ?? roleIn(targets);
      const isPrivileged = isPrivilegedRole(undefined, role);
      return detail(detail(details, 'role', role), 'is_privileged', isPrivileged ? 'true' : undefined);
    }
    case 'mfa_change':
      return detail(detail(details, 'change', FACTOR_CHANGES[last(action)]), 'factor', factorOf(debug, reason));
    case 'recovery':
      return detail(detail(details, 'change', recoveryOf(action)), 'factor', text(debug['factor']));
    case 'sign_in':
      return detail(details, 'factor', text(debug['factor']));
    case 'token_issue':
      return detail(details, 'scopes', scopesOf(debug));
    case 'oauth_consent': {
      const found = detail(detail(details, 'scopes', scopesOf(debug)), 'kind', consentKind(action));
      return action === 'app.oauth2.admin.consent.grant' ? detail(detail(found, 'consent_admin', 'true'), 'consent_all', 'true') : found;
    }
    case 'app_credential': {
      const seen = detail(details, 'change', last(action) === 'read_client_secret' ? 'viewed' : undefined);
      return detail(seen, 'kind', action.startsWith('app.keys.') || action.endsWith('csr.publish') ? 'certificate' : 'secret');
    }
    case 'api_key':
      return detail(detail(details, 'kind', 'api_token'), 'effect', effectOf(action));
    case 'policy_change':
      return detail(detail(details, 'kind', policyKind(action, targets)), 'effect', effectOf(action));
    case 'audit_tamper':
      return detail(detail(details, 'kind', action.includes('log_stream') ? 'log_stream' : 'event_hook'), 'effect', effectOf(action));
    case 'impersonation':
      return detail(details, 'change', last(action));
    case 'data_export':
      return detail(details, 'kind', action.startsWith('workflows.') ? 'workflow' : 'report');
    case 'other':
      return details?.['key_uid'] === undefined ? details : detail(detail(details, 'kind', 'api_token'), 'effect', keyEffect(action));
    case 'session_use':
      return detail(details, 'secrets_read', SHOWS.has(last(action)) ? '1' : undefined);
    default:
      return details;
  }
}

/** An app that is given to a person, one that somebody consents to, or one that is made. */
function consentKind(action: string): string {
  if (action === 'application.user_membership.add') return 'app_assignment';
  return action.includes('.consent.') ? 'delegated' : 'app';
}

function recoveryOf(action: string): string {
  if (action.startsWith('user.mfa.')) return 'factors';
  return action.startsWith('device.') ? 'temporary_pass' : 'password';
}

function last(action: string): string {
  return action.slice(action.lastIndexOf('.') + 1);
}

const FACTOR_CHANGES: Readonly<Record<string, string>> = wordTable({
  activate: 'added',
  create: 'added',
  deactivate: 'removed',
  reset_all: 'reset',
  suspend: 'suspended',
  unsuspend: 'resumed',
  update: 'changed',
  attempt_bypass: 'bypassed',
});

/** `User set up SIGNED_NONCE factor`, `User reset FIDO_WEBAUTHN factor`. */
const FACTOR = /\b([A-Z][A-Z0-9_]{2,}) factor\b/;

function factorOf(debug: Raw, reason: string | undefined): string | undefined {
  return text(debug['factor']) ?? (reason === undefined ? undefined : FACTOR.exec(clip(reason, 200))?.[1]);
}

function scopesOf(debug: Raw): string | undefined {
  const scopes = text(debug['grantedScopes']) ?? text(debug['requestedScopes']);
  return scopes?.split(/[\s,]+/).join(' ');
}

/** Custom roles and sets of resources stand among the targets. */
function roleIn(targets: readonly (Raw | null)[]): string | undefined {
  const role = targets.find((target) => /role/i.test(text(target?.['type']) ?? ''));
  return text(role?.['displayName']);
}

/** What became of a token that was not made or changed. */
function keyEffect(action: string): PolicyEffect | undefined {
  const effect = last(action) === 'revoke' ? 'deleted' : effectOf(action);
  return effect === 'changed' ? undefined : effect;
}

const EFFECTS: readonly (readonly [RegExp, PolicyEffect])[] = [
  [/^(create|add)/, 'created'],
  [/^(delete|remove)/, 'deleted'],
  [/^(deactivate|disable)/, 'disabled'],
  [/^(activate|enable)/, 'enabled'],
];

function effectOf(action: string): PolicyEffect {
  const verb = last(action);
  return EFFECTS.find(([pattern]) => pattern.test(verb))?.[1] ?? 'changed';
}

/** What a setting is about, by how its event type starts. */
const POLICY_KINDS: readonly (readonly [string, string])[] = [
  ['system.idp.', 'idp'],
  ['application.policy.sign_on.', 'sign_on'],
  ['zone.', 'zone'],
  ['network_zone.', 'zone'],
  ['system.mfa.', 'mfa'],
  ['security.authenticator.', 'mfa'],
  ['security.trusted_origin.', 'trusted_origin'],
  ['device.assurance.', 'device'],
  ['application.', 'app'],
  ['iam.policy.', 'authorization'],
  ['iam.', 'role'],
  ['event_hook.', 'webhook'],
  ['inline_hook.', 'webhook'],
  ['oauth2.', 'token'],
  ['system.log_stream.', 'audit'],
  ['system.agent.', 'directory_sync'],
  ['system.feature.', 'feature'],
  ['security.', 'threat_protection'],
];

/** Types of policies as their targets say them: `OktaSignOn`, `Okta:SignOn`, `MFA_ENROLL`, `PASSWORD`, `OAuthAuthzPolicy`, ... */
const POLICY_TYPES: readonly (readonly [RegExp, string])[] = [
  [/password/i, 'password'],
  [/oauth/i, 'token'],
  [/mfa|authenticator/i, 'mfa'],
  [/idp/i, 'idp'],
  [/sign_?on|access|session/i, 'sign_on'],
];

function policyKind(action: string, targets: readonly (Raw | null)[]): string {
  const kind = POLICY_KINDS.find(([start]) => action.startsWith(start))?.[1];
  if (kind !== undefined) return kind;
  for (const target of targets) {
    const type = text(object(target?.['detailEntry'])?.['policyType']);
    const known = type === undefined ? undefined : POLICY_TYPES.find(([pattern]) => pattern.test(type))?.[1];
    if (known !== undefined) return known;
  }
  return 'policy';
}
