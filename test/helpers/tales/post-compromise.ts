import { ACTS, actOf } from '../../../src/core/detect/acts.js';
import { type FactorName, factor, scoreOf } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { Factor } from '../../../src/core/event/index.js';
import { programOf } from '../../../src/core/state/habits.js';
import { useOf } from '../../../src/core/state/usage.js';
import type { Deed, PersonJudgeTale, PersonTale, StrangersTale } from '../oracle.js';
import { SignInTale } from './sign-in.js';
import { strange, strangeToWhoever } from './strange.js';

/** What was done is judged by who did it, as far as that is known at the deed from which it is judged. */
export function postCompromiseTale(parameters: Parameters): PersonJudgeTale {
  const number = (name: string): number => Number(parameters[name]);
  const make = (name: FactorName): Factor => factor(name, number(`points_${name}`), name);

  return (tale, at) => {
    const here = tale.story[at]!;
    const isMachine = ['service', 'workload'].includes(tale.principal.type);
    const since = here.time - number('within');
    const strangers = tale.strangersAt(here, since);
    const recent = tale.story.slice(0, at + 1).filter(({ time }) => time >= since);
    const theirs = recent.filter((deed) => isOneOf(strangers, deed));

    const acts = recent.flatMap((done) => {
      const event = tale.eventOf(done);
      const act = event.subject_role === 'actor' ? actOf(event) : undefined;
      if (act === undefined || (parameters['ignored_acts'] as readonly string[]).includes(act)) return [];
      const isBlind = done.look.traits.endpoint === undefined;
      const about = isBlind ? theirs.filter((other) => done.session === undefined || other.session === done.session).at(-1) : undefined;
      const told = theirs.includes(done) ? make('by_stranger') : about === undefined ? undefined : make('in_stolen_session');
      return [{ done, act, told, session: done.session ?? (told?.name === 'in_stolen_session' ? about?.session : undefined) }];
    });
    const own = acts.find(({ done }) => done === here);
    const episodeOf = ({ session, look, time }: Deed): string => {
      if (session !== undefined) return `${session.issuer}|${session.uid}|0`;
      return `${look.traits.endpoint?.prefix ?? ''}@${Math.floor(time / 86_400_000)}`;
    };
    const others = tale.tellsOfStranger(here) ? acts.filter(({ told }) => told !== undefined) : [];
    const ofSame = own?.told === undefined ? others : others.filter(({ done }) => episodeOf(done) === episodeOf(here));
    const candidates = own === undefined || ofSame.includes(own) ? ofSame : [...ofSame, own];
    const weight = ({ act, told }: (typeof acts)[number]): number => ACTS[act].points + (told?.points ?? 0);
    const worst = candidates.find((deed) => candidates.every((other) => weight(other) <= weight(deed)));
    if (worst === undefined || (worst.told === undefined && isMachine)) return undefined;

    const { done, act, told, session } = worst;
    const points = ACTS[act].points;
    const { type, tags } = tale.principal;
    const event = tale.eventOf(done);
    // keys are at none of their person's places
    const isUsersKey = event.source.vendor === 'aws' && event.token?.uid.startsWith('AKIA') === true;
    const isByKey = !event.is_presence && (isUsersKey || useOf(event)?.isMachine === false);
    const hasOneBody = type === 'human' && tags?.includes('shared') !== true && !isByKey;
    const isOfEveryDay = points < number('strange_from');
    const all = hasOneBody ? strange(tale, done, parameters) : [];
    const far = ['country_new', 'network_hosting', 'network_tor'];
    const isKnown = tale.isKnown(done.time, number('learning_days'), number('learning_sign_ins'));
    const isUnneeded = /_out$|^audit_switched_off$|_hides$|^evidence_deleted$/.test(act);
    const firsts =
      isKnown || !isUnneeded || told !== undefined || !hasOneBody || isOfEveryDay
        ? []
        : [...strangeToWhoever(tale, done, parameters), ...abroad(tale, at, make('country_new'))];
    const hasFar = (list: readonly Factor[]) => list.some(({ name }) => far.includes(name));
    const hasOther = (list: readonly Factor[]) => list.some(({ dimension }) => dimension !== 'place_network');
    const counts = isOfEveryDay ? hasFar(all) && hasOther(all) : all.some(({ dimension }) => dimension === 'place_network');
    const known = counts ? all : [];
    const news = isKnown ? [...known] : firsts.filter(({ name }) => far.includes(name));
    const signIns = tale.story.slice(0, at + 1).flatMap((other, i) => {
      const isOfSession = other.session !== undefined && other.session === done.session && other.activity === 'sign_in' && other.is_done;
      const isBefore = tale.story.indexOf(other) <= tale.story.indexOf(done) && recent.includes(other);
      return isOfSession && isBefore && isOneNetwork(other, done) ? [new SignInTale(tale, i, parameters)] : [];
    });
    const isOut = /_out$|^audit_switched_off$/.test(act);
    const signIn = isOut && programOf(done.look.traits.user_agent) === undefined ? signIns.at(-1) : undefined;
    if (signIn !== undefined && hasFar(news)) news.push(...machine(signIn, parameters));
    const factors = [factor('act', points, act), ...news];
    if (told !== undefined) return { score: scoreOf([...factors, told], true), episode: episodeOf(done), session };
    const [isFar, isOther] = [hasFar(news), hasOther(news)];
    const isGrave = isOut && news.length > 0;
    const limit = isFar && isOther && !isOfEveryDay ? 100 : isFar || isOther || isGrave ? 64 : 39;
    return { score: Math.min(limit, scoreOf(factors, true)), episode: episodeOf(done), session };
  };
}

/** What is the least the person's of the machine that signed in. */
function machine(signIn: SignInTale, parameters: Parameters): Factor[] {
  const { deed, tale, isKnown } = signIn;
  if (!isKnown || deed.is_compliant === true || signIn.isTheirDevice(deed.look.traits.device_uid)) return [];
  const means = strange(tale, deed, parameters).filter(({ dimension }) => dimension !== 'place_network');
  return [...means, ...signIn.missingDevice()].sort((a, b) => b.points - a.points).slice(0, 1);
}

function isOneNetwork({ look: { traits: a } }: Deed, { look: { traits: b } }: Deed): boolean {
  if (a.endpoint === undefined || b.endpoint === undefined) return false;
  if (a.endpoint.prefix === b.endpoint.prefix) return true;
  return a.endpoint.asn === b.endpoint.asn && a.endpoint.country === b.endpoint.country;
}

/** In another country than they began in, and not used to be there. */
function abroad(tale: PersonTale, at: number, found: Factor): Factor[] {
  const { look, time } = tale.story[at]!;
  const { endpoint } = look.traits;
  const country = endpoint?.country;
  if (country === undefined || tale.isAccustomed(endpoint!, time) || tale.isHabit('country', country, time)) return [];
  const countries = new Set(tale.story.map((deed) => deed.look.traits.endpoint?.country).filter((one) => one !== undefined));
  const meetings = [...countries]
    .map((one) => ({ one, met: tale.firstMeeting('country', one, at) }))
    .filter(({ met }) => met !== undefined);
  const began = meetings.sort((a, b) => tale.story.indexOf(a.met!) - tale.story.indexOf(b.met!))[0]?.one;
  return began === undefined || began === country ? [] : [found];
}

function isOneOf({ looks, sessions, prefixes }: StrangersTale, { look, session }: Deed): boolean {
  if (looks.includes(look) || (session !== undefined && sessions.includes(session))) return true;
  return look.traits.endpoint?.prefix !== undefined && prefixes.includes(look.traits.endpoint.prefix);
}
