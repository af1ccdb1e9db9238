import type { Activity, EventStatus } from '../../event/index.js';
import { parseTime } from '../../event/time.js';
import type { Mapped, MappedPrincipal, Mapper, Raw, SourceKeys } from '../mapped.js';
import { cleanAction, detail, id, isAddress, list, object, text } from '../record.js';
import { samePrincipal } from '../same-principal.js';
import { ACTS_ON_PEOPLE, actionTable, effectOf } from './action-table.js';

const KEYS: readonly SourceKeys[] = [
  {
    product: 'audit',
    title: 'PingOne audit activities',
    session: [{ paths: ['internalCorrelation.sessionId'], confidence: 'medium', note: 'in webhooks only' }],
    address: ['source.ipAddress'],
    user_agent: ['source.userAgent'],
    note: 'The list of activities names neither address nor session; webhooks do where the act came from a browser.',
  },
];

const activityOf = actionTable(
  {
    sign_in: [
      ...['FLOW.UPDATED', 'SESSION.CREATED', 'PASSWORD.CHECK_SUCCEEDED', 'PASSWORD.CHECK_FAILED', 'USER.LOCKED', 'PASSWORD.LOCKED'],
      ...['RADIUS_SESSION.CREATED', 'USER.KERBEROS_SUCCEEDED', 'USER.KERBEROS_FAILED'],
    ],
    token_issue: ['TOKEN.CREATED', 'TOKEN.EXCHANGED', 'ACCESS_TOKEN.CREATED'],
    session_use: ['SESSION.UPDATED', 'USER.ACCESS_ALLOWED', 'USER.ACCESS_DENIED', 'USER.SLO_REQUESTED', 'KEY.READ', 'CERTIFICATE.READ'],
    sign_out: ['USER.SLO_SUCCEEDED', 'USER.SLO_SUCCESS', 'USER.SLO_PARTIAL_LOGOUT', 'USER.SLO_FAILURE', 'SESSION.SIGNED_OFF'],
    session_revoke: [
      'SESSION.DELETED',
      'SESSIONS.DELETED',
      'USER.DELETED',
      'USER.DISABLED',
      'ACCESS_TOKEN.REVOKED',
      'REFRESH_TOKEN.REVOKED',
    ],
    credential_change: [
      ...['LINKED_ACCOUNT.CREATED', 'ACCOUNT.LINKED', 'ACCOUNT.LINK_UPDATED'],
      ...['PASSWORD.UPDATED', 'PASSWORD.SET', 'PASSWORD.FORCED_CHANGE', 'PASSWORD.FORCE_CHANGE'],
    ],
    recovery: ['PASSWORD.RESET', 'PASSWORD.RECOVERED', 'PASSWORD.RECOVERY', 'ONE_TIME_PASSCODE.ADMIN_CREATED'],
    mfa_change: [
      ...['USER.MFA_ENABLED', 'USER.MFA_DISABLED', 'USER.MFA_BYPASSED', 'DEVICE.WEBAUTHN_UPDATED'],
      ...['DEVICE.ACTIVATION_FAILED', 'DEVICE.ACTIVATION_OTP_FAILED', 'DEVICE.ACTIVATION_OTP_INVALID'],
    ],
    oauth_consent: [
      'GRANT.CREATED',
      'GRANT.UPDATED',
      'APPLICATION.CREATED',
      'USER_CONSENT.CREATED',
      'OAUTH_CONSENT.CREATED',
      'OAUTH_CONSENT.ACCEPTED',
      'OAUTH_CONSENT.UPDATED',
    ],
    app_credential: [
      'SECRET.UPDATED',
      'SECRET.CREATED',
      'SECRET.ROTATED',
      'SECRET.READ',
      'APPLICATION_SECRET.UPDATED',
      'PUSH_CREDENTIALS.CREATED',
      'PUSH_CREDENTIALS.UPDATED',
      'KEY.CREATED',
      'CERTIFICATE.CREATED',
    ],
    api_key: ['GATEWAY_CREDENTIAL.CREATED', 'API_KEY.CREATED'],
    role_grant: ['ROLE_ASSIGNMENT.CREATED', 'ROLE_ASSIGNMENT.UPDATED'],
    // what happens is sent on to an address
    policy_change: [
      'SUBSCRIPTION.CREATED',
      'APPLICATION.UPDATED',
      'ENVIRONMENT.UPDATED',
      'MFA_SETTINGS.UPDATED',
      'ORGANIZATION.UPDATED',
      'ADMIN_CONFIGURATION.UPDATED',
      'ROLE.CREATED',
      'ROLE.UPDATED',
      'ROLE.DELETED',
    ],
    data_export: ['REPORT.CREATED', 'REPORT.EXPORTED', 'AUDIT.EXPORTED'],
    audit_tamper: ['SUBSCRIPTION.DELETED', 'SUBSCRIPTION.UPDATED', 'ALERT_CHANNEL.DELETED', 'ALERT_CHANNEL.UPDATED'],
    vendor_risk: ['RISK_EVALUATION.CREATED', 'RISK_EVALUATION.UPDATED', 'DEVICE.FRAUD_REPORTED'],
    other: [
      'USER.CREATED',
      'USER.UPDATED',
      'USER.UNLOCKED',
      'PASSWORD.UNLOCKED',
      'GROUP.UPDATED',
      'MEMBER_OF_GROUP.CREATED',
      // a sign-on has begun: nobody has shown anything yet
      'FLOW.CREATED',
      'FLOW.DELETED',
      // a credential in a wallet opens nothing here
      'PROVISION_CREDENTIAL.CREATED',
      'BRANDING_SETTINGS.UPDATED',
    ],
  },
  [
    [/EXPORT(?:ED)?(?:\.|$)/, 'data_export'],
    // what was carried over, or was not: nobody changed how
    [/^PROVISIONING_\w*(?:SYNC|POLL)\./, 'other'],
    [/^(?:AUTHENTICATION|DEVICE_AUTHENTICATION)\.(?:CREATED|UPDATED)$/, 'sign_in'],
    [
      /^(?:OTP|MFA|PASSWORD|ONE_TIME_PASSCODE|AUTHENTICATION\w*|ASSERTION|MAGIC_LINK|DEVICE_PAYLOAD)\.(?:CHECK|SUCCEEDED|FAILED|INVALID|COMPLETED)/,
      'sign_in',
    ],
    [
      /^(?:DEVICE|MFA_DEVICE|PAIRING\w*|FIDO\w*_DEVICE|MFA_USER\w*|MFA_ENABLED|USER_MFA_ENABLED)\.(?:CREATED|ACTIVATED|DELETED|UPDATED|BLOCKED|UNBLOCKED|PAIRED|UNPAIRED|LOCKED|UNLOCKED)/,
      'mfa_change',
    ],
    [/^PASSWORD\.(?:RESET|RECOVER)/, 'recovery'],
    [/^PASSWORD\./, 'credential_change'],
    [/^(?:TOKEN|ACCESS_TOKEN|REFRESH_TOKEN|AUTHORIZATION_CODE)\.(?:CREATED|ISSUED|REFRESHED)/, 'token_issue'],
    [/REUSE|COMPROMISED|BREACH/, 'vendor_risk'],
    [/^(?:SECRET|\w*CREDENTIAL|CLIENT_SECRET|KEY|CERTIFICATE)\.(?:CREATED|UPDATED|ROTATED)/, 'app_credential'],
    [
      /^\w*(?:POLICY|POLICY_SET|IDENTITY_PROVIDER|PREDICTOR|AUTHORIZE_\w+|MFA_SETTINGS|AGREEMENT|TRUSTED_\w+|DOMAIN|SETTINGS|SIGN_ON\w*)\./,
      'policy_change',
    ],
    [
      /^ACTION\.|^PROVISIONING_|^RISK_|^(?:IDP|SAML)_ATTRIBUTE\.|^FLOW_(?:DEFINITION|POLICY_ASSIGNMENT)\.|^KRP\.|^GATEWAY\w*\.|^(?:CUSTOM_)?(?:ADMIN_)?ROLE\.|^CUSTOM_ADMIN_ROLE|^PERMISSION\./,
      'policy_change',
    ],
    // what a token may reach and says, flows that are run at a sign-on, and environments
    [/^(?:RESOURCE\w*|SCOPE|ENVIRONMENT|DAVINCI_\w+|ALERT_CHANNEL)\.(?:CREATED|UPDATED|DELETED|PROMOTED|DEPLOYED)$/, 'policy_change'],
    [/IMPERSONAT/, 'impersonation'],
  ],
);

/** Audit activities of PingOne. @param account used where a record names no environment */
export function createPingoneMapper(account = 'default'): Mapper {
  return {
    vendor: 'pingone',
    keys: KEYS,
    recognises: (record) => {
      if (record['recordedAt'] === undefined) return false;
      const action = record['action'];
      return typeof action === 'object' && action !== null && typeof (action as Raw)['type'] === 'string';
    },
    map: (record) => [mapActivity(record, account)],
  };
}

function mapActivity(record: Raw, account: string): Mapped {
  const actors = object(record['actors']) ?? {};
  const user = object(actors['user']);
  const client = object(actors['client']);
  const result = object(record['result']) ?? {};
  const source = object(record['source']) ?? {};
  const resources = list(record['resources']) as readonly (Raw | null)[];
  const action = cleanAction(text(object(record['action'])?.['type']) ?? 'unknown');
  const description = text(result['description']);
  const status = statusOf(action, text(result['status']), description);
  const first = activityOf(action);
  const principal = principalOf(first, user, client, resources);
  const targets = targetsOf(resources, principal);
  const activity = refine(first, action, targets !== undefined);
  const environment = environmentOf(user) ?? environmentOf(client) ?? environmentOf(resources[0] ?? undefined) ?? account;
  const session = id(object(record['internalCorrelation'])?.['sessionId']);
  const ip = text(source['ipAddress']);
  const clientUid = id(client?.['id']);
  return {
    vendor: 'pingone',
    product: 'audit',
    account: environment,
    id: id(record['id']),
    time: parseTime(record['recordedAt']) ?? parseTime(record['createdAt']),
    action,
    activity,
    status,
    status_detail: status === 'success' ? undefined : (description ?? text(result['status'])),
    is_presence:
      principal.type === 'human' &&
      status === 'success' &&
      ip !== undefined &&
      text(source['userAgent']) !== undefined &&
      // somebody else`s verdict, or a sign-on in which nobody has shown anything yet
      activity !== 'vendor_risk' &&
      action !== 'FLOW.CREATED',
    principal,
    targets: ACTS_ON_PEOPLE.has(activity) ? targets : undefined,
    session: session === undefined ? undefined : { uid: session, issuer: `pingone:${environment}`, confidence: 'medium' },
    client: clientUid === undefined ? undefined : { uid: clientUid, name: text(client?.['name']) },
    app: appOf(resources),
    details: detailsOf(activity, action, resources),
    correlation_uid: id(record['correlationId']),
    ip,
    user_agent: text(source['userAgent']),
    risk: activity === 'vendor_risk' ? riskOf(action, result) : undefined,
  };
}

function statusOf(action: string, status: string | undefined, description: string | undefined): EventStatus {
  if (status !== undefined && /^FAIL|DENIED|ERROR/i.test(status)) return 'failure';
  // too many wrong answers
  if (/FAILED$|FAILURE$|INVALID$|DENIED$|\.LOCKED$/.test(action)) return 'failure';
  if (status !== undefined && /^(?:PENDING|IN_PROGRESS|INCOMPLETE)/i.test(status)) return 'interrupted';
  if (action === 'FLOW.UPDATED' && description !== undefined && /fail|den(?:y|ied)|cancel/i.test(description)) return 'failure';
  return status === undefined ? 'unknown' : 'success';
}

/** Some acts have another meaning where they are done to somebody else, or to something that is no person. */
function refine(activity: Activity, action: string, isDoneToAnother: boolean): Activity {
  if (action === 'PASSWORD.RESET' && !isDoneToAnother) return 'credential_change';
  if ((action === 'PASSWORD.SET' || action === 'PASSWORD.UPDATED') && isDoneToAnother) return 'recovery';
  if (action === 'SESSION.DELETED' && !isDoneToAnother) return 'sign_out';
  // somebody who is not named was deleted: that must not end the sessions of who did it
  if (activity === 'session_revoke' && !isDoneToAnother) return 'other';
  return activity;
}

function environmentOf(holder: Raw | undefined): string | undefined {
  return id(object(holder?.['environment'])?.['id']);
}

function person(value: Raw): MappedPrincipal {
  const name = text(value['name']);
  return { type: 'human', uid: id(value['id']), email: name !== undefined && isAddress(name) ? name : undefined, name };
}

function principalOf(
  activity: Activity,
  user: Raw | undefined,
  client: Raw | undefined,
  resources: readonly (Raw | null)[],
): MappedPrincipal {
  if (user !== undefined) return person(user);
  // nobody is named where a person signs in: they are what it was done to
  if (activity === 'sign_in' || activity === 'token_issue' || activity === 'session_use' || activity === 'vendor_risk') {
    const subject = resources.find((one) => one?.['type'] === 'USER');
    if (subject !== undefined && subject !== null) return person(subject);
  }
  if (client !== undefined) return { type: 'service', uid: id(client['id']), name: text(client['name']) };
  return { type: 'system', name: 'pingone' };
}

function targetsOf(resources: readonly (Raw | null)[], actor: MappedPrincipal): MappedPrincipal[] | undefined {
  let found: MappedPrincipal[] | undefined;
  for (const resource of resources) {
    if (resource?.['type'] !== 'USER') continue;
    const target = person(resource);
    if (target.uid === undefined || samePrincipal(target, actor)) continue;
    if (found === undefined) found = [target];
    else found.push(target);
  }
  return found;
}

function appOf(resources: readonly (Raw | null)[]): Mapped['app'] {
  const app = resources.find((one) => one?.['type'] === 'APPLICATION');
  return app === undefined || app === null ? undefined : { uid: id(app['id']), name: text(app['name']) };
}

function riskOf(action: string, result: Raw): Mapped['risk'] {
  // the person says that it was not them who asked for their factor
  if (action === 'DEVICE.FRAUD_REPORTED') return { level: 'high', reasons: [action] };
  const said = text(result['description']);
  const level = said === undefined ? undefined : /\b(LOW|MEDIUM|HIGH)\b/i.exec(said.slice(0, 300))?.[1];
  return { level: level?.toLowerCase() ?? 'unknown', reasons: said === undefined ? [] : [said] };
}

function detailsOf(activity: Activity, action: string, resources: readonly (Raw | null)[]): Mapped['details'] {
  const resource = resources.find((one) => one?.['type'] !== 'USER') ?? undefined;
  const name = text(resource?.['name']);
  switch (activity) {
    case 'policy_change':
      return detail(detail(detail(undefined, 'policy', name), 'kind', policyKind(action)), 'effect', effectOf(action));
    case 'role_grant':
      return detail(detail(undefined, 'role', name), 'is_privileged', name !== undefined && /admin|owner/i.test(name) ? 'true' : undefined);
    case 'oauth_consent': {
      const app = appOf(resources);
      return detail(detail(undefined, 'app', app?.name), 'app_uid', app?.uid);
    }
    case 'app_credential': {
      const kind = detail(undefined, 'kind', /CERT|KEY/.test(action) ? 'certificate' : 'secret');
      const app = appOf(resources);
      // the secret of an application has no id of its own
      if (app !== undefined) return detail(detail(kind, 'app', app.name), 'app_uid', app.uid);
      return detail(detail(kind, 'key_uid', id(resource?.['id'])), 'key_name', name);
    }
    case 'api_key':
      return detail(detail(undefined, 'effect', effectOf(action)), 'key_name', name);
    case 'mfa_change':
      return detail(
        undefined,
        'change',
        /DELETED|UNPAIRED|DISABLED/.test(action) ? 'removed' : /CREATED|ACTIVAT|PAIRED|ENABLED/.test(action) ? 'added' : 'changed',
      );
    case 'recovery':
      return detail(undefined, 'change', 'password');
    case 'audit_tamper':
      return detail(detail(undefined, 'kind', 'log_stream'), 'effect', effectOf(action));
    default:
      return undefined;
  }
}

function policyKind(action: string): string | undefined {
  if (action.startsWith('SUBSCRIPTION')) return 'webhook';
  if (/^IDENTITY_PROVIDER|^IDP_/.test(action)) return 'idp';
  if (/MFA|FIDO/.test(action)) return 'mfa';
  if (action.startsWith('RISK')) return 'risk';
  if (action.startsWith('AUTHORIZE')) return 'authorization';
  if (action.startsWith('PROVISIONING')) return 'provisioning';
  if (/^(?:POLICY|ACTION|SIGN_ON|FLOW_|DAVINCI_FLOW)/.test(action)) return 'sign_on';
  return action.startsWith('ROLE') ? 'role' : undefined;
}
