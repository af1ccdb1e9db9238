import { ACTIVITY } from '../../../src/core/event/index.js';
import { ACTIVITY_DETAILS, COMMON_DETAILS, DETAILS } from '../../../src/core/normalize/details.js';

test('every activity has its details, and every detail is used and explained', () => {
  expect(Object.keys(ACTIVITY_DETAILS).sort()).toEqual([...ACTIVITY].sort());
  const used = new Set([...COMMON_DETAILS, ...Object.values(ACTIVITY_DETAILS).flat()]);
  expect([...used].sort()).toEqual(Object.keys(DETAILS).sort());
});
