import fc from 'fast-check';
import { createDetect } from '../../../src/core/detect/index.js';
import { heldOpenFact } from '../../../src/core/detect/own-shell.js';
import type { Endpoint, Finding, SessionEvent, UserAgent } from '../../../src/core/event/index.js';
import { HELD_OPEN_STEP } from '../../../src/core/state/observation.js';
import { allRules, bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { PLACES, say, T0 } from '../../helpers/world.js';

const SHELL: UserAgent = {
  original: 'CloudShell',
  kind: 'library',
  family: 'aws-cloudshell',
  major: 2,
  os: 'linux',
  form_factor: undefined,
};
const AMAZON: Endpoint = { ...PLACES[3]!, ip: '13.48.10.20', prefix: '13.48.10', country: 'SE', asn: 16509, as_org: 'Amazon' };

interface Use {
  at: number;
  session: 's1' | 's2' | '';
  what: 'page' | 'beat' | 'shell' | 'key';
  place: number;
}

/** @param n tells uses of one minute apart */
function used({ at, session, what, place }: Use, n: number): SessionEvent {
  const isShell = what === 'shell' || what === 'key';
  const event = say({ at, n, session, place, agent: place === 3 ? 2 : 0, action: what === 'beat' ? 'SendHeartBeat' : 'ListBuckets' });
  event.source = { vendor: 'aws', product: 'cloudtrail', account: 't' };
  if (event.session !== undefined) event.session = { ...event.session, issuer: 'aws:t' };
  if (what === 'key') event.activity = 'api_key';
  if (isShell) Object.assign(event, { src_endpoint: AMAZON, user_agent: SHELL });
  return event;
}

/** What stands at the end, of events that arrive as they stand and at the earliest. */
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
    .map(({ type, session, score, uid }) => `${type} ${session?.uid} ${score} ${uid}`)
    .sort();
}

const uses: fc.Arbitrary<SessionEvent[]> = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 150 }),
      session: fc.constantFrom<Use['session']>('s1', 's1', 's2', 's2', ''),
      what: fc.constantFrom<Use['what']>('page', 'beat', 'beat', 'shell', 'shell', 'key'),
      // home, a phone's network, a rented server
      place: fc.constantFrom(0, 0, 0, 2, 3),
    }),
    { minLength: 3, maxLength: 12 },
  )
  .map((list) => list.map(used));

const inTime = (events: readonly SessionEvent[]): SessionEvent[] => [...events].sort((a, b) => a.time - b.time || (a.uid < b.uid ? -1 : 1));

test('what is said of shells, whichever session holds them open, is the same in whatever order it arrives', () => {
  fc.assert(
    fc.property(
      uses.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
      ([events, shuffled]) => {
        expect(standing(shuffled)).toEqual(standing(inTime(events)));
      },
    ),
    runs(1000),
  );
});

const reuse = (...list: Use[]): boolean => standing(list.map(used)).some((finding) => finding.startsWith('session_reuse s1'));
const home = { session: 's1', what: 'page', place: 0, at: 0 } as const;
const beat = { session: 's2', what: 'beat', place: 0, at: 1 } as const;
const shell = { session: 's1', what: 'shell', place: 0, at: 2 } as const;

test("another session of the person's holds it open for an hour, from where this one is known", () => {
  expect(reuse(home, shell)).toBe(true);
  expect(reuse(home, beat, shell)).toBe(false);
  expect(reuse(home, beat, { ...shell, at: 61 })).toBe(false);
  expect(reuse(home, beat, { ...shell, at: 62 })).toBe(true);
  expect(reuse(home, { ...beat, place: 2 }, shell)).toBe(true);
  expect(reuse(home, beat, { ...beat, place: 2 }, shell)).toBe(true);
});

test('what the session itself shows goes before', () => {
  expect(reuse(home, { ...beat, session: 's1' }, { ...beat, place: 3 }, shell)).toBe(false);
  expect(reuse(home, beat, { ...beat, session: 's1', place: 3 }, shell)).toBe(true);
});

test('somebody else has none of it', () => {
  const other = used(beat, 1);
  other.principal = { ...other.principal, key: 'default/kim@example.com', email: 'kim@example.com' };
  expect(standing([used(home, 0), other, used(shell, 2)]).some((finding) => finding.startsWith('session_reuse'))).toBe(true);
});

test('who turns out to be the same person held it open all along', () => {
  const detect = createDetect([bareRule('session_reuse')], { config_digest: 'test' });
  const other = used(beat, 1);
  other.principal = { ...other.principal, key: 'default/kim@example.com', email: 'kim@example.com' };
  const said = [used(home, 0), other, used(shell, 2)].flatMap((event) => detect.accept(event));
  expect(said.map(({ status }) => status)).toEqual(['new']);
  expect(detect.absorb('default/kim@example.com', other.principal.key.replace('kim', 'alex'))?.map(({ status }) => status)).toEqual([
    'retracted',
  ]);
});

test('however much is done in it, it stays open', () => {
  const detect = createDetect([bareRule('session_reuse')], { config_digest: 'test' });
  const said: Finding[] = [];
  const tell = (event: SessionEvent, n: number): void => {
    event.time = event.arrival_time = T0 + n * 1000;
    event.uid = `aws:t:${n}`;
    said.push(...detect.accept(event));
  };
  tell(used(home, 0), 0);
  tell(used({ ...beat, session: 's1' }, 0), 1);
  for (let n = 2; n < 1200; n++) tell(used(shell, n), n);
  expect(said.filter(({ type }) => type === 'session_reuse')).toEqual([]);
  expect(detect.stats().observations).toBe(256);
});

test('what failed, and what another vendor calls so, holds nothing open', () => {
  const opened = used(beat, 0);
  expect(heldOpenFact(3, opened)).toEqual([{ rule: 3, step: HELD_OPEN_STEP, by: '', value: '' }]);
  expect(heldOpenFact(3, { ...opened, status: 'failure' })).toBeUndefined();
  expect(heldOpenFact(3, { ...opened, source: { ...opened.source, vendor: 'okta' } })).toBeUndefined();
  expect(heldOpenFact(3, used(home, 0))).toBeUndefined();
});
