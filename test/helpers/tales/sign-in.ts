import { type FactorName, factor } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { Endpoint, Factor } from '../../../src/core/event/index.js';
import type { Deed, PersonTale } from '../oracle.js';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
/** Days that count for how somebody signs in. */
const COUNTED_DAYS = 11;

/** A sign-in among the person's deeds, and what the rules about sign-ins ask of it. */
export class SignInTale {
  readonly deed: Deed;
  private readonly before: Deed[];

  constructor(
    readonly tale: PersonTale,
    at: number,
    private readonly parameters: Parameters,
  ) {
    this.deed = tale.story[at]!;
    this.before = tale.story.slice(0, at);
  }

  number(name: string): number {
    return Number(this.parameters[name]);
  }

  factor(name: FactorName): Factor {
    return factor(name, this.number(`points_${name}`), name);
  }

  /** A person's sign-in within five minutes of the first that is known of its session. */
  get isBeginning(): boolean {
    const { deed, tale } = this;
    const { type, tags } = tale.principal;
    if (deed.activity !== 'sign_in' || !deed.is_done || type !== 'human' || tags?.includes('shared') === true) return false;
    const first = deed.session?.uses[0];
    return first === undefined || deed.time - first.time <= 5 * MINUTE_MS;
  }

  get episode(): string {
    const { session, look, time } = this.deed;
    if (session !== undefined) return `${session.issuer}|${session.uid}|0`;
    return `${look.traits.endpoint?.prefix ?? ''}@${Math.floor(time / DAY_MS)}`;
  }

  get isKnown(): boolean {
    return this.tale.isKnown(this.deed.time, this.number('learning_days'), this.number('learning_sign_ins'));
  }

  isTheirDevice(device: string | undefined): boolean {
    return device !== undefined && device !== 'none' && this.tale.isHabit('device', device, this.deed.time);
  }

  get isTheirPlace(): boolean {
    const { endpoint } = this.deed.look.traits;
    if (endpoint === undefined || endpoint.as_class === 'relay' || this.tale.isAccustomed(endpoint, this.deed.time)) return true;
    return this.before
      .filter((other) => this.deed.time - other.time <= this.number('here_within') && this.isTheirDevice(other.look.traits.device_uid))
      .filter(({ is_presence, activity }) => is_presence && activity !== 'token_issue')
      .some(({ look }) => look.traits.endpoint !== undefined && isOneNetwork(look.traits.endpoint, endpoint));
  }

  /** Sign-ins that taught something, on the latest days that were over before the probation. */
  get lessons(): Deed[] {
    const { time } = this.deed;
    const day = (deed: Deed): number => Math.floor(deed.time / DAY_MS);
    const all = this.tale
      .lessonsBefore(time)
      .filter((deed) => deed.activity === 'sign_in' && (day(deed) + 1) * DAY_MS <= time - 3 * DAY_MS);
    const days = [...new Set(all.map(day))].sort((a, b) => a - b).slice(-COUNTED_DAYS);
    return all.filter((deed) => days.includes(day(deed)));
  }

  isNearlyAll(of: readonly Deed[], has: (deed: Deed) => boolean): boolean {
    return of.length >= this.number('nearly_all_of') && of.filter(has).length / of.length >= this.number('nearly_all') / 100;
  }

  /** One who is not the person, over the sessions of a week: by their device, else by their network, else by nothing but the session. */
  get newcomer(): string {
    const { device_uid, endpoint } = this.deed.look.traits;
    const week = Math.floor((this.deed.time - Date.UTC(1970, 0, 5)) / (7 * DAY_MS));
    const isOther = device_uid !== undefined && device_uid !== 'none' && !this.isTheirDevice(device_uid);
    if (isOther) return `device|${device_uid}@${week}`;
    return this.isTheirPlace ? this.episode : `network|${endpoint!.asn}|${endpoint!.country}@${week}`;
  }

  missingDevice(): Factor[] {
    const { deed } = this;
    if (deviceOf(deed) !== 'none' || deed.more?.auth?.protocol === 'device_code') return [];
    const alike = this.alike.filter((other) => deviceOf(other) !== undefined);
    return this.isNearlyAll(alike, (other) => deviceOf(other) !== 'none') ? [this.factor('device_missing')] : [];
  }

  /** In a browser that is new, where nearly all came from known ones. */
  newCookie(): Factor[] {
    const { deed, tale } = this;
    const cookie = cookieOf(deed);
    const isHabit = (value: string | undefined): boolean => value !== undefined && tale.isHabit('cookie', value, deed.time);
    if (cookie === undefined || isHabit(cookie) || !tale.lessonsBefore(deed.time).some((other) => isHabit(cookieOf(other)))) return [];
    if (this.isTheirDevice(deed.look.traits.device_uid) || deed.more?.auth?.protocol === 'device_code') return [];
    const alike = this.alike.filter((other) => cookieOf(other) !== undefined);
    return this.isNearlyAll(alike, (other) => tale.wasSeenEarlier('cookie', cookieOf(other)!, other)) ? [this.factor('cookie_new')] : [];
  }

  /** Sign-ins that taught something, from phones for a phone, from computers for all else. */
  private get alike(): Deed[] {
    return this.lessons.filter((other) => (formOf(other) === 'hand') === (formOf(this.deed) === 'hand'));
  }

  isTheirBrowser(deed: Deed): boolean {
    const cookie = cookieOf(deed);
    return cookie !== undefined && this.tale.isHabit('cookie', cookie, this.deed.time);
  }

  /** The person at a device of the same kind, elsewhere. */
  isElsewhere(within: number): boolean {
    const { deed } = this;
    const { endpoint } = deed.look.traits;
    const form = formOf(deed);
    if (endpoint === undefined || form === undefined) return false;
    return this.before
      .filter(
        (other) => deed.time - other.time <= within && other.is_presence && other.session !== undefined && other.session !== deed.session,
      )
      .filter(({ look }) => look.traits.endpoint !== undefined && !isOneNetwork(look.traits.endpoint, endpoint))
      .some((other) =>
        this.before.some(
          (use) =>
            use.session === other.session &&
            formOf(use) === form &&
            (this.isTheirDevice(use.look.traits.device_uid) || this.isTheirBrowser(use)),
        ),
      );
  }

  reliefs(): Factor[] {
    const { deed } = this;
    const device = this.isTheirDevice(deed.look.traits.device_uid) ? [this.factor('same_device')] : [];
    if (deed.is_compliant === true) device.push(this.factor('compliant_device'));
    return deed.is_bound ? [...device, this.factor('bound_token')] : device;
  }
}

/** What a sign-in says of the device. Okta says it once for all records of one. */
export function deviceOf({ vendor, action, look }: Deed): string | undefined {
  if (vendor !== 'okta') return look.traits.device_uid;
  return action === 'user.session.start' ? (look.traits.device_uid ?? 'none') : undefined;
}

function cookieOf({ look: { traits } }: Deed): string | undefined {
  return traits.user_agent?.kind === 'browser' ? traits.cookie_uid : undefined;
}

function formOf({ look }: Deed): 'hand' | 'desk' | undefined {
  const form = look.traits.user_agent?.form_factor;
  if (form === 'mobile' || form === 'tablet') return 'hand';
  return form === 'desktop' ? 'desk' : undefined;
}

function isOneNetwork(a: Endpoint, b: Endpoint): boolean {
  return a.prefix === b.prefix || (a.asn === b.asn && a.country === b.country);
}
