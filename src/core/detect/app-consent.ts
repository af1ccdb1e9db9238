import type { Activity, Factor, SessionEvent } from '../event/index.js';
import type { Fact, Observation } from '../state/observation.js';
import type { Person } from '../state/person.js';
import { areWide } from './acts.js';
import { type FactorName, factor, pointParameters, readPoints, scoreOf } from './factors.js';
import { evidenceOf, type Judgement, type PersonDetector, type PersonJudge, type PersonScene } from './judgement.js';
import { durationText } from './names.js';
import { dayOf, factIn, hashed } from './own-rule.js';
import { numberOf, type Parameters, stringsOf } from './parameters.js';

const USED: readonly FactorName[] = ['app_campaign', 'app_reaches_far', 'app_unverified'];
const DAY_MS = 86_400_000;
/** Consents beside the one in the foreground that a finding names. */
const CONTEXT = 5;

/** Apps that are let in, each told as a principal of its own: every consent has an event for the app, too. */
export const appConsent: PersonDetector = {
  scope: 'person',
  name: 'app_consent',
  doc: 'an app that is new here: how many people let it in within days, and what it may do while nobody is there',
  parameters: {
    within: { kind: 'duration', default: 3 * DAY_MS, min: 3_600_000, max: 7 * DAY_MS, doc: 'so close together people let the app in' },
    at_least: { kind: 'integer', default: 5, min: 2, max: 100, doc: 'so many people are a campaign, and not a team that tries something' },
    new_for: {
      kind: 'duration',
      default: 7 * DAY_MS,
      min: DAY_MS,
      max: 14 * DAY_MS,
      doc: 'for so long after its first consent an app is new',
    },
    known_apps: { kind: 'strings', default: [], doc: 'ids of apps that are expected: what a consent has as `app_uid`' },
    ...pointParameters(USED),
  },
  create: (parameters, rule) => new ConsentJudge(parameters, rule),
};

class ConsentJudge implements PersonJudge {
  readonly lookBack: number;
  readonly activities: ReadonlySet<Activity> = new Set<Activity>(['oauth_consent']);
  private readonly within: number;
  private readonly atLeast: number;
  private readonly newFor: number;
  private readonly known: ReadonlySet<string>;
  private readonly pointsOf: (name: FactorName) => number;

  constructor(
    parameters: Parameters,
    private readonly rule: number,
  ) {
    this.within = numberOf(parameters, 'within');
    this.atLeast = numberOf(parameters, 'at_least');
    this.newFor = numberOf(parameters, 'new_for');
    this.known = stringsOf(parameters, 'known_apps');
    this.pointsOf = readPoints(parameters);
    this.lookBack = Math.max(this.within, this.newFor);
  }

  /** Who let the app in; nothing of what was tried, and of the person's own side of it. */
  factsOf({ subject_role, status, actor, details }: SessionEvent): readonly Fact[] | undefined {
    if (subject_role !== 'target' || (status !== 'success' && status !== 'unknown')) return undefined;
    // people are given apps all day, by their administrators
    if (details?.['kind'] === 'app_assignment' || this.known.has(details?.['app_uid'] ?? '')) return undefined;
    return [{ rule: this.rule, step: 0, by: '', value: hashed(actor?.principal?.key ?? '') }];
  }

  judge({ person }: PersonScene, at: number): Judgement | undefined {
    const { tail } = person.story;
    const seen = tail[at]!;
    if (factIn(seen, this.rule, 0) === undefined) return undefined;
    const first = this.firstTime(person, at);
    if (seen.time - first > this.newFor) return undefined;
    const { people, consents } = this.consentsTo(tail, at);
    const factors: Factor[] = [];
    const span = durationText(seen.time - consents.at(-1)!.time);
    const add = (name: FactorName, text: string, after?: string) => factors.push(factor(name, this.pointsOf(name), text, undefined, after));
    if (people >= this.atLeast) add('app_campaign', `${people} people or more let it in within ${span}.`, String(people));
    const scopes = seen.more?.details?.['scopes'];
    if (reachesFar(seen)) add('app_reaches_far', `It may do so while nobody is there: ${scopes ?? 'as an application'}.`, scopes);
    if (seen.more?.details?.['is_verified'] === 'false') add('app_unverified', 'Its vendor has not been looked at.');
    // a finding is said of the event that was enough: who lets the app in after that is counted by nobody
    const others = people > 1 ? `, and ${people} people or more let it in within ${span}` : '';
    return {
      score: scoreOf(factors, false),
      factors,
      episode: `new@${dayOf(first)}`,
      baseline: [],
      context: consents
        .slice(1, 1 + CONTEXT)
        .reverse()
        .map(evidenceOf),
      travel: undefined,
      message: `is an app that is new here${others}`,
      session: undefined,
      stranger: undefined,
    };
  }

  silence({ person }: PersonScene, at: number): string {
    if (factIn(person.story.tail[at]!, this.rule, 0) === undefined) return 'it lets no app in, or one that is expected';
    return 'the app has been here for longer';
  }

  /** Of each person their latest consent, latest first. */
  private consentsTo(tail: readonly Observation[], at: number): { people: number; consents: Observation[] } {
    const since = tail[at]!.time - this.within;
    const people = new Set<string>();
    const consents: Observation[] = [];
    for (let i = at; i >= 0 && tail[i]!.time >= since; i--) {
      const fact = factIn(tail[i]!, this.rule, 0);
      if (fact === undefined || people.has(fact.value)) continue;
      people.add(fact.value);
      consents.push(tail[i]!);
    }
    return { people: people.size, consents };
  }

  /** When the app was let in for the first time, as far as is known: what left the story is remembered by its lesson. */
  private firstTime({ story, habits }: Person, at: number): number {
    let first = story.tail[at]!.time;
    for (const { first_time } of habits?.lane ?? []) first = Math.min(first, first_time);
    for (let i = 0; i <= at; i++) {
      const seen = story.tail[i]!;
      if (seen.time >= first) break;
      if (factIn(seen, this.rule, 0) !== undefined) return seen.time;
    }
    return first;
  }
}

/** Their grants end with the access token unless a scope says otherwise; elsewhere a grant works until somebody takes it back. */
const ENDS_UNLESS_ASKED: ReadonlySet<string> = new Set(['entra', 'm365', 'okta', 'auth0', 'keycloak', 'pingone', 'salesforce']);
const OFFLINE = /(^|\s)(offline_access|offline|refresh_token)(\s|$)/i;

/** Does an app get at mail, files, conversations, code or the directory, also while nobody is there? */
function reachesFar({ vendor, more }: Observation): boolean {
  const { scopes, kind } = more?.details ?? {};
  if (kind === 'application') return true;
  if (scopes === undefined || !areWide(scopes)) return false;
  return !ENDS_UNLESS_ASKED.has(vendor) || OFFLINE.test(scopes);
}
