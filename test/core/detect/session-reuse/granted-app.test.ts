import fc from 'fast-check';
import { createDetect } from '../../../../src/core/detect/index.js';
import type { Endpoint, Finding, SessionEvent } from '../../../../src/core/event/index.js';
import { allRules } from '../../../helpers/rules.js';
import { runs } from '../../../helpers/runs.js';
import { PLACES, say } from '../../../helpers/world.js';

/** Beside the cloud of the world another one in the same country, and one abroad: places 20 and 21. */
const CLOUDS: readonly Endpoint[] = [
  { ...PLACES[3]!, ip: '20.50.2.3', prefix: '20.50.2', asn: 8075, as_org: 'Microsoft' },
  {
    ...PLACES[3]!,
    ip: '34.76.10.20',
    prefix: '34.76.10',
    country: 'BE',
    city: 'Brussels',
    lat: 50.85,
    long: 4.35,
    asn: 396982,
    as_org: 'Google',
  },
];

interface Use {
  at: number;
  place: number;
  deed: 'consent' | 'activity' | 'act';
}

/** What an app does with what somebody granted it, and that they let it in. */
function used({ at, place, deed }: Use, n: number): SessionEvent {
  const isConsent = deed === 'consent';
  const event = say({ at, n, session: '1002:app', place, agent: 6, client: 'a1', action: deed });
  event.source = { vendor: 'google_workspace', product: 'token', account: 't' };
  event.session!.confidence = 'surrogate';
  event.src_endpoint = PLACES[place] ?? CLOUDS[place - 20];
  event.is_presence = isConsent;
  event.activity = isConsent ? 'oauth_consent' : deed === 'act' ? 'inbox_rule' : 'session_use';
  return event;
}

/** Every detector; that of sessions says all that its shipped rule does. */
const RULES = allRules().map((rule) =>
  rule.detector === 'session_reuse' ? { ...rule, parameters: { ...rule.parameters, report_from: 36 } } : rule,
);

function said(events: readonly SessionEvent[]): Finding[] {
  const detect = createDetect(RULES, { config_digest: 'test' });
  let clock = 0;
  return events.flatMap((event) => {
    clock = Math.max(clock, event.time);
    return detect.accept({ ...event, arrival_time: clock });
  });
}

function standing(events: readonly SessionEvent[]): string[] {
  const latest = new Map(said(events).map((finding) => [finding.uid, finding]));
  return [...latest.values()]
    .filter(({ status }) => status !== 'retracted')
    .map(({ type, score, uid, trigger_event_uid }) => `${type} ${score} ${trigger_event_uid} ${uid}`)
    .sort();
}

const uses: fc.Arbitrary<SessionEvent[]> = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 300 }),
      // home, its city, a phone's network, three clouds, abroad
      place: fc.constantFrom(0, 1, 2, 3, 3, 3, 4, 20, 20, 21, 21),
      deed: fc.constantFrom<Use['deed']>('consent', 'activity', 'activity', 'act'),
    }),
    { minLength: 2, maxLength: 10 },
  )
  .map((list) => list.map(used));

/** Of a second cloud, of which nothing is known at first, and which is the app's habit at last. */
const weeks: fc.Arbitrary<SessionEvent[]> = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 36 }).map((quarter) => quarter * 360),
      place: fc.constantFrom(3, 3, 20, 21, 4),
      deed: fc.constantFrom<Use['deed']>('activity', 'activity', 'act'),
    }),
    { minLength: 6, maxLength: 20 },
  )
  .map((list) => list.map(used));

const inTime = (events: readonly SessionEvent[]): SessionEvent[] => [...events].sort((a, b) => a.time - b.time || (a.uid < b.uid ? -1 : 1));

test('what is said of an app is the same in whatever order its acts arrive', () => {
  fc.assert(
    fc.property(
      uses.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      ([events, shuffled]) => {
        expect(standing(shuffled)).toEqual(standing(inTime(events)));
      },
    ),
    runs(400),
  );
});

test('so it is over days, within the time that records may be late', () => {
  fc.assert(
    fc.property(
      weeks.chain((list) =>
        fc.tuple(fc.constant(list), fc.array(fc.integer({ min: 0, max: 23 * 60 }), { minLength: list.length, maxLength: list.length })),
      ),
      ([events, late]) => {
        const arrival = new Map(events.map((event, i) => [event, event.time + late[i]! * 60_000]));
        const shuffled = [...events].sort((a, b) => arrival.get(a)! - arrival.get(b)!);
        expect(standing(shuffled)).toEqual(standing(inTime(events)));
      },
    ),
    runs(200),
  );
});

/** A use every hour, by turns at places. */
function hourly(days: number, ...places: readonly number[]): Use[] {
  const list: Use[] = [{ at: 0, place: 0, deed: 'consent' }];
  for (let hour = 1; hour < days * 24; hour++) list.push({ at: hour * 60, place: places[(hour - 1) % places.length]!, deed: 'activity' });
  return list;
}

const ofReuse = (list: readonly Use[]): string[] =>
  said(inTime(list.map(used)))
    .filter(({ type }) => type === 'session_reuse')
    .map(
      ({ level, revision, evidence }) => `${level} ${revision} ${evidence.find(({ role }) => role === 'trigger')?.src_endpoint?.as_org}`,
    );

test('of another cloud it is told once, of each by itself, and never that the person is to sign in again', () => {
  expect(ofReuse(hourly(10, 3))).toEqual([]);
  expect(ofReuse(hourly(10, 3, 21))).toEqual(['low 1 Google']);
  expect(ofReuse(hourly(10, 0, 3))).toEqual(['low 1 DigitalOcean']);
  expect(ofReuse(hourly(10, 0, 3, 21))).toEqual(['low 1 DigitalOcean', 'low 1 Google']);
});

test('three days after the second on which it was seen a cloud is a habit of the app, and an act there is its own', () => {
  const act = (at: number): Use => ({ at, place: 21, deed: 'act' });
  const until = (hours: number): Use[] => hourly(hours / 24, 3, 21);
  const worst = (list: readonly Use[]): string | undefined => ofReuse(list).at(-1)?.split(' ')[0];
  // the second day (UTC) begins after 16 hours
  expect(worst([...until(87), act(87 * 60 + 59)])).toBe('medium');
  expect(worst([...until(88), act(88 * 60)])).toBe('low');
});

test('its servers are where they are, unless it ever worked elsewhere', () => {
  const told = (...list: Use[]): boolean => standing(list.map(used)).some((finding) => finding.startsWith('session_reuse'));
  const consent = { at: 0, place: 0, deed: 'consent' } as const;
  const cloud = { at: 60, place: 3, deed: 'act' } as const;
  expect(told(consent, cloud, { ...cloud, at: 120 })).toBe(false);
  expect(told(consent, { at: 30, place: 0, deed: 'activity' }, cloud)).toBe(true);
  expect(told(consent, { ...cloud, deed: 'consent' })).toBe(true);
});
