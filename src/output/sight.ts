import type { AddressData } from '../core/detect/factors.js';
import type { Sight } from '../core/detect/sight.js';

const MISSING: Readonly<Record<AddressData, string>> = {
  geo: 'no geographic data (geo.database): countries, distances and travel are not known',
  networks: 'no data on networks (geo.networks_database): neither operators of networks nor their classes are known',
};

/** What is missing of the data on addresses, and which rules that makes silent or shortsighted: quiet is no proof that nothing happened. */
export function sightInWords(missing: AddressData, { blind, dim }: Sight): string {
  const words = [
    blind.length === 0 ? '' : `rules that find nothing: ${blind.join(', ')}`,
    dim.length === 0 ? '' : `rules that find less: ${dim.join(', ')}`,
  ].filter((word) => word !== '');
  return [MISSING[missing], ...words].join('; ');
}
