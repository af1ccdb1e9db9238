import { scoreOf } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { Factor } from '../../../src/core/event/index.js';
import type { PersonJudgeTale } from '../oracle.js';
import { SignInTale } from './sign-in.js';
import { strange } from './strange.js';

/** Somebody else opened the account; whoever comes in next should be the person. */
export function recoveryMintedTale(parameters: Parameters): PersonJudgeTale {
  return (tale, at) => {
    const signIn = new SignInTale(tale, at, parameters);
    const { deed } = signIn;
    if (!signIn.isBeginning) return undefined;
    const resets = tale.marks
      .filter(({ kind, by }) => by !== undefined && ['recovery', 'credential_change', 'mfa_change'].includes(kind))
      .filter(({ time }) => time < deed.time && deed.time - time <= signIn.number('recovery_within'));
    if (resets.length === 0) return undefined;

    const { endpoint, device_uid, cookie_uid } = deed.look.traits;
    const { isTheirPlace, isKnown } = signIn;
    const found: Factor[] = [];
    if (!isTheirPlace) {
      const isResetters = resets.some(({ by_endpoint }) => by_endpoint !== undefined && by_endpoint.prefix === endpoint?.prefix);
      if (isKnown && isResetters) found.push(signIn.factor('resetter_network'));
      found.push(...strange(tale, deed, parameters));
      if (isKnown) found.push(...signIn.missingDevice());
    }
    const isOwnDevice = device_uid === undefined || signIn.isTheirDevice(device_uid);
    const isOwnCookie = cookie_uid === undefined || tale.isHabit('cookie', cookie_uid, deed.time);
    const isOnDevice = !isOwnDevice && resets.some(({ by_device }) => by_device === device_uid);
    const isInBrowser = !isOwnCookie && resets.some(({ by_cookie }) => by_cookie === cookie_uid);
    if (isOnDevice || isInBrowser) found.push(signIn.factor('resetter_device'));

    if (found.length === 0) return undefined;
    const score = scoreOf([...found, signIn.factor('after_recovery'), ...signIn.reliefs()], true);
    const prefix = isTheirPlace ? undefined : endpoint?.prefix;
    return { score, episode: signIn.episode, session: deed.session, stranger: { session: deed.session, prefix } };
  };
}
