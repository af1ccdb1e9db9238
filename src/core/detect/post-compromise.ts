import type { Activity, Factor, SessionEvent } from '../event/index.js';
import { programOf } from '../state/habits.js';
import { type Fact, isBefore, type Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import {
  hasOneBody,
  isKnown,
  LEARNING,
  readStrange,
  STRANGE,
  type StrangeSettings,
  strangeCountry,
  strangeMeans,
  strangeness,
  strangePlace,
} from './accustomed.js';
import { ACTS, type ActName, actOf } from './acts.js';
import { type FactorName, factor, ONE_DIMENSION_MAX, pointParameters, scoreOf } from './factors.js';
import { evidenceOf, type Judgement, type PersonDetector, type PersonJudge, type PersonScene } from './judgement.js';
import { LEVEL_FROM } from './levels.js';
import { durationText, printName, useName } from './names.js';
import { isByOwnKey, isRoutine } from './own-key.js';
import { isPlaceless } from './own-shell.js';
import { numberOf, type Parameters, stringsOf } from './parameters.js';
import { isOneNetwork, isTheirDevice, missingDevice, NEARLY_ALL, type NearlyAll, readNearlyAll, signInsUpTo } from './sign-in.js';
import { isOneOf, type Strangers, strangersAt, tellsOfStranger } from './strangers.js';

const USED: readonly FactorName[] = ['by_stranger', 'in_stolen_session', 'device_missing', ...STRANGE];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Acts beside the one in the foreground that a finding names. */
const CONTEXT_ACTS = 5;
/** A place where an honest person seldom works for the first time; the network of a hotel or a train is new every week. */
const FAR: ReadonlySet<string> = new Set<FactorName>(['country_new', 'network_hosting', 'network_tor']);

export const postCompromise: PersonDetector = {
  scope: 'person',
  name: 'post_compromise',
  doc: 'what thieves do with an account: rules, forwarding, delegates, consents, secrets, factors, roles, policies, exports; who does it decides',
  isLast: true,
  parameters: {
    within: {
      kind: 'duration',
      default: DAY_MS,
      min: HOUR_MS,
      max: 2 * DAY_MS,
      doc: 'how far back acts of somebody who turns out to be a stranger are looked for: public rules correlate within a day',
    },
    strange_from: {
      kind: 'integer',
      default: 25,
      min: 0,
      max: 100,
      doc: 'points of an act from which it counts that its person is not used to where it was done; below, only where the machine is another as well: downloads, consents and delegates are made on journeys, too',
    },
    ignored_acts: { kind: 'strings', default: [], doc: 'acts that say nothing here; docs/acts.md names them' },
    ...NEARLY_ALL,
    ...LEARNING,
    ...pointParameters(USED),
  },
  create: (parameters, rule) => new ActJudge(parameters, rule),
};

const ACTIVITIES: ReadonlySet<Activity> = new Set(Object.values(ACTS).map(({ activity }) => activity));

/** An act with whoever may be behind it. */
interface Deed {
  act: ActName;
  done: Observation;
  /** what says that it was not the person */
  told: 'by_stranger' | 'in_stolen_session' | undefined;
  /** a stranger's event that says so, when the act itself shows nothing */
  by: Observation | undefined;
}

class ActJudge implements PersonJudge {
  readonly lookBack: number;
  /** that somebody is a stranger can turn out with any event */
  readonly activities = undefined;
  private readonly strange: StrangeSettings;
  private readonly usual: NearlyAll;
  private readonly strangeFrom: number;
  private readonly ignored: ReadonlySet<string>;

  constructor(
    parameters: Parameters,
    private readonly rule: number,
  ) {
    this.lookBack = numberOf(parameters, 'within');
    this.strange = readStrange(parameters);
    this.usual = readNearlyAll(parameters);
    this.strangeFrom = numberOf(parameters, 'strange_from');
    this.ignored = stringsOf(parameters, 'ignored_acts');
  }

  factsOf(event: SessionEvent): readonly Fact[] | undefined {
    if (event.subject_role !== 'actor' || !ACTIVITIES.has(event.activity)) return undefined;
    const act = actOf(event);
    if (act === undefined || this.ignored.has(act)) return undefined;
    return [{ rule: this.rule, step: 0, by: '', value: act }];
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const { person } = scene;
    const seen = person.story.tail[at]!;
    const act = this.actIn(seen);
    const isTelling = tellsOfStranger(person, seen);
    if (act === undefined && !isTelling) return undefined;
    const strangers = strangersAt(person, at, seen.time - this.lookBack);
    const own = act === undefined ? undefined : this.deedOf(scene, at, seen, act, strangers);
    const worst = isTelling && strangers !== undefined ? this.worstBefore(scene, at, strangers, own) : own;
    if (worst === undefined) return undefined;
    // What machines are there for is no sign of anything, and the cloud that they run in is no place.
    if (worst.told === undefined && isMachine(person)) return undefined;
    return this.conclude(scene, at, worst, strangers);
  }

  silence({ person }: PersonScene, at: number): string {
    const seen = person.story.tail[at]!;
    if (this.actIn(seen) !== undefined) return 'it is an act of a machine, and no stranger is known';
    return tellsOfStranger(person, seen)
      ? `no act of the stranger's in the ${durationText(this.lookBack)} before it`
      : 'it is none of the acts that thieves do';
  }

  private deedOf(scene: PersonScene, at: number, done: Observation, act: ActName, strangers: Strangers | undefined): Deed {
    if (strangers === undefined) return { act, done, told: undefined, by: undefined };
    // what a key does every day shows nobody's hand where only its place is odd
    if (isOneOf(strangers, done, isRoutine(scene.person, done, act))) return { act, done, told: 'by_stranger', by: undefined };
    // A log that does not say from where cannot say by whom either, but that a stranger was about.
    const by = done.print.endpoint === undefined ? this.strangerAbout(scene.person.story.tail, at, done, strangers) : undefined;
    return { act, done, told: by === undefined ? undefined : 'in_stolen_session', by };
  }

  /** The latest event of a stranger, up to a place in the story, in the session of an act, or in any when the act names none. */
  private strangerAbout(tail: readonly Observation[], at: number, done: Observation, strangers: Strangers): Observation | undefined {
    for (let i = at; i >= 0; i--) {
      const other = tail[i]!;
      if (other.time < tail[at]!.time - this.lookBack) return undefined;
      if (done.session !== undefined && other.session !== done.session) continue;
      if (isOneOf(strangers, other)) return other;
    }
    return undefined;
  }

  /**
   * Somebody turns out to be a stranger: what did they do before anybody knew? The worst of it, the first of equals. When they are at it right
   * now, what belongs to the same finding.
   */
  private worstBefore(scene: PersonScene, at: number, strangers: Strangers, own: Deed | undefined): Deed | undefined {
    const { tail } = scene.person.story;
    let worst = own;
    for (let i = at - 1; i >= 0; i--) {
      const done = tail[i]!;
      if (done.time < tail[at]!.time - this.lookBack) break;
      const act = this.actIn(done);
      if (act === undefined) continue;
      const deed = this.deedOf(scene, at, done, act, strangers);
      if (deed.told === undefined || this.weightOf(deed) < this.weightOf(worst)) continue;
      if (own?.told === undefined || episodeOf(done) === episodeOf(own.done)) worst = deed;
    }
    return worst;
  }

  private conclude(scene: PersonScene, at: number, { act, done, told, by }: Deed, strangers: Strangers | undefined): Judgement {
    const { tail } = scene.person.story;
    const own = this.strangenessOf(scene, at, done, act, told !== undefined);
    const signIn = GRAVE.has(act) && isFar(own) ? signInOf(tail, at, done, this.lookBack) : undefined;
    const machine = signIn === undefined ? undefined : this.machineOf(scene, signIn, done);
    const strange = machine === undefined ? own : [...own, machine];
    const factors = [factor('act', ACTS[act].points, `${ACTS[act].doc}: ${done.action}.`, undefined, act)];
    if (told !== undefined) factors.push(factor(told, this.strange.points(told), toldBy({ act, done, told, by }, tail[at]!)));
    factors.push(...strange);
    const score = scoreOf(factors, true);
    const prefix = done.print.endpoint?.prefix;
    const others = strangers === undefined ? [] : this.actsOf(tail, at, strangers).filter((other) => other !== done && other !== by);
    const shown = [by, machine === undefined ? undefined : signIn].filter((other) => other !== undefined);
    const context = [done, ...others.slice(-CONTEXT_ACTS), ...shown].filter((other) => other !== tail[at]);
    context.sort((a, b) => (isBefore(a.time, a.uid, b.time, b.uid) ? -1 : 1));
    return {
      score: told === undefined ? Math.min(score, limitOf(act, strange, ACTS[act].points < this.strangeFrom)) : score,
      factors,
      episode: episodeOf(done),
      baseline: [],
      context: context.map(evidenceOf),
      travel: undefined,
      message: `did what thieves do (${done.action}): ${ACTS[act].doc}, ${howName(done)}`,
      session: done.session ?? by?.session,
      stranger: told === undefined ? undefined : { session: undefined, prefix: prefix ?? by?.print.endpoint?.prefix, is_hearsay: true },
    };
  }

  /** How far from what they are used to, when the act is not one of every journey and not made where they always are. */
  private strangenessOf(scene: PersonScene, at: number, done: Observation, act: ActName, isTold: boolean): Factor[] {
    if (!hasOneBody(scene.person) || isByOwnKey(scene.person, done)) return [];
    const isMinor = ACTS[act].points < this.strangeFrom;
    // Of a new account, or one that slept for a month, nothing is known: what nobody's first days need is odd all the same from far away.
    if (!isKnown(scene, done.time, this.strange)) return UNNEEDED.has(act) && !isMinor && !isTold ? this.farness(scene, at) : [];
    // who is held for a stranger is where their address says, whatever they call themselves
    const strange = strangeness(scene, done, this.strange, done.time, !isTold && isPlaceless(scene, done));
    // What is done on journeys, too, counts where the place and the machine are both another.
    if (isMinor) return isFar(strange) && isOtherMachine(strange) ? strange : [];
    // A new phone or laptop at home is a purchase.
    return strange.some(({ dimension }) => dimension === 'place_network') ? strange : [];
  }

  /** What is not the person's of the machine that signed in to an act's session, the most telling: it is one machine. Nothing of a device of theirs. */
  private machineOf(scene: PersonScene, signIn: Observation, { time }: Observation): Factor | undefined {
    if (!isKnown(scene, signIn.time, this.strange) || signIn.is_compliant === true) return undefined;
    if (isTheirDevice(scene, signIn.print.device_uid, signIn.time)) return undefined;
    const missing = missingDevice(signIn, signInsUpTo(scene, signIn.time), this.usual, this.strange.points('device_missing'));
    const means = [...strangeMeans(scene, signIn, this.strange), ...(missing === undefined ? [] : [missing])];
    const [found] = means.sort((a, b) => b.points - a.points);
    if (found === undefined) return undefined;
    const text = found.text.charAt(0).toLowerCase() + found.text.slice(1);
    return { ...found, text: `At the sign-in ${durationText(time - signIn.time)} before: ${text}` };
  }

  /** How far somebody of whom nothing is known is from where they began, in the event that is judged. */
  private farness(scene: PersonScene, at: number): Factor[] {
    const far = strangePlace(scene, scene.person.story.tail[at]!, this.strange).filter(({ name }) => FAR.has(name));
    if (far.some(({ name }) => name === 'country_new')) return far;
    const abroad = strangeCountry(scene, at, this.strange);
    return abroad === undefined ? far : [...far, abroad];
  }

  /** The latest acts of strangers up to a place in the story, in its order. */
  private actsOf(tail: readonly Observation[], at: number, strangers: Strangers): Observation[] {
    const found: Observation[] = [];
    for (let i = at; i >= 0 && found.length <= CONTEXT_ACTS; i--) {
      const other = tail[i]!;
      if (other.time < tail[at]!.time - this.lookBack) break;
      if (this.actIn(other) !== undefined && isOneOf(strangers, other)) found.push(other);
    }
    return found.reverse();
  }

  private actIn(seen: Observation): ActName | undefined {
    const facts = seen.more?.facts;
    if (facts === undefined) return undefined;
    for (const { rule, value } of facts) if (rule === this.rule && Object.hasOwn(ACTS, value)) return value as ActName;
    return undefined;
  }

  /** What an act is worth by itself and by who did it. */
  private weightOf(deed: Deed | undefined): number {
    if (deed === undefined) return 0;
    return ACTS[deed.act].points + (deed.told === undefined ? 0 : this.strange.points(deed.told));
  }
}

/** From where and with what; an app that somebody let in acts in their name from its own servers. */
function howName({ print, client_uid }: Observation): string {
  return print.lane === 'app' ? `through the app ${client_uid} that they let in, ${useName(print)}` : useName(print);
}

/** How it is known that it was not the person, as a sentence. */
function toldBy({ done, by }: Deed, seen: Observation): string {
  if (by === undefined) {
    const later = done === seen ? '' : `, as is known ${durationText(seen.time - done.time)} later`;
    return `By somebody who is held for a stranger${later}: ${printName(done.print)}.`;
  }
  const where =
    done.session === undefined ? 'In no session that is named, with a stranger about' : 'In a session that a stranger uses, too,';
  const when = `${durationText(by.time - done.time)} ${by.time <= done.time ? 'before' : 'after'}`;
  return `${where} ${when}: ${printName(by.print)}.`;
}

function isMachine({ principal: { type } }: Person): boolean {
  return type === 'service' || type === 'workload';
}

/** Acts that nobody needs on a journey: mail that is sent on to the outside, a log that is switched off. */
const GRAVE: ReadonlySet<ActName> = new Set<ActName>([
  'inbox_rule_forwards_out',
  'mailbox_forwarding_out',
  'transport_rule_out',
  'audit_switched_off',
]);

/** Acts that nobody's first days need either; factors, devices and consents are what they are full of. */
const UNNEEDED: ReadonlySet<ActName> = new Set<ActName>([...GRAVE, 'inbox_rule_hides', 'evidence_deleted']);

/**
 * The most that an act can be worth when nobody is held for a stranger. People do such things on journeys, and buy new phones: a new network
 * changes only a grave act, one far place or another machine as well is medium at most, and only both together are more, of an act that is not of every day.
 */
function limitOf(act: ActName, strange: readonly Factor[], isMinor: boolean): number {
  if (isFar(strange) && isOtherMachine(strange)) return isMinor ? LEVEL_FROM.high - 1 : 100;
  const isGrave = GRAVE.has(act) && strange.length > 0;
  return isFar(strange) || isOtherMachine(strange) || isGrave ? LEVEL_FROM.high - 1 : ONE_DIMENSION_MAX;
}

function isFar(strange: readonly Factor[]): boolean {
  return strange.some(({ name }) => FAR.has(name));
}

function isOtherMachine(strange: readonly Factor[]): boolean {
  return strange.some(({ dimension }) => dimension === 'device' || dimension === 'client');
}

/**
 * The latest sign-in to an act's session, up to it and on the same network, when the act's own log does not name the program: Exchange does not, of rules and
 * forwarding. Whoever signed in there is who acts.
 */
function signInOf(tail: readonly Observation[], at: number, done: Observation, within: number): Observation | undefined {
  const { session, print } = done;
  if (session === undefined || print.endpoint === undefined || programOf(print.user_agent) !== undefined) return undefined;
  for (let i = at; i >= 0 && tail[i]!.time >= tail[at]!.time - within; i--) {
    const other = tail[i]!;
    if (other.session !== session || other.activity !== 'sign_in' || !other.is_done || isBefore(done.time, done.uid, other.time, other.uid))
      continue;
    if (other.print.endpoint !== undefined && isOneNetwork(other.print.endpoint, print.endpoint)) return other;
  }
  return undefined;
}

/** What was done in one session is one finding; outside of any, what was done from one address block on one day. */
function episodeOf({ session, print, time }: Observation): string {
  if (session !== undefined) return `${session.issuer}|${session.uid}|${session.life}`;
  return `${print.endpoint?.prefix ?? ''}@${Math.floor(time / DAY_MS)}`;
}
