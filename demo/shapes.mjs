// The vendors' own record shapes, filled with made-up people. Field names and nesting are as Okta, Entra ID and Microsoft 365
// write them; ids are hashes of what they stand for, so that the records come out the same every time. It is long because it is data:
// records spelled out in full, one builder per kind, nothing to reuse elsewhere.
import { createHash } from 'node:crypto';

export const TENANT = '3f0a6c1e-7b52-4d8f-9c3a-51e2d7a0b846';
const DOMAIN = 'fjordlight.example';

const digest = (...parts) => createHash('sha256').update(JSON.stringify(parts)).digest();
export function guid(...parts) {
  const h = digest(...parts).toString('hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20, 32)}`;
}
export const opaque = (length, ...parts) =>
  digest(...parts)
    .toString('base64url')
    .slice(0, length);
const alnum = (length, ...parts) =>
  digest(...parts)
    .toString('base64')
    .replace(/[^0-9A-Za-z]/g, '')
    .slice(0, length);
/** 0 to n - 1, the same for the same parts */
export const pick = (n, ...parts) => digest(...parts).readUInt32BE(0) % n;

const iso = (time) => new Date(time).toISOString();
const iso7 = (time) => iso(time).replace('Z', `${String(pick(10_000, 'ticks', time)).padStart(4, '0')}Z`);
const isoSeconds = (time) => iso(time).slice(0, 19);

// --- who and where ----------------------------------------------------------------------------------------------------------

export function person(login, name, type = 'Member') {
  const upn = `${login}@${DOMAIN}`;
  return {
    login,
    name,
    upn,
    oid: guid('oid', login),
    okta: `00u${alnum(17, 'okta', login)}`,
    puid: `1003${digest('puid', login).toString('hex').slice(0, 12).toUpperCase()}`,
    type,
  };
}

/** Real public addresses, since geography matters here; none belongs to anybody in this story. */
export const PLACES = {
  office_oslo: {
    ip: '195.204.10.20',
    asn: 2116,
    org: 'GLOBALCONNECT AS',
    city: 'Oslo',
    state: 'Oslo',
    country: 'NO',
    name: 'Norway',
    lat: 59.9122,
    lon: 10.7313,
    trusted: true,
  },
  home_ingrid: {
    ip: '84.208.20.110',
    asn: 25400,
    org: 'Telia Norge AS',
    city: 'Oslo',
    state: 'Oslo',
    country: 'NO',
    name: 'Norway',
    lat: 59.9545,
    lon: 10.762,
  },
  cell_oslo: {
    ip: '77.16.60.10',
    asn: 2119,
    org: 'Telenor Norge AS',
    city: 'Fornebu',
    state: 'Akershus',
    country: 'NO',
    name: 'Norway',
    lat: 59.8989,
    lon: 10.6324,
  },
  home_jonas: {
    ip: '92.220.60.10',
    asn: 29695,
    org: 'Lyse Tele AS',
    city: 'Oslo',
    state: 'Oslo',
    country: 'NO',
    name: 'Norway',
    lat: 59.9122,
    lon: 10.7313,
  },
  home_helene: {
    ip: '2a01:79c:cebd:8a40:1c0f:66ff:fe21:9b04',
    asn: 29695,
    org: 'Lyse Tele AS',
    city: 'Oslo',
    state: 'Oslo',
    country: 'NO',
    name: 'Norway',
    lat: 59.9433,
    lon: 10.8685,
  },
  home_tomas: {
    ip: '81.167.40.20',
    asn: 29695,
    org: 'Lyse Tele AS',
    city: 'Bergen',
    state: 'Vestland',
    country: 'NO',
    name: 'Norway',
    lat: 60.393,
    lon: 5.3241,
  },
  office_london: {
    ip: '86.150.20.33',
    asn: 2856,
    org: 'British Telecommunications PLC',
    city: 'London',
    state: 'England',
    country: 'GB',
    name: 'United Kingdom',
    lat: 51.4735,
    lon: -0.2484,
  },
  home_marcus: {
    ip: '86.20.30.40',
    asn: 5089,
    org: 'Virgin Media Limited',
    city: 'Slough',
    state: 'England',
    country: 'GB',
    name: 'United Kingdom',
    lat: 51.5358,
    lon: -0.6277,
  },
  cell_london: {
    ip: '92.40.180.20',
    asn: 206067,
    org: 'Hutchison 3G UK Limited',
    city: 'London',
    state: 'England',
    country: 'GB',
    name: 'United Kingdom',
    lat: 53.4809,
    lon: -2.2374,
  },
  vpn_london: {
    ip: '194.35.232.20',
    asn: 62240,
    org: 'Clouvider Limited',
    city: 'London',
    state: 'England',
    country: 'GB',
    name: 'United Kingdom',
    lat: 51.5121,
    lon: -0.002,
    proxy: true,
  },
  hotel_california: {
    ip: '73.162.20.10',
    asn: 7922,
    org: 'Comcast Cable Communications, LLC',
    city: 'Daly City',
    state: 'California',
    country: 'US',
    name: 'United States',
    lat: 37.6879,
    lon: -122.47,
  },
  aws_dublin: {
    ip: '52.208.40.20',
    asn: 16509,
    org: 'Amazon.com, Inc.',
    city: 'Dublin',
    state: 'Leinster',
    country: 'IE',
    name: 'Ireland',
    lat: 53.3498,
    lon: -6.2603,
  },
  microsoft: {
    ip: '2603:10a6:10:3d::5',
    asn: 8075,
    org: 'Microsoft Corporation',
    city: 'Amsterdam',
    state: 'North Holland',
    country: 'NL',
    name: 'Netherlands',
    lat: 52.37,
    lon: 4.9,
  },
  rented_amsterdam: {
    ip: '188.166.20.40',
    asn: 14061,
    org: 'DigitalOcean, LLC',
    city: 'Amsterdam',
    state: 'North Holland',
    country: 'NL',
    name: 'Netherlands',
    lat: 52.3563,
    lon: 4.9571,
  },
  rented_helsinki: {
    ip: '65.21.10.10',
    asn: 24940,
    org: 'Hetzner Online GmbH',
    city: 'Helsinki',
    state: 'Uusimaa',
    country: 'FI',
    name: 'Finland',
    lat: 60.1699,
    lon: 24.9384,
  },
};

const chromium = (system, chrome, tail = '') =>
  `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${chrome}.0.0.0 Safari/537.36${tail}`;
const WINDOWS = 'Windows NT 10.0; Win64; x64';
export const AGENTS = {
  edge_windows: {
    ua: chromium(WINDOWS, 145, ' Edg/145.0.0.0'),
    os: 'Windows10',
    browser: 'Edge 145.0.0',
    okta: ['Windows 10', 'EDGE', 'Computer'],
  },
  edge_windows_next: {
    ua: chromium(WINDOWS, 146, ' Edg/146.0.0.0'),
    os: 'Windows10',
    browser: 'Edge 146.0.0',
    okta: ['Windows 10', 'EDGE', 'Computer'],
  },
  chrome_mac: {
    ua: chromium('Macintosh; Intel Mac OS X 10_15_7', 145),
    os: 'MacOs',
    browser: 'Chrome 145.0.0',
    okta: ['Mac OS X', 'CHROME', 'Computer'],
  },
  chrome_mac_next: {
    ua: chromium('Macintosh; Intel Mac OS X 10_15_7', 146),
    os: 'MacOs',
    browser: 'Chrome 146.0.0',
    okta: ['Mac OS X', 'CHROME', 'Computer'],
  },
  chrome_linux: { ua: chromium('X11; Linux x86_64', 141), os: 'Linux', browser: 'Chrome 141.0.0', okta: ['Linux', 'CHROME', 'Computer'] },
  firefox_linux: {
    ua: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    os: 'Linux',
    browser: 'Firefox 140.0',
    okta: ['Linux', 'FIREFOX', 'Computer'],
  },
  safari_iphone: {
    ua: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Mobile/15E148 Safari/604.1',
    os: 'Ios',
    browser: 'Mobile Safari 26.2',
    okta: ['iOS (iPhone)', 'SAFARI', 'Mobile'],
  },
  outlook_iphone: { ua: 'Outlook-iOS/2.0', os: 'Ios', browser: '' },
  outlook_windows: {
    ua: 'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; .NET4.0C; .NET4.0E; Microsoft Outlook 16.0.19628; ms-office; MSOffice 16)',
    os: 'Windows10',
    browser: 'IE 7.0',
  },
  teams_windows: { ua: `${chromium(WINDOWS, 144, ' Edg/144.0.0.0')} Teams/26043.1003.4321.5480`, os: 'Windows10', browser: 'Edge 144.0.0' },
  broker_windows: { ua: 'Windows-AzureAD-Authentication-Provider/1.0', os: 'Windows10', browser: '' },
  azure_cli: { ua: 'python-requests/2.32.4', os: '', browser: 'Python Requests 2.32' },
};

/** Microsoft's published client and resource ids. */
export const APPS = {
  office_home: ['4765445b-32c6-49b0-83e6-1d93765276ca', 'OfficeHome'],
  outlook_web: ['9199bf20-a13f-4107-85dc-02114787ef48', 'One Outlook Web'],
  office: ['d3590ed6-52b3-4102-aeff-aad2292ab01c', 'Microsoft Office'],
  teams: ['1fec8e78-bce4-4aaf-ab1b-5451cc387264', 'Microsoft Teams'],
  teams_web: ['5e3ce6c0-2b1f-4285-8d4b-75ee78787346', 'Microsoft Teams Web Client'],
  outlook_mobile: ['27922004-5251-4030-b22d-91ecd9a37ea4', 'Outlook Mobile'],
  azure_cli: ['04b07795-8ddb-461a-bbee-02f9e1bf7b46', 'Microsoft Azure CLI'],
  azure_portal: ['c44b4083-3bb0-49c1-b47d-974e53cbdf3c', 'Azure Portal'],
  broker: ['29d9ed98-a469-4536-ade2-f981bc1d605e', 'Microsoft Authentication Broker'],
  sharepoint_web: ['08e18876-6177-487e-b8b5-cf950c1e598c', 'SharePoint Online Web Client Extensibility'],
};
const RESOURCES = {
  exchange: ['00000002-0000-0ff1-ce00-000000000000', 'Office 365 Exchange Online'],
  sharepoint: ['00000003-0000-0ff1-ce00-000000000000', 'Office 365 SharePoint Online'],
  graph: ['00000003-0000-0000-c000-000000000000', 'Microsoft Graph'],
  azure: ['797f4846-ba00-4fd7-ba43-dac1f8f63013', 'Windows Azure Service Management API'],
};

// --- Entra ID ---------------------------------------------------------------------------------------------------------------

const envelope = (time, category, properties, rest = {}) => ({
  time: iso7(time),
  resourceId: `/tenants/${TENANT}/providers/Microsoft.aadiam`,
  operationName: 'Sign-in activity',
  operationVersion: '1.0',
  category,
  tenantId: TENANT,
  resultType: '0',
  resultSignature: 'None',
  durationMs: 0,
  callerIpAddress: properties.ipAddress,
  correlationId: properties.correlationId,
  identity: properties.userDisplayName ?? properties.servicePrincipalName,
  Level: 4,
  location: properties.location?.countryOrRegion,
  properties,
  ...rest,
});
const locationOf = (place) => ({
  city: place.city,
  state: place.state,
  countryOrRegion: place.country,
  geoCoordinates: { latitude: place.lat, longitude: place.lon },
});
const device = (laptop, agent) =>
  laptop === undefined
    ? { deviceId: '', operatingSystem: agent.os, browser: agent.browser }
    : {
        deviceId: laptop.id,
        displayName: laptop.name,
        operatingSystem: agent.os,
        browser: agent.browser,
        isCompliant: true,
        isManaged: true,
        trustType: laptop.trust ?? 'Azure AD joined',
      };

const ERRORS = {
  50140: ['Other', 'This occurred due to "Keep me signed in" interrupt when the user was signing-in.'],
  50074: ['Strong Authentication is required.', 'MFA required in Azure AD'],
  50126: ['Invalid username or password or Invalid on-premise username or password.', "The user didn't enter the right credentials."],
};

/** A sign-in, interactive or not, as diagnostic settings deliver it to an event hub. */
export function signIn({
  time,
  who,
  place,
  agent,
  app,
  resource = 'exchange',
  session,
  token,
  laptop,
  interactive = false,
  method,
  incoming = 'none',
  cae = true,
  error = 0,
  bound,
}) {
  const [appId, appDisplayName] = APPS[app];
  const [resourceId, resourceDisplayName] = RESOURCES[resource];
  const id = guid('sign-in', who.login, time, app);
  const first = method ?? 'Previously satisfied';
  const properties = {
    id,
    createdDateTime: iso7(time).replace('Z', '+00:00'),
    userDisplayName: who.name,
    userPrincipalName: who.upn,
    userId: who.oid,
    appId,
    appDisplayName,
    ipAddress: place.ip,
    ipAddressFromResourceProvider: null,
    status:
      error === 0
        ? {
            errorCode: 0,
            additionalDetails: interactive && method ? 'MFA completed in Azure AD' : 'MFA requirement satisfied by claim in the token',
          }
        : { errorCode: error, failureReason: ERRORS[error][0], additionalDetails: ERRORS[error][1] },
    clientAppUsed:
      agent.browser.startsWith('IE') || agent.browser === '' || app === 'teams' ? 'Mobile Apps and Desktop clients' : 'Browser',
    userAgent: agent.ua,
    deviceDetail: device(laptop, agent),
    location: locationOf(place),
    mfaDetail: {},
    correlationId: guid('correlation', who.login, time),
    conditionalAccessStatus: error === 0 ? 'success' : 'failure',
    appliedConditionalAccessPolicies: [
      {
        id: guid('policy', 1),
        displayName: 'Require MFA for everyone',
        enforcedGrantControls: ['Mfa'],
        enforcedSessionControls: [],
        result: error === 0 ? 'success' : 'failure',
        conditionsSatisfied: 19,
        conditionsNotSatisfied: 0,
      },
    ],
    originalRequestId: id,
    isInteractive: interactive,
    tokenIssuerName: '',
    tokenIssuerType: 'AzureAD',
    clientCredentialType: 'none',
    authenticationProcessingDetails: [
      { key: 'Login Hint Present', value: 'True' },
      { key: 'Legacy TLS (TLS 1.0, 1.1, 3DES)', value: 'False' },
      { key: 'Oauth Scope Info', value: '["openid","profile","User.Read"]' },
      { key: 'Is CAE Token', value: cae ? 'True' : 'False' },
    ],
    networkLocationDetails: place.trusted ? [{ networkType: 'trustedNamedLocation', networkNames: ['Fjordlight offices'] }] : [],
    processingTimeInMilliseconds: 80 + pick(400, 'processing', time),
    riskDetail: 'none',
    riskLevelAggregated: 'none',
    riskLevelDuringSignIn: 'none',
    riskState: 'none',
    riskEventTypes: [],
    riskEventTypes_v2: [],
    resourceDisplayName,
    resourceId,
    resourceTenantId: TENANT,
    homeTenantId: TENANT,
    authenticationDetails: [
      {
        authenticationStepDateTime: iso7(time),
        authenticationMethod: first,
        succeeded: error === 0,
        authenticationStepResultDetail: method ? 'Correct password' : 'First factor requirement satisfied by claim in the token',
        authenticationStepRequirement: 'Primary authentication',
        StatusSequence: 0,
        RequestSequence: 0,
      },
      ...(method && error === 0
        ? [
            {
              authenticationStepDateTime: iso7(time),
              authenticationMethod: 'Mobile app notification',
              succeeded: true,
              authenticationStepResultDetail: 'MFA completed in Azure AD',
              authenticationStepRequirement: 'Multi-factor authentication',
            },
          ]
        : []),
    ],
    authenticationRequirementPolicies: [{ requirementProvider: 'multiConditionalAccess', detail: 'Conditional Access' }],
    authenticationRequirement: 'multiFactorAuthentication',
    servicePrincipalId: '',
    userType: who.type,
    flaggedForReview: false,
    isTenantRestricted: false,
    autonomousSystemNumber: place.asn,
    crossTenantAccessType: 'none',
    privateLinkDetails: {},
    ssoExtensionVersion: '',
    uniqueTokenIdentifier: token ?? '',
    sessionId: session ?? '',
    incomingTokenType: incoming,
    authenticationProtocol: 'none',
    tokenProtectionStatusDetails: { signInSessionStatus: bound ? 'bound' : 'unbound', signInSessionStatusCode: bound ? 0 : 1002 },
    signInEventTypes: [interactive ? 'interactiveUser' : 'nonInteractiveUser'],
    isThroughGlobalSecureAccess: false,
    globalSecureAccessIpAddress: '',
  };
  const outcome = error === 0 ? {} : { resultType: String(error), resultDescription: ERRORS[error][0] };
  return envelope(time, interactive ? 'SignInLogs' : 'NonInteractiveUserSignInLogs', properties, outcome);
}

/** A machine's sign-in: a service principal with a secret, or a managed identity, which has no address. */
export function machineSignIn({ time, name, place, managed = false, resource = 'graph' }) {
  const [resourceId, resourceDisplayName] = RESOURCES[resource];
  const id = guid('machine', name, time);
  return envelope(time, managed ? 'ManagedIdentitySignInLogs' : 'ServicePrincipalSignInLogs', {
    id,
    createdDateTime: iso7(time).replace('Z', '+00:00'),
    userId: null,
    appId: guid('app', name),
    ipAddress: place?.ip ?? '',
    status: { errorCode: 0 },
    location: place ? locationOf(place) : { city: '', state: '', countryOrRegion: '', geoCoordinates: { latitude: 0, longitude: 0 } },
    correlationId: guid('correlation', name, time),
    conditionalAccessStatus: 'notApplied',
    appliedConditionalAccessPolicies: [],
    isInteractive: false,
    tokenIssuerType: 'AzureAD',
    clientCredentialType: managed ? 'managedIdentity' : 'clientSecret',
    servicePrincipalCredentialKeyId: managed ? '' : guid('key', name),
    processingTimeInMilliseconds: 12,
    riskDetail: 'none',
    riskLevelAggregated: 'low',
    riskLevelDuringSignIn: 'low',
    riskState: 'none',
    resourceDisplayName,
    resourceId,
    servicePrincipalName: name,
    servicePrincipalId: guid('sp', name),
    flaggedForReview: false,
    isTenantRestricted: false,
    crossTenantAccessType: 'none',
    ...(place ? { autonomousSystemNumber: place.asn } : {}),
    uniqueTokenIdentifier: opaque(22, 'uti', name, time),
    incomingTokenType: 'none',
    authenticationProtocol: 'none',
    signInEventTypes: [managed ? 'managedIdentity' : 'servicePrincipal'],
  });
}

/** A call to Microsoft Graph; the session's column is named by its claim in raw records. */
export function graph({ time, who, machine, place, agent, app, session, token, issued, method = 'GET', path, status = 200, laptop }) {
  const requestId = guid('graph', who?.login ?? machine, time, path);
  return {
    time: iso7(time),
    resourceId: `/TENANTS/${TENANT.toUpperCase()}/PROVIDERS/MICROSOFT.AADIAM`,
    operationName: 'Microsoft Graph Activity',
    operationVersion: 'v1.0',
    category: 'MicrosoftGraphActivityLogs',
    resultSignature: String(status),
    durationMs: 120_000 + pick(900_000, 'duration', time),
    callerIpAddress: place.ip,
    correlationId: requestId,
    Level: 4,
    location: 'Norway East',
    tenantId: TENANT,
    properties: {
      timeGenerated: iso7(time),
      location: 'Norway East',
      requestId,
      operationId: requestId,
      clientRequestId: guid('client-request', time),
      apiVersion: 'v1.0',
      requestMethod: method,
      responseStatusCode: status,
      tenantId: TENANT,
      durationMs: 120_000 + pick(900_000, 'duration', time),
      responseSizeBytes: 400 + pick(9000, 'size', time),
      signInActivityId: token,
      roles: machine ? 'Sites.Read.All Files.Read.All' : null,
      appId: machine ? guid('app', machine) : APPS[app][0],
      UserPrincipalObjectID: who?.oid ?? null,
      scopes: who ? 'Mail.ReadWrite User.Read openid profile' : null,
      identityProvider: `https://sts.windows.net/${TENANT}/`,
      clientAuthMethod: machine ? '1' : '0',
      wids: 'b79fbf4d-3ef9-4689-8143-76b194e85509',
      C_Idtyp: machine ? 'app' : 'user',
      C_Iat: String(Math.floor(issued / 1000)),
      ...(laptop ? { C_DeviceId: laptop.id } : {}),
      ...(session ? { c_sid: session } : {}),
      userId: who?.oid ?? null,
      servicePrincipalId: machine ? guid('sp', machine) : null,
      ipAddress: place.ip,
      userAgent: agent?.ua ?? '',
      requestUri: `https://graph.microsoft.com/v1.0${path}`,
      atContent: '',
      tokenIssuedAt: iso(issued),
    },
  };
}

/** An Entra audit record: who did what to whom. */
export function audit({ time, who, place, agent, operation, target, changes = [] }) {
  const id = `Directory_${guid('audit', time, operation).slice(0, 8)}_${alnum(5, time).toUpperCase()}_${pick(1e8, 'audit', time)}`;
  return {
    time: iso7(time),
    resourceId: `/tenants/${TENANT}/providers/Microsoft.aadiam`,
    operationName: operation,
    operationVersion: '1.0',
    category: 'AuditLogs',
    tenantId: TENANT,
    resultSignature: 'None',
    durationMs: 0,
    callerIpAddress: place.ip,
    correlationId: guid('correlation', 'audit', time),
    Level: 4,
    properties: {
      id,
      category: 'UserManagement',
      correlationId: guid('correlation', 'audit', time),
      result: 'success',
      resultReason: 'User registered Authenticator App with Notification and Code',
      activityDisplayName: operation,
      activityDateTime: iso7(time).replace('Z', '+00:00'),
      loggedByService: 'Authentication Methods',
      operationType: 'Add',
      userAgent: agent.ua,
      initiatedBy: { user: { id: who.oid, displayName: who.name, userPrincipalName: who.upn, ipAddress: place.ip, roles: [] } },
      targetResources: [
        {
          id: target.oid,
          displayName: target.name,
          type: 'User',
          userPrincipalName: target.upn,
          modifiedProperties: changes,
          administrativeUnits: [],
        },
      ],
      additionalDetails: [{ key: 'AuthenticationMethod', value: 'Authenticator App' }],
    },
  };
}

// --- Microsoft 365 unified audit log ----------------------------------------------------------------------------------------

const common = (time, id, who, operation, type, workload) => ({
  CreationTime: isoSeconds(time),
  Id: id,
  Operation: operation,
  OrganizationId: TENANT,
  RecordType: type,
  UserKey: who.puid,
  UserType: 0,
  Version: 1,
  Workload: workload,
  UserId: who.upn,
});
const access = ({ session, token, app, issued }) => ({
  AADSessionId: session,
  APIId: RESOURCES.exchange[0],
  ClientAppId: APPS[app][0],
  ClientAppName: APPS[app][1],
  CorrelationId: guid('access', token, issued),
  IssuedAtTime: isoSeconds(issued),
  UniqueTokenId: token,
});

export function userLoggedIn({ time, who, place, agent, app, session, laptop, request = 'OAuth2:Authorize', keepSignedIn = true }) {
  return {
    ...common(time, guid('ual-login', who.login, time), who, 'UserLoggedIn', 15, 'AzureActiveDirectory'),
    UserKey: who.oid,
    ResultStatus: 'Success',
    ClientIP: place.ip,
    ObjectId: RESOURCES.exchange[0],
    AzureActiveDirectoryEventType: 1,
    ExtendedProperties: [
      { Name: 'ResultStatusDetail', Value: 'Success' },
      { Name: 'KeepMeSignedIn', Value: keepSignedIn ? 'True' : 'False' },
      { Name: 'UserAgent', Value: agent.ua },
      { Name: 'UserAuthenticationMethod', Value: '1' },
      { Name: 'RequestType', Value: request },
    ],
    ModifiedProperties: [],
    Actor: [
      { ID: who.oid, Type: 0 },
      { ID: who.upn, Type: 5 },
    ],
    ActorContextId: TENANT,
    ActorIpAddress: place.ip,
    InterSystemsId: guid('inter', time),
    IntraSystemId: guid('intra', time),
    SupportTicketId: '',
    Target: [{ ID: RESOURCES.exchange[0], Type: 0 }],
    TargetContextId: TENANT,
    ApplicationId: APPS[app][0],
    DeviceProperties: [
      ...(laptop
        ? [
            { Name: 'Id', Value: laptop.id },
            { Name: 'DisplayName', Value: laptop.name },
          ]
        : []),
      { Name: 'OS', Value: agent.os },
      { Name: 'BrowserType', Value: agent.browser.split(' ')[0] || 'Other' },
      ...(laptop ? [{ Name: 'TrustType', Value: '1' }] : []),
      { Name: 'IsCompliantAndManaged', Value: laptop ? 'True' : 'False' },
      { Name: 'SessionId', Value: session },
    ],
    ErrorNumber: '0',
  };
}

/** Messages read, aggregated by Exchange. Much of it is Microsoft's own servers at work for the person, from Microsoft's addresses. */
export function mailItemsAccessed({ time, who, place, agent, app, session, token, issued, info, count = 3, sync = false }) {
  return {
    ...common(time, guid('mail', who.login, time, place.ip), who, 'MailItemsAccessed', sync ? 2 : 50, 'Exchange'),
    ResultStatus: 'Succeeded',
    ...(sync ? { ClientIP: place.ip } : {}),
    ClientIPAddress: place.ip,
    ClientInfoString: info ?? `Client=OWA;${agent.ua}`,
    ...(sync ? { ClientProcessName: 'OUTLOOK.EXE', ClientVersion: '16.0.19628.20150' } : {}),
    ExternalAccess: false,
    InternalLogonType: 0,
    LogonType: 0,
    LogonUserSid: `S-1-5-21-${pick(1e9, 'sid', who.login)}-2905592-26679882-1107`,
    MailboxGuid: guid('mailbox', who.login),
    MailboxOwnerSid: `S-1-5-21-${pick(1e9, 'sid', who.login)}-2905592-26679882-1107`,
    MailboxOwnerUPN: who.upn,
    OrganizationName: 'fjordlight.onmicrosoft.example',
    OriginatingServer: `OSLPR0${pick(9, time)}MB${1000 + pick(9000, time)} (15.20.9520.010)\r\n`,
    OperationProperties: [
      { Name: 'MailAccessType', Value: sync ? 'Sync' : 'Bind' },
      { Name: 'IsThrottled', Value: 'False' },
    ],
    ...(session === undefined
      ? {}
      : { AppAccessContext: access({ session, token, app, issued }), ClientAppId: APPS[app][0], SessionId: session }),
    ...(sync
      ? { Item: { Id: 'LgAAAAB', ParentFolder: { Id: 'LgAAAAC', Name: 'Inbox', Path: '\\Inbox' } } }
      : {
          OperationCount: count,
          Folders: [
            {
              Id: 'LgAAAAC',
              Path: '\\Inbox',
              FolderItems: Array.from({ length: count }, (_, i) => ({
                InternetMessageId: `<${guid('message', time, i)}@${DOMAIN}>`,
                SizeInBytes: 8000 + pick(90_000, time, i),
              })),
            },
          ],
        }),
  };
}

/** An inbox rule, by Exchange's own words for it. */
export function newInboxRule({ time, who, place, session, token, issued, app, name, parameters }) {
  return {
    ...common(time, guid('rule', who.login, time), who, 'New-InboxRule', 1, 'Exchange'),
    UserType: 2,
    ResultStatus: 'True',
    ClientIP: `${place.ip}:${40_000 + pick(20_000, time)}`,
    ObjectId: `EURPR0${pick(9, time)}A001.PROD.OUTLOOK.COM/Microsoft Exchange Hosted Organizations/fjordlight.onmicrosoft.example/${who.login}\\${name}`,
    ExternalAccess: false,
    OrganizationName: 'fjordlight.onmicrosoft.example',
    OriginatingServer: `OSLPR01MB${1000 + pick(9000, time)} (15.20.9520.010)\r\n`,
    AppId: APPS[app][0],
    ClientAppId: APPS[app][0],
    AppAccessContext: access({ session, token, app, issued }),
    SessionId: session,
    RequestId: guid('rule-request', time),
    Parameters: [
      { Name: 'Name', Value: name },
      ...Object.entries(parameters).map(([Name, Value]) => ({ Name, Value })),
      { Name: 'StopProcessingRules', Value: 'True' },
    ],
  };
}

export function fileOperation({
  time,
  who,
  place,
  agent,
  app = 'sharepoint_web',
  session,
  token,
  issued,
  operation = 'FileAccessed',
  file,
  laptop,
}) {
  const site = 'https://fjordlight.sharepoint.example/sites/finance';
  return {
    ...common(time, guid('file', who.login, time, file), who, operation, 6, 'SharePoint'),
    UserKey: `i:0h.f|membership|${who.puid.toLowerCase()}@live.com`,
    ClientIP: place.ip,
    ObjectId: `${site}/Shared Documents/${file}`,
    AppAccessContext: access({ session, token, app, issued }),
    ...(laptop ? { DeviceId: laptop.id, MachineId: guid('machine-id', laptop.id) } : {}),
    AuthenticationType: 'OAuth',
    BrowserName: agent.browser.split(' ')[0],
    BrowserVersion: agent.browser.split(' ')[1] ?? '',
    CorrelationId: guid('file-correlation', time),
    EventSource: 'SharePoint',
    GeoLocation: 'EUR',
    IsManagedDevice: laptop !== undefined,
    ItemType: 'File',
    ListId: guid('list'),
    ListItemUniqueId: guid('item', file),
    Platform: agent.os.startsWith('Win') ? 'WinDesktop' : 'Other',
    Site: guid('site'),
    SiteUrl: `${site}/`,
    SourceFileExtension: file.split('.').pop(),
    SourceFileName: file,
    SourceRelativeUrl: 'Shared Documents',
    UserAgent: agent.ua,
    WebId: guid('web'),
  };
}

export function teamsSession({ time, who, place, agent, app = 'teams', session, token, issued }) {
  return {
    ...common(time, guid('teams', who.login, time), who, 'TeamsSessionStarted', 25, 'MicrosoftTeams'),
    UserKey: who.oid,
    ClientIP: place.ip,
    UserAgent: agent.ua,
    AppAccessContext: access({ session, token, app, issued }),
    ObjectId: 'Windows Desktop',
  };
}

// --- Okta -------------------------------------------------------------------------------------------------------------------

const OKTA_WORDS = {
  'user.session.start': ['User login to Okta', 'core.user_auth.login_success'],
  'user.session.end': ['User logout from Okta', 'core.user_auth.logout_success'],
  'user.session.clear': ['Clear user session', null],
  'user.authentication.auth_via_mfa': ['Authentication of user via MFA', 'core.user.factor.attempt_success'],
  'user.authentication.sso': ['User single sign on to app', 'app.auth.sso'],
  'user.mfa.factor.reset_all': ['Reset all factors for user', 'core.user.factor.reset_all'],
  'user.mfa.factor.activate': ['Activate factor or authenticator enrollment', 'core.user.factor.activate'],
  'policy.evaluate_sign_on': ['Evaluation of sign-on policy', null],
  'app.oauth2.authorize.code': ['OIDC authorization code grant', null],
  'app.oauth2.token.grant.access_token': ['OIDC access token is granted', null],
  'user.session.access_admin_app': ['User accessing Okta admin app', 'app.admin.sso.login.success'],
};
const userTarget = (who) => ({ id: who.okta, type: 'User', alternateId: who.upn, displayName: who.name, detailEntry: null });
export const oktaApp = (name) => ({
  id: `0oa${alnum(17, 'app', name)}`,
  type: 'AppInstance',
  alternateId: name,
  displayName: name,
  detailEntry: { signOnModeType: 'SAML_2_0' },
});
const factorTarget = {
  id: 'opf1fjordlightverify',
  type: 'AuthenticatorEnrollment',
  alternateId: 'unknown',
  displayName: 'Okta Verify',
  detailEntry: null,
};

export function okta({ time, who, place, agent, event, session, root, cookie, target, outcome = 'SUCCESS', reason = null, on, laptop }) {
  const [displayMessage, legacyEventType] = OKTA_WORDS[event];
  const [os, browser, kind] = agent.okta;
  const request = opaque(27, 'okta', who.login, time, event);
  const geo = {
    city: place.city,
    state: place.state,
    country: place.name,
    postalCode: null,
    geolocation: { lat: place.lat, lon: place.lon },
  };
  const targets = on
    ? [userTarget(on)]
    : target
      ? [target]
      : event.startsWith('user.authentication.auth') || event.endsWith('activate')
        ? [userTarget(who), factorTarget]
        : null;
  return {
    actor: { id: who.okta, type: 'User', alternateId: who.upn, displayName: who.name, detailEntry: null },
    client: {
      userAgent: { rawUserAgent: agent.ua, os, browser },
      zone: place.trusted ? 'Fjordlight offices' : 'null',
      device: kind,
      id: null,
      ipAddress: place.ip,
      geographicalContext: geo,
    },
    device: laptop
      ? {
          id: `guo${alnum(17, laptop.id)}`,
          name: laptop.name,
          os_platform: 'WINDOWS',
          os_version: '10.0.26100',
          managed: true,
          registered: true,
          device_integrator: null,
          disk_encryption_type: 'ALL_INTERNAL_VOLUMES',
          screen_lock_type: 'BIOMETRIC',
          jailbreak: null,
          secure_hardware_present: true,
        }
      : null,
    authenticationContext: {
      authenticationProvider: event.includes('mfa') ? 'FACTOR_PROVIDER' : null,
      credentialProvider: event.includes('via_mfa') ? 'OKTA_CREDENTIAL_PROVIDER' : null,
      credentialType: event.includes('via_mfa') ? 'OTP' : null,
      issuer: null,
      interface: null,
      authenticationStep: 0,
      externalSessionId: session ?? 'unknown',
      ...(root ? { rootSessionId: root } : {}),
    },
    displayMessage,
    eventType: event,
    outcome: { result: outcome, reason },
    published: iso(time),
    securityContext: {
      asNumber: place.asn,
      asOrg: place.org.toLowerCase(),
      isp: place.org.toLowerCase(),
      domain: 'example.net',
      isProxy: place.proxy === true,
      ...(place.proxy ? { ipDetails: null } : {}),
    },
    severity: outcome === 'FAILURE' ? 'WARN' : 'INFO',
    debugContext: {
      debugData: {
        requestId: request,
        requestUri: event.includes('sso') ? '/app/saml/sso' : '/idp/idx/challenge/answer',
        url: '/idp/idx/challenge/answer?',
        threatSuspected: 'false',
        ...(cookie ? { dtHash: digest('dt', cookie).toString('hex') } : {}),
        ...(event === 'user.session.start'
          ? {
              behaviors:
                '{New Geo-Location=NEGATIVE, New Device=NEGATIVE, New IP=NEGATIVE, New State=NEGATIVE, New Country=NEGATIVE, Velocity=NEGATIVE, New City=NEGATIVE}',
              risk: '{level=LOW}',
            }
          : {}),
      },
    },
    legacyEventType,
    transaction: { type: 'WEB', id: request, detail: {} },
    uuid: guid('okta', who.login, time, event),
    version: '0',
    request: { ipChain: [{ ip: place.ip, geographicalContext: geo, version: place.ip.includes(':') ? 'V6' : 'V4', source: null }] },
    target: targets,
  };
}
