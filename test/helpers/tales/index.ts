import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { PersonJudgeTale } from '../oracle.js';
import { impossibleTravelTale } from './impossible-travel.js';
import { recoveryMintedTale } from './recovery-minted-session.js';
import { sessionMintTale } from './session-mint.js';

/** The detectors of people, told the slow and obvious way: each from the whole story up to the deed. */
export const PERSON_TALES: Readonly<Record<string, (parameters: Parameters) => PersonJudgeTale>> = {
  impossible_travel: impossibleTravelTale,
  session_mint: sessionMintTale,
  recovery_minted_session: recoveryMintedTale,
};
