import type { SessionEvent } from '../event/index.js';
import { type AccountRef, type Enforced, nameOfAccount, speaks } from './enforced.js';

/** Accounts of one source that are remembered; of a source with more nothing is said. */
export const ACCOUNTS_MOST = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of an account that was not heard of for so long it is said that it is not there, on the clock of events. */
export const SILENT_MS = 30 * DAY_MS;
/** A source has to come for so long before it is said what is not in it: of several files or partitions one may be read first. */
export const SETTLED_MS = HOUR_MS;
/** What is known of an account is written down so often. */
const TOLD_EVERY_MS = DAY_MS;
/** What was written down can be so old though nothing has stopped. A clock that goes on by more stood still, and nobody knows what came meanwhile. */
const STOPPED_MS = TOLD_EVERY_MS + HOUR_MS;

export const SIDES = ['app', 'provider'] as const;
export type Side = (typeof SIDES)[number];

/**
 * Why an entry protects nobody: nothing of its source came, only other accounts of it, nothing any more, no sign-ins among what came, or they are another
 * tenant's than the app.
 */
export const UNHEARD_WHYS = ['no_source', 'no_account', 'silent', 'no_sign_ins', 'other_tenant'] as const;

/** A side of an entry of `sign_on` that protects nobody, since nothing that it names was seen. */
export interface Unheard {
  side: Side;
  /** as it is written: `slack/T01ACME` */
  name: string;
  why: (typeof UNHEARD_WHYS)[number];
  /** when what is missed was seen last, ms; absent when it never was */
  last_time?: number;
  /** accounts of the source that were seen and could be meant, in order */
  accounts: string[];
}

interface Account {
  tenant: string;
  account: string;
  last_time: number;
  /** when its sign-in log told of anything, ms; absent when it never did */
  spoke_time?: number;
  /** when it was written down, ms */
  told: number;
  isNews: boolean;
}

interface Source {
  /** the clock when it was first seen, since it last stood still, ms */
  since: number;
  /** by tenant and account */
  accounts: Map<string, Account>;
  isFull: boolean;
  /** the one that was seen last: mostly the next one, too */
  last: Account | undefined;
}

/** begins the names under which accounts are written down; no tenant begins so */
const PREFIX = '\naccount\n';

/**
 * Which accounts records came of, so that whoever names one that never comes can be told. Its clock is the latest event time. Whatever the order in which
 * events come and processes tell each other, the same is known in the end.
 */
export class HeardAccounts {
  private latest = 0;
  private first: number | undefined;
  private readonly sources = new Map<string, Source>();

  see(event: SessionEvent): void {
    const { tenant, time, source } = event;
    const found = this.find(source.vendor, tenant, source.account, time);
    if (found === undefined) return;
    if (time > found.last_time) found.last_time = time;
    if (time <= (found.spoke_time ?? Number.NEGATIVE_INFINITY) || !speaks(event)) return;
    if (found.spoke_time === undefined) found.isNews = true;
    found.spoke_time = time;
  }

  /** Latest event time, ms; 0 before the first. */
  get clock(): number {
    return this.latest;
  }

  /**
   * What of the entries was not seen, each side once, in the order in which they are written.
   * @param isEnd nothing more comes; else it is not said of a source that has just begun to come
   */
  unheard(enforced: Enforced | undefined, isEnd = false): Unheard[] {
    const found = new Map<string, Unheard>();
    for (const { app, provider } of enforced?.entries ?? []) {
      for (const one of [this.app(app), this.provider(provider, app)])
        if (one !== undefined && (isEnd || this.isSettled(one.name))) found.set(`${one.side} ${one.name}`, one);
    }
    return [...found.values()];
  }

  /** What is to be written down so that other processes know it, and who comes after. @param most accounts at a time */
  take(most: number): { key: string; value: string }[] {
    const taken: { key: string; value: string }[] = [];
    for (const [vendor, { accounts }] of this.sources) {
      for (const one of accounts.values()) {
        if (!one.isNews && one.last_time - one.told < TOLD_EVERY_MS) continue;
        if (taken.length >= most) return taken;
        one.isNews = false;
        one.told = one.last_time;
        const value = JSON.stringify({ last_time: one.last_time, spoke_time: one.spoke_time });
        taken.push({ key: `${PREFIX}${vendor}\n${one.tenant}\n${one.account}`, value });
      }
    }
    return taken;
  }

  /** Whether a name is one of those that `take` gives. */
  static owns(key: string): boolean {
    return key.startsWith(PREFIX);
  }

  /** What another process has written down. */
  adopt(key: string, value: string): void {
    const [vendor, tenant, ...account] = key.slice(PREFIX.length).split('\n');
    const { last_time, spoke_time } = read(value);
    if (vendor === undefined || tenant === undefined || !isTime(last_time)) return;
    const found = this.find(vendor, tenant, account.join('\n'), last_time);
    if (found === undefined) return;
    // what is older than what is known here is no word of it
    if (last_time >= found.last_time && (found.spoke_time === undefined || Number(spoke_time) >= found.spoke_time)) found.isNews = false;
    found.last_time = Math.max(found.last_time, last_time);
    found.told = Math.max(found.told, last_time);
    if (isTime(spoke_time)) found.spoke_time = Math.max(found.spoke_time ?? 0, spoke_time);
  }

  private find(vendor: string, tenant: string, account: string, time: number): Account | undefined {
    if (time > this.latest) this.advance(time);
    let source = this.sources.get(vendor);
    if (source === undefined) {
      source = { since: this.latest, accounts: new Map(), isFull: false, last: undefined };
      this.sources.set(vendor, source);
    }
    if (source.last?.account === account && source.last.tenant === tenant) return source.last;
    const name = `${tenant}\n${account}`;
    const known = source.accounts.get(name);
    if (known !== undefined) {
      source.last = known;
      return known;
    }
    if (source.accounts.size >= ACCOUNTS_MOST) {
      source.isFull = true;
      return undefined;
    }
    const found: Account = { tenant, account, last_time: time, told: time, isNews: true };
    source.accounts.set(name, found);
    return found;
  }

  private advance(time: number): void {
    const isStopped = this.first !== undefined && time - this.latest > STOPPED_MS;
    this.latest = time;
    this.first ??= time;
    if (!isStopped) return;
    // all has yet to come again, whatever came before
    this.first = time;
    for (const source of this.sources.values()) source.since = time;
  }

  private app(ref: AccountRef): Unheard | undefined {
    const accounts = this.accountsOf(ref);
    if (this.isUnknown(ref) || accounts.some((one) => this.isRecent(one.last_time))) return undefined;
    return this.told('app', ref, this.whyGone(ref, accounts), accounts);
  }

  private provider(ref: AccountRef, app: AccountRef): Unheard | undefined {
    const accounts = this.accountsOf(ref);
    if (this.isUnknown(ref)) return undefined;
    const speaking = accounts.filter(({ spoke_time }) => this.isRecent(spoke_time));
    if (speaking.length === 0) {
      if (accounts.some((one) => this.isRecent(one.last_time)))
        return this.told('provider', ref, 'no_sign_ins', accounts, ({ spoke_time }) => spoke_time);
      return this.told('provider', ref, this.whyGone(ref, accounts), accounts);
    }
    // a tenant's sessions are looked up in the logs of that tenant
    const tenants = new Set(speaking.map(({ tenant }) => tenant));
    const apart = this.accountsOf(app).filter(({ tenant, last_time }) => this.isRecent(last_time) && !tenants.has(tenant));
    return apart.length === 0 ? undefined : this.told('provider', ref, 'other_tenant', speaking);
  }

  private told(
    side: Side,
    ref: AccountRef,
    why: Unheard['why'],
    seen: readonly Account[],
    timeOf: (account: Account) => number | undefined = ({ last_time }) => last_time,
  ): Unheard {
    const times = seen.flatMap((one) => timeOf(one) ?? []);
    const accounts = this.others(ref, side).map(({ account }) => nameOfAccount({ vendor: ref.vendor, account }));
    const last = times.length === 0 ? {} : { last_time: Math.max(...times) };
    return { side, name: nameOfAccount(ref), why, ...last, accounts: [...new Set(accounts)].sort() };
  }

  private whyGone({ vendor }: AccountRef, own: readonly Account[]): Unheard['why'] {
    if (own.length > 0) return 'silent';
    return this.sources.has(vendor) ? 'no_account' : 'no_source';
  }

  private accountsOf({ vendor, account }: AccountRef): Account[] {
    const all = [...(this.sources.get(vendor)?.accounts.values() ?? [])];
    return account === undefined ? all : all.filter((one) => one.account === account);
  }

  /** Those that could be meant in its place. */
  private others({ vendor, account }: AccountRef, side: Side): Account[] {
    return this.accountsOf({ vendor }).filter(
      (one) => one.account !== account && this.isRecent(side === 'app' ? one.last_time : one.spoke_time),
    );
  }

  /** Of a source with more accounts than are remembered nobody knows which came. */
  private isUnknown({ vendor }: AccountRef): boolean {
    return this.sources.get(vendor)?.isFull === true;
  }

  private isRecent(time: number | undefined): boolean {
    return time !== undefined && time >= this.latest - SILENT_MS;
  }

  private isSettled(name: string): boolean {
    const [vendor = ''] = name.split('/', 1);
    const since = this.sources.get(vendor)?.since ?? this.first;
    return since !== undefined && this.latest - since >= SETTLED_MS;
  }
}

function read(value: string): { last_time?: unknown; spoke_time?: unknown } {
  try {
    return (JSON.parse(value) ?? {}) as ReturnType<typeof read>;
  } catch {
    return {};
  }
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
