import type { Enricher } from '../enrich/providers.js';
import { withheldPlace } from '../enrich/withheld.js';
import type { Actor, Endpoint, Enrichment, NetworkClass, Principal, SessionEvent } from '../event/index.js';
import { EARLIEST_TIME } from '../event/time.js';
import { canonicalId, type Identities } from '../identity/resolve.js';
import type { Mapped, MappedPrincipal, Raw } from './mapped.js';
import type { DropReason, RejectReason } from './outcome.js';
import { recordUid } from './record-uid.js';

/** What turns mapped values into events. */
export interface FinishOptions {
  enricher: Enricher;
  identities: Identities;
  /** the operator's organisation that a vendor account belongs to */
  tenantOf(vendor: string, account: string): string;
  /** Latest time that a record may carry, epoch ms: the caller's clock, or the fixed end of a replay, plus what it tolerates. */
  latestTime(): number;
  /**
   * What becomes of a record that carries no readable time: `latest` (default) gives it the latest time read so far, which is when it
   * arrived, as far as a stream without a clock can tell, and what counts as now while nothing was read; `reject` refuses it.
   */
  timeless?: 'latest' | 'reject' | undefined;
  /** what counts as now, epoch ms; absent: a record without a time is refused while nothing was read */
  now?: (() => number) | undefined;
}

/** An assumed time is right to the day at best; nobody is placed by it. */
const ASSUMED_PRECISION_MS = 86_400_000;

export type Finish = (record: Raw, mapped: readonly Mapped[], into: SessionEvent[]) => DropReason | RejectReason | undefined;

/**
 * Builds the last step of normalize: mapped values, bounded -> enriched events with a uid and a key. The function adds the events of one
 * record to `into` and answers why it made none; undefined when it made some.
 */
export function createFinish({ enricher, identities, tenantOf, latestTime, timeless = 'latest', now }: FinishOptions): Finish {
  let latest: number | undefined;
  let enrichment: Enrichment = { ...enricher.versions, identities: identities.version };

  return (record, mapped, into) => {
    if (enrichment.identities !== identities.version) enrichment = { ...enricher.versions, identities: identities.version };
    let problem: DropReason | RejectReason | undefined;
    let made = 0;
    // of a page it is long, and the same for all that it holds
    let hash: string | undefined;
    for (let i = 0; i < mapped.length; i++) {
      const one = mapped[i] as Mapped;
      if (one.id === undefined) hash ??= recordUid(record);
      const uid = uidOf(one, hash) + (mapped.length > 1 ? `#${i + 1}` : '');
      const result = finishOne(one, uid, into);
      if (result === undefined) made++;
      else problem ??= result;
    }
    return made > 0 ? undefined : (problem ?? 'not_an_audit_record');
  };

  function finishOne(m: Mapped, uid: string, into: SessionEvent[]): DropReason | RejectReason | undefined {
    if (m.time === undefined && timeless === 'latest') assumeTime(m);
    const time = m.time;
    if (time === undefined) return 'time_missing';
    if (time < EARLIEST_TIME || time > latestTime()) return 'time_out_of_range';
    if (m.time_precision_ms !== ASSUMED_PRECISION_MS && (latest === undefined || time > latest)) latest = time;
    const tenant = tenantOf(m.vendor, m.account);
    const endpoint = m.ip === undefined ? withheldPlace(m.country) : enricher.endpoint(m.ip, m.vendor, assertedClass(m));
    const principal = principalOf(m.principal, m, tenant) ?? fallback(m, endpoint, tenant);
    if (principal === undefined) return 'no_subject';
    const agent = m.user_agent === undefined ? undefined : enricher.userAgent(m.user_agent);
    const source = { vendor: m.vendor, product: m.product, account: m.account };
    const { action } = m;
    const own: SessionEvent = {
      schema_version: 1,
      tenant,
      uid,
      time,
      arrival_time: time,
      time_precision_ms: m.time_precision_ms,
      source,
      subject_role: 'actor',
      actor: undefined,
      action,
      activity: m.activity,
      status: m.status,
      status_detail: m.status_detail,
      is_presence: m.is_presence,
      principal,
      session: m.session,
      token: m.token,
      device: m.device,
      client: m.client,
      src_endpoint: endpoint,
      user_agent: agent,
      tls: m.ja4 === undefined ? undefined : { ja4: m.ja4 },
      app: m.app,
      resource: m.resource,
      auth: m.auth,
      details: isAdminSurface(m, enricher) ? { ...m.details, is_admin_surface: 'true' } : m.details,
      risk: m.risk,
      correlation_uid: m.correlation_uid,
      enrichment,
    };
    into.push(own);
    const targets = m.activity === 'oauth_consent' ? withApp(m) : m.targets;
    if (targets === undefined) return undefined;

    const actor: Actor = { principal, src_endpoint: endpoint, user_agent: agent, device: m.device };
    let place = 0;
    for (const target of targets) {
      const subject = principalOf(target, m, tenant);
      // what the record calls two names may be one person of the table
      if (subject === undefined || subject.key === principal.key) continue;
      place++;
      // Whoever ends somebody else's sessions does not end their own: the actor's event has to say that it was done to another.
      if (place === 1) own.details = { ...m.details, acts_on: subject.email ?? subject.uid ?? subject.key };
      into.push({
        schema_version: 1,
        tenant,
        uid: place === 1 ? `${uid}#target` : `${uid}#target${place}`,
        time,
        arrival_time: time,
        time_precision_ms: m.time_precision_ms,
        source,
        subject_role: 'target',
        actor,
        action,
        activity: m.activity,
        status: m.status,
        status_detail: m.status_detail,
        is_presence: false,
        principal: subject,
        session: undefined,
        token: undefined,
        device: undefined,
        client: m.client,
        src_endpoint: undefined,
        user_agent: undefined,
        tls: undefined,
        app: m.app,
        resource: m.resource,
        auth: undefined,
        details: m.details,
        risk: m.risk,
        correlation_uid: m.correlation_uid,
        enrichment,
      });
    }
    return undefined;
  }

  function assumeTime(m: Mapped): void {
    const assumed = latest ?? now?.();
    if (assumed === undefined) return;
    m.time = assumed;
    m.time_precision_ms = ASSUMED_PRECISION_MS;
    m.is_presence = false;
  }

  function principalOf(who: MappedPrincipal, m: Mapped, tenant: string): Principal | undefined {
    const id = canonicalId(who, m.vendor, m.account, tenant, identities);
    if (id === undefined) return undefined;
    const behind = who.on_behalf_of === undefined ? undefined : canonicalId(who.on_behalf_of, m.vendor, m.account, tenant, identities);
    const tier = identities.profile(tenant, id)?.tier;
    return {
      key: `${tenant}/${id}`,
      type: tier === 'service' && (who.type === 'human' || who.type === 'unknown') ? 'service' : who.type,
      uid: who.uid,
      // known by an id alone, and the table knows the address: people are called by it
      email: who.email?.toLowerCase() ?? (id.includes('@') && who.type === 'human' ? id : undefined),
      name: who.name,
      on_behalf_of: behind === undefined ? undefined : `${tenant}/${behind}`,
      tags: tier === undefined || who.tags?.includes(tier) === true ? who.tags : [...(who.tags ?? []), tier],
    };
  }
}

/** An app that is let in has a story of its own: who else lets it in, and how soon. Mappers that know its principal better have named it. */
function withApp({ targets, details, vendor }: Mapped): MappedPrincipal[] | undefined {
  const uid = details?.['app_uid'];
  // who is given an app changes nothing of the app
  if (uid === undefined || details?.['kind'] === 'app_assignment' || targets?.some(({ type }) => type === 'service') === true)
    return targets;
  const app: MappedPrincipal = { type: 'service', uid, name: details?.['app'] ?? `${vendor} app` };
  return targets === undefined ? [app] : [...targets, app];
}

/** Nobody is named: the session is the subject, else the token, else the address; never one shared "unknown". */
function fallback(m: Mapped, endpoint: Endpoint | undefined, tenant: string): Principal | undefined {
  const id =
    m.session !== undefined
      ? `session:${m.session.issuer}:${m.session.uid}`
      : m.token !== undefined
        ? `token:${m.token.uid}`
        : addressId(endpoint);
  if (id === undefined) return undefined;
  return {
    key: `${tenant}/${id}`,
    type: 'unknown',
    uid: undefined,
    email: undefined,
    name: undefined,
    on_behalf_of: undefined,
    tags: undefined,
  };
}

function addressId(endpoint: Endpoint | undefined): string | undefined {
  if (endpoint === undefined || endpoint.class === 'invalid') return undefined;
  const address = endpoint.ip ?? endpoint.hostname;
  return address === undefined ? undefined : `address:${address}`;
}

/** What the vendor itself says of the network; a proxy that it calls out hides its user as a VPN does. */
function assertedClass(m: Mapped): NetworkClass | undefined {
  const network = m.network;
  if (network === undefined) return undefined;
  return network.is_tor === true ? 'tor' : network.is_vpn === true || network.is_proxy === true ? 'vpn' : undefined;
}

/** @param hash of the record, for one to which its vendor gave no id */
function uidOf(m: Mapped, hash: string | undefined): string {
  return `${m.vendor}:${m.account}:${m.id ?? hash}`;
}

/** What Okta writes when somebody opens its administration. */
const ADMIN_ACTIONS: ReadonlySet<string> = new Set(['user.session.access_admin_app', 'user.account.access_super_user_app']);

/** Does somebody enter a place where people administer and do nothing else? */
function isAdminSurface({ activity, action, client }: Mapped, enricher: Enricher): boolean {
  if (activity !== 'sign_in' && activity !== 'session_use' && activity !== 'token_issue') return false;
  if (client?.uid !== undefined && enricher.isAdminClient(client.uid)) return true;
  return activity === 'session_use' && ADMIN_ACTIONS.has(action);
}
