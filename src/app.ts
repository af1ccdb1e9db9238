import { checkConfig as checkNamed } from './config/check-config.js';
import { type Config, type EgressEntry, invalidConfig, type LoadedConfig, type ReadConfig } from './config/config.js';
import { loadLists } from './config/data.js';
import { loadDeclarations } from './config/declarations.js';
import { configDigest, digestOf } from './config/digest.js';
import { loadIdentities } from './config/identities.js';
import { loadReach } from './config/reach.js';
import { type RuleSet, readRules as readRuleFiles, rulesInForce, SHIPPED } from './config/rules.js';
import { toSignOn } from './config/sign-on.js';
import { SUPPRESSION_STATES, stateOf, warningOf } from './config/suppression-state.js';
import { loadSuppressions } from './config/suppressions.js';
import { Declared } from './core/declared/declared.js';
import { Enforced } from './core/detect/enforced.js';
import { Explainer } from './core/detect/explain.js';
import { ADDRESS_DATA, type AddressData } from './core/detect/factors.js';
import { HeardAccounts } from './core/detect/heard.js';
import { createDetect, DETECTORS, type DetectOptions } from './core/detect/index.js';
import type { Rule } from './core/detect/rule.js';
import { runStory, type StoryResult } from './core/detect/run-story.js';
import { sightWithout } from './core/detect/sight.js';
import type { Story } from './core/detect/story.js';
import { createSuppressor, createWouldHide, type SuppressionEntry } from './core/detect/suppress.js';
import { parseAddress } from './core/enrich/address.js';
import { parseUserAgent } from './core/enrich/client.js';
import { createEnricher, type Egress } from './core/enrich/index.js';
import { PrefixTable, parsePrefix } from './core/enrich/prefixes.js';
import type { Enricher } from './core/enrich/providers.js';
import type { Endpoint } from './core/event/index.js';
import { createIdentityTable, type IdentityTable } from './core/identity/table.js';
import { DriftMeter } from './core/normalize/drift/meter.js';
import { type Accounts, createMapper, createNormalize } from './core/normalize/index.js';
import { type Source, VENDORS } from './core/normalize/sources/index.js';
import type { Detect, Normalize, Respond, Suppress } from './core/pipeline.js';
import type { Reach } from './core/respond/reach.js';
import { createRespond } from './core/respond/respond.js';
import type { Log } from './log.js';
import { Metrics } from './metrics.js';
import type { Hiding } from './output/hidden.js';
import { createOwners, type JoinOwners } from './output/owners.js';
import { sightInWords } from './output/sight.js';
import type { Judges } from './output/summary.js';
import { isWithoutGeo, openGeo } from './runtime/geo/open-geo.js';
import { isWithoutNetworks, openNetworks } from './runtime/geo/open-networks.js';
import { countBy } from './runtime/tally.js';

export interface AppOptions {
  /** whose records these are */
  source: Source;
  /** what counts as now, ms: nothing behind this line reads a clock */
  now: number;
  /** the same for a program that runs on: asked for every record */
  clock?: (() => number) | undefined;
  /** what records told so far of who is who */
  identities?: Pick<IdentityTable, 'learned'> | undefined;
  /** told of what records tell of who is who; see createIdentityTable */
  onLink?: ((key: string, value: string) => void) | undefined;
  /** told of the records that come, see `Reading.normalizeOnce`; one for the life of a program */
  meter?: DriftMeter | undefined;
  /** told of the accounts that the records are of, in the same way */
  heard?: HeardAccounts | undefined;
  log: Log;
  /** warnings about entries of lists that this process gave already; grows */
  warned?: Set<string> | undefined;
}

/** A stream of records: whose they are, and what the records themselves do not say. */
export interface RecordSource {
  vendor: Source;
  /** absent: by the configuration's mapping of vendor accounts */
  tenant?: string | undefined;
  /** name of the vendor's account, for records that do not carry it */
  account?: string | undefined;
}

/** What turns records into events. */
export interface Reading {
  normalize: Normalize;
  /** the same where no record is read twice: what fields it has is metered */
  normalizeOnce: Normalize;
  /** the same for one stream that is read once: who is who is learned as its records come */
  normalizeStream(source: RecordSource): Normalize;
  /** takes from a record what it says of who is who */
  learn(record: Uint8Array): void;
  identities: IdentityTable;
  /** those that the configuration names: in all of them an entry without a tenant holds */
  tenants: readonly string[];
  enricher: Enricher;
  /** the operator's networks that count today */
  egress: readonly EgressEntry[];
  /** file under data/ -> digest of what stands in it */
  data: Readonly<Record<string, string>>;
  isGeoStale: boolean;
  /** data on addresses that are not there */
  missing: readonly AddressData[];
}

/** What judges, ready to be put in its place. */
export interface Judgement extends Reading {
  rules: readonly Rule[];
  detecting: DetectOptions;
  suppress: Suppress;
  /** names who answers, where findings are written for others */
  joinOwners: JoinOwners;
  /** what the operator hides, for the summary */
  hiding: Hiding;
  /** what judged, for the summary */
  judges(): Judges;
  /** path of rules -> how many of them judge; `shipped` for those that come along */
  rulesFrom: Readonly<Record<string, number>>;
}

/** Everything that a replay needs, started. Nothing here holds a file, a socket or a timer, so there is nothing to stop. */
export interface App extends Judgement {
  detect: Detect;
  /** the same rules and lists, with a state of its own, giving its reasons */
  createExplainer(): Explainer;
  respond: Respond;
  metrics: Metrics;
  meter: DriftMeter;
  heard: HeardAccounts;
}

/**
 * The first stage alone.
 * @param timeless what becomes of a record without a readable time: the latest time read before it, or a rejection
 * @throws SV_DATA_INVALID, SV_GEO_UNAVAILABLE, SV_IDENTITIES_INVALID
 */
export function createReading(
  { config }: LoadedConfig,
  { source, now, clock = () => now, identities: before, onLink, meter, heard, log, warned }: AppOptions,
  timeless: 'latest' | 'reject' = 'latest',
): Reading {
  const { tenant, tenants, accounts, geo: places, input } = config;
  const warn = (message: string) => log.warn(message);
  const egress = activeEgress(config.lists.egress, now, log, warned);
  const geo = openGeo({ database: places.database, log: warn });
  const networks = openNetworks({ database: places.networks_database, log: warn });
  const { digests, ...lists } = loadLists();
  const enricher = createEnricher({ geo, networks, ...lists, egress: egress.map(toEgress) });
  const identities = createIdentityTable(
    config.identities.file === undefined ? [] : loadIdentities(config.identities.file),
    before,
    onLink,
  );
  const hasTenants = Object.keys(tenants).length > 0;
  const tenantOf = (vendor: string, account: string) => (hasTenants ? tenants[`${vendor}:${account}`] : undefined) ?? tenant;
  const mapping = { source, accounts, max_record_bytes: input.max_record_bytes };
  const map = createMapper(mapping);
  const finishing = { enricher, identities, tenantOf, latestTime: () => clock() + input.future_tolerance, now: clock, timeless };
  return {
    normalize: createNormalize({ ...mapping, ...finishing }),
    normalizeOnce: createNormalize({ ...mapping, ...finishing, meter, heard }),
    normalizeStream: ({ vendor, tenant: own, account }) =>
      createNormalize({
        ...mapping,
        ...finishing,
        meter,
        heard,
        source: vendor,
        accounts: account === undefined ? accounts : (Object.fromEntries(VENDORS.map((of) => [of, account])) as Accounts),
        tenantOf: own === undefined ? tenantOf : () => own,
        learn: (of, mapped) => identities.learn(of, mapped),
      }),
    learn(record) {
      for (const { mapped } of map(record).records) for (const one of mapped) identities.learn(tenantOf(one.vendor, one.account), one);
    },
    identities,
    tenants: [...new Set([tenant, ...Object.values(tenants)])],
    enricher,
    egress,
    data: digests,
    isGeoStale: geo.is_stale,
    missing: missingData(config),
  };
}

/** The whole pipeline, wired in one straight line; what can fail for a reason that a person can mend fails here. */
export function createApp(loaded: LoadedConfig, options: AppOptions): App {
  const reach = loadReach();
  const { meter = new DriftMeter(), heard = new HeardAccounts() } = options;
  const judgement = createJudgement(loaded, { ...options, meter, heard }, reach);
  const metrics = new Metrics();
  countJudgement(metrics, judgement, options.now);
  const { rules, detecting } = judgement;
  const createExplainer = () => new Explainer(rules, detecting);
  return { ...judgement, detect: createDetect(rules, detecting), createExplainer, respond: createRespond(reach), metrics, meter, heard };
}

/** What a configuration says of judging, read and checked, with nothing changed yet. */
export function createJudgement(loaded: LoadedConfig, options: AppOptions, reach: Reach = loadReach()): Judgement {
  const { config } = loaded;
  const { rules: found, from: rulesFrom } = rulesInForce(loaded, DETECTORS);
  const rules = found.map(({ rule }) => rule);
  // the files of a replay are merged by time: a time from another file would carry a record, and all after it, out of its order
  const reading = createReading(loaded, options, 'reject');
  const { enricher, egress, identities } = reading;
  const suppressions = loadSuppressions(loaded, found);
  warnOfSuppressions(suppressions, options.now, options.log, options.warned);
  warnOfSight(reading.missing, rules, options.log, options.warned);
  const nameOfClient = (uid: string) => enricher.client(uid)?.name;
  const declarations = loadDeclarations(config.declarations.file);
  const isOperatorEgress = egressTest(egress);
  const declared = new Declared(declarations, isOperatorEgress);
  const config_digest = configDigest(rules, {
    lists: { egress },
    sign_on: config.sign_on,
    suppressions,
    state: config.state,
    declared: config.declarations.file === undefined ? undefined : declarations,
    data: { ...reading.data, 'vendor-reach.json': digestOf(reach) },
  });
  const detecting: DetectOptions = {
    config_digest,
    limits: config.state,
    laneOfClient: (uid) => enricher.client(uid)?.lane,
    isOperatorEgress,
    declared,
    ...(config.sign_on.length === 0 ? {} : { enforced: new Enforced(config.sign_on.map(toSignOn)) }),
  };
  const judges = () => ({
    config_digest,
    rules: rules.length,
    rules_shipped: rulesFrom[SHIPPED] ?? 0,
    ...enricher.versions,
    identities: identities.version,
  });
  const suppress = createSuppressor(suppressions, nameOfClient);
  const hiding = { entries: suppressions, wouldHide: createWouldHide(suppressions, nameOfClient) };
  const joinOwners = createOwners(rules, identities, declared);
  return { ...reading, rules, detecting, suppress, joinOwners, hiding, judges, rulesFrom };
}

/** Says in metrics what judges. @param now ms */
export function countJudgement(
  metrics: Metrics,
  { rules, detecting, hiding, enricher, isGeoStale, missing }: Judgement,
  now: number,
): void {
  metrics.set('sessionvigil_rules', rules.length);
  const { blind, dim } = sightWithout(missing, rules);
  metrics.set('sessionvigil_rules_without_data', blind.length, { state: 'blind' });
  metrics.set('sessionvigil_rules_without_data', dim.length, { state: 'dim' });
  metrics.info('sessionvigil_config_info', { digest: detecting.config_digest });
  metrics.info('sessionvigil_data_info', { geo: enricher.versions.geo, networks: enricher.versions.networks });
  metrics.set('sessionvigil_geo_data_stale', isGeoStale ? 1 : 0);
  for (const data of ['geo', 'networks'] as const) {
    // of the networks the lists of classes are said too, which come with the program
    const [version = ''] = enricher.versions[data].split(';');
    const made = Date.parse(/\d{4}-\d\d-\d\d$/.exec(version)?.[0] ?? '');
    if (Number.isNaN(made)) metrics.forget('sessionvigil_geo_data_time_seconds', { data });
    else metrics.set('sessionvigil_geo_data_time_seconds', made / 1000, { data });
  }
  const states = countBy(hiding.entries, (entry) => stateOf(entry, now));
  for (const state of SUPPRESSION_STATES) metrics.set('sessionvigil_suppressions', states[state] ?? 0, { state });
}

/** Rules of files and folders, those that ship when none is named. @throws SV_RULE_MISSING */
export function readRules(paths: readonly string[]): RuleSet {
  return readRuleFiles(paths.length === 0 ? [SHIPPED] : paths, DETECTORS);
}

/** Tells stories of rules with the same lists as in production. */
export function createStoryteller(): (rule: Rule, story: Story) => StoryResult {
  const { clients } = loadLists();
  const clientOf = (uid: string) => clients.get(uid.toLowerCase());
  const tools = {
    userAgent: parseUserAgent,
    laneOfClient: (uid: string) => clientOf(uid)?.lane,
    nameOfClient: (uid: string) => clientOf(uid)?.name,
  };
  return (rule, story) => runStory(rule, rule.tests, story, tools);
}

/**
 * The configuration, after a look at everything that it names: data, identities, rules, suppressions.
 * @throws SV_CONFIG_INVALID with every mistake, those in the files that it names too
 */
export function checkConfig(read: ReadConfig): Config {
  const log = () => {};
  const problems = checkNamed(read, {
    detectors: DETECTORS,
    open: {
      database: (database) => void openGeo({ database, log }),
      networks_database: (database) => void openNetworks({ database, log }),
    },
  });
  if (problems.length > 0 || read.config === undefined) throw invalidConfig(problems);
  return read.config;
}

/** Entries that have expired count for nothing, and say so: somebody has to renew or remove them. */
export function activeEgress(entries: readonly EgressEntry[], now: number, log: Log, warned = new Set<string>()): readonly EgressEntry[] {
  return entries.filter(({ name, owner, expires }) => {
    if (expires === undefined || expires > now) return true;
    const warning = `the egress entry "${name}" of ${owner} has expired and is left out`;
    if (isFirst(warned, warning)) log.warn({ name, owner }, warning);
    return false;
  });
}

/** Says of entries that they are at their end, and of those that hide what others get up for: once, and again when it is something else. */
export function warnOfSuppressions(entries: readonly SuppressionEntry[], now: number, log: Log, warned = new Set<string>()): void {
  for (const entry of entries) {
    const warning = warningOf(entry, now);
    if (warning !== undefined && isFirst(warned, warning)) log.warn({ suppression: entry.id, owner: entry.owner }, warning);
  }
}

/** What of the data on addresses is neither named nor installed. */
function missingData({ geo }: Config): AddressData[] {
  const isMissing: Record<AddressData, boolean> = { geo: isWithoutGeo(geo.database), networks: isWithoutNetworks(geo.networks_database) };
  return ADDRESS_DATA.filter((data) => isMissing[data]);
}

/** Says of data that are missing which rules find nothing without them, and which less: once, whatever becomes of the rules. */
function warnOfSight(missing: readonly AddressData[], rules: readonly Rule[], log: Log, warned = new Set<string>()): void {
  for (const data of missing) {
    if (!isFirst(warned, `no ${data}`)) continue;
    const sight = sightWithout([data], rules);
    log.warn({ data, ...sight }, sightInWords(data, sight));
  }
}

/** The same of a configuration that is only checked. @throws SV_RULE_MISSING, SV_RULE_INVALID */
export function warnOfMissingData(loaded: LoadedConfig, log: Log): void {
  const missing = missingData(loaded.config);
  if (missing.length === 0) return;
  const rules = rulesInForce(loaded, DETECTORS).rules.map(({ rule }) => rule);
  warnOfSight(missing, rules, log);
}

function isFirst(warned: Set<string>, warning: string): boolean {
  if (warned.has(warning)) return false;
  warned.add(warning);
  return true;
}

/** Every suppression of a configuration. @throws SV_RULE_MISSING, SV_RULE_INVALID, SV_SUPPRESSIONS_INVALID */
export function readSuppressions(loaded: LoadedConfig): SuppressionEntry[] {
  return loadSuppressions(loaded, rulesInForce(loaded, DETECTORS).rules);
}

function toEgress({ cidr, asn }: EgressEntry): Egress {
  return { prefix: cidr === undefined ? undefined : parsePrefix(cidr), asn };
}

/** Whether an endpoint is one of the operator's own ways out. Endpoints are shared objects, so each is looked at once. */
function egressTest(entries: readonly EgressEntry[]): (endpoint: Endpoint) => boolean {
  const prefixes = new PrefixTable<true>(entries.flatMap(({ cidr }) => (cidr === undefined ? [] : [[parsePrefix(cidr)!, true] as const])));
  const asns = new Set(entries.map(({ asn }) => asn));
  const known = new WeakMap<Endpoint, boolean>();
  return (endpoint) => {
    let isOwn = known.get(endpoint);
    if (isOwn === undefined) {
      const { asn, ip } = endpoint;
      isOwn = (asn !== undefined && asns.has(asn)) || (ip !== undefined && prefixes.find(parseAddress(ip).words) !== undefined);
      known.set(endpoint, isOwn);
    }
    return isOwn;
  };
}
