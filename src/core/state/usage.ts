// However long, one file: what a credential is used with, what was odd of it and what takes odd things back are one count, and have to agree.

import type { Endpoint, NetworkClass, SessionEvent, UserAgent } from '../event/index.js';
import {
  DECAY_MS,
  type Habit,
  type Habits,
  isLasting,
  isUnlearned,
  leastMissed,
  meetAgain,
  newHabit,
  PROBATION_MS,
  UNLEARNED_WITHIN_MS,
} from './habits.js';
import { hash53 } from './hash.js';
import { instanceOf, isNoInstances } from './instance.js';
import { type Fact, isDone, type Observation } from './observation.js';
import { type Story, takeOut } from './story.js';

/**
 * Where and with what credentials are used: machines have no home and no journeys, but the same ways out and the same programs for months. What is
 * remembered is kept among the person's habits, in the list `use`, each as `<whose> <what> <value>`: of one credential, or of all of a machine.
 */
export type UseKind = ShownKind | 'act';
/** What an event shows of where it comes from and with what. */
export type ShownKind = 'network' | 'prefix' | 'class' | 'client' | 'country';

/** One use of a credential, as far as it can be compared. */
export interface Use {
  /** of the credential that is used, by a hash; '' when it is none that lives on, as the token of one session */
  credential: string;
  /** a service or workload, as the vendor asserts it: all of its credentials are one machine's */
  isMachine: boolean;
  time: number;
  endpoint: Endpoint;
  /** family of the program; undefined when the log does not say */
  client: string | undefined;
  /** a browser, where no browser has the credential: of a machine, or of a kind that only programs show */
  isInBrowser: boolean;
  /** name of the act that it is, when that is one of consequence */
  act: string | undefined;
  /** the instance of EC2 whose role it is, as AWS asserts it */
  instance: string | undefined;
}

/** A use, as it is when its event arrives. */
export interface ArrivedUse {
  use: Use;
  /** it is what is to be expected: see isExplained */
  isExplained: boolean;
}

/** What is kept of one credential, or of a machine, of each kind. */
const MOST: Readonly<Record<UseKind, number>> = { network: 12, prefix: 12, class: 10, client: 8, country: 12, act: 8 };
/** Whoever is seen from so many address blocks has no few that could be told from others. */
export const WIDE_FROM = MOST.prefix;
/** Whoever is seen in so many countries may be in any. */
const MANY_COUNTRIES = MOST.country;
/** Whoever does so many kinds of acts may do any. */
export const MANY_ACTS = MOST.act;
const CREDENTIALS_PER_PERSON = 12;
/** What one takes in a person's record beside its value, in letters of three bytes. */
const LETTERS = 20;

/** A credential is known after a week: what becomes a habit an hour after the rest is no news in that hour, nor what runs once a week. */
export const KNOWN_AFTER_MS = 7 * 24 * 3_600_000;

/** Kinds of token that live for months, and are the same in every record. Okta writes the hashes of tokens of an hour. */
const LASTING: ReadonlySet<string> = new Set([
  'access_key_id',
  'api_token',
  'api_key',
  'hashed_token',
  'token_id',
  'personal_access_token',
  'service_account_key',
  'service_token',
]);

/** The credential that an event is a use of. */
export interface CredentialRef {
  uid: string;
  kind: string;
}

/** What an end of a credential may name it by, beside its own id. */
export interface CredentialNames extends CredentialRef {
  /** where the id holds; undefined when the credential is one and the same wherever it is used, or nobody said */
  account: string | undefined;
  /** its second id, where the log gives two: GitHub's token has a hash and a number */
  other_uid: string | undefined;
}

/** The token of a CI job, where the log names the job. */
export const JOB_TOKEN = 'job_token';

/** Kinds of credential that one account may take away and another not, which GitHub, GitLab and Google log for each. Of others an end is the end everywhere. */
const OF_ACCOUNTS: ReadonlySet<string> = new Set(['hashed_token', 'token_id', 'personal_access_token', 'oauth_client', JOB_TOKEN]);
/** Numbers are counted anew in every account. */
const NUMBER = /^\d+$/;

/** @param event that is a use of a credential that lives on */
export function namesOf(event: SessionEvent): CredentialNames {
  const { uid, kind } = credentialOf(event) ?? event.token ?? NO_CREDENTIAL;
  const account = OF_ACCOUNTS.has(kind) || NUMBER.test(uid) ? event.source.account : undefined;
  return { uid, kind, account, other_uid: event.details?.['token_uid'] };
}

const NO_CREDENTIAL: CredentialRef = { uid: '', kind: '' };

/** The credential of an event, when it is one that lives on and is the same in every record of it. */
export function credentialOf({ token, details, principal, client, source }: SessionEvent): CredentialRef | undefined {
  if (token !== undefined && LASTING.has(token.kind) && source.vendor !== 'okta') {
    return isForAWhile(token) ? undefined : token;
  }
  if (token?.kind === 'api_token') return token;
  if (isMachineType(principal.type)) {
    const uid = details?.['credential_uid'];
    return uid === undefined ? undefined : { uid, kind: 'credential' };
  }
  // a grant to an app, whose server acts for the person
  if (source.vendor === 'google_workspace' && source.product === 'token' && client?.uid !== undefined)
    return { uid: client.uid, kind: 'oauth_client' };
  return undefined;
}

export function isMachineType(type: string): boolean {
  return type === 'service' || type === 'workload';
}

/** Of nearly all events of people there is nothing to be told. An address that is nobody's own tells nothing of whoever uses a credential. */
export function useOf(event: SessionEvent): Use | undefined {
  const { principal, token, client, src_endpoint: endpoint } = event;
  // an agent that acts for nobody is a service like others
  const isMachine = isMachineType(principal.type) || (principal.type === 'agent' && principal.on_behalf_of === undefined);
  if (!isMachine && token === undefined && client === undefined) return undefined;
  // what is done to a token at GitHub, or to a grant at Google, names it, and nobody showed it
  if (event.details?.['key_uid'] !== undefined && NAMES_WHAT_IT_IS_ABOUT.has(event.source.vendor)) return undefined;
  if (isPersonsPage(event)) return undefined;
  if (endpoint?.class !== 'public' || principal.type === 'system' || !isDone(event)) return undefined;
  const credential = credentialOf(event);
  if (credential === undefined && !isMachine) return undefined;
  const key = credential === undefined ? '' : keyOfCredential(credential.uid);
  const use = newUse(key, isMachine, credential, event.time, endpoint, event.user_agent);
  use.instance = instanceOf(event);
  return use;
}

/**
 * The same of a key for a while that belongs to no session of its person: of whom a user lets in with one, who is somebody else. It teaches nothing of the
 * user's own.
 */
export function borrowedUseOf(event: SessionEvent): Use | undefined {
  const { principal, token, session } = event;
  if (token === undefined || !isForAWhile(token) || session !== undefined || isMachineType(principal.type)) return undefined;
  return passingUse(event, token);
}

/** And of the token of a job. */
export function jobUseOf(event: SessionEvent): Use | undefined {
  const { token } = event;
  return token?.kind === JOB_TOKEN ? passingUse(event, token) : undefined;
}

function passingUse(event: SessionEvent, token: CredentialRef): Use | undefined {
  const { src_endpoint: endpoint } = event;
  if (endpoint?.class !== 'public' || !isDone(event)) return undefined;
  return newUse(keyOfCredential(token.uid), false, token, event.time, endpoint, event.user_agent);
}

/** Is what a fact says of a person's credential true of no other: one that lives for hours? */
export function isPassing(fact: Fact): boolean {
  const credential = credentialIn(fact);
  return fact.value.startsWith(PERSON) && credential !== undefined && (credential.kind === JOB_TOKEN || isForAWhile(credential));
}

/** Keys of a session at AWS live for hours. */
function isForAWhile({ uid, kind }: CredentialRef): boolean {
  return kind === 'access_key_id' && uid.startsWith('ASIA');
}

/** A user of AWS is one who signs in and the key that works on a server, and of the key's use the log says that a program did it. */
export function isUsersKey({ vendor, token_uid }: Pick<Observation, 'vendor' | 'token_uid'>): boolean {
  return vendor === 'aws' && token_uid?.startsWith('AKIA') === true;
}

/** An app that runs in a person's browser fetches its tokens from there, and Okta's log names the app as who acts. */
function isPersonsPage({ source, activity, auth, user_agent }: SessionEvent): boolean {
  return (
    source.vendor === 'okta' && activity === 'token_issue' && user_agent?.kind === 'browser' && auth?.protocol !== 'client_credentials'
  );
}

const NAMES_WHAT_IT_IS_ABOUT: ReadonlySet<string> = new Set(['github', 'google_workspace']);

function newUse(
  credential: string,
  isMachine: boolean,
  shown: CredentialRef | undefined,
  time: number,
  endpoint: Endpoint,
  agent: UserAgent | undefined,
): Use {
  const isInBrowser = agent?.kind === 'browser' && (isMachine || (shown !== undefined && isNoBrowsers(shown)));
  return { credential, isMachine, time, endpoint, client: agent?.family, isInBrowser, act: undefined, instance: undefined };
}

/** Okta's API tokens, and Cloudflare's. What a page may show Okta has ids of another form: tokens of OAuth. */
const API_TOKEN = /^(00T[0-9A-Za-z]*|[0-9a-f]{32})$/;

/**
 * Has no browser such a credential, whoever's it is? Requests are signed with it, or the vendor's API answers no page that shows it. GitHub, Anthropic and
 * OpenAI do answer pages: extensions and editors that run in a browser work with a person's own token.
 */
function isNoBrowsers(shown: CredentialRef): boolean {
  if (shown.kind === 'access_key_id') return !isForAWhile(shown);
  return shown.kind === 'service_account_key' || (shown.kind === 'api_token' && API_TOKEN.test(shown.uid));
}

/** Ids are long, and of a credential only whether it is the same one matters. */
export function keyOfCredential(uid: string): string {
  return hash53(uid).toString(36);
}

/**
 * Steps of facts that say which credential an event is a use of, and not that it fulfils a condition: one that has to be judged, and the latest one of a
 * credential.
 */
export const USE_STEP = 100;
export const LATEST_STEP = 101;
/** One that came after the credential's end: `by` is the credential, and when that ended or began to be unknown, ms. */
export const ENDED_STEP = 102;
/** One that is an act of consequence, and has to be judged. */
export const ACT_STEP = 103;
/** One that takes a repository away, which is a part of `by`. */
export const CLONE_STEP = 104;

/** @param event that is a use */
export function factOfUse(rule: number, step: number, event: SessionEvent, { credential, isMachine, act, instance }: Use): Fact {
  const { uid, kind, account, other_uid } = namesOf(event);
  let value = `${instance ?? (isMachine ? MACHINE : PERSON)} ${inLine(kind)} ${inLine(uid)}`;
  // for the join with an end, and for what it teaches: people are shown the first line
  if (account !== undefined || other_uid !== undefined || act !== undefined) value += LINE + inLine(account ?? '');
  if (other_uid !== undefined || act !== undefined) value += LINE + inLine(other_uid ?? '');
  if (act !== undefined) value += LINE + act;
  return { rule, step, by: credential, value };
}

const LINE = '\n';

/** What records call a credential can hold anything: a line of its own in it must not become a part that it is not. */
function inLine(part: string): string {
  return part.replace(/[%\n]/g, encodeURIComponent);
}

function outOfLine(part: string): string {
  return part.includes('%') ? part.replace(/%(?:25|0A)/g, decodeURIComponent) : part;
}

/** Whose credential it is, or the id of an instance. */
const MACHINE = 'machine';
const PERSON = 'person';

/** What a fact says of the credential; undefined when the record names none. */
export function credentialIn({ value }: Fact): CredentialNames | undefined {
  const [shown = '', account = '', other_uid = ''] = value.split(LINE).map(outOfLine);
  const [, kind = '', ...uid] = shown.split(' ');
  return kind === '' ? undefined : { kind, uid: uid.join(' '), account: account || undefined, other_uid: other_uid || undefined };
}

/** What a rule found of an event that is held, when that is a use of a credential. @param rule any when absent; so `step` */
export function useFactIn({ more }: Observation, rule?: number, step?: number): Fact | undefined {
  return more?.facts?.find(
    (fact) => fact.step >= USE_STEP && (rule === undefined || fact.rule === rule) && (step === undefined || fact.step === step),
  );
}

/** The use that a fact of an event that is held speaks of. */
export function useIn({ print, time }: Observation, fact: Fact): Use | undefined {
  const { endpoint, user_agent } = print;
  if (endpoint === undefined) return undefined;
  const whose = fact.value.slice(0, fact.value.indexOf(' '));
  const use = newUse(fact.by.split(' ')[0]!, whose !== PERSON, credentialIn(fact), time, endpoint, user_agent);
  use.act = fact.value.split(LINE)[3];
  if (whose !== PERSON && whose !== MACHINE) use.instance = whose;
  return use;
}

/** Does a fact tell of a use of this credential, or, when it is '', of any of the machine's? Asked of hundreds for one event. */
export function isUseOf({ by }: Fact, owner: string, isMachine: boolean): boolean {
  if (owner === '' && isMachine) return true;
  return by === owner || (by.startsWith(owner) && by[owner.length] === ' ');
}

/** The class of a network that is in no list. */
const UNLISTED = 'unknown';

/** What a use shows, of each kind; undefined is unknown. */
export function valuesOf({ endpoint, client, act }: Use): Readonly<Record<UseKind, string | undefined>> {
  return {
    network: VALUES.network(endpoint, client),
    prefix: VALUES.prefix(endpoint, client),
    class: VALUES.class(endpoint, client),
    client,
    country: VALUES.country(endpoint, client),
    act,
  };
}

/** The same of one kind, of a use that is held. */
export function valueIn({ print: { endpoint, user_agent } }: Observation, kind: ShownKind): string | undefined {
  return endpoint === undefined ? undefined : VALUES[kind](endpoint, user_agent?.family);
}

const VALUES: Readonly<Record<ShownKind, (endpoint: Endpoint, client: string | undefined) => string | undefined>> = {
  network: ({ asn, prefix }) => (asn === undefined ? prefix : String(asn)),
  prefix: ({ prefix }) => prefix,
  class: ({ as_class }) => as_class ?? UNLISTED,
  client: (_, client) => client,
  country: ({ country }) => country,
};

/** The repository that an event takes away as a whole. */
export function clonedIn({ activity, details, resource }: SessionEvent): string | undefined {
  return activity === 'data_export' && details?.['kind'] === 'repository' ? (resource?.name ?? details['target']) : undefined;
}

const KINDS: readonly UseKind[] = ['network', 'prefix', 'class', 'client', 'country', 'act'];

/** Whom a use teaches of: the credential, and the machine whose it is. */
function ownersOf({ credential, isMachine }: Use): string[] {
  if (credential === '') return [''];
  return isMachine ? [credential, ''] : [credential];
}

/** What a lesson changed. */
export interface Learned {
  /** letters that are remembered now and were not before */
  letters: number;
  /** something is known now, or known from an earlier time on, that was not: what was concluded of uses from then on may be otherwise */
  isNew: boolean;
}

/** Learns from a use. The same whatever the order in which uses are told, as long as they are fewer kinds of thing than are remembered. */
export function learnUse(habits: Habits, use: Use): Learned {
  const learned: Learned = { letters: 0, isNew: false };
  const values = valuesOf(use);
  for (const owner of ownersOf(use)) {
    for (const kind of KINDS) {
      const value = values[kind];
      if (value !== undefined) see(habits.use, owner, kind, value, use.time, learned);
    }
  }
  return learned;
}

function see(list: Habit[], owner: string, kind: UseKind, value: string, time: number, learned: Learned): void {
  const text = `${owner} ${kind} ${value}`;
  const known = find(list, text, time);
  if (known !== undefined) {
    if (time < known.first_time) learned.isNew = true;
    meetAgain(known, time);
  } else if (makeRoom(list, owner, kind, time)) {
    list.push(newHabit(text, time, undefined));
    learned.letters += text.length + LETTERS;
    learned.isNew = true;
  }
}

/**
 * What a use meets. Uses are learned as they arrive, a stranger is found out when theirs is settled, and which of the two comes first is chance. So what was
 * taken back is met on until it counts no longer; only then the value begins anew, further down the list.
 */
function find(list: readonly Habit[], text: string, time: number): Habit | undefined {
  for (let i = 0; i < list.length; i++) {
    const habit = list[i]!;
    if (habit.value === text && !isUnlearned(habit, time)) return habit;
  }
  return undefined;
}

/** @returns false when there is none for something that is seen for the first time at this moment */
function makeRoom(list: Habit[], owner: string, kind: UseKind, time: number): boolean {
  const same = list.filter(({ value }) => value.startsWith(`${owner} ${kind} `));
  if (same.length === 0 && owner !== '' && !makeRoomFor(list, owner, time)) return false;
  if (same.length < MOST[kind]) return true;
  const gone =
    kind === 'prefix' || kind === 'country' ? latestMet(same, time) : same[leastMissed([...same, newHabit('', time, undefined)], time)];
  if (gone === undefined) return false;
  list.splice(list.indexOf(gone), 1);
  return true;
}

/** The same for a use that was learned under another key of the person. @param value as it stands in the list */
export function hasRoom(list: Habit[], value: string, time: number): boolean {
  const [owner, kind] = value.split(' ', 2) as [string, UseKind];
  return makeRoom(list, owner, kind, time);
}

/** Of address blocks and countries the first that were met stay: by how many there were at a moment a machine with many is told. */
function latestMet(same: readonly Habit[], time: number): Habit | undefined {
  let latest: Habit | undefined;
  for (const habit of same) {
    if (isUnlearned(habit, time) || habit.last_time < time - DECAY_MS) return habit;
    if (habit.first_time > time && (latest === undefined || habit.first_time > latest.first_time)) latest = habit;
  }
  return latest;
}

/** Credentials that were seen on one day go before those that last: tokens of single jobs come by the thousand. */
function makeRoomFor(list: Habit[], owner: string, time: number): boolean {
  const owners = new Map<string, { last_time: number; isKept: boolean }>();
  for (const { value, last_time, again_time } of list) {
    const other = ownerIn(value);
    if (other === owner) return true;
    if (other === '') continue;
    const known = owners.get(other) ?? { last_time: 0, isKept: false };
    owners.set(other, known);
    known.last_time = Math.max(known.last_time, last_time);
    if (again_time !== undefined && last_time >= time - DECAY_MS) known.isKept = true;
  }
  if (owners.size < CREDENTIALS_PER_PERSON) return true;
  let gone: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [other, { last_time, isKept }] of owners) {
    if (isKept || last_time >= least) continue;
    gone = other;
    least = last_time;
  }
  if (gone === undefined) return false;
  const kept = list.filter(({ value }) => ownerIn(value) !== gone);
  list.splice(0, list.length, ...kept);
  return true;
}

function ownerIn(value: string): string {
  return value.slice(0, value.indexOf(' '));
}

/** Takes back what a stranger may have taught of themselves before anybody knew, as far as it is no habit; what began after them is not theirs. */
export function unlearnUse(habits: Habits, use: Use): void {
  const values = valuesOf(use);
  const { time } = use;
  for (const owner of ownersOf(use)) {
    for (const kind of KINDS) {
      const text = `${owner} ${kind} ${values[kind] ?? ''}`;
      for (const habit of habits.use) {
        if (kind === 'class' || habit.value !== text || habit.unlearned_time !== undefined || isLasting(habit, time)) continue;
        if (habit.first_time <= time && habit.first_time >= time - UNLEARNED_WITHIN_MS) habit.unlearned_time = time;
      }
    }
  }
}

/** Is there something to compare a use with? @returns whose habits: the credential's own, else its machine's; undefined in the first days */
export function knownOwner(
  habits: Habits | undefined,
  { credential, isMachine, time }: Pick<Use, 'credential' | 'isMachine' | 'time'>,
): string | undefined {
  if (habits === undefined) return undefined;
  if (credential !== '' && isKnown(habits, credential, time)) return credential;
  return isMachine && isKnown(habits, '', time) ? '' : undefined;
}

function isKnown({ use }: Habits, owner: string, time: number, by: UseKind = 'network'): boolean {
  const start = `${owner} ${by} `;
  return use.some((habit) => habit.first_time <= time - KNOWN_AFTER_MS && habit.value.startsWith(start) && isLasting(habit, time));
}

/** When a credential was met first, as far as is known, ms. */
export function firstUse(habits: Habits | undefined, credential: string): number | undefined {
  const start = `${credential} `;
  let first: number | undefined;
  for (const { value, first_time } of habits?.use ?? []) {
    if (value.startsWith(start) && (first === undefined || first_time < first)) first = first_time;
  }
  return first;
}

/** Values of a kind that are habits at a moment. */
export function lastingUses(habits: Habits | undefined, owner: string, kind: UseKind, time: number): string[] {
  const start = `${owner} ${kind} `;
  const values: string[] = [];
  for (const habit of habits?.use ?? [])
    if (habit.value.startsWith(start) && isLasting(habit, time)) values.push(habit.value.slice(start.length));
  return values;
}

/**
 * Kinds of network that a credential lives in at a moment. That a network is in no list is no kind: one that came after the credential's first days excuses
 * nothing that comes later from elsewhere, or two days on a thief's own host would make way for all networks of people.
 */
export function lastingClasses(habits: Habits | undefined, owner: string, time: number): string[] {
  const classes = lastingUses(habits, owner, 'class', time);
  const since = firstUse(habits, owner);
  if (since === undefined || !classes.includes(UNLISTED)) return classes;
  const text = `${owner} class ${UNLISTED}`;
  const isFromTheFirst = habits!.use.some(({ value, first_time }) => value === text && first_time < since + KNOWN_AFTER_MS);
  return isFromTheFirst ? classes : classes.filter((one) => one !== UNLISTED);
}

/** Values of a kind that were met before a moment, habits or not. */
export function usesBefore(habits: Habits | undefined, owner: string, kind: UseKind, time: number): string[] {
  const start = `${owner} ${kind} `;
  const values: string[] = [];
  for (const habit of habits?.use ?? []) {
    const { value, first_time, last_time } = habit;
    if (first_time >= time || last_time < time - DECAY_MS || isUnlearned(habit, time) || !value.startsWith(start)) continue;
    values.push(value.slice(start.length));
  }
  return values;
}

/** Was it seen from so many address blocks, before the probation, that a new one tells nothing? */
export function isWide(habits: Habits | undefined, owner: string, time: number): boolean {
  return usesBefore(habits, owner, 'prefix', time - PROBATION_MS).length >= WIDE_FROM;
}

/** The same of countries: more are not remembered, so that none is new. */
export function isWorldwide(habits: Habits | undefined, owner: string, time: number): boolean {
  return usesBefore(habits, owner, 'country', time - PROBATION_MS).length >= MANY_COUNTRIES;
}

/**
 * Are all countries of a credential remembered, so that a new one is new? What an earlier version learned, or a start without geographic data, has none: they
 * have to be known for as long as a credential is to be known. Of how many there are, only those count that can be re-ordered no longer.
 */
export function knowsCountries(habits: Habits, owner: string, time: number): boolean {
  return isKnown(habits, owner, time, 'country') && !isWorldwide(habits, owner, time);
}

/** Credentials of which the latest use is held: those that were used last. */
export const LATEST_HELD = 16;

/**
 * Of a credential that nothing is held against the story holds the latest use alone: an end of the credential that is told late has to find it, whatever
 * the order in which they come.
 */
export function keepLatest(story: Story, seen: Observation): void {
  const latest = seen.more?.facts?.find(({ step }) => step === LATEST_STEP);
  if (latest === undefined) return;
  const { tail, verdicts } = story;
  let held = 0;
  for (let at = tail.length - 1; at >= 0; at--) {
    const other = tail[at]!;
    if (!isMerelyLatest(other, latest.rule) || verdicts.some((verdict) => verdict.seen === other)) continue;
    const isOutdone = other !== seen && useFactIn(other)!.by === latest.by;
    if (isOutdone || ++held > LATEST_HELD) takeOut(story, at);
  }
}

/** Is an event held for nothing but being the latest use of a credential? */
function isMerelyLatest({ session, is_presence, is_sensitive, more }: Observation, rule: number): boolean {
  if (session !== undefined || is_presence || is_sensitive || more?.facts === undefined) return false;
  if (more.auth !== undefined || more.risk !== undefined) return false;
  return more.facts.every((fact) => fact.step === LATEST_STEP && fact.rule === rule);
}

/**
 * Is a use what is to be expected, by what is known for good? Then it need not be held to be judged. In the first days all is that nobody would call
 * odd in a machine. Of a network that is known the country says nothing more.
 */
export function isExplained(habits: Habits | undefined, use: Use): boolean {
  const { time, isInBrowser } = use;
  const owner = knownOwner(habits, use);
  const values = valuesOf(use);
  if (owner === undefined) {
    if (use.instance !== undefined && isNoInstances(use.endpoint)) return false;
    return !isInBrowser && !OF_PEOPLE.has(values.class!) && !HIDING.has(values.class!) && !isUnlisted(use.endpoint);
  }
  const isKnownValue = (kind: UseKind) => values[kind] === undefined || isLastingUse(habits, owner, kind, values[kind], time);
  return (
    isKnownValue('network') && isKnownValue('class') && isKnownValue('client') && (isKnownValue('prefix') || isWide(habits, owner, time))
  );
}

/** Is it a habit of the credential, or machine, at a moment? */
export function isLastingUse(habits: Habits | undefined, owner: string, kind: UseKind, value: string, time: number): boolean {
  const text = `${owner} ${kind} ${value}`;
  return habits?.use.some((habit) => habit.value === text && isLasting(habit, time)) === true;
}

/** Networks of people, where a machine that lives in data centres has no business. */
export const OF_PEOPLE: ReadonlySet<string> = new Set<NetworkClass>(['access', 'mobile', 'satellite', 'education', 'relay']);
/** Networks that hide where their users are. */
export const HIDING: ReadonlySet<string> = new Set<NetworkClass>(['vpn', 'tor']);

/**
 * Is the network known, and in no list of what networks are for? It may be somebody's home, an office or a small hoster. Where the network itself is
 * unknown the data may be missing, and nothing is to be made of that.
 */
export function isUnlisted({ asn, as_class }: Endpoint): boolean {
  return asn !== undefined && as_class === 'unknown';
}
