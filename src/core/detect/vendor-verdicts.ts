import type { VendorRisk } from '../event/index.js';

/** What a vendor's word is worth; `none` is not about the person, or takes a verdict back. */
export type Verdict = 'none' | 'low' | 'medium' | 'high' | 'confirmed';

const STRENGTH: readonly Verdict[] = ['none', 'low', 'medium', 'high', 'confirmed'];

/** How a vendor says how sure it is, and what that is worth here. */
export interface VerdictRow {
  vendors: string;
  /** where it stands in our event */
  field: 'action' | 'risk.level' | 'risk_state' | 'status_detail' | 'alert category';
  words: readonly string[];
  verdict: Verdict | 'as its level' | 'one step lower';
  /** where the words come from */
  source: string;
}

/**
 * The vendors' words: the table that docs/detection.md prints and the code reads. Of several that fit the strongest counts, unless one takes it
 * back or confirms it: then the first of those decides. Without any it is worth nothing. Case, `_` and blanks make no difference.
 */
export const VERDICTS: readonly VerdictRow[] = [
  {
    vendors: 'entra',
    field: 'risk_state',
    words: ['dismissed', 'confirmed_safe', 'none'],
    verdict: 'none',
    source: 'Microsoft Graph, riskState: somebody, or Microsoft itself, took it back',
  },
  {
    vendors: 'm365',
    field: 'risk_state',
    words: ['resolved', 'dismissed'],
    verdict: 'none',
    source: 'Management Activity API, Status of alerts',
  },
  {
    vendors: 'entra',
    field: 'risk_state',
    words: ['confirmed_compromised'],
    verdict: 'confirmed',
    source: 'Microsoft Graph, riskState: an administrator confirmed it',
  },
  {
    vendors: 'entra',
    field: 'status_detail',
    words: ['adminConfirmedUserCompromised', 'adminConfirmedSigninCompromised', 'adminConfirmedServicePrincipalCompromised'],
    verdict: 'confirmed',
    source: 'Microsoft Graph, riskDetail',
  },
  {
    vendors: 'entra, m365',
    field: 'action',
    words: ['Confirm user compromised', 'Admin confirmed user compromised', 'ConfirmAccountCompromised'],
    verdict: 'confirmed',
    source: 'Entra audit log, category UserManagement and service Identity Protection',
  },
  {
    vendors: 'entra, m365',
    field: 'action',
    words: ['Suspicious activity reported', 'Fraud reported - no action taken', 'Fraud reported - user is blocked for MFA'],
    verdict: 'confirmed',
    source: 'Entra audit log: the person said "I did not do this" to a request for a second factor',
  },
  {
    vendors: 'okta',
    field: 'action',
    words: ['user.account.report_suspicious_activity_by_enduser'],
    verdict: 'confirmed',
    source: 'Okta event types: the person answered a security notification',
  },
  {
    vendors: 'okta',
    field: 'action',
    words: ['app.oauth2.as.token.detect_reuse', 'app.oauth2.token.detect_reuse', 'app.token.reuse'],
    verdict: 'confirmed',
    source: 'Okta event types: a refresh token that may be used once was used again',
  },
  {
    vendors: 'okta',
    field: 'action',
    words: [
      'user.session.context.change',
      'security.session.detect_client_roaming',
      'policy.auth_reevaluate.fail',
      'policy.auth_reevaluate.action',
      'policy.entity_risk.action',
      'policy.continuous_access.action',
      'security.breached_credential.detected',
      'security.events.provider.receive_event',
      'system.api_token.request_outside_allowed_range',
    ],
    verdict: 'medium',
    source: 'Okta event types: a session or token used out of its context, or an answer of Okta to that; no level of their own',
  },
  {
    vendors: 'okta',
    field: 'action',
    words: ['policy.entity_risk.evaluate', 'policy.continuous_access.evaluate', 'user.authentication.dsso_via_non_priority_source'],
    verdict: 'none',
    source: 'Okta event types: a policy looked and may have found nothing',
  },
  {
    vendors: 'okta',
    field: 'action',
    words: ['security.request.blocked', 'security.threat.detected', 'user.risk.detect', 'user.risk.change'],
    verdict: 'low',
    source: 'Okta event types: an address that was suspicious before anybody signed in; a risk of the person, mostly with a level',
  },
  {
    vendors: 'm365',
    field: 'action',
    words: ['UserSubmission'],
    verdict: 'none',
    source: 'Management Activity API: somebody sent a message in for analysis',
  },
  {
    vendors: 'm365',
    field: 'alert category',
    words: ['DataLossPrevention', 'DataGovernance', 'AccessGovernance', 'MailFlow', 'Others'],
    verdict: 'one step lower',
    source: 'Management Activity API, Category of alerts: of files, messages and rights, not of who acts',
  },
  {
    vendors: 'entra',
    field: 'risk_state',
    words: ['remediated'],
    verdict: 'one step lower',
    source: 'Microsoft Graph, riskState: a second factor or a new password followed, which a proxy in the middle passes on as well',
  },
  {
    vendors: 'all',
    field: 'risk.level',
    words: ['low', 'medium', 'high'],
    verdict: 'as its level',
    source: 'Entra riskLevel, Okta debugContext risk, severity of Microsoft 365 alerts',
  },
  {
    vendors: 'all',
    field: 'risk.level',
    words: ['unknown'],
    verdict: 'low',
    source: 'Entra hides levels from those without the licence, Okta gives behaviours and threats without a level',
  },
];

/** A verdict as it comes. */
export interface Said {
  action: string;
  risk: VendorRisk | undefined;
  /** what became of it; of a sign-in it stands among the reasons */
  state: string | undefined;
  /** the vendor's reason for that */
  detail: string | undefined;
}

const plain = (word: string): string => word.toLowerCase().replaceAll('_', '').replaceAll(' ', '');

const BY_WORD = new Map<string, Exclude<VerdictRow['verdict'], 'as its level'>>();
for (const { field, words, verdict } of VERDICTS) {
  for (const word of words) BY_WORD.set(`${field}:${plain(word)}`, verdict === 'as its level' ? (word as Verdict) : verdict);
}

/** What a vendor's verdict is worth. */
export function verdictOf({ action, risk, state, detail }: Said): Verdict {
  const reasons = risk?.reasons ?? [];
  const said: readonly (readonly [VerdictRow['field'], readonly string[]])[] = [
    ['risk_state', state === undefined ? reasons : [state]],
    ['status_detail', [detail ?? '']],
    ['action', [action]],
    ['alert category', reasons],
    ['risk.level', risk === undefined ? [] : [risk.level]],
  ];
  let strength = 0;
  let isLower = false;
  for (const [field, words] of said) {
    for (const word of words) {
      const verdict = BY_WORD.get(`${field}:${plain(word)}`);
      if (verdict === 'none' || verdict === 'confirmed') return verdict;
      if (verdict === 'one step lower') isLower = true;
      else if (verdict !== undefined) strength = Math.max(strength, STRENGTH.indexOf(verdict));
    }
  }
  return STRENGTH[isLower ? strength - 1 : strength] ?? 'none';
}
