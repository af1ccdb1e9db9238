import { COMPARED, type CompareSettings } from '../compare.js';
import { type FactorName, pointParameters, readPoints } from '../factors.js';
import { numberOf, type ParameterSpecs, type Parameters, stringsOf } from '../parameters.js';

const USED: readonly FactorName[] = [
  ...COMPARED,
  'device_shared',
  'library_new_lane',
  'uncommon_client',
  'alternation',
  'alternation_same_client',
  'networks_in_an_hour',
  'resumed',
  'sensitive_act',
  'same_token',
  'same_token_overlap',
  'same_token_moved',
  'bound_token',
];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Administrative tools by their published client ids: Azure CLI, Azure PowerShell, Graph command line, Graph Explorer, directory PowerShell. */
const ADMINISTRATIVE_CLIENTS = [
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  '1950a258-227b-4e31-a9cf-717495945fc2',
  '14d82eec-204b-4c2f-b7e8-296a70dab67e',
  'de8bc8b5-d9f9-48b1-a8ad-b748da725064',
  '1b730954-1685-4b74-9bfd-dac224a7b894',
];

/** Parameters of the detector. */
export const PARAMETERS: ParameterSpecs = {
  speed_kmh: {
    kind: 'integer',
    default: 900,
    min: 100,
    max: 5000,
    doc: 'faster than this a session did not travel: the cruising speed of an airliner',
  },
  distance_km: {
    kind: 'integer',
    default: 500,
    min: 50,
    max: 20_000,
    doc: 'below this distance, accuracy radii subtracted, speed is not looked at',
  },
  alternation_within: { kind: 'duration', default: HOUR_MS, min: MINUTE_MS, max: 24 * HOUR_MS, doc: 'how far back turns are counted' },
  alternation_turns: { kind: 'integer', default: 3, min: 2, max: 20, doc: 'turns that make an alternation: A-B-A-B has three' },
  networks_within: { kind: 'duration', default: HOUR_MS, min: MINUTE_MS, max: 24 * HOUR_MS, doc: 'how far back networks are counted' },
  networks_count: { kind: 'integer', default: 4, min: 2, max: 20, doc: 'networks that are many' },
  resumed_after: {
    kind: 'duration',
    default: 8 * HOUR_MS,
    min: HOUR_MS,
    max: 168 * HOUR_MS,
    doc: 'rest after which taking up the session counts',
  },
  token_within: {
    kind: 'duration',
    default: 24 * HOUR_MS,
    min: HOUR_MS,
    max: 48 * HOUR_MS,
    doc: 'how far back the same token, or another user of an administrative client, is looked for',
  },
  token_overlap: {
    kind: 'duration',
    default: 5 * MINUTE_MS,
    min: 0,
    max: 60 * MINUTE_MS,
    doc: 'here, there and here again within this with one token is nobody who moved',
  },
  uncommon_clients: { kind: 'strings', default: ADMINISTRATIVE_CLIENTS, doc: 'OAuth client ids that few people use' },
  ...pointParameters(USED),
};

/** What a rule set, read once. Times in ms. */
export interface ReuseSettings {
  /** the rule's place in the rule set: where its notes of a print are */
  rule: number;
  points(name: FactorName): number;
  compare: CompareSettings;
  alternationWithin: number;
  alternationTurns: number;
  networksWithin: number;
  networksCount: number;
  resumedAfter: number;
  tokenWithin: number;
  tokenOverlap: number;
  /** how far back from an event it looks at others */
  lookBack: number;
  reportFrom: number;
  uncommonClients: ReadonlySet<string>;
}

export function readSettings(parameters: Parameters, rule: number): ReuseSettings {
  const points = readPoints(parameters);
  const alternationWithin = numberOf(parameters, 'alternation_within');
  const networksWithin = numberOf(parameters, 'networks_within');
  const tokenWithin = numberOf(parameters, 'token_within');
  return {
    rule,
    points,
    compare: { points, speed_kmh: numberOf(parameters, 'speed_kmh'), distance_km: numberOf(parameters, 'distance_km') },
    alternationWithin,
    alternationTurns: numberOf(parameters, 'alternation_turns'),
    networksWithin,
    networksCount: numberOf(parameters, 'networks_count'),
    resumedAfter: numberOf(parameters, 'resumed_after'),
    tokenWithin,
    tokenOverlap: numberOf(parameters, 'token_overlap'),
    lookBack: Math.max(alternationWithin, networksWithin, tokenWithin),
    reportFrom: numberOf(parameters, 'report_from'),
    uncommonClients: stringsOf(parameters, 'uncommon_clients'),
  };
}
