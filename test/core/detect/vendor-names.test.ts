import { nameOfVendor } from '../../../src/core/detect/vendor-names.js';
import { SOURCE_ENTRIES } from '../../../src/core/normalize/sources/index.js';

test.each(SOURCE_ENTRIES.map(({ vendor }) => vendor))('%s has a name that people call it by', (vendor) => {
  expect(nameOfVendor(vendor).toLowerCase()).not.toBe('');
  expect(nameOfVendor(vendor)).not.toBe(vendor);
});

test('one that is not known is called by its word', () => {
  expect(nameOfVendor('hooli')).toBe('hooli');
});
