import type { Activity, Auth, Confidence, Device, EventStatus, NamedRef, PrincipalType, TokenRef, VendorRisk } from '../event/index.js';

/** A JSON object as a vendor wrote it. */
export type Raw = { readonly [key: string]: unknown };

/** Who a mapper says it is, before a key is chosen. */
export interface MappedPrincipal {
  type: PrincipalType;
  /** the vendor's own id */
  uid?: string | undefined;
  /** address or user principal name; any case */
  email?: string | undefined;
  name?: string | undefined;
  tags?: string[] | undefined;
  on_behalf_of?: MappedPrincipal | undefined;
  /** further ids of the same principal, namespaced: `entra:<object id>`, `puid:<hex>` */
  aliases?: string[] | undefined;
}

export interface MappedSession {
  uid: string;
  root_uid?: string | undefined;
  /** the provider that minted it: `entra:<directory>`, `okta:<org>` */
  issuer: string;
  confidence: Confidence;
  created_time?: number | undefined;
}

/**
 * What a mapper says of one record: the vendor's values in our words, not yet enriched, keyed or checked.
 * Sentinels ("", "-", "unknown", ...) must not get in here: read values with record.ts.
 */
export interface Mapped {
  vendor: string;
  product: string;
  account: string;
  /** the vendor's event id; absent: a hash of the record is used */
  id: string | undefined;
  /** UTC epoch ms; undefined rejects the record */
  time: number | undefined;
  time_precision_ms?: number | undefined;
  action: string;
  activity: Activity;
  status: EventStatus;
  status_detail?: string | undefined;
  is_presence: boolean;
  principal: MappedPrincipal;
  /** whom it was done to, when not the actor: each gets an event of its own */
  targets?: MappedPrincipal[] | undefined;
  session?: MappedSession | undefined;
  token?: TokenRef | undefined;
  device?: Device | undefined;
  client?: NamedRef | undefined;
  app?: NamedRef | undefined;
  resource?: NamedRef | undefined;
  auth?: Auth | undefined;
  details?: Record<string, string> | undefined;
  risk?: VendorRisk | undefined;
  correlation_uid?: string | undefined;
  ja4?: string | undefined;
  /** the vendor's address field as it stands */
  ip?: string | undefined;
  /** the country that the vendor tells of an address that it withholds; where there is an address, our data say where it is */
  country?: string | undefined;
  /** the vendor's user agent as it stands */
  user_agent?: string | undefined;
  /** network facts that the vendor itself asserts (Okta's isProxy, ipServiceCategories); raise the network class, never lower it */
  network?: { is_tor?: boolean | undefined; is_vpn?: boolean | undefined; is_proxy?: boolean | undefined } | undefined;
}

/**
 * Where one log of a source writes what sessions are known by. A path is the vendor's own spelling with dots, `[]` for every entry of a list and
 * `[Name=x]` for the entry of that name; several paths together make one value. What is absent is never logged.
 */
export interface SourceKeys {
  /** as `source.product` of its events says */
  readonly product: string;
  /** what the vendor calls the log */
  readonly title: string;
  /** best first */
  readonly session?: readonly { readonly paths: readonly string[]; readonly confidence: Confidence; readonly note?: string }[];
  /** the session at the identity provider that others are opened under, beside `session` */
  readonly root?: string;
  readonly token?: readonly string[];
  readonly device?: readonly string[];
  readonly address?: readonly string[];
  readonly user_agent?: readonly string[];
  /** what a reader has to know: what the ids do not tell, what must be switched on */
  readonly note?: string;
}

/** One vendor: its records in, our words out. `recognises` must be cheap and strict: it sees every record of every vendor. */
export interface Mapper {
  readonly vendor: string;
  /** a row for each log; docs/sources.md is made from them, and a test holds the fixtures to them */
  readonly keys: readonly SourceKeys[];
  recognises(record: Raw): boolean;
  /** one record may hold several events; an empty list is a record of a kind that makes none */
  map(record: Raw): Mapped[];
}
