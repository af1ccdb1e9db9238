import type { GeoProvider, NetworkProvider } from '../../core/enrich/providers.js';

/** Knows no place: for tests, and for who switches geography off. */
export const NO_GEO: GeoProvider = Object.freeze({ version: 'none', is_stale: false, lookup: () => undefined });

/** Knows no network. */
export const NO_NETWORKS: NetworkProvider = Object.freeze({ version: 'none', lookup: () => undefined });
