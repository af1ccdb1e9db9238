import { readFileSync } from 'node:fs';
import type { NetworkProvider } from '../../core/enrich/providers.js';
import { SessionvigilError } from '../../errors.js';
import { type MmdbRecord, openMmdb } from './mmdb.js';
import { readNetworkRanges } from './network-ranges.js';
import { NO_NETWORKS } from './none.js';
import { type FindInstalled, findInstalled, type OpenDataOptions } from './open-geo.js';

const PACKAGE = '@ip-location-db/asn';
const FILES = ['asn-ipv4-num.csv', 'asn-ipv6.csv', 'package.json'] as const;

/**
 * Opens data on networks: a .mmdb file (GeoLite2 ASN, DB-IP ASN, IPinfo), or with `auto` the installed RouteViews and DB-IP data, read into
 * sorted arrays. Without any, a provider that knows nothing, and a word in the log.
 * @throws SV_GEO_UNAVAILABLE only for a file that was asked for
 */
export function openNetworks(options: OpenDataOptions, find: FindInstalled = findInstalled): NetworkProvider {
  const database = options.database ?? 'auto';
  if (database === 'none') return NO_NETWORKS;
  if (database !== 'auto') return fromFile(database);
  const [v4, v6, manifest] = FILES.map((name) => find(`${PACKAGE}/${name}`));
  if (v4 === undefined || v6 === undefined || manifest === undefined) {
    options.log('no data on networks are installed: changes of network are seen by address alone, hosters and mobile carriers not at all');
    return NO_NETWORKS;
  }
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return { version: `asn ${buildDay(version)}`, lookup: readNetworkRanges(readFileSync(v4), readFileSync(v6)) };
}

/** Is nothing known of networks, by choice or because nothing is installed? */
export function isWithoutNetworks(database: string, find: FindInstalled = findInstalled): boolean {
  return database === 'none' || (database === 'auto' && FILES.some((name) => find(`${PACKAGE}/${name}`) === undefined));
}

/** The package carries its build time in its version: 2.3.2026061719. */
function buildDay(version: string): string {
  const day = /\.(\d{4})(\d\d)(\d\d)\d*$/.exec(version);
  return day === null ? version : `${day[1]}-${day[2]}-${day[3]}`;
}

function fromFile(path: string): NetworkProvider {
  const file = openMmdb(path);
  if (/city|country/i.test(file.type) && !/asn?\b|isp/i.test(file.type)) {
    throw new SessionvigilError('SV_GEO_UNAVAILABLE', `${path} holds places (${file.type}), not networks`);
  }
  return {
    version: `${file.type} ${file.date}`,
    lookup(ip) {
      const record = file.lookup(ip);
      return record === undefined ? undefined : toNetwork(record);
    },
  };
}

/** GeoLite2 and DB-IP name the fields in full, IPinfo writes `asn: "AS64500"` and `as_name` or `name`. */
function toNetwork(record: MmdbRecord): ReturnType<NetworkProvider['lookup']> {
  const number = record['autonomous_system_number'] ?? record['asn'];
  const asn = Number(typeof number === 'string' ? number.replace(/^AS/i, '') : number);
  if (!Number.isInteger(asn) || asn <= 0) return undefined;
  const org = record['autonomous_system_organization'] ?? record['as_name'] ?? record['name'];
  return { asn, as_org: typeof org === 'string' && org !== '' ? org : undefined };
}
