import type { Endpoint } from '../../src/core/event/index.js';
import { placeInWords } from '../../src/output/words.js';

test.each<[Partial<Endpoint>, string]>([
  [
    { asn: 3352, as_org: 'TELEFONICA', as_class: 'access', city: 'Madrid', country: 'ES' },
    '81.45.1.2  Madrid, ES, AS3352 TELEFONICA, access',
  ],
  [{ asn: 64500, as_org: 'Small Net', as_class: 'unknown', country: 'ES' }, '81.45.1.2  ES, AS64500 Small Net, in no list'],
  [{ as_class: 'unknown', country: 'ES' }, '81.45.1.2  ES'],
])('a place %j', (endpoint, words) => {
  expect(placeInWords({ class: 'public', ip: '81.45.1.2', ...endpoint })).toBe(words);
});
