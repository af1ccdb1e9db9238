import { loadConfig } from '../../src/config/config.js';
import { canonicalJson, configDigest, digestOf } from '../../src/config/digest.js';
import { aRule } from './a-rule.js';

const config = { ...loadConfig(undefined, {}).config, suppressions: [], data: { 'clients.json': '0123456789abcdef' } };

test('the order of keys is of no matter, nor are words and stories', () => {
  const other = aRule({ description: 'said otherwise', runbook: 'elsewhere' });
  const turned = Object.fromEntries(Object.entries(other).reverse()) as unknown as typeof other;
  expect(configDigest([turned], config)).toBe(configDigest([aRule()], config));
  expect(configDigest([aRule()], config)).toMatch(/^[0-9a-f]{16}$/);
});

test('the order of rules is of no matter', () => {
  const [a, b] = [aRule({ uid: 'a' }), aRule({ uid: 'b' })];
  expect(configDigest([a, b], config)).toBe(configDigest([b, a], config));
});

test.each([
  ['a parameter', () => configDigest([aRule({ parameters: { limit: 4 } })], config)],
  ['a cap', () => configDigest([aRule({ level_cap: 'low' })], config)],
  ['a response', () => configDigest([aRule({ response: {} })], config)],
  ['a list', () => configDigest([aRule()], { ...config, lists: { egress: [{ asn: 1, name: 'a', owner: 'b', reason: 'c' }] } })],
  [
    'a suppression',
    () =>
      configDigest([aRule()], {
        ...config,
        suppressions: [{ id: 'a', owner: 'b', reason: 'c', from: 1, expires: 2, max_level: 'low', ends: 'both', countries: ['NO'] }],
      }),
  ],
  ['what stands in the data', () => configDigest([aRule()], { ...config, data: { 'clients.json': 'fedcba9876543210' } })],
  ['a limit', () => configDigest([aRule()], { ...config, state: { ...config.state, session_idle: 1 } })],
])('%s changes it', (_, digest) => {
  expect(digest()).not.toBe(configDigest([aRule()], config));
});

test('a digest of a value', () => {
  expect(digestOf({ a: 1, b: [2] })).toBe(digestOf({ b: [2], a: 1 }));
  expect(digestOf({ a: 1, b: [2] })).not.toBe(digestOf({ a: 1, b: ['2'] }));
});

test('canonical JSON', () => {
  expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: null })).toBe('{"a":null,"b":[{"d":1}]}');
});
