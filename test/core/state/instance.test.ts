import type { SessionEvent } from '../../../src/core/event/index.js';
import { instanceOf, isAmazons, isNoInstances } from '../../../src/core/state/instance.js';
import { PLACES, say } from '../../helpers/world.js';

function event(uid: string, more: Partial<SessionEvent> = {}): SessionEvent {
  return {
    ...say({ at: 0, n: 1, place: 3 }),
    source: { vendor: 'aws', product: 'cloudtrail', account: 'a' },
    principal: { key: 'default/role', type: 'workload' },
    session: { uid, issuer: 'aws:1', confidence: 'medium' },
    ...more,
  };
}

const UID = 'AROAEXAMPLE:i-0abc12345def67890/2026-10-05T06:00:00Z';

test('an instance is what AWS named the session of its role after', () => {
  expect(instanceOf(event(UID))).toBe('i-0abc12345def67890');
  expect(instanceOf(event('AROAEXAMPLE:i-0abc1234/2026-10-05T06:00:00Z'))).toBe('i-0abc1234');
  for (const name of ['mi-0abc12345def67890', 'GitHubActions', 'i-deploy', 'i-0abc12345def67890-x', 'i-0abc123'])
    expect(instanceOf(event(`AROAEXAMPLE:${name}/2026-10-05T06:00:00Z`))).toBeUndefined();
  expect(instanceOf(event(UID, { source: { vendor: 'okta', product: 'system_log', account: 'a' } }))).toBeUndefined();
  expect(instanceOf(event(UID, { principal: { key: 'default/a', type: 'human' } }))).toBeUndefined();
  expect(instanceOf(event(UID, { session: undefined }))).toBeUndefined();
});

test('no instance is outside of Amazon`s networks, as far as they are known and no gateway is in between', () => {
  const cloud = PLACES[3]!;
  expect(isNoInstances(cloud)).toBe(true);
  expect(isNoInstances({ ...cloud, asn: 64500, as_class: 'unknown' })).toBe(true);
  for (const asn of [16509, 14618, 55960, undefined]) expect(isNoInstances({ ...cloud, asn })).toBe(false);
  expect(isNoInstances({ ...cloud, as_class: 'sase' })).toBe(false);
  expect(['16509', '14061', '178.62.10'].map(isAmazons)).toEqual([true, false, false]);
});
