import { DETECTORS } from '../../../src/core/detect/detectors.js';

const HOUR = 60;
const DAY = 24 * HOUR;

/** From which value to which an operator may set a parameter, by its name; durations in minutes. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  access_token_lifetime: [0, 28 * HOUR],
  after: [1, 10],
  active_within: [0, 4 * HOUR],
  alternation_turns: [2, 20],
  alternation_within: [1, DAY],
  at_least: [2, 200],
  cae_propagation: [0, 2 * HOUR],
  came_back_within: [1, 7 * DAY],
  device_percent: [50, 100],
  device_sign_ins: [1, 100],
  distance_km: [50, 20_000],
  fan_out: [3, 30],
  grace: [0, HOUR],
  grace_entra: [0, HOUR],
  grace_of_expiry: [0, 2 * HOUR],
  grace_of_keys: [0, 2 * HOUR],
  here_within: [0, 2 * DAY],
  job_lifetime: [HOUR, 6 * DAY],
  learning_days: [0, 30],
  learning_sign_ins: [1, 100],
  long_off: [HOUR, 30 * DAY],
  nearly_all: [51, 100],
  nearly_all_of: [1, 100],
  networks_count: [2, 20],
  networks_within: [1, DAY],
  recovery_within: [HOUR, 2 * DAY],
  report_from: [1, 100],
  repositories_from: [2, 30],
  resumed_after: [HOUR, 7 * DAY],
  role_lifetime: [HOUR, 36 * HOUR],
  score: [1, 100],
  sequence: [2, 8],
  silence: [10, 12 * HOUR],
  speed_kmh: [100, 5000],
  strange_from: [0, 100],
  token_overlap: [0, HOUR],
  token_within: [HOUR, 2 * DAY],
  wide_from: [2, 12],
  within: [HOUR, DAY],
};
/** Where a detector has another range under the same name. */
const OTHER: typeof RANGES = {
  'impossible_travel.distance_km': [100, 20_000],
  'impossible_travel.speed_kmh': [250, 5000],
  'app_consent.at_least': [2, 100],
  'app_consent.within': [HOUR, 7 * DAY],
  'app_consent.new_for': [DAY, 14 * DAY],
  'count.within': [1 / 60, DAY],
  'no_sign_on.within': [10, DAY],
  'post_compromise.within': [HOUR, 2 * DAY],
};

const KINDS = ['duration', 'integer', 'number', 'points', 'boolean', 'string', 'strings', 'conditions', 'steps', 'field'];

const rows = Object.entries(DETECTORS).flatMap(([name, { parameters }]) =>
  Object.entries(parameters).flatMap(([parameter, { kind, min, max }]) => {
    const unit = kind === 'duration' ? 60_000 : 1;
    return min === undefined || max === undefined ? [] : [[name, parameter, kind, min / unit, max / unit] as const];
  }),
);

test.each(rows)('%s: %s is in its range', (name, parameter, kind, min, max) => {
  expect([min, max]).toEqual(kind === 'points' ? [-100, 100] : (OTHER[`${name}.${parameter}`] ?? RANGES[parameter]));
});

test.each(Object.entries(DETECTORS))('%s says what it looks at, and what each of its parameters is', (name, { scope, doc, parameters }) => {
  expect(['session', 'person']).toContain(scope);
  for (const [key, spec] of Object.entries({ [name]: { doc, kind: 'string' }, ...parameters })) {
    expect([key, spec.doc]).toEqual([key, expect.stringMatching(/\w/)]);
    expect(KINDS).toContain(spec.kind);
  }
});

test('what has the same name and words has the same default', () => {
  const defaults = new Map<string, unknown>();
  for (const { parameters } of Object.values(DETECTORS))
    for (const [parameter, { doc, default: standard }] of Object.entries(parameters)) {
      const key = `${parameter}: ${doc}`;
      expect([key, standard]).toEqual([key, defaults.get(key) ?? standard]);
      defaults.set(key, standard);
    }
});
