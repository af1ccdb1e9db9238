import fc from 'fast-check';
import { createDetect } from '../../../../src/core/detect/index.js';
import type { Finding, SessionEvent } from '../../../../src/core/event/index.js';
import { allRules } from '../../../helpers/rules.js';
import { runs } from '../../../helpers/runs.js';
import { say } from '../../../helpers/world.js';

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
  event.is_presence = isConsent;
  event.activity = isConsent ? 'oauth_consent' : deed === 'act' ? 'inbox_rule' : 'session_use';
  return event;
}

function standing(events: readonly SessionEvent[]): string[] {
  const detect = createDetect(allRules(), { config_digest: 'test' });
  const latest = new Map<string, Finding>();
  let clock = 0;
  for (const event of events) {
    clock = Math.max(clock, event.time);
    for (const finding of detect.accept({ ...event, arrival_time: clock })) latest.set(finding.uid, finding);
  }
  return [...latest.values()]
    .filter(({ status }) => status !== 'retracted')
    .map(({ type, score, uid, trigger_event_uid }) => `${type} ${score} ${trigger_event_uid} ${uid}`)
    .sort();
}

const uses: fc.Arbitrary<SessionEvent[]> = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 300 }),
      // home, its city, a phone's network, a cloud, abroad
      place: fc.constantFrom(0, 1, 2, 3, 3, 3, 4),
      deed: fc.constantFrom<Use['deed']>('consent', 'activity', 'activity', 'act'),
    }),
    { minLength: 2, maxLength: 10 },
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

test('its servers are where they are, unless it ever worked elsewhere', () => {
  const told = (...list: Use[]): boolean => standing(list.map(used)).some((finding) => finding.startsWith('session_reuse'));
  const consent = { at: 0, place: 0, deed: 'consent' } as const;
  const cloud = { at: 60, place: 3, deed: 'act' } as const;
  expect(told(consent, cloud, { ...cloud, at: 120 })).toBe(false);
  expect(told(consent, { at: 30, place: 0, deed: 'activity' }, cloud)).toBe(true);
  expect(told(consent, { ...cloud, deed: 'consent' })).toBe(true);
});
