import { readFileSync } from 'node:fs';
import { loadReach } from '../../../src/config/reach.js';
import { readRules } from '../../../src/config/rules.js';
import { createDetect, DETECTORS } from '../../../src/core/detect/index.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import { createIdentityTable } from '../../../src/core/identity/table.js';
import { createMapper, createNormalize } from '../../../src/core/normalize/index.js';
import { VENDORS, type Vendor } from '../../../src/core/normalize/sources/index.js';
import { planOf } from '../../../src/core/respond/plan.js';
import { credentialOf, useOf } from '../../../src/core/state/usage.js';
import { bareRule } from '../../helpers/rules.js';
import { bytes, FIXTURES, fixture } from '../normalize/fixtures.js';

const T0 = Date.parse('2026-03-02T08:00:00Z');
const MINUTE = 60_000;

const enricher = {
  versions: { geo: 'g', networks: 'n' },
  endpoint: (ip: string) => ({ ip, class: 'public' as const, prefix: ip.split('.').slice(0, 3).join('.'), as_class: 'hosting' as const }),
  userAgent: (original: string) => ({ original, kind: 'library' as const, family: 'curl' }),
  client: () => undefined,
  isAdminClient: () => false,
};

type Raw = Record<string, unknown>;
type Told = (time: number) => Raw;

/** The records of one credential: of its use and of what takes it away, and gives it back, as the vendor writes them. */
interface Case {
  vendor: Vendor;
  name: string;
  use: Told;
  end: Told;
  /** the same end, of another credential */
  other: Told;
  begin?: Told;
}

const iso = (time: number) => new Date(time).toISOString();
const IP = '20.1.6.20';

const github = (more: Raw): Told => {
  return (time) => ({ _document_id: `${time}`, '@timestamp': time, created_at: time, business: 'fjord-inc', org: 'fjord', ...more });
};
const TOKEN = { hashed_token: 'q2lKx0PpW8c3m5v9YtB1aN7sD4fG6hJ0kL2zX4cV8bM=', token_id: 3300112 };
const clone = {
  action: 'git.clone',
  actor: 'ana-lind',
  actor_ip: IP,
  programmatic_access_type: 'Fine-grained personal access token',
  repo: 'fjord/harbour',
};
const ofToken = (action: string, more: Raw): Told =>
  github({ action, actor: 'tom-okafor', user: 'ana-lind', actor_ip: '203.0.113.9', ...more });

const aws = (eventName: string, eventSource: string, requestParameters: Raw | undefined, userIdentity: Raw): Told => {
  return (time) => ({
    eventVersion: '1.09',
    eventID: `e-${time}`,
    eventTime: iso(time),
    eventName,
    eventSource,
    awsRegion: 'eu-north-1',
    recipientAccountId: '111122223333',
    sourceIPAddress: IP,
    userAgent: 'aws-cli/2.15.30',
    requestParameters,
    userIdentity,
  });
};
const iam = (name: string, accessKeyId: string | undefined): Raw => ({
  type: 'IAMUser',
  principalId: `AIDA${name.toUpperCase()}`,
  arn: `arn:aws:iam::111122223333:user/${name}`,
  accountId: '111122223333',
  userName: name,
  accessKeyId,
});
const KEY = 'AKIAIOSFODNN7EXAMPLE';
const OTHER_KEY = 'AKIAI44QH8DHBEXAMPLE';
const admins = (eventName: string, parameters: Raw) => aws(eventName, 'iam.amazonaws.com', parameters, iam('admin', 'AKIAADMIN'));
const uses = aws('ListBuckets', 's3.amazonaws.com', undefined, iam('ci', KEY));

const DIRECTORY = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const APP = '2a3b4c5d-6e7f-4081-92a3-b4c5d6e7f809';
const APP_OBJECT = '9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d';
const SERVICE = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';
const SECRET = '59eaeebc-8a6b-44a6-9f24-7d55e64420c9';
const OTHER_SECRET = '11b49e19-2326-4be6-93cb-7f37439bbd81';
const entraSignIn: Told = (time) => ({
  time: iso(time),
  category: 'ServicePrincipalSignInLogs',
  tenantId: DIRECTORY,
  operationName: 'Sign-in activity',
  resultType: '0',
  properties: {
    id: `s-${time}`,
    createdDateTime: iso(time),
    servicePrincipalId: SERVICE,
    servicePrincipalName: 'nightly',
    appId: APP,
    ipAddress: IP,
    uniqueTokenIdentifier: `u${time}`,
    servicePrincipalCredentialKeyId: SECRET.toUpperCase(),
    status: { errorCode: 0 },
  },
});
const listed = (uids: readonly string[]) =>
  JSON.stringify(uids.map((uid) => `[KeyIdentifier=${uid},KeyType=Password,KeyUsage=Verify,DisplayName=nightly]`));
const entraAudit = (
  operation: string,
  target: Raw,
  before: readonly string[],
  after: readonly string[],
  extra: readonly Raw[] = [],
): Told => {
  return (time) => ({
    time: iso(time),
    category: 'AuditLogs',
    tenantId: DIRECTORY,
    operationName: operation,
    properties: {
      id: `d-${time}`,
      activityDateTime: iso(time),
      activityDisplayName: operation,
      result: 'success',
      initiatedBy: { user: { id: '0c0ffee0-1111-4222-8333-444455556666', userPrincipalName: 'admin@fjord.example' } },
      additionalDetails: extra,
      targetResources: [
        { ...target, modifiedProperties: [{ displayName: 'KeyDescription', oldValue: listed(before), newValue: listed(after) }] },
      ],
    },
  });
};
const APPLICATION = { id: APP_OBJECT, type: 'Application', displayName: 'nightly' };
const UPDATE = 'Update application – Certificates and secrets management ';
const APP_ID = [{ key: 'AppId', value: APP }];
const m365Audit: (removed: string) => Told = (removed) => (time) => ({
  Id: `m-${time}`,
  CreationTime: iso(time).slice(0, 19),
  RecordType: 8,
  Operation: 'Remove service principal credentials.',
  ResultStatus: 'Success',
  OrganizationId: DIRECTORY,
  Workload: 'AzureActiveDirectory',
  UserId: 'admin@fjord.example',
  UserKey: '10032000AAAABBBB@fjord.example',
  UserType: 0,
  Actor: [{ ID: 'admin@fjord.example', Type: 5 }],
  Target: [
    { ID: `ServicePrincipal_${SERVICE}`, Type: 2 },
    { ID: SERVICE, Type: 2 },
    { ID: 'nightly', Type: 1 },
  ],
  ModifiedProperties: [{ Name: 'KeyDescription', OldValue: listed([removed]), NewValue: '[]' }],
});

const okta = (eventType: string, actor: string, more: Raw): Told => {
  return (time) => ({
    uuid: `o-${time}`,
    published: iso(time),
    eventType,
    actor: { id: `00u${actor}`, type: 'User', alternateId: `${actor}@fjord.example`, displayName: actor },
    client: { ipAddress: IP, userAgent: { rawUserAgent: 'curl/8.5.0' } },
    outcome: { result: 'SUCCESS' },
    authenticationContext: {},
    ...more,
  });
};
const oktaToken = (id: string) => ({ id, type: 'Token', displayName: 'nightly' });
const OKTA_OWNER = { id: '00uana', type: 'User', alternateId: 'ana@fjord.example', displayName: 'ana' };

const ROBOT = 'robot@fjord.iam.gserviceaccount.com';
const gcp = (project: string, methodName: string, principalEmail: string, more: Raw): Told => {
  return (time) => ({
    insertId: `g-${time}`,
    timestamp: iso(time),
    logName: `projects/${project}/logs/cloudaudit.googleapis.com%2Factivity`,
    resource: { type: 'service_account', labels: { project_id: project } },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName: methodName.startsWith('google.iam') ? 'iam.googleapis.com' : 'storage.googleapis.com',
      methodName,
      authenticationInfo: { principalEmail, ...(more['key'] === undefined ? {} : { serviceAccountKeyName: more['key'] }) },
      requestMetadata: { callerIp: IP, callerSuppliedUserAgent: 'gcloud' },
      ...more,
    },
  });
};
const gcpKey = (id: string) => `projects/fjord/serviceAccounts/${ROBOT}/keys/${id}`;
const gcpAdmin = (verb: string, id: string) =>
  gcp('fjord', `google.iam.admin.v1.${verb}ServiceAccountKey`, 'admin@fjord.example', {
    request: { name: gcpKey(id) },
    resourceName: gcpKey(id),
  });

const google = (name: string, client: string): Told => {
  return (time) => ({
    kind: 'admin#reports#activity',
    id: { time: iso(time), uniqueQualifier: `${time}`, applicationName: 'token', customerId: 'C01' },
    actor: { email: 'ana@fjord.example', profileId: '1002' },
    ipAddress: IP,
    events: [
      {
        type: 'auth',
        name,
        parameters: [
          { name: 'client_id', value: client },
          { name: 'app_name', value: 'Notes' },
        ],
      },
    ],
  });
};

const gitlabUse: Told = (time) => ({
  time: iso(time),
  severity: 'INFO',
  status: 200,
  method: 'GET',
  path: '/api/v4/projects',
  route: '/api/:version/projects',
  remote_ip: IP,
  ua: 'curl/8.4.0',
  user_id: 7,
  username: 'ana',
  token_type: 'PersonalAccessToken',
  token_id: 42,
  correlation_id: `c${time}`,
});
const gitlabEnd: (id: number) => Told = (id) => (time) => ({
  id: time,
  created_at: iso(time),
  author_id: 1,
  author_name: 'root',
  entity_id: 7,
  entity_type: 'User',
  event_type: 'personal_access_token_revoked',
  ip_address: '203.0.113.9',
  target_id: 7,
  target_type: 'User',
  target_details: 'ana',
  details: {
    author_name: 'root',
    target_id: 7,
    target_type: 'User',
    target_details: 'ana',
    custom_message: `Revoked personal access token with id ${id}`,
  },
});

const anthropic = (type: string, actor: Raw, more: Raw = {}): Told => {
  return (time) => ({ id: `a-${time}`, created_at: iso(time), organization_id: 'org_1', type, actor, ...more });
};
const APIKEY = { type: 'api_actor', api_key_id: 'apikey_01', ip_address: IP, user_agent: 'curl/8.5.0' };
const ANTHROPIC_ADMIN = { type: 'user_actor', user_id: 'user_9', email_address: 'admin@fjord.example', ip_address: '203.0.113.9' };

const cloudflare = (ActionType: string, resource: Raw, token: string | undefined): Told => {
  return (time) => ({
    ID: `f-${time}`,
    AuditLogID: `f-${time}`,
    AccountID: 'acc1',
    ActionTimestamp: iso(time),
    ActionType,
    ActionResult: 'success',
    ActorContext: token === undefined ? 'dash' : 'api_token',
    ActorEmail: 'ana@fjord.example',
    ActorID: 'u1',
    ActorIPAddress: IP,
    ActorTokenID: token ?? '',
    ActorType: 'user',
    ...resource,
  });
};

const CASES: readonly Case[] = [
  {
    vendor: 'github',
    name: 'a fine-grained token, which its end names by number',
    use: github({ ...clone, ...TOKEN }),
    end: ofToken('personal_access_token.access_revoked', { user_programmatic_access_id: TOKEN.token_id }),
    other: ofToken('personal_access_token.access_revoked', { user_programmatic_access_id: 3300113 }),
    begin: ofToken('personal_access_token.access_granted', { user_programmatic_access_id: TOKEN.token_id }),
  },
  {
    vendor: 'github',
    name: 'a token whose use shows its hash alone, and whose end shows both',
    use: github({ ...clone, hashed_token: TOKEN.hashed_token }),
    end: ofToken('oauth_access.destroy', TOKEN),
    other: ofToken('oauth_access.destroy', { hashed_token: 'Zz8Ll9Kk0Jj1Hh2Gg3Ff4Dd5SMm2Nn3Bb4Vv5Cc6Xx7=', token_id: 3300113 }),
  },
  {
    vendor: 'github',
    name: 'a token that its owner destroys',
    use: github({ ...clone, ...TOKEN }),
    end: github({
      action: 'personal_access_token.destroy',
      actor: 'ana-lind',
      user: 'ana-lind',
      actor_ip: '203.0.113.9',
      token_id: TOKEN.token_id,
    }),
    other: github({
      action: 'personal_access_token.destroy',
      actor: 'ana-lind',
      user: 'ana-lind',
      actor_ip: '203.0.113.9',
      token_id: 3300113,
    }),
  },
  {
    vendor: 'github',
    name: 'a token that may no longer be shown behind single sign-on',
    use: github({ ...clone, ...TOKEN }),
    end: ofToken('org_credential_authorization.revoke', TOKEN),
    other: ofToken('org_credential_authorization.revoke', { token_id: 3300113 }),
    begin: ofToken('org_credential_authorization.grant', TOKEN),
  },
  {
    vendor: 'aws',
    name: 'an access key that is switched off',
    use: uses,
    end: admins('UpdateAccessKey', { accessKeyId: KEY, userName: 'ci', status: 'Inactive' }),
    other: admins('UpdateAccessKey', { accessKeyId: OTHER_KEY, userName: 'ci', status: 'Inactive' }),
    begin: admins('UpdateAccessKey', { accessKeyId: KEY, userName: 'ci', status: 'Active' }),
  },
  {
    vendor: 'aws',
    name: 'an access key that is deleted',
    use: uses,
    end: admins('DeleteAccessKey', { accessKeyId: KEY, userName: 'ci' }),
    other: admins('DeleteAccessKey', { accessKeyId: OTHER_KEY, userName: 'ci' }),
  },
  {
    vendor: 'aws',
    name: 'an access key that switches itself off, without a name for whose it is',
    use: uses,
    end: aws('UpdateAccessKey', 'iam.amazonaws.com', { accessKeyId: KEY, status: 'Inactive' }, iam('ci', KEY)),
    other: aws('UpdateAccessKey', 'iam.amazonaws.com', { accessKeyId: OTHER_KEY, status: 'Inactive' }, iam('ci', KEY)),
  },
  {
    vendor: 'entra',
    name: 'a secret of an application, which has another id in the directory than at its sign-ins',
    use: entraSignIn,
    end: entraAudit(UPDATE, APPLICATION, [SECRET, OTHER_SECRET], [OTHER_SECRET], APP_ID),
    other: entraAudit(UPDATE, APPLICATION, [SECRET, OTHER_SECRET], [SECRET], APP_ID),
    begin: entraAudit(UPDATE, APPLICATION, [OTHER_SECRET], [OTHER_SECRET, SECRET], APP_ID),
  },
  {
    vendor: 'entra',
    name: 'a secret that the same act put another in the place of',
    use: entraSignIn,
    end: entraAudit(UPDATE, APPLICATION, [SECRET], [OTHER_SECRET], APP_ID),
    other: entraAudit(UPDATE, APPLICATION, [SECRET], [SECRET, OTHER_SECRET], APP_ID),
  },
  {
    vendor: 'entra',
    name: 'a secret of a service principal',
    use: entraSignIn,
    end: entraAudit(
      'Remove service principal credentials',
      { id: SERVICE, type: 'ServicePrincipal', displayName: 'nightly' },
      [SECRET],
      [],
    ),
    other: entraAudit(
      'Remove service principal credentials',
      { id: SERVICE, type: 'ServicePrincipal', displayName: 'nightly' },
      [OTHER_SECRET],
      [],
    ),
    begin: entraAudit('Add service principal credentials', { id: SERVICE, type: 'ServicePrincipal', displayName: 'nightly' }, [], [SECRET]),
  },
  {
    vendor: 'm365',
    name: 'a secret whose end is told in the Unified Audit Log',
    use: entraSignIn,
    end: m365Audit(SECRET),
    other: m365Audit(OTHER_SECRET),
  },
  {
    vendor: 'okta',
    name: 'an API token that its owner revokes',
    use: okta('user.lifecycle.create', 'ana', { transaction: { id: 't', type: 'WEB', detail: { requestApiTokenId: '00Tabc' } } }),
    end: okta('system.api_token.revoke', 'ana', { target: [oktaToken('00Tabc')] }),
    other: okta('system.api_token.revoke', 'ana', { target: [oktaToken('00Txyz')] }),
    begin: okta('system.api_token.enable', 'ana', { target: [oktaToken('00Tabc')] }),
  },
  {
    vendor: 'okta',
    name: 'an API token that somebody else revokes, where the event names its owner',
    use: okta('user.lifecycle.create', 'ana', { transaction: { id: 't', type: 'WEB', detail: { requestApiTokenId: '00Tabc' } } }),
    end: okta('system.api_token.revoke', 'tom', { target: [oktaToken('00Tabc'), OKTA_OWNER] }),
    other: okta('system.api_token.revoke', 'tom', { target: [oktaToken('00Txyz'), OKTA_OWNER] }),
  },
  {
    vendor: 'gcp',
    name: 'a key of a service account, used in another project than the one that owns it',
    use: gcp('harbour', 'storage.objects.list', ROBOT, { key: `//iam.googleapis.com/${gcpKey('0a1b')}` }),
    end: gcpAdmin('Delete', '0a1b'),
    other: gcpAdmin('Delete', '0c2d'),
    begin: gcpAdmin('Enable', '0a1b'),
  },
  {
    vendor: 'gcp',
    name: 'a key of a service account that is switched off',
    use: gcp('fjord', 'storage.objects.list', ROBOT, { key: `//iam.googleapis.com/${gcpKey('0a1b')}` }),
    end: gcpAdmin('Disable', '0a1b'),
    other: gcpAdmin('Disable', '0c2d'),
  },
  {
    vendor: 'google_workspace',
    name: 'the grant of an app',
    use: google('activity', '64.apps.googleusercontent.com'),
    end: google('revoke', '64.apps.googleusercontent.com'),
    other: google('revoke', '65.apps.googleusercontent.com'),
    begin: google('authorize', '64.apps.googleusercontent.com'),
  },
  {
    vendor: 'gitlab',
    name: 'a personal token, which the audit log names in its message and the log of requests by its number',
    use: gitlabUse,
    end: gitlabEnd(42),
    other: gitlabEnd(43),
  },
  {
    vendor: 'anthropic',
    name: 'an API key',
    use: anthropic('compliance_api_accessed', APIKEY),
    end: anthropic('platform_api_key_deleted', ANTHROPIC_ADMIN, { api_key_id: 'apikey_01' }),
    other: anthropic('platform_api_key_deleted', ANTHROPIC_ADMIN, { api_key_id: 'apikey_02' }),
  },
  {
    vendor: 'cloudflare',
    name: 'an API token',
    use: cloudflare('update', { ResourceType: 'dns_records', ResourceID: 'd1' }, 'c0ffee0011223344'),
    end: cloudflare('delete', { ResourceType: 'user_api_tokens', ResourceID: 'c0ffee0011223344' }, undefined),
    other: cloudflare('delete', { ResourceType: 'user_api_tokens', ResourceID: 'deadbeef00112233' }, undefined),
  },
];

/** Whose logs cannot say it, and why. */
const NEVER: Readonly<Partial<Record<Vendor, string>>> = {
  slack: 'the audit log names no token, neither in uses nor in ends',
  salesforce: 'neither tokens nor the keys of connected apps are logged',
  auth0: 'a machine shows a token of an hour (jti); the secret behind it has no id',
  duo: 'keys of integrations are in no log',
  onelogin: 'uses name the API credential, no event says that it was taken away',
  box: 'the token that is named lives an hour; the app behind it is switched off without an id of the key',
  '1password': 'the end of a service account`s token is logged with its id, its uses are not',
  teleport: 'certificates live for hours and are not taken away one by one: a lock is laid on their owner',
  pingone: 'neither uses nor ends name a credential',
  notion: 'no token is logged',
  asana: 'no token is logged',
  openai: 'uses name the key, but neither address nor client, so there is nothing to judge',
  snowflake: 'a sign-in tells that a token was used and not which; its end names it by name',
  keycloak: 'tokens are of sessions; secrets of clients have no id',
  zoom: 'neither address nor token is logged',
  atlassian: 'no token is logged',
};

const bare = bareRule('use_after_key_end');

function finding(records: readonly Raw[], arrivals: readonly number[], rule: Rule = bare): { findings: Finding[]; events: SessionEvent[] } {
  const identities = createIdentityTable();
  const map = createMapper();
  for (const record of records)
    for (const { mapped } of map(bytes(record)).records) for (const one of mapped) identities.learn('default', one);
  const normalize = createNormalize({ enricher, identities, tenantOf: () => 'default', latestTime: () => T0 + 30 * 24 * 60 * MINUTE });
  const events = records.flatMap((record, n) => {
    const answer = normalize(bytes(record));
    expect(answer.outcome).toBe('events');
    return answer.events.map((event) => ({ ...event, arrival_time: arrivals[n]! }));
  });
  const detect = createDetect([rule], { config_digest: 'test' });
  const latest = new Map<string, Finding>();
  for (const event of events) for (const one of detect.accept(event)) latest.set(one.uid, one);
  return { findings: [...latest.values()].filter(({ status }) => status !== 'retracted'), events };
}

const at = (minutes: number) => T0 + minutes * MINUTE;
/** In the order in which they happened. */
const inOrder = (...records: readonly [Told, number][]) => {
  const times = records.map(([, minutes]) => at(minutes));
  return finding(
    records.map(([told, minutes]) => told(at(minutes))),
    times,
  ).findings;
};

describe.each(CASES.map((one) => [`${one.vendor}: ${one.name}`, one] as const))('%s', (_name, { use, end, other, begin }) => {
  test('is used twenty minutes after its end', () => {
    const found = inOrder([use, 0], [end, 10], [use, 30]);
    expect(found).toMatchObject([{ score: 65, last_seen_time: at(30), factors: [{ name: 'used_after_key_end' }] }]);
  });

  test('and the record of the end comes last', () => {
    const records = [use(at(0)), use(at(30)), end(at(10))];
    const { findings } = finding(records, [at(0), at(30), at(60)]);
    expect(findings).toHaveLength(1);
    expect(findings.map(({ uid }) => uid)).toEqual(inOrder([use, 0], [end, 10], [use, 30]).map(({ uid }) => uid));
  });

  test('is let be when it never ended, when it ended later, and when another one did', () => {
    expect(inOrder([use, 0], [use, 30])).toEqual([]);
    expect(inOrder([use, 0], [use, 30], [end, 40])).toEqual([]);
    expect(inOrder([use, 0], [other, 10], [use, 30])).toEqual([]);
  });

  if (begin !== undefined) {
    test('is let be when it was given back', () => {
      expect(inOrder([use, 0], [end, 10], [begin, 20], [use, 30])).toEqual([]);
    });
  }
});

describe('the command that follows by the shipped rule', () => {
  const { rules } = readRules(['rules/machines'], DETECTORS);
  const { rule } = rules.find((one) => one.rule.uid === 'use-after-key-end')!;
  const reach = loadReach();

  test.each<[Vendor, object, string?]>([
    ['aws', { vendor: 'aws', account: '111122223333', token: KEY }],
    ['gcp', { vendor: 'gcp', token: '0a1b', user: { email: ROBOT } }],
    ['okta', { vendor: 'okta', token: '00Tabc' }],
    ['github', { vendor: 'github', token: TOKEN.hashed_token }],
    ['gitlab', { vendor: 'gitlab', token: '42' }],
    ['entra', { vendor: 'entra', account: DIRECTORY, client_uid: SERVICE }],
    ['m365', { vendor: 'entra', account: DIRECTORY, client_uid: SERVICE }],
    ['anthropic', { vendor: 'anthropic', token: 'apikey_01' }],
    ['cloudflare', { vendor: 'cloudflare', token: 'c0ffee0011223344' }],
    // no credential that could be switched off, but a grant that lives on though it was taken back
    ['google_workspace', { vendor: 'google_workspace', client_uid: expect.stringContaining('apps.googleusercontent') }, 'revoke_grant'],
  ])('%s', (vendor, target, action = 'disable_credential') => {
    for (const { use, end } of CASES.filter((one) => one.vendor === vendor)) {
      const records = [use(at(0)), end(at(10)), use(at(30))];
      const { findings } = finding(records, [at(0), at(10), at(30)], rule);
      const plan = planOf(findings[0]!, reach);
      expect(plan).toMatchObject({ action, target });
    }
  });
});

test('a token that one organisation takes away goes on in another', () => {
  const use = github({ ...clone, ...TOKEN });
  const elsewhere: Told = (time) => ({
    ...ofToken('personal_access_token.access_revoked', TOKEN)(time),
    business: 'other-inc',
    org: 'other',
  });
  // and they are one person, by the organisation's word
  const named =
    (told: Told): Told =>
    (time) => ({ ...told(time), external_identity_nameid: 'ana.lind@fjord.example' });
  expect(inOrder([named(use), 0], [elsewhere, 10], [named(use), 30])).toEqual([]);
  const own: Told = (time) => ({ ...elsewhere(time), actor: 'ana-lind', external_identity_nameid: 'ana.lind@fjord.example' });
  expect(inOrder([named(use), 0], [own, 10], [named(use), 30])).toEqual([]);
  const here: Told = (time) => ({ ...own(time), business: 'fjord-inc', org: 'fjord' });
  expect(inOrder([named(use), 0], [here, 10], [named(use), 30])).toHaveLength(1);
});

test('every source is in the one table or in the other', () => {
  const told = new Set(CASES.map(({ vendor }) => vendor));
  for (const vendor of VENDORS) expect([vendor, told.has(vendor) !== (NEVER[vendor] !== undefined)]).toEqual([vendor, true]);
});

test('docs/detection.md names the same sources', () => {
  const text = readFileSync('docs/detection.md', 'utf8');
  const table = text.slice(text.indexOf('| source | what is seen to end |'));
  const named = table.slice(0, table.indexOf('\n\n')).matchAll(/^\| (`[^|]+) \|/gm);
  const vendors = [...named].flatMap(([, cell]) => [...cell!.matchAll(/`(\w+)`/g)].map(([, vendor]) => vendor));
  expect(vendors.sort()).toEqual([...new Set(CASES.map(({ vendor }) => vendor))].sort());
});

test('no record of a log that cannot say it names a credential that could be judged', () => {
  const normalize = createNormalize({
    enricher,
    identities: createIdentityTable(),
    tenantOf: () => 'default',
    latestTime: () => at(0) + 1e12,
  });
  for (const { vendor, name, input } of FIXTURES) {
    if (NEVER[vendor as Vendor] === undefined) continue;
    for (const event of normalize(bytes(input)).events) {
      const isJudged = useOf(event) !== undefined && credentialOf(event) !== undefined;
      expect([vendor, name, isJudged]).toEqual([vendor, name, false]);
    }
  }
});

describe('what was made with a key at AWS, after the key was taken away', () => {
  const sts = (eventName: string, issued: string, requestParameters: Raw | undefined, identity: Raw) => {
    const told = aws(eventName, 'sts.amazonaws.com', requestParameters, identity);
    return (time: number) => ({ ...told(time), responseElements: { credentials: { accessKeyId: issued, sessionToken: 'hidden' } } });
  };
  const begun = (sessionIssuer: Raw | undefined): Raw => ({
    sessionContext: { sessionIssuer, attributes: { creationDate: iso(at(0)), mfaAuthenticated: 'false' } },
  });
  const end = admins('DeleteAccessKey', { accessKeyId: KEY, userName: 'ci' });
  const other = admins('DeleteAccessKey', { accessKeyId: OTHER_KEY, userName: 'ci' });
  const SESSION = 'ASIAIOSFODNN7EXAMPLE';
  const FEDERATED = 'ASIAI44QH8DHBEXAMPLE';

  const made = sts('GetSessionToken', SESSION, { durationSeconds: 129_600 }, iam('ci', KEY));
  const inSession = aws('ListBuckets', 's3.amazonaws.com', undefined, { ...iam('ci', SESSION), ...begun(undefined) });
  const letIn = sts('GetFederationToken', FEDERATED, { name: 'helper' }, iam('ci', KEY));
  const asHelper = aws(
    'CreateUser',
    'iam.amazonaws.com',
    { userName: 'backup' },
    {
      type: 'FederatedUser',
      principalId: '111122223333:helper',
      arn: 'arn:aws:sts::111122223333:federated-user/helper',
      accountId: '111122223333',
      accessKeyId: FEDERATED,
      ...begun({
        type: 'IAMUser',
        principalId: 'AIDACI',
        arn: 'arn:aws:iam::111122223333:user/ci',
        accountId: '111122223333',
        userName: 'ci',
      }),
    },
  );

  const told = (rule: string, records: readonly (readonly [Told, number, number?])[]) => {
    const raw = records.map(([one, minutes]) => one(at(minutes)));
    const arrivals = records.map(([, minutes, late = minutes]) => at(late));
    return finding(raw, arrivals, bareRule(rule)).findings;
  };

  test.each([
    ['outlived_key', 'a session', made, inSession, 45],
    ['use_after_key_end', 'a federated user', letIn, asHelper, 65],
  ] as const)('%s: %s', (rule, _what, make, use, score) => {
    const found = told(rule, [
      [make, 0],
      [use, 1],
      [end, 10],
      [use, 30],
    ]);
    expect(found).toMatchObject([{ score, last_seen_time: at(30) }]);
    const uids = found.map(({ uid }) => uid);
    const late = told(rule, [
      [make, 0],
      [use, 1],
      [use, 30],
      [end, 10, 60],
    ]);
    expect(late.map(({ uid }) => uid)).toEqual(uids);
    const unmade = told(rule, [
      [use, 1],
      [end, 10],
      [use, 30],
      [make, 0, 60],
    ]);
    expect(unmade.map(({ uid }) => uid)).toEqual(uids);
    expect(
      told(rule, [
        [make, 0],
        [use, 1],
        [other, 10],
        [use, 30],
      ]),
    ).toEqual([]);
    expect(
      told(rule, [
        [make, 0],
        [use, 1],
        [end, 10],
        [use, 14],
      ]),
    ).toEqual([]);
    expect(
      told(rule, [
        [use, 1],
        [end, 10],
        [use, 30],
      ]),
    ).toEqual([]);
  });

  test('is somebody else`s when a program took a role with the key, of which no record names the key', () => {
    const took = sts('AssumeRole', SESSION, { roleArn: 'arn:aws:iam::111122223333:role/Deploy', roleSessionName: 'job' }, iam('ci', KEY));
    const inRole = aws('ListBuckets', 's3.amazonaws.com', undefined, {
      type: 'AssumedRole',
      principalId: 'AROADEPLOY:job',
      arn: 'arn:aws:sts::111122223333:assumed-role/Deploy/job',
      accountId: '111122223333',
      accessKeyId: SESSION,
      ...begun({ type: 'Role', principalId: 'AROADEPLOY', arn: 'arn:aws:iam::111122223333:role/Deploy', userName: 'Deploy' }),
    });
    for (const rule of ['outlived_key', 'use_after_key_end'])
      expect(
        told(rule, [
          [took, 0],
          [inRole, 1],
          [end, 10],
          [inRole, 30],
        ]),
      ).toEqual([]);
  });

  const shipped = (uid: string) => {
    const { rules } = readRules(['rules/machines', 'rules/revocation'], DETECTORS);
    return rules.find(({ rule }) => rule.uid === uid)!.rule;
  };

  test('a key that nobody can switch off is ended with all that its user was given for a while', () => {
    const records = [letIn(at(0)), end(at(10)), asHelper(at(30))];
    const [found] = finding(records, [at(0), at(10), at(30)], shipped('use-after-key-end')).findings;
    expect([found!.proposed?.action, found!.token?.uid]).toEqual(['disable_credential', FEDERATED]);
    const plan = planOf(found!, loadReach())!;
    expect([plan.action, plan.scope_requested, plan.row.scope_effective]).toEqual(['revoke_token', 'token', 'user']);
    expect(plan.target).toEqual({ vendor: 'aws', account: '111122223333', user: { uid: 'user/ci' } });
  });

  test('and so is a session', () => {
    const records = [made(at(0)), inSession(at(1)), end(at(10)), inSession(at(30))];
    const [found] = finding(records, [at(0), at(1), at(10), at(30)], shipped('outlived-key')).findings;
    expect(found!.proposed?.action).toBe('revoke_session');
    expect(planOf(found!, loadReach())).toMatchObject({ action: 'revoke_user_sessions', target: { user: { uid: 'user/ci' } } });
  });
});

describe('a key that comes back', () => {
  const off = admins('UpdateAccessKey', { accessKeyId: KEY, userName: 'ci', status: 'Inactive' });
  const on = admins('UpdateAccessKey', { accessKeyId: KEY, userName: 'ci', status: 'Active' });
  const DAY = 24 * 60;

  test('after a week is told, with who switched it on', () => {
    const found = inOrder([uses, 0], [off, 10], [on, 10 + 7 * DAY], [uses, 30 + 7 * DAY]);
    expect(found).toMatchObject([{ score: 40, factors: [{ name: 'key_came_back' }] }]);
    expect(found[0]!.message).toMatch(/was off for 7 days and was switched on again by admin \(UpdateAccessKey\) 20 min before/);
  });

  test('sooner undoes a mistake, and a day later it is one like others', () => {
    expect(inOrder([uses, 0], [off, 10], [on, 9 + 7 * DAY], [uses, 30 + 7 * DAY])).toEqual([]);
    expect(inOrder([uses, 0], [off, 10], [on, 10 + 7 * DAY], [uses, 11 + 8 * DAY])).toEqual([]);
  });

  test('is another one when another is added', () => {
    const { use, end } = CASES.find(({ vendor }) => vendor === 'entra')!;
    const added = entraAudit(UPDATE, APPLICATION, [], [OTHER_SECRET], APP_ID);
    expect(inOrder([use, 0], [end, 10], [added, 20], [use, 30])).toMatchObject([{ factors: [{ name: 'used_after_key_end' }] }]);
  });

  test('and ends again is used after its end', () => {
    const found = inOrder([uses, 0], [off, 10], [on, 10 + 7 * DAY], [off, 20 + 7 * DAY], [uses, 30 + 7 * DAY]);
    expect(found).toMatchObject([{ score: 65, factors: [{ name: 'used_after_key_end' }] }]);
  });
});

describe('the token of a job at GitLab, after the job', () => {
  const shown: Told = (time) => ({
    ...fixture('gitlab', 'job-token-shown').input,
    id: `j-${time}`,
    created_at: iso(time),
  });
  const done: Told = (time) => ({ ...fixture('gitlab', 'job-done').input, time: iso(time), correlation_id: `c-${time}` });
  const running: Told = (time) => ({ ...done(time), params: [{ key: 'state', value: 'running' }] });
  const rule = bareRule('use_after_expiry');
  const told = (...records: readonly [Told, number][]) =>
    finding(
      records.map(([one, minutes]) => one(at(minutes))),
      records.map(([, minutes]) => at(minutes)),
      rule,
    ).findings;

  test('is over when the runner says that it is done, and not before', () => {
    expect(told([shown, 0], [running, 1], [done, 5], [shown, 20])).toMatchObject([{ score: 45, token: { uid: 'job:90417' } }]);
    expect(told([shown, 0], [running, 1], [shown, 200])).toEqual([]);
    expect(told([shown, 0], [done, 5], [shown, 14])).toEqual([]);
  });

  test('leads to no command that names a token nobody can revoke', () => {
    const { rules } = readRules(['rules/machines'], DETECTORS);
    const shipped = rules.find((one) => one.rule.uid === 'use-after-expiry')!.rule;
    const { findings } = finding([done(at(5)), shown(at(20))], [at(5), at(20)], shipped);
    expect(findings[0]!.proposed?.action).toBe('revoke_token');
    expect(planOf(findings[0]!, loadReach())?.target.token).toBeUndefined();
  });
});
