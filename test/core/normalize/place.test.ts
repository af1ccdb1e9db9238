import { place } from '../../../src/core/normalize/place.js';
import { createM365Mapper } from '../../../src/core/normalize/sources/microsoft/m365.js';
import { fixture } from './fixtures.js';

test.each([
  ['https://fjord.example/sites/a/Plan 1.docx', 'https://fjord.example/sites/a/Plan 1.docx'],
  ['https://fjord.example/a.docx?share=KEY&e=x#KEY', 'https://fjord.example/a.docx'],
  ['https://fjord.example/a.docx#KEY?x', 'https://fjord.example/a.docx'],
  ['https://fjord.example?KEY', 'https://fjord.example'],
  ['https://ana:KEY@fjord.example/a', 'https://fjord.example/a'],
  ['https://fjord.example/a@b', 'https://fjord.example/a@b'],
  ['https://fjord.example/:x:/g/personal/ana/KEY?e=1', 'https://fjord.example/:x:/'],
  ['https://fjord.example/%3Aw%3A/s/site/KEY', 'https://fjord.example/%3Aw%3A/'],
  ['https://1drv.ms/u/s!KEY', 'https://1drv.ms/'],
  ['tom_fjord.example#EXT#@oslo.example', 'tom_fjord.example#EXT#@oslo.example'],
  ['Unknown (?)', 'Unknown (?)'],
  ['-', undefined],
  [undefined, undefined],
])('%p is %p', (written, kept) => {
  expect(place(written)).toBe(kept);
});

test.each(['anonymous-link-used', 'file-download', 'shared-with-guest', 'site-administrator', 'other-workload', 'sts-sign-in'])(
  'no key of a link gets out of %s',
  (name) => {
    for (const url of ['https://fjord.example/a?share=KEY', 'https://fjord.example/:x:/g/KEY', 'https://fjord.example/a#KEY']) {
      const input = { ...fixture('m365', name).input, ObjectId: url, SourceFileName: undefined, SiteUrl: url, Target: undefined };
      const mapped = JSON.stringify(createM365Mapper().map(input));
      expect(mapped).toContain('https://fjord.example/');
      expect(mapped).not.toContain('KEY');
    }
  },
);
