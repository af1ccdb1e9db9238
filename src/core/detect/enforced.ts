import type { Activity, SessionEvent } from '../event/index.js';
import { providerOf } from '../state/marks.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A vendor's account, or all accounts of the vendor that are the operator's. */
export interface AccountRef {
  vendor: string;
  account?: string;
}

/** The operator's word: nobody gets into the app but through the provider. */
export interface SignOnEntry {
  app: AccountRef;
  provider: AccountRef;
  /** how late the provider's log may be; by its vendor when absent, ms */
  wait?: number;
}

/** A provider as an event finds it: what it is called in a person's memory, and how late its log may be, ms. */
export interface Provider {
  name: string;
  wait: number;
}

/**
 * How late logs of identity providers are taken to be: longer than nearly all of their records take to be written and collected, ms. What comes later
 * still takes its finding back.
 */
export const WAITS: Readonly<Record<string, number>> = {
  okta: 30 * MINUTE_MS,
  entra: 2 * HOUR_MS,
  google_workspace: 4 * HOUR_MS,
  // the unified audit log
  m365: 26 * HOUR_MS,
};
/** Of every other. */
export const OTHER_WAIT_MS = HOUR_MS;
/** Whatever the operator says, a wait is longer than clocks differ. */
export const LEAST_WAIT_MS = 10 * MINUTE_MS;

/** Signing in, being issued a token, going on to an app: all that shows a person at their provider. */
const SIGNS_ON: ReadonlySet<Activity> = new Set<Activity>(['sign_in', 'token_issue', 'session_use']);
/** What every provider's sign-in log has. */
const SPEAKS: ReadonlySet<Activity> = new Set<Activity>(['sign_in', 'token_issue']);
/** Providers that deliver sign-ins in a log of their own: another of their logs may be alive while that one is not. */
const HAS_MORE_LOGS: ReadonlySet<string> = new Set(['entra', 'm365', 'google_workspace']);

/** `okta/acme`; `okta` for all accounts. */
export function nameOfAccount({ vendor, account }: AccountRef): string {
  return account === undefined ? vendor : `${vendor}/${account}`;
}

/** What a tenant's log is called. A tenant's name has no stroke. */
export function feedOf(tenant: string, provider: string): string {
  return `${tenant}/${provider}`;
}

interface Found<T> {
  account: string | undefined;
  what: T;
}

/** Where single sign-on is enforced, ready to be asked of events. */
export class Enforced {
  private readonly apps = new Map<string, Found<Provider>[]>();
  private readonly providers = new Map<string, Found<string>[]>();
  private readonly waits = new Map<string, number>();

  constructor(readonly entries: readonly SignOnEntry[]) {
    for (const { provider, wait = WAITS[provider.vendor] ?? OTHER_WAIT_MS } of entries) {
      const name = nameOfAccount(provider);
      this.waits.set(name, Math.max(LEAST_WAIT_MS, wait, this.waits.get(name) ?? 0));
      put(this.providers, provider, name);
    }
    for (const { app, provider } of entries) {
      const name = nameOfAccount(provider);
      put(this.apps, app, { name, wait: this.waits.get(name)! });
    }
  }

  /** Through which providers one gets into an app; nothing for all other accounts. */
  into({ source: { vendor, account } }: SessionEvent): readonly Provider[] {
    return found(this.apps.get(vendor), account);
  }

  /** How late a provider's log may be, ms; undefined when it is none any more. */
  waitOf(name: string): number | undefined {
    return this.waits.get(name);
  }

  /** The providers at which an event shows its person. Microsoft's unified audit log tells of sign-ins at Entra, too. */
  shownAt({ source, activity, status, subject_role }: SessionEvent): readonly string[] {
    if (!SIGNS_ON.has(activity) || subject_role !== 'actor' || (status !== 'success' && status !== 'unknown')) return NOWHERE;
    const own = found(this.providers.get(source.vendor), source.account);
    const other = providerOf(source.vendor);
    return other === source.vendor ? own : [...own, ...found(this.providers.get(other), source.account)];
  }

  /** The providers whose log speaks with an event, whoever it is about and whatever became of it. */
  spokenBy(event: SessionEvent): readonly string[] {
    const { vendor, account } = event.source;
    const all = this.providers.get(vendor);
    return all !== undefined && speaks(event) ? found(all, account) : NOWHERE;
  }
}

/** Is an event one of a sign-in log, of which the time is known? */
export function speaks({ source, activity, time, arrival_time, time_precision_ms = 0 }: SessionEvent): boolean {
  if (!SIGNS_ON.has(activity)) return false;
  // of which time it speaks is not known, or it cannot be: it is judged by nobody, either
  if (time_precision_ms > COARSEST_MS || time - arrival_time > AHEAD_MS) return false;
  return SPEAKS.has(activity) || !HAS_MORE_LOGS.has(source.vendor);
}

const NOWHERE: readonly never[] = [];
/** A time that is no better known than the gaps that are looked for says nothing of them. */
const COARSEST_MS = 10 * MINUTE_MS;
/** As in detect: who is further ahead of its arrival has a wrong clock. */
const AHEAD_MS = 10 * MINUTE_MS;

function put<T>(into: Map<string, Found<T>[]>, { vendor, account }: AccountRef, what: T): void {
  const known = into.get(vendor) ?? [];
  into.set(vendor, known);
  known.push({ account, what });
}

function found<T>(all: readonly Found<T>[] | undefined, account: string): readonly T[] {
  if (all === undefined) return NOWHERE;
  const here = all.filter((one) => one.account === undefined || one.account === account);
  return here.length < 2 ? here.map(({ what }) => what) : [...new Map(here.map(({ what }) => [JSON.stringify(what), what])).values()];
}
