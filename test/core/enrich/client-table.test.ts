import { parseUserAgent } from '../../../src/core/enrich/client.js';
import { BROWSER_ALIASES, EXCHANGE_CLIENTS, MARKERS, PREFIXES, PRODUCTS } from '../../../src/core/enrich/client-table.js';

const products = [...MARKERS.map(([, p]) => p), ...PRODUCTS.values(), ...PREFIXES.map(([, p]) => p), ...EXCHANGE_CLIENTS.values()];
const words = [
  ...MARKERS.map(([w]) => w),
  ...PRODUCTS.keys(),
  ...PREFIXES.map(([w]) => w),
  ...EXCHANGE_CLIENTS.keys(),
  ...Object.keys(BROWSER_ALIASES),
];

test('what is looked for is in lower case, since the text is', () => {
  for (const word of words) expect(word).toBe(word.toLowerCase());
});

test('families are stable words', () => {
  for (const { family } of products) expect(family).toMatch(/^[a-z0-9][a-z0-9.-]*$/);
  for (const family of Object.values(BROWSER_ALIASES)) expect(family).toMatch(/^[a-z][a-z-]*$/);
});

test('no marker hides behind an earlier one', () => {
  const markers = MARKERS.map(([word]) => word);
  for (const [i, word] of markers.entries()) expect(markers.slice(0, i).filter((earlier) => word.includes(earlier))).toEqual([]);
});

test('every first word and prefix leads to its product', () => {
  for (const [word, product] of [...PRODUCTS, ...PREFIXES])
    expect([word, parseUserAgent(`${word}/3.1`)?.family]).toEqual([word, product.family]);
});
