import { readRules } from '../../../src/config/rules.js';
import { createDetect, DETECTORS } from '../../../src/core/detect/index.js';
import { parseUserAgent } from '../../../src/core/enrich/client.js';
import { createIdentityTable } from '../../../src/core/identity/table.js';
import { createNormalize } from '../../../src/core/normalize/index.js';
import { bytes } from '../normalize/fixtures.js';

const T0 = Date.parse('2026-03-02T08:00:00Z');
const HOUR = 3_600_000;
const IP = '20.1.6.20';
const iso = (time: number) => new Date(time).toISOString();

type Raw = Record<string, unknown>;
/** The record of one use of a credential, as the vendor writes it. */
type Used = (time: number, agent: string) => Raw;

const okta =
  (actor: Raw, eventType: string, more: Raw): Used =>
  (time, agent) => ({
    uuid: `o-${time}`,
    published: iso(time),
    eventType,
    actor,
    client: { ipAddress: IP, userAgent: { rawUserAgent: agent } },
    outcome: { result: 'SUCCESS' },
    authenticationContext: { externalSessionId: 'trs1' },
    ...more,
  });
const ANA = { id: '00u1anaLindqvist0001', type: 'User', alternateId: 'ana@fjord.example', displayName: 'Ana' };
const APP = { id: '0oa1nightly', type: 'PublicClientApp', alternateId: '0oa1nightly', displayName: 'nightly' };
const withToken = { type: 'WEB', id: 't', detail: { requestApiTokenId: '00T1fxzubpq2epw11d38' } };

const github =
  (more: Raw): Used =>
  (time, agent) => ({
    _document_id: `${time}`,
    '@timestamp': time,
    created_at: time,
    business: 'fjord-inc',
    org: 'fjord',
    actor_ip: IP,
    user_agent: agent,
    ...more,
  });
const TOKEN = { action: 'api.request', hashed_token: 'q2lKx0PpW8c3m5v9YtB1aN7sD4fG6hJ0kL2zX4cV8bM=', token_id: 3300112 };

/** Whose credential no browser has, by the vendor's own word. */
const NEVER: Readonly<Record<string, Used>> = {
  'aws: a user`s key': (time, agent) => ({
    eventVersion: '1.09',
    eventID: `e-${time}`,
    eventTime: iso(time),
    eventName: 'ListBuckets',
    eventSource: 's3.amazonaws.com',
    recipientAccountId: '111122223333',
    sourceIPAddress: IP,
    userAgent: agent,
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDACI',
      arn: 'arn:aws:iam::111122223333:user/ci',
      accountId: '111122223333',
      userName: 'ci',
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    },
  }),
  'gcp: a key of a service account': (time, agent) => ({
    insertId: `g-${time}`,
    timestamp: iso(time),
    logName: 'projects/fjord/logs/cloudaudit.googleapis.com%2Factivity',
    resource: { type: 'service_account', labels: { project_id: 'fjord' } },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName: 'storage.googleapis.com',
      methodName: 'storage.objects.list',
      authenticationInfo: {
        principalEmail: 'robot@fjord.iam.gserviceaccount.com',
        serviceAccountKeyName: '//iam.googleapis.com/projects/fjord/serviceAccounts/robot@fjord.iam.gserviceaccount.com/keys/0a1b',
      },
      requestMetadata: { callerIp: IP, callerSuppliedUserAgent: agent },
    },
  }),
  'entra: a secret of a service principal': (time, agent) => ({
    time: iso(time),
    category: 'ServicePrincipalSignInLogs',
    tenantId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    operationName: 'Sign-in activity',
    resultType: '0',
    properties: {
      id: `s-${time}`,
      createdDateTime: iso(time),
      servicePrincipalId: '6ba7b810-9dad-41d1-80b4-00c04fd430c8',
      servicePrincipalName: 'nightly',
      appId: '2a3b4c5d-6e7f-4081-92a3-b4c5d6e7f809',
      ipAddress: IP,
      userAgent: agent,
      uniqueTokenIdentifier: `u${time}`,
      servicePrincipalCredentialKeyId: '59eaeebc-8a6b-44a6-9f24-7d55e64420c9',
      status: { errorCode: 0 },
    },
  }),
  'okta: an API token of a person': okta(ANA, 'user.lifecycle.create', { transaction: withToken }),
  'okta: an app that signs in for itself': okta(APP, 'app.oauth2.token.grant.access_token', {
    debugContext: { debugData: { grantType: 'client_credentials', requestUri: '/oauth2/v1/token' } },
  }),
  'github: the token of an app': github({ ...TOKEN, actor: 'harbour[bot]', programmatic_access_type: 'GitHub App server-to-server token' }),
  'github: the token of a job': github({ ...TOKEN, actor: 'github-actions[bot]', actor_is_bot: true }),
  'github: a deploy key': github({ action: 'git.clone', actor: 'deploy_key', hashed_token: TOKEN.hashed_token, repo: 'fjord/harbour' }),
  'cloudflare: an API token of a person': (time, agent) => ({
    id: `c-${time}`,
    account: { id: 'acc' },
    action: { type: 'update', result: 'success', time: iso(time) },
    actor: {
      type: 'user',
      id: 'u1',
      email: 'ana@fjord.example',
      ip_address: IP,
      token_id: '7c9e6679f7425c40de944be07fc1f90a',
      context: 'api_token',
    },
    resource: { type: 'dns_records', id: 'd1' },
    raw: { user_agent: agent, method: 'PUT' },
  }),
  'anthropic: an API key': (time, agent) => ({
    id: `a-${time}`,
    created_at: iso(time),
    organization_id: 'org_1',
    type: 'compliance_api_accessed',
    actor: { type: 'api_actor', api_key_id: 'apikey_01', ip_address: IP, user_agent: agent },
  }),
};

/** Where a browser may well be. */
const ORDINARY: Readonly<Record<string, Used>> = {
  'okta: an application`s server signs a person in': okta(ANA, 'user.session.start', {
    transaction: withToken,
    debugContext: { debugData: { requestUri: '/api/v1/authn' } },
  }),
  'okta: an app that runs in a browser': okta(APP, 'app.oauth2.as.token.grant.access_token', {
    debugContext: { debugData: { grantType: 'authorization_code', requestUri: '/oauth2/default/v1/token' } },
  }),
  'okta: a token of OAuth in a page of one`s own': okta(ANA, 'user.lifecycle.create', {
    transaction: { ...withToken, detail: { requestApiTokenId: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE' } },
  }),
  'github: a person`s own token, in an extension': github({
    ...TOKEN,
    actor: 'ana-lind',
    programmatic_access_type: 'Personal access token (classic)',
  }),
  'github: a person in the web': github({ action: 'repo.create', actor: 'ana-lind', repo: 'fjord/harbour' }),
};

const BROWSER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0';
const PROGRAMS = [
  'Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.20348.2227',
  'Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.20348; en-US) PowerShell/7.4.1',
  'Mozilla/5.0 (compatible; python-requests/2.31.0)',
  'python-requests/2.31.0',
];

const { rules } = readRules(['rules/machines/nhi-egress.yml'], DETECTORS);
const shipped = rules.map(({ rule }) => rule);
const normalize = createNormalize({
  enricher: {
    versions: { geo: 'g', networks: 'n' },
    endpoint: (ip: string) => ({
      ip,
      class: 'public',
      prefix: '20.1.6',
      country: 'IE',
      asn: 8075,
      as_org: 'Microsoft',
      as_class: 'hosting',
    }),
    userAgent: parseUserAgent,
    client: () => undefined,
    isAdminClient: () => false,
  },
  identities: createIdentityTable(),
  tenantOf: () => 'default',
  latestTime: () => T0 + 1000 * HOUR,
});

/** What is said of uses six hours apart, from one address, with these programs. */
function said(used: Used, agents: readonly string[]): string[] {
  const detect = createDetect(shipped, { config_digest: 'test' });
  return agents.flatMap((agent, n) => {
    const answer = normalize(bytes(used(T0 + n * 6 * HOUR, agent)));
    expect(answer.outcome).toBe('events');
    const findings = answer.events.flatMap((event) => detect.accept({ ...event, arrival_time: event.time }));
    return findings.map(({ level, score, factors }) => `${level} ${score} ${factors.map(({ name }) => name).join(' ')}`);
  });
}

const tenDays = Array.from({ length: 40 }, () => 'curl/8.5.0');
const TOLD = ['low 39 machine_in_browser'];

describe.each(Object.entries(NEVER))('%s', (_, used) => {
  test('in a browser, from where it always is, is told: after ten days, and on the first', () => {
    expect(said(used, [...tenDays, BROWSER])).toEqual(TOLD);
    expect(said(used, ['curl/8.5.0', BROWSER])).toEqual(TOLD);
  });

  test('in another program, though it may begin as browsers do, is not', () => {
    for (const program of PROGRAMS) expect([program, said(used, [...tenDays, program])]).toEqual([program, []]);
    expect(said(used, ['curl/8.5.0', ...PROGRAMS])).toEqual([]);
  });
});

test.each(Object.entries(ORDINARY))('%s is ordinary', (_, used) => {
  expect(said(used, [...tenDays, BROWSER])).toEqual([]);
  expect(said(used, [BROWSER, BROWSER])).toEqual([]);
});
