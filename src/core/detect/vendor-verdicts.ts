import type { SessionEvent, VendorRisk } from '../event/index.js';

/** What a vendor's word is worth; `none` is not about the person, or takes a verdict back. */
export type Verdict = 'none' | 'low' | 'medium' | 'high' | 'confirmed';

const STRENGTH: readonly Verdict[] = ['none', 'low', 'medium', 'high', 'confirmed'];

/** How a vendor says how sure it is, and what that is worth here. */
export interface VerdictRow {
  vendors: string;
  /** where it stands in our event */
  field: 'action' | 'risk.level' | 'risk_state' | 'status_detail' | 'alert category' | 'risk reason';
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
    vendors: 'google_workspace',
    field: 'action',
    words: ['account_disabled_hijacked'],
    verdict: 'confirmed',
    source: 'Google Workspace Reports, login: Google took the account from whoever had it',
  },
  {
    vendors: 'google_workspace',
    field: 'action',
    words: ['user_signed_out_due_to_suspicious_session_cookie'],
    verdict: 'high',
    source: 'Google Workspace Reports, user accounts: a session`s cookie showed up where it does not belong, and Google ended it',
  },
  {
    vendors: 'google_workspace',
    field: 'action',
    words: [
      'suspicious_login',
      'suspicious_login_less_secure_app',
      'suspicious_programmatic_login',
      'account_disabled_password_leak',
      'account_disabled_spamming',
      'account_disabled_spamming_through_relay',
      'gov_attack_warning',
      'risky_sensitive_action_allowed',
      'risky_sensitive_action_blocked',
      'password_breach',
      'password_breach_event',
    ],
    verdict: 'medium',
    source: 'Google Workspace Reports, login and chrome: no level of their own',
  },
  {
    vendors: 'google_workspace',
    field: 'risk reason',
    words: ['suspicious', 'PASSWORD_REUSED_PHISHING_URL'],
    verdict: 'medium',
    source: 'Google Workspace Reports: is_suspicious of a sign-in that worked; a password typed into a page of phishers',
  },
  {
    vendors: 'google_workspace',
    field: 'risk_state',
    words: ['closed'],
    verdict: 'none',
    source: 'Google Workspace Alert Center, status of alerts',
  },
  {
    vendors: 'google_workspace',
    field: 'alert category',
    words: ['Gmail phishing', 'Data Loss Prevention'],
    verdict: 'one step lower',
    source: 'Google Workspace Alert Center, source of alerts: of mail that came in and of files, not of who acts',
  },
  {
    vendors: 'gcp',
    field: 'action',
    words: ['google.login.LoginService.accountDisabledHijacked'],
    verdict: 'confirmed',
    source: 'Google Cloud audit logs that Google Workspace shares: as account_disabled_hijacked',
  },
  {
    vendors: 'slack',
    field: 'risk reason',
    words: ['session_fingerprint', 'unexpected_session_cookie', 'stale_session_cookie', 'unexpected_cookie', 'session_cookie'],
    verdict: 'high',
    source: 'Slack anomaly events: the cookie of a session shown by another machine or after its time',
  },
  {
    vendors: 'slack',
    field: 'risk reason',
    words: [
      'tor',
      'asn',
      'user_agent',
      'unexpected_user_agent',
      'unexpected_client',
      'unexpected_api_call_volume',
      'unexpected_scraping',
      'unexpected_admin_action',
      'excessive_downloads',
      'excessive_file_shares',
      'excessive_malware_uploads',
    ],
    verdict: 'medium',
    source: 'Slack anomaly events: where from, with what, and how much; no level of their own',
  },
  {
    vendors: 'slack',
    field: 'risk reason',
    words: ['compromised'],
    verdict: 'confirmed',
    source: 'Slack audit log, user_logout_compromised: Slack ended the sessions of credentials that were found stolen',
  },
  {
    vendors: 'github',
    field: 'action',
    words: ['user_session.country_change'],
    verdict: 'medium',
    source: 'GitHub audit log: one web session went on in another country',
  },
  {
    vendors: 'github',
    field: 'risk reason',
    words: ['secret_found', 'secret_leaked'],
    verdict: 'none',
    source: 'GitHub audit log: a secret in a repository, of whoever the secret is, not of who wrote it',
  },
  {
    vendors: 'salesforce',
    field: 'risk reason',
    words: ['SessionHijacking', 'SessionHijackingEvent'],
    verdict: 'confirmed',
    source: 'Salesforce Threat Detection: one session in two browsers, by their fingerprints',
  },
  {
    vendors: 'auth0',
    field: 'risk reason',
    words: ['ferrt'],
    verdict: 'confirmed',
    source: 'Auth0 log event types: a refresh token that may be used once was used again',
  },
  {
    vendors: 'keycloak',
    field: 'risk reason',
    words: ['refresh token used again'],
    verdict: 'confirmed',
    source: 'Keycloak events, REFRESH_TOKEN_ERROR: a refresh token that may be used once was used again',
  },
  {
    vendors: 'teleport',
    field: 'risk reason',
    words: ['certificate was renewed in two places'],
    verdict: 'confirmed',
    source: 'Teleport audit events, cert.generation_mismatch: a copy of a bot`s certificate was renewed',
  },
  {
    vendors: 'duo',
    field: 'risk reason',
    words: ['user_marked_fraud', 'Login request marked as fraudulent.'],
    verdict: 'confirmed',
    source: 'Duo authentication and administrator logs: the person said "this was not me" to a push',
  },
  {
    vendors: 'box',
    field: 'risk reason',
    words: ['Suspicious Sessions'],
    verdict: 'high',
    source: 'Box Shield alerts, rule_category: one session from places or programs that do not go together',
  },
  {
    vendors: 'box',
    field: 'risk reason',
    words: ['Suspicious Locations', 'Anomalous Download'],
    verdict: 'medium',
    source: 'Box Shield alerts, rule_category: at least that; the score of the alert may say more',
  },
  {
    vendors: 'aws',
    field: 'risk reason',
    words: ['access key found in public'],
    verdict: 'confirmed',
    source: 'AWS CloudTrail: AWS itself put its quarantine policy on whose key stands in a public place',
  },
  {
    vendors: 'all',
    field: 'risk.level',
    words: ['low', 'medium', 'high'],
    verdict: 'as its level',
    source:
      'Entra riskLevel, Okta debugContext risk, severity of Microsoft 365 and Google alerts, scores of OneLogin, PingOne, Box, Salesforce',
  },
  {
    vendors: 'all',
    field: 'risk.level',
    words: ['unknown'],
    verdict: 'low',
    source: 'Entra hides levels from those without the licence, Okta, Google and Slack give what they found without a level',
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

/** Does the vendor give a reason of its table, so that what it does not give a level is no less than a risk? */
export function hasKnownReason({ reasons }: VendorRisk): boolean {
  return reasons.some((reason) => BY_WORD.has(`risk reason:${plain(reason)}`));
}

/** What a vendor's verdict is worth. */
export function verdictOf({ action, risk, state, detail }: Said): Verdict {
  const reasons = risk?.reasons ?? [];
  const said: readonly (readonly [VerdictRow['field'], readonly string[]])[] = [
    ['risk_state', state === undefined ? reasons : [state]],
    ['status_detail', [detail ?? '']],
    ['action', [action]],
    ['alert category', reasons],
    ['risk reason', reasons],
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

/** Does the vendor hold a person for compromised, or nearly so, in a record of what it let nobody do: a token used twice, a push that was refused? */
export function isGraveVerdict({ activity, principal, action, risk, details, status_detail }: SessionEvent): boolean {
  if (activity !== 'vendor_risk' || principal.type !== 'human') return false;
  const verdict = verdictOf({ action, risk, state: details?.['risk_state'], detail: status_detail });
  return verdict === 'high' || verdict === 'confirmed';
}
