import { date, decimal, textOrBase64, timeOfDay, timestamp, uuid } from '../../../../src/runtime/kafka/registry/logical.js';

test.each<[number | bigint, number, string, number | string]>([
  [1_772_409_600_123, 3, 'Z', '2026-03-02T00:00:00.123Z'],
  [1_772_409_600_123_456, 6, 'Z', '2026-03-02T00:00:00.123456Z'],
  [1_772_409_600_123_456_789n, 9, 'Z', '2026-03-02T00:00:00.123456789Z'],
  [1_772_409_600_000_007, 6, '', '2026-03-02T00:00:00.000007'],
  [-1, 6, 'Z', '1969-12-31T23:59:59.999999Z'],
  [0, 3, 'Z', '1970-01-01T00:00:00.000Z'],
  // no date that can be printed: the number stays, as text where a double does not hold it
  [9_000_000_000_000_000, 3, 'Z', 9_000_000_000_000_000],
  [2n ** 63n - 1n, 3, 'Z', '9223372036854775807'],
])('the time %p of %p digits', (value, digits, zone, text) => {
  expect(timestamp(value, digits, zone)).toBe(text);
});

test('days and times of day', () => {
  expect(date(20_514)).toBe('2026-03-02');
  expect(date(-1)).toBe('1969-12-31');
  expect(date(2 ** 31 - 1)).toBe(2 ** 31 - 1);
  expect(timeOfDay(3_723_004, 3)).toBe('01:02:03.004');
  expect(timeOfDay(3_723_004_005, 6)).toBe('01:02:03.004005');
  expect(timeOfDay(-1, 3)).toBe(-1);
  expect(timeOfDay(86_400_000, 3)).toBe(86_400_000);
});

test.each<[string, number, number | string]>([
  ['7b', 0, 123],
  ['00ff', 2, 2.55],
  ['ff', 0, -1],
  ['ff', 2, -0.01],
  ['ff85', 1, -12.3],
  ['', 3, 0],
  ['05', 3, 0.005],
  ['7fffffffffffffff', 0, '9223372036854775807'],
  ['8000000000000000', 2, '-92233720368547758.08'],
])('the decimal %p with %p places', (hex, scale, value) => {
  expect(decimal(Buffer.from(hex, 'hex'), scale)).toBe(value);
});

test('a decimal without end is damage', () => {
  expect(() => decimal(Buffer.alloc(257, 1), 0)).toThrow('more digits');
});

test('bytes are text when they are', () => {
  expect(textOrBase64(Buffer.from('{"é":1}'))).toBe('{"é":1}');
  expect(textOrBase64(Buffer.from([0xff, 0xfe]))).toBe('//4=');
  expect(uuid(Buffer.from('00112233445566778899aabbccddeeff', 'hex'))).toBe('00112233-4455-6677-8899-aabbccddeeff');
});
