import { withheldPlace } from '../../../src/core/enrich/withheld.js';

test('a country and nothing else, in either spelling one and the same, and frozen', () => {
  const place = withheldPlace('no');
  expect(JSON.parse(JSON.stringify(place))).toEqual({ class: 'withheld', country: 'NO' });
  expect(withheldPlace('NO')).toBe(place);
  expect(Object.isFrozen(place)).toBe(true);
});

test.each([undefined, '', 'XX', 'T1', 'Norway'])('%s is no country', (written) => {
  expect(withheldPlace(written)).toBeUndefined();
});
