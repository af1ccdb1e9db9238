import { hasKnownReason, type Said, VERDICTS, type Verdict, verdictOf } from '../../../src/core/detect/vendor-verdicts.js';
import { ACTIVITY, type Activity } from '../../../src/core/event/index.js';
import { githubActivity } from '../../../src/core/normalize/sources/github/github-actions.js';
import { googleActivity } from '../../../src/core/normalize/sources/google/google-events.js';
import { directoryActivity } from '../../../src/core/normalize/sources/microsoft/directory-operations.js';
import { m365Activity } from '../../../src/core/normalize/sources/microsoft/m365-operations.js';
import { oktaActivity } from '../../../src/core/normalize/sources/okta/okta-event-types.js';

const HIGH = { level: 'high', reasons: ['anonymizedIPAddress'] };
const said = (over: Partial<Said>): Said => ({ action: 'anonymizedIPAddress', risk: HIGH, state: undefined, detail: undefined, ...over });

test.each<[Verdict, Partial<Said>]>([
  ['high', {}],
  ['medium', { risk: { level: 'medium', reasons: [] } }],
  ['low', { risk: { level: 'low', reasons: [] } }],
  ['low', { risk: { level: 'unknown', reasons: [] } }],
  ['none', { risk: { level: 'none', reasons: [] } }],
  ['none', { risk: { level: 'informational', reasons: [] } }],
  ['none', { risk: undefined }],
  ['high', { state: 'at_risk' }],
  ['none', { state: 'dismissed' }],
  ['none', { state: 'confirmed_safe', detail: 'adminConfirmedUserCompromised' }],
  ['medium', { state: 'remediated' }],
  ['none', { state: 'remediated', risk: { level: 'low', reasons: [] } }],
  ['confirmed', { state: 'confirmed_compromised', risk: undefined }],
  ['confirmed', { state: 'at_risk', detail: 'adminConfirmedUserCompromised' }],
  ['high', { state: 'at_risk', detail: 'none' }],
  // of a sign-in the state stands among the reasons
  ['none', { risk: { level: 'high', reasons: ['unfamiliarFeatures', 'dismissed'] } }],
  ['confirmed', { risk: { level: 'high', reasons: ['unfamiliarFeatures', 'confirmed_compromised'] } }],
  ['medium', { action: 'user.session.context.change', risk: undefined }],
  ['high', { action: 'user.session.context.change' }],
  ['low', { action: 'user.risk.detect', risk: undefined }],
  ['none', { action: 'policy.entity_risk.evaluate' }],
  ['medium', { action: 'AlertTriggered', state: 'active', risk: { level: 'high', reasons: ['DataLossPrevention'] } }],
  ['medium', { action: 'AlertTriggered', state: 'active', risk: { level: 'high', reasons: ['Data Governance'] } }],
  ['medium', { action: 'AlertTriggered', state: 'active', risk: { level: 'high', reasons: ['access_governance'] } }],
  ['medium', { action: 'AlertTriggered', state: 'active', risk: { level: 'high', reasons: ['MailFlow'] } }],
  ['medium', { action: 'AlertTriggered', state: 'active', risk: { level: 'high', reasons: ['Others'] } }],
  ['high', { action: 'AlertTriggered', state: 'active', risk: { level: 'high', reasons: ['ThreatManagement'] } }],
  ['none', { risk: { level: 'none', reasons: ['remediated'] } }],
  ['none', { action: 'AlertUpdated', state: 'resolved', risk: { level: 'high', reasons: ['ThreatManagement'] } }],
  ['medium', { action: 'anomaly', risk: { level: 'unknown', reasons: ['ip_address', 'asn', 'new-asn'] } }],
  ['high', { action: 'anomaly', risk: { level: 'unknown', reasons: ['asn', 'session_fingerprint'] } }],
  ['low', { action: 'anomaly', risk: { level: 'unknown', reasons: ['ip_address', 'new-asn'] } }],
  ['confirmed', { action: 'user_logout_compromised', risk: { level: 'unknown', reasons: ['compromised'] } }],
  ['none', { action: 'secret_scanning_alert.created', risk: { level: 'unknown', reasons: ['secret_found'] } }],
  ['medium', { action: 'passwordReuseEvent', risk: { level: 'unknown', reasons: ['passwordReuseEvent', 'PASSWORD_REUSED_PHISHING_URL'] } }],
  ['none', { action: 'Suspicious login', state: 'closed', risk: { level: 'high', reasons: ['Google identity'] } }],
])('%s: %j', (verdict, over) => {
  expect(verdictOf(said(over))).toBe(verdict);
});

test('no word stands in two rows of one vendor', () => {
  const words = VERDICTS.flatMap(({ vendors, field, words: own }) =>
    vendors.split(', ').flatMap((vendor) => own.map((word) => `${vendor} ${field} ${word}`)),
  );
  expect(new Set(words).size).toBe(words.length);
});

test('the actions are those that the vendors call a verdict', () => {
  const readers: Readonly<Record<string, (action: string) => Activity | undefined>> = {
    okta: oktaActivity,
    entra: (action) => directoryActivity(action, () => undefined, undefined),
    m365: (action) => m365Activity(action),
    google_workspace: (name) =>
      googleActivity({ app: name.startsWith('password_') ? 'chrome' : 'login', name, type: undefined, parameter: () => undefined }),
    github: (action) => githubActivity(action),
  };
  expect(ACTIVITY).toContain('vendor_risk');
  for (const { vendors, field, words } of VERDICTS) {
    const read = readers[vendors.split(', ')[0]!];
    // others are read by their reasons
    if (field === 'action' && read !== undefined) for (const word of words) expect([word, read(word)]).toEqual([word, 'vendor_risk']);
  }
});

test('a reason of the table counts where the vendor gives no level, and what is only new does not', () => {
  expect(hasKnownReason({ level: 'unknown', reasons: ['New Country', 'Session Fingerprint'] })).toBe(true);
  expect(hasKnownReason({ level: 'unknown', reasons: ['New Country', 'at_risk'] })).toBe(false);
});
