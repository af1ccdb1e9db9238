import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { Judge, PersonJudgeTale, SessionTale } from '../oracle.js';
import { anonymizerTale } from './anonymizer.js';
import { appConsentTale } from './app-consent.js';
import { countTale } from './count.js';
import { impossibleTravelTale } from './impossible-travel.js';
import { matchTale } from './match.js';
import { noveltyTale } from './novelty.js';
import { postCompromiseTale } from './post-compromise.js';
import { PrivilegedTale } from './privileged-context.js';
import { recoveryMintedTale } from './recovery-minted-session.js';
import { sessionMintTale } from './session-mint.js';
import { vendorRiskTale } from './vendor-risk.js';

/** The detectors of people, told the slow and obvious way: each from the whole story up to the deed. */
export const PERSON_TALES: Readonly<Record<string, (parameters: Parameters) => PersonJudgeTale>> = {
  app_consent: appConsentTale,
  count: countTale,
  impossible_travel: impossibleTravelTale,
  match: matchTale,
  new_country: noveltyTale('country'),
  new_network: noveltyTale('network'),
  new_device: noveltyTale('device'),
  anonymizer: anonymizerTale,
  vendor_risk: vendorRiskTale,
  session_mint: sessionMintTale,
  recovery_minted_session: recoveryMintedTale,
  post_compromise: postCompromiseTale,
  // of credentials, which the people of these stories have none of: nhi-egress.ts tells it of stories of its own, test/core/detect/nhi-egress-oracle.test.ts
  nhi_egress: () => () => undefined,
  // told in test/core/detect/machines.test.ts
  token_reuse: () => () => undefined,
  use_after_key_end: () => () => undefined,
  use_after_expiry: () => () => undefined,
  // nobody here is an agent or of a partner: told in test/core/detect/declared.test.ts
  agent_overreach: () => () => undefined,
  partner_egress: () => () => undefined,
  // where single sign-on is enforced nowhere; where it is it takes time, and is told in test/core/detect/no-sign-on.test.ts
  no_sign_on: () => () => undefined,
};

/** Detectors of sessions beside those that the oracle itself tells. */
export const SESSION_TALES: Readonly<Record<string, (session: SessionTale, parameters: Parameters) => Judge>> = {
  // nobody in these stories has a key for a while made: told in test/core/detect/outlived-key.test.ts
  outlived_key: () => ({ suspects: () => false, verdict: () => undefined }),
  privileged_context_change: (session, parameters) => new PrivilegedTale(session, parameters),
};
