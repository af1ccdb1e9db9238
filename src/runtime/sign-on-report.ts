import { nearest } from '../config/suggest.js';
import { type Enforced, nameOfAccount } from '../core/detect/enforced.js';
import { type HeardAccounts, SIDES, type Unheard } from '../core/detect/heard.js';
import type { FeedsStanding } from '../core/state/feeds.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';

const MINUTE_MS = 60_000;
/** Accounts that are named to choose from. */
const MOST_NAMED = 5;

/** A side of an entry of `sign_on` that protects nobody, for people: with some of the accounts that could be meant. */
export interface UnheardEntry extends Omit<Unheard, 'accounts'> {
  /** the nearest in spelling first */
  accounts: string[];
  /** how many there are */
  account_count: number;
}

/** @param isEnd nothing more comes */
export function unheardEntries(heard: HeardAccounts, enforced: Enforced | undefined, isEnd: boolean): UnheardEntry[] {
  return heard.unheard(enforced, isEnd).map(({ accounts, ...one }) => {
    const near = nearest(one.name, accounts);
    const ordered = near === undefined ? accounts : [near, ...accounts.filter((name) => name !== near)];
    return { ...one, accounts: ordered.slice(0, MOST_NAMED), account_count: accounts.length };
  });
}

/** One of them in a sentence: what is missing, what it means, and what could be meant. */
export function unheardInWords({ side, name, why, last_time, accounts, account_count }: UnheardEntry): string {
  const vendor = name.split('/', 1)[0]!;
  const last = last_time === undefined ? '' : new Date(last_time).toISOString();
  const missing: Record<Unheard['why'], string> = {
    no_source: `no record of ${vendor} came`,
    no_account: `no record of ${name} came`,
    silent: `nothing more of ${name} came since ${last}`,
    no_sign_ins: `of ${name} records came, and no sign-in is among them${last === '' ? '' : ` since ${last}`}`,
    other_tenant: `what came of ${name} is of another tenant than the app's`,
  };
  const effect = side === 'app' ? 'nothing is looked at there' : 'no session that it has to explain is judged';
  const rest = account_count - accounts.length;
  const which = side === 'app' ? 'there is' : 'with sign-ins there is';
  const others = accounts.length === 0 ? '' : `; ${which} ${accounts.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return `sign_on: ${side} ${name}: ${missing[why]}, so that ${effect}${others}`;
}

export interface SignOnReportOptions {
  heard: HeardAccounts;
  /** where single sign-on is enforced now */
  enforced(): Enforced | undefined;
  metrics: Metrics;
  log: Log;
}

/** Says in metrics and in the log which entries of `sign_on` protect nobody: each once, and once more when that is over. */
export class SignOnReport {
  private said = new Map<string, UnheardEntry>();

  constructor(private readonly options: SignOnReportOptions) {}

  /** Brings both up to date. */
  look(): void {
    const { heard, enforced, metrics, log } = this.options;
    const inForce = enforced();
    const entries = unheardEntries(heard, inForce, false);
    const now = new Map(entries.map((entry) => [`${entry.side} ${entry.name} ${entry.why}`, entry]));
    for (const [name, entry] of now)
      if (!this.said.has(name)) log.warn({ side: entry.side, entry: entry.name, why: entry.why }, unheardInWords(entry));
    for (const [name, { side, name: entry }] of this.said)
      if (!now.has(name) && !entries.some((one) => one.side === side && one.name === entry))
        log.info({ side, entry }, `sign_on: ${side} ${entry}: it is heard of, or stands there no more`);
    this.said = now;
    countUnheard(metrics, inForce, entries);
  }

  /** For a page: times as people read them. */
  status(): Record<string, unknown>[] {
    return [...this.said.values()].map(({ last_time, ...entry }) =>
      last_time === undefined ? entry : { ...entry, last: new Date(last_time).toISOString() },
    );
  }
}

/** Up to when each provider's log has told, the most silent first: sessions that began later wait for it. @param feeds as each partition knows them */
export function lastHeard(feeds: readonly FeedsStanding[]): { log: string; last: string }[] {
  const latest = new Map<string, number>();
  for (const one of feeds)
    for (const [log, runs] of Object.entries(one)) latest.set(log, Math.max(latest.get(log) ?? 0, runs.at(-1)?.[1] ?? 0));
  return [...latest]
    .sort(([a, one], [b, other]) => one - other || (a < b ? -1 : 1))
    .map(([log, minute]) => ({ log, last: new Date(minute * MINUTE_MS).toISOString() }));
}

/** Of each entry by itself: where several processes look, it is heard of when one of them has heard of it, and which those are differs from entry to entry. */
export function countUnheard(metrics: Metrics, enforced: Enforced | undefined, unheard: readonly UnheardEntry[]): void {
  const samples = (enforced?.entries ?? []).flatMap((entry) =>
    SIDES.map((side) => {
      const name = nameOfAccount(entry[side]);
      return { value: unheard.some((one) => one.side === side && one.name === name) ? 1 : 0, labels: { side, entry: name } };
    }),
  );
  metrics.only('sessionvigil_sign_on_unheard', samples);
}
