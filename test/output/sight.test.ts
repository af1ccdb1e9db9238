import { sightInWords } from '../../src/output/sight.js';

test('what is missing, and which rules that concerns', () => {
  expect(sightInWords('geo', { blind: ['impossible-travel', 'new-country'], dim: ['session-reuse'] })).toBe(
    'no geographic data (geo.database): countries, distances and travel are not known; rules that find nothing: impossible-travel, new-country; ' +
      'rules that find less: session-reuse',
  );
  expect(sightInWords('networks', { blind: [], dim: ['nhi-egress'] })).toBe(
    'no data on networks (geo.networks_database): neither operators of networks nor their classes are known; rules that find less: nhi-egress',
  );
});

test('where no rule minds, what is missing is said all the same', () => {
  expect(sightInWords('geo', { blind: [], dim: [] })).toMatch(/travel are not known$/);
});
