import { scoreOf } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { Factor } from '../../../src/core/event/index.js';
import { programOf } from '../../../src/core/state/habits.js';
import type { PersonJudgeTale } from '../oracle.js';
import { deviceOf, SignInTale } from './sign-in.js';
import { strange } from './strange.js';

const MOVES = ['network_new', 'country_new', 'device_new', 'cookie_new', 'device_missing', 'program_new', 'kept_signed_in'];

/** Everybody signs in somehow; whoever signs in otherwise in several ways at once is somebody else. */
export function sessionMintTale(parameters: Parameters): PersonJudgeTale {
  return (tale, at) => {
    const signIn = new SignInTale(tale, at, parameters);
    const { deed } = signIn;
    if (!signIn.isBeginning) return undefined;
    const { isTheirPlace, isKnown, lessons } = signIn;
    const found: Factor[] = strange(tale, deed, parameters).filter(({ dimension }) => !isTheirPlace || dimension !== 'place_network');
    const isRented = found.some(({ name }) => ['network_hosting', 'network_tor'].includes(name));

    const { auth } = deed.more!;
    const program = programOf(deed.look.traits.user_agent);
    const isPortal = (parameters['portal_clients'] as readonly string[]).includes(deed.client_uid ?? '');
    const isProgrammed = ['ropc', 'device_code'].includes(auth?.protocol ?? '');
    const isOwnTool = program !== undefined && tale.isHabit('program', program, deed.time);
    const isLibrary = deed.look.traits.user_agent?.kind === 'library' && !isProgrammed && !isOwnTool && (isKnown || isPortal);
    if (isLibrary) found.push(signIn.factor('library_sign_in'));
    if (isPortal && (isLibrary || isRented)) found.push(signIn.factor('portal_first'));

    if (isKnown) {
      found.push(...signIn.missingDevice(), ...signIn.newCookie());
      const told = lessons.filter((lesson) => lesson.more?.auth?.is_mfa !== undefined);
      const isTwo = signIn.isNearlyAll(told, (lesson) => lesson.more?.auth?.is_mfa === true);
      if (auth?.is_mfa === false && !isTheirPlace && isTwo) found.push(signIn.factor('factor_missing'));
      const kept = lessons.filter((lesson) => lesson.more?.auth?.keep_signed_in !== undefined);
      const neverKept = kept.length >= signIn.number('nearly_all_of') && !kept.some((lesson) => lesson.more?.auth?.keep_signed_in);
      if (auth?.keep_signed_in === true && neverKept) found.push(signIn.factor('kept_signed_in'));
      const hadCode = lessons.some((lesson) => lesson.more?.auth?.protocol === 'device_code');
      if (auth?.protocol === 'device_code' && !hadCode) found.push(signIn.factor('device_code_first'));
    }
    const isUnnamed = deed.look.traits.device_uid === undefined && found.some(({ name }) => name === 'cookie_new');
    const isNobodys = deviceOf(deed) === 'none' ? !signIn.isTheirBrowser(deed) : isUnnamed;
    const isElsewhere = !isTheirPlace && isNobodys && signIn.isElsewhere(signIn.number('active_within'));
    if (isElsewhere) found.push(signIn.factor('active_elsewhere'));

    if (found.length === 0) return undefined;
    const all = scoreOf([...found, ...signIn.reliefs()], true);
    const score = found.every(({ name, points }) => points <= 0 || MOVES.includes(name)) ? Math.min(all, 64) : all;
    const prefix = isTheirPlace ? undefined : deed.look.traits.endpoint?.prefix;
    return {
      score,
      episode: score >= 65 ? signIn.episode : signIn.newcomer,
      session: deed.session,
      stranger: score >= 65 || isLibrary ? { session: deed.session, prefix } : undefined,
    };
  };
}
