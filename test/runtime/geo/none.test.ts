import { NO_GEO, NO_NETWORKS } from '../../../src/runtime/geo/none.js';

test('knows nothing, and is never stale', () => {
  expect([NO_GEO.lookup('81.2.69.142'), NO_GEO.version, NO_GEO.is_stale]).toEqual([undefined, 'none', false]);
  expect([NO_NETWORKS.lookup('81.2.69.142'), NO_NETWORKS.version]).toEqual([undefined, 'none']);
});
