import { loadReach } from '../../../src/config/reach.js';
import type { Finding } from '../../../src/core/event/index.js';
import { createRespond, RESPOND_DEFAULTS } from '../../../src/core/respond/respond.js';
import { finding, MINUTE, T0 } from './findings.js';

const reach = loadReach();
const HOUR = 60 * MINUTE;

/** A theft of its own, from somebody of their own. */
function theft(name: string, over: Partial<Finding> = {}): Finding {
  const email = `${name}@fjordlight.example`;
  return finding({ uid: name, incident_uid: name, principal: { key: `default/${email}`, type: 'human', email }, ...over });
}
/** An old record that comes late: what it says was known, so that nothing is renewed. */
const late = (ms: number): Partial<Finding> => ({ lateness_ms: 2 * MINUTE + ms });
const retracted: Partial<Finding> = { revision: 2, status: 'retracted' };
/** What one theft takes, by the estimate. */
const ONE = (() => {
  const respond = createRespond(reach);
  respond.accept(theft('a'));
  return respond.stats().bytes;
})();

describe('time', () => {
  test('an incident is forgotten when it was quiet for long, not before', () => {
    const respond = createRespond(reach, { memory_ms: HOUR });
    const [first] = respond.accept(theft('a'));
    respond.accept(theft('b', { last_seen_time: T0 + HOUR }));
    expect(respond.accept(theft('a', { revision: 2, ...late(HOUR) }))).toEqual([]);
    respond.accept(theft('b', { incident_uid: 'b2', last_seen_time: T0 + 3 * HOUR }));
    expect(respond.stats()).toMatchObject({ incidents: 1, open: 1, expired: 2, evicted: 0 });
    // sent again: under the same uid, so that nobody carries it out twice
    expect(respond.accept(theft('a', { revision: 3, last_seen_time: T0 + 3 * HOUR })).map(({ uid }) => uid)).toEqual([first!.uid]);
  });
  test('what a forgotten command stood for is not asked for again, until its finding speaks', () => {
    const respond = createRespond(reach, { memory_ms: HOUR });
    const stepUp = { proposed: { action: 'step_up', scope: 'user' } } as const;
    respond.accept(theft('a', { incident_uid: 'wide' }));
    expect(respond.accept(theft('b', { ...stepUp, principal: theft('a').principal }))).toEqual([]);
    const later = { ...stepUp, principal: theft('a').principal };
    respond.accept(theft('b', { ...later, ...late(HOUR), revision: 2 }));
    const muchLater = { ...later, last_seen_time: T0 + HOUR + MINUTE };
    expect(
      respond.accept(theft('c', { ...muchLater, proposed: { action: 'notify_user', scope: 'user' } })).map(({ action }) => action),
    ).toEqual(['notify_user']);
    expect(respond.stats()).toMatchObject({ incidents: 2, expired: 1 });
    expect(respond.accept(theft('b', { ...muchLater, revision: 3 })).map(({ action }) => action)).toEqual(['step_up']);
  });
});

describe('bytes', () => {
  test('stay below the bound whatever comes, and fall to nothing with the last incident', () => {
    const max_bytes = 20 * ONE;
    const respond = createRespond(reach, { max_bytes, memory_ms: HOUR });
    for (let i = 0; i < 300; i++) {
      const evidence = finding().evidence.flatMap((item) => Array.from({ length: 1 + (i % 40) }, () => item));
      // some have many findings, some come and go
      respond.accept(
        theft(`p${i % 90}`, { uid: `f${i}`, revision: i, evidence, message: 'x'.repeat(i), level: i % 7 === 0 ? 'low' : 'high' }),
      );
      if (i % 5 === 0) respond.accept(theft(`p${i % 90}`, { uid: `f${i}`, revision: i + 1, status: 'retracted' }));
      expect(respond.stats().bytes).toBeLessThanOrEqual(max_bytes);
    }
    expect(respond.stats().evicted).toBeGreaterThan(50);
    respond.accept(theft('last', { last_seen_time: T0 + 5 * HOUR }));
    const { incidents, seats, open, bytes } = respond.stats();
    expect([incidents, seats, open]).toEqual([1, 1, 1]);
    expect(Math.abs(bytes - ONE)).toBeLessThan(100);
  });
  test('also when one incident alone is too much', () => {
    const respond = createRespond(reach, { max_bytes: 3 * ONE });
    for (let i = 0; i < 200; i++) {
      respond.accept(theft('a', { uid: `f${i}` }));
      expect(respond.stats().bytes).toBeLessThanOrEqual(3 * ONE);
    }
  });
  test('first goes what has nothing open, then what has expired, then the oldest', () => {
    const respond = createRespond(reach, { max_bytes: 4.5 * ONE });
    const stands = (name: string) =>
      respond.accept(theft(name, { revision: 9, status: 'retracted', last_seen_time: T0 + 2 * HOUR })).length === 1;
    // touched again long after its command expired: newer than b, but of no use
    respond.accept(theft('expired'));
    respond.accept(theft('old', { last_seen_time: T0 + 90 * MINUTE }));
    respond.accept(theft('closed', { last_seen_time: T0 + 2 * HOUR }));
    respond.accept(theft('closed', { ...retracted, last_seen_time: T0 + 2 * HOUR }));
    respond.accept(theft('expired', { revision: 2, ...late(2 * HOUR) }));
    respond.accept(theft('new', { last_seen_time: T0 + 2 * HOUR }));
    expect(respond.stats()).toMatchObject({ incidents: 4, evicted: 0 });
    respond.accept(theft('newer', { last_seen_time: T0 + 2 * HOUR }));
    expect(respond.stats()).toMatchObject({ incidents: 4, open: 4, evicted: 1, evicted_open: 0 });
    respond.accept(theft('newest', { last_seen_time: T0 + 2 * HOUR }));
    expect(respond.stats()).toMatchObject({ incidents: 4, open: 4, evicted: 2, evicted_open: 0 });
    respond.accept(theft('last', { last_seen_time: T0 + 2 * HOUR }));
    expect(respond.stats()).toMatchObject({ incidents: 4, open: 4, evicted: 3, evicted_open: 1 });
    expect(['closed', 'expired', 'old', 'new', 'newer', 'newest', 'last'].filter(stands)).toEqual(['new', 'newer', 'newest', 'last']);
  });
  test('the default holds thousands', () => {
    expect(RESPOND_DEFAULTS.max_bytes / ONE).toBeGreaterThan(10_000);
  });
});
