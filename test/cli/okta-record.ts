const WINDOWS_CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36';
const LINUX_FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** 2026-03-02T08:00:00Z */
export const START = Date.UTC(2026, 2, 2, 8);

export interface OktaAct {
  id: string;
  /** minutes after the start */
  at: number;
  type?: string;
  who?: string;
  session?: string;
  ip?: string;
  agent?: string;
}

/** A record of the Okta System Log of a made-up person. */
export function oktaRecord({
  id,
  at,
  type = 'user.authentication.sso',
  who = 'ana',
  session = '102ana',
  ip = '81.45.10.20',
  agent = WINDOWS_CHROME,
}: OktaAct): string {
  return JSON.stringify({
    uuid: id,
    published: new Date(START + at * 60_000).toISOString(),
    eventType: type,
    version: '0',
    severity: 'INFO',
    legacyEventType: null,
    displayMessage: 'something happened',
    actor: { id: `00u${who}`, type: 'User', alternateId: `${who}@example.com`, displayName: who, detailEntry: null },
    client: {
      userAgent: { rawUserAgent: agent, os: 'x', browser: 'y' },
      zone: 'null',
      device: 'Computer',
      id: null,
      ipAddress: ip,
      geographicalContext: null,
    },
    outcome: { result: 'SUCCESS', reason: null },
    target: null,
    transaction: { type: 'WEB', id: `t-${id}`, detail: {} },
    debugContext: { debugData: {} },
    authenticationContext: {
      authenticationProvider: null,
      credentialProvider: null,
      credentialType: null,
      issuer: null,
      interface: null,
      authenticationStep: 0,
      externalSessionId: session,
    },
    securityContext: null,
    request: { ipChain: [] },
  });
}

/** A working morning, and a thief who takes the session up on another system and in another browser. */
export const STOLEN: readonly OktaAct[] = [
  { id: 'a1', at: 0, type: 'user.session.start' },
  { id: 'a2', at: 20 },
  { id: 'a3', at: 50 },
  { id: 'thief1', at: 70, ip: '78.46.90.10', agent: LINUX_FIREFOX },
  { id: 'a4', at: 75 },
  { id: 'thief2', at: 80, ip: '78.46.90.10', agent: LINUX_FIREFOX },
];

export function ndjson(acts: readonly OktaAct[]): string {
  return acts.map((act) => `${oktaRecord(act)}\n`).join('');
}
