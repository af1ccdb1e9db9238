import type { Raw } from '../mapped.js';
import { cut } from '../record.js';
import type { Field, Type } from './field.js';
import { encodeKind, joinKind } from './form.js';
import { createFindKeys, type DriftKey } from './keys.js';
import { isKnown, Kind, type Room } from './kind.js';

export const CHANGES = ['vanished', 'type_changed'] as const;

/** A field of a log that is not as it was. */
export interface Drift {
  vendor: string;
  product: string;
  /** its path, as docs/sources.md writes them */
  field: string;
  change: (typeof CHANGES)[number];
  /** what it is read for */
  key: DriftKey;
  /** when it was last as it was, ms */
  since_time: number;
  /** when enough had come to say so, ms */
  found_time: number;
  /** share of the records that had it, of those of the action that had most */
  share: number;
  before: Type;
  /** absent when there is none */
  after?: Type;
  /** the actions in whose records it is so, the first of them by name */
  actions: string[];
  /** how many these are */
  action_count: number;
  /** what stands beside where it was, and did not before */
  appeared: string[];
}

/** Actions of one product that are followed. */
const MOST_KINDS = 256;
const MOST_FIELDS = 50_000;
const LONGEST_ACTION = 100;
/** In an hour so many records of a kind are looked at, and then one of so many; when something is missing all, up to so many. */
const IN_AN_HOUR = { first: 6, then_one_of: 128, suspect: 256 };
const HOUR_MS = 3_600_000;
/** Of a kind that did not come for so long nothing is known any more. */
const FORGOTTEN_MS = 30 * 24 * HOUR_MS;
/** What fewer have is nothing to rely on, unless it is read as a key. */
const LEAST_SHARE = 0.05;
const MOST_NAMED = 5;
/** Of what appeared, records that have it. */
const LEAST_APPEARED = { seen: 10, share: 0.5 };

/** begins the names under which kinds are written down; no tenant begins so */
const PREFIX = '\nfields\n';

interface Followed {
  vendor: string;
  product: string;
  action: string;
  kind: Kind;
  hour: number;
  in_hour: number;
  /** when it was written down, ms */
  told: number;
  isNews: boolean;
  isTouched: boolean;
}

interface Product {
  kinds: Map<string, Followed>;
  /** hour in which it was looked for what can be forgotten */
  swept: number;
}

/**
 * What fields each log has, action by action, and which of them are gone or of another type. Knows names and types, never a value. Its clock is the
 * latest event time.
 */
export class DriftMeter {
  private latest = 0;
  private readonly products = new Map<string, Map<string, Product>>();
  private readonly room: Room = { used: 0, most: MOST_FIELDS };
  private readonly findKeys = createFindKeys();
  private readonly gone: string[] = [];

  /**
   * One record of a vendor, as its mapper got it.
   * @param time of its event, ms; undefined when it made none
   */
  see(record: Raw, { vendor, product, action }: { vendor: string; product: string; action: string }, time: number | undefined): void {
    if (time !== undefined && time > this.latest) this.latest = time;
    const { clock } = this;
    if (clock === 0) return;
    const followed = this.follow(vendor, product, action);
    if (followed === undefined) return;
    const hour = Math.floor(clock / HOUR_MS);
    if (hour !== followed.hour) {
      followed.hour = hour;
      followed.in_hour = 0;
    }
    const count = ++followed.in_hour;
    const { first, then_one_of, suspect } = IN_AN_HOUR;
    if (count > first && count % then_one_of !== 0 && !(followed.kind.isSuspect && count <= suspect)) return;
    followed.isTouched = true;
    if (followed.kind.look(record, clock)) followed.isNews = true;
  }

  /** Latest event time, ms; 0 before the first. */
  get clock(): number {
    return this.latest;
  }

  /** What is not as it was, in order. What has been so for two weeks is taken for how it is. */
  standing(): Drift[] {
    const drifts = new Map<string, Drift>();
    for (const followed of this.all()) {
      const { kind } = followed;
      if (kind.drifted.size === 0) continue;
      if (kind.settle(this.clock)) followed.isNews = true;
      for (const field of kind.drifted) this.say(drifts, followed, field);
    }
    return [...drifts.keys()].sort().map((name) => drifts.get(name)!);
  }

  /** How many fields of each log are known well enough to be missed, those of each action by themselves. */
  known(): { vendor: string; product: string; fields: number }[] {
    return [...this.products].flatMap(([vendor, products]) =>
      [...products].map(([product, { kinds }]) => {
        let fields = 0;
        for (const { kind } of kinds.values()) for (const field of kind.fields()) if (isKnown(field)) fields++;
        return { vendor, product, fields };
      }),
    );
  }

  /**
   * What is to be written down so that others know it, and who comes after: at once what is no more as it was, else each kind that came, once an hour.
   * @param most kinds at a time
   */
  take(most: number): { key: string; value: string | undefined }[] {
    const taken: { key: string; value: string | undefined }[] = this.gone.splice(0, most).map((key) => ({ key, value: undefined }));
    for (const followed of this.all()) {
      if (taken.length >= most) break;
      const { isNews, isTouched, told, kind } = followed;
      if (!isNews && (!isTouched || this.clock - told < HOUR_MS)) continue;
      Object.assign(followed, { isNews: false, isTouched: false, told: this.clock });
      taken.push({ key: keyOf(followed), value: encodeKind(kind) });
    }
    return taken;
  }

  /** Whether a name is one of those that `take` gives. */
  static owns(key: string): boolean {
    return key.startsWith(PREFIX);
  }

  /** What another one has written down. */
  adopt(key: string, value: string): void {
    const [vendor, product, action] = key.slice(PREFIX.length).split('\n');
    if (vendor === undefined || product === undefined || action === undefined) return;
    const followed = this.follow(vendor, product, action);
    if (followed === undefined) return;
    const { kind } = followed;
    // who takes for gone what comes here has to hear of it
    if (joinKind(kind, value)) followed.isNews = true;
    followed.told = Math.max(followed.told, kind.root.presence.last);
  }

  private *all(): Generator<Followed> {
    for (const products of this.products.values()) for (const { kinds } of products.values()) yield* kinds.values();
  }

  private follow(vendor: string, named: string, named_action: string): Followed | undefined {
    let products = this.products.get(vendor);
    if (products === undefined) {
      products = new Map();
      this.products.set(vendor, products);
    }
    let product = products.get(named);
    let name = named;
    if (product === undefined && this.findKeys(vendor, named) === undefined) {
      name = 'other';
      product = products.get(name);
    }
    if (product === undefined) {
      product = { kinds: new Map(), swept: 0 };
      products.set(name, product);
    }
    const action = named_action.length > LONGEST_ACTION ? cut(named_action, LONGEST_ACTION) : named_action;
    const known = product.kinds.get(action);
    if (known !== undefined) return known;
    if (product.kinds.size >= MOST_KINDS) this.sweep(product);
    if (product.kinds.size >= MOST_KINDS || action.includes('\n')) return undefined;
    const { clock } = this;
    const followed: Followed = {
      vendor,
      product: name,
      action,
      kind: new Kind(clock, this.room),
      hour: 0,
      in_hour: 0,
      told: 0,
      isNews: false,
      isTouched: false,
    };
    product.kinds.set(action, followed);
    return followed;
  }

  private sweep(product: Product): void {
    const hour = Math.floor(this.clock / HOUR_MS);
    if (product.swept === hour) return;
    product.swept = hour;
    for (const [action, followed] of product.kinds) {
      if (this.clock - followed.kind.root.presence.last < FORGOTTEN_MS) continue;
      followed.kind.clear();
      product.kinds.delete(action);
      this.gone.push(keyOf(followed));
    }
  }

  private say(drifts: Map<string, Drift>, { vendor, product, action, kind }: Followed, field: Field): void {
    const { path, type: before, typed, other } = field;
    const key = this.findKeys(vendor, product)?.(path) ?? 'other';
    const share = field.presence.share;
    if (key === 'other' && share < LEAST_SHARE) return;
    const change = field.isGone ? 'vanished' : 'type_changed';
    const { last: since_time, gone_time: found_time } = field.isGone ? field.presence : typed!;
    const name = `${vendor}\n${product}\n${path}\n${change}`;
    const drift = drifts.get(name);
    if (drift === undefined) {
      const after = field.isGone ? undefined : other;
      const appeared = field.isGone ? appearedBeside(kind, field) : [];
      const said: Drift = {
        vendor,
        product,
        field: path,
        change,
        key,
        since_time,
        found_time,
        share,
        before,
        actions: [action],
        action_count: 1,
        appeared,
      };
      drifts.set(name, after === undefined ? said : { ...said, after });
      return;
    }
    drift.since_time = Math.min(drift.since_time, since_time);
    drift.found_time = Math.min(drift.found_time, found_time);
    drift.share = Math.max(drift.share, share);
    drift.action_count++;
    drift.actions = [...drift.actions, action].sort().slice(0, MOST_NAMED);
    if (field.isGone) drift.appeared = [...new Set([...drift.appeared, ...appearedBeside(kind, field)])].sort().slice(0, MOST_NAMED);
  }
}

function keyOf({ vendor, product, action }: Followed): string {
  return `${PREFIX}${vendor}\n${product}\n${action}`;
}

/** A field that is renamed is gone under one name and there under another, from then on. */
function appearedBeside(kind: Kind, { parent, holder, presence: { last } }: Field): string[] {
  const beside = (parent ?? kind.root).members?.[holder] ?? new Map<string, Field>();
  return [...beside.values()]
    .filter(({ presence: { first, seen, share } }) => first >= last && seen >= LEAST_APPEARED.seen && share >= LEAST_APPEARED.share)
    .map(({ path }) => path)
    .sort()
    .slice(0, MOST_NAMED);
}
