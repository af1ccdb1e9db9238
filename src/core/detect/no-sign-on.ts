import type { Activity, Factor, SessionEvent } from '../event/index.js';
import type { Fact, Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { runsOf, signedOnBetween } from '../state/sign-ons.js';
import type { ArrivedUse } from '../state/usage.js';
import { hasOneBody, LEARNING, readStrange, STRANGE, type StrangeSettings, strangeMeans, strangePlace } from './accustomed.js';
import { type Enforced, feedOf, LEAST_WAIT_MS } from './enforced.js';
import { type FactorName, factor, pointParameters, scoreOf } from './factors.js';
import type { Judgement, PersonDetector, PersonJudge, PersonScene, SignOnKnown } from './judgement.js';
import { LEVEL_FROM } from './levels.js';
import { durationText, useName } from './names.js';
import { flagOf, numberOf, type Parameters, stringsOf } from './parameters.js';
import { episodeOf, isTheirPlace, readUsual, USUAL, type UsualSettings } from './sign-in.js';
import type { Unknown } from './unjudged.js';
import type { Wait } from './waiting.js';

const USED: readonly FactorName[] = ['no_sign_on', ...STRANGE];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A session that says when it was made has begun with an event that comes so soon after that; later ones may be of any of its hours. */
const BEGINNING_MS = 5 * MINUTE_MS;
/** The longest `within`: memory of when people were at their provider goes back so far behind what can still be re-ordered, ms. */
export const WITHIN_MOST_MS = 24 * HOUR_MS;

/** What a fact says of a session that begins: at which provider, and when, ms. */
type Begun = Pick<Fact, 'by' | 'value'>;

/** Step of the fact that an event begins a session where single sign-on is enforced: `by` the provider, `value` when it began, ms. */
export const BEGINS_STEP = 50;

export const noSignOn: PersonDetector = {
  scope: 'person',
  name: 'no_sign_on',
  needsSignOn: true,
  doc: "a session where single sign-on is enforced, without the person at their identity provider before it; asked when the provider's log must have told",
  parameters: {
    within: {
      kind: 'duration',
      default: 12 * HOUR_MS,
      min: LEAST_WAIT_MS,
      max: WITHIN_MOST_MS,
      doc: 'so long before the session any sign-in, token or step to an app at the provider explains it: a session at the provider lives for a working day',
    },
    after: {
      kind: 'duration',
      default: 5 * MINUTE_MS,
      min: MINUTE_MS,
      max: LEAST_WAIT_MS,
      doc: 'so long after it one still does: two logs have two clocks',
    },
    silence: {
      kind: 'duration',
      default: HOUR_MS,
      min: LEAST_WAIT_MS,
      max: 12 * HOUR_MS,
      doc: "the longest that the provider's log may be silent, about everybody, from the beginning of `within` until it is asked: after a longer silence nobody knows what it would have told",
    },
    exempt: {
      kind: 'strings',
      default: ['break_glass', 'guest', 'partner'],
      doc: 'tiers and tags of people who may get in otherwise',
    },
    unknown_too: {
      kind: 'boolean',
      default: false,
      doc: 'also people of whom the provider never told anything: local accounts, and people whose identities nobody has joined',
    },
    ...USUAL,
    ...LEARNING,
    ...pointParameters(USED),
  },
  create: (parameters, rule) => new NoSignOnJudge(parameters, rule),
};

class NoSignOnJudge implements PersonJudge {
  readonly lookBack: number;
  readonly activities: ReadonlySet<Activity> = new Set<Activity>(['sign_in', 'token_issue', 'session_use']);
  private readonly within: number;
  private readonly after: number;
  private readonly silent: number;
  private readonly exempt: ReadonlySet<string>;
  private readonly isUnknownToo: boolean;
  private readonly usual: UsualSettings;
  private readonly strange: StrangeSettings;

  constructor(
    parameters: Parameters,
    private readonly rule: number,
  ) {
    this.within = numberOf(parameters, 'within');
    this.after = numberOf(parameters, 'after');
    this.silent = numberOf(parameters, 'silence');
    this.exempt = stringsOf(parameters, 'exempt');
    this.isUnknownToo = flagOf(parameters, 'unknown_too');
    this.usual = readUsual(parameters);
    this.strange = readStrange(parameters);
    this.lookBack = Math.max(this.within, this.usual.hereWithin);
  }

  factsOf(event: SessionEvent, _person?: Person, _arrived?: ArrivedUse, enforced?: Enforced): readonly Fact[] | undefined {
    const providers = enforced?.into(event);
    if (providers === undefined || providers.length === 0) return undefined;
    // the app's own word of one who is a guest there, which the person's other logs may not know
    if (event.principal.tags?.some((tag) => this.exempt.has(tag)) === true) return undefined;
    const begun = beginningOf(event);
    return begun === undefined
      ? undefined
      : providers.map(({ name }) => ({ rule: this.rule, step: BEGINS_STEP, by: name, value: String(begun) }));
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const { person } = scene;
    const seen = person.story.tail[at]!;
    const begun = this.begunAt(seen);
    if (begun.length === 0 || this.whyNot(scene, begun) !== undefined) return undefined;
    const names = begun.map(({ by }) => by).join(', ');
    const factors: Factor[] = [
      factor('no_sign_on', this.strange.points('no_sign_on'), `${this.nothingTold(person, begun)} ${names} was heard all the time.`),
      ...strangePlace(scene, seen, this.strange),
      ...strangeMeans(scene, seen, this.strange),
    ];
    // one who enforces single sign-on wants to see it though all else is as always: an assertion is forged by whoever knows the person well
    const score = scoreOf(factors, false);
    const isStranger = score >= LEVEL_FROM.high;
    const prefix = isTheirPlace(scene, at, this.usual) ? undefined : seen.print.endpoint?.prefix;
    return {
      score,
      factors,
      episode: episodeOf(seen),
      baseline: [],
      context: [],
      travel: undefined,
      message: `began a session ${useName(seen.print)}, and was not at ${names} before it`,
      session: seen.session,
      stranger: isStranger ? { session: seen.session, prefix } : undefined,
    };
  }

  silence(scene: PersonScene, at: number): string {
    const begun = this.begunAt(scene.person.story.tail[at]!);
    if (scene.signOn === undefined) return 'single sign-on is enforced nowhere, as far as the configuration says';
    if (begun.length === 0) return 'it begins no session where single sign-on is enforced';
    return this.whyNot(scene, begun) ?? 'nothing to hold against it';
  }

  mustWait(scene: PersonScene, seen: Observation): boolean {
    const begun = this.begunAt(seen);
    return begun.length > 0 && this.whyFine(scene.person, begun) === undefined && this.whyNotYet(scene, begun) !== undefined;
  }

  unknown(known: SignOnKnown, tenant: string, { provider, begun }: Wait): Unknown | undefined {
    return this.whyUnknown(known, tenant, provider, begun);
  }

  isExplained(person: Person, waits: readonly Wait[]): boolean {
    return (
      this.whyFine(
        person,
        waits.map(({ provider, begun }) => ({ by: provider, value: String(begun) })),
      ) !== undefined
    );
  }

  private begunAt({ more }: Observation): readonly Fact[] {
    return more?.facts?.filter(({ rule, step }) => rule === this.rule && step === BEGINS_STEP) ?? [];
  }

  /** Why nothing is held against it; undefined when something is. */
  private whyNot(scene: PersonScene, begun: readonly Fact[]): string | undefined {
    return this.whyFine(scene.person, begun) ?? this.whyNotYet(scene, begun);
  }

  /** Whatever the provider's log will tell. */
  private whyFine(person: Person, begun: readonly Begun[]): string | undefined {
    const { habits, principal } = person;
    const exempt = principal.tags?.find((tag) => this.exempt.has(tag));
    if (exempt !== undefined) return `they may get in without single sign-on: ${exempt}`;
    if (!hasOneBody(person)) return 'no one body belongs to a shared account or a machine: neither signs in through the provider';
    for (const { by, value } of begun) {
      const time = Number(value);
      const run = signedOnBetween(habits, by, time - this.within, time + this.after);
      if (run !== undefined) return toldOf(run.last_time, time, by);
    }
    const unknown = begun.find(({ by, value }) => !runsOf(habits, by).some(({ first_time }) => first_time < Number(value)));
    if (unknown === undefined || this.isUnknownToo) return undefined;
    return `${unknown.by} never told of them before: perhaps it knows them by another name`;
  }

  /** As long as the log may still tell. */
  private whyNotYet({ person, signOn }: PersonScene, begun: readonly Fact[]): string | undefined {
    if (signOn === undefined) return 'single sign-on is enforced nowhere any more';
    for (const { by, value } of begun) {
      const unknown = this.whyUnknown(signOn, person.tenant, by, Number(value));
      if (unknown !== undefined) return unknown.why;
    }
    return undefined;
  }

  /** Why the provider's log does not tell yet whether somebody was there; undefined when it does. */
  private whyUnknown({ enforced, feeds, ticked }: SignOnKnown, tenant: string, provider: string, begun: number): Unknown | undefined {
    const wait = enforced.waitOf(provider);
    if (wait === undefined) return { why: `single sign-on through ${provider} is enforced nowhere any more` };
    const until = begun + wait;
    const feed = feedOf(tenant, provider);
    const latest = feeds.latest(feed);
    if (latest === undefined) return { why: `${provider} was never heard of`, silence: {} };
    const silence = feeds.silence(feed, begun - this.within, until, this.silent);
    if (silence !== undefined && silence.last_time <= latest) {
      const why = `${provider} was silent for longer than ${durationText(this.silent)} about everybody, or not heard of yet: it may have told of them`;
      return { why, silence: silence.last_time === feeds.earliest(feed) ? { last_time: silence.last_time } : silence };
    }
    if (silence === undefined && ticked >= until) return undefined;
    const why = `it waits until ${provider} has told of the ${durationText(wait)} after it`;
    // a log that is late as it may be has not stopped
    return ticked - latest > wait + this.silent ? { why, silence: { first_time: latest } } : { why };
  }

  private nothingTold({ habits }: Person, begun: readonly Fact[]): string {
    const ages = begun.flatMap(({ by, value }) => runsOf(habits, by).map(({ last_time }) => Number(value) - last_time));
    const before = ages.some((age) => age > 0) ? 'it told of them before that' : 'it never told of them before';
    return `Nothing of them at the identity provider in the ${durationText(this.within)} before: ${before}.`;
  }
}

function toldOf(last: number, time: number, provider: string): string {
  if (last > time) return `${provider} told of them around that time`;
  return `${provider} told of them ${durationText(time - last)} before`;
}

/** When the session began that an event tells of; undefined when that is older, or nobody knows: what began before anybody looked proves nothing. */
function beginningOf({ activity, status, subject_role, session, time }: SessionEvent): number | undefined {
  if (subject_role !== 'actor' || (status !== 'success' && status !== 'unknown')) return undefined;
  const created = session?.created_time;
  if (created !== undefined && created <= time && time - created <= BEGINNING_MS) return created;
  return activity === 'sign_in' ? time : undefined;
}
