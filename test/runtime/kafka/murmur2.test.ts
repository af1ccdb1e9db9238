import { murmur2, partitionOf } from '../../../src/runtime/kafka/murmur2';

/** Values of org.apache.kafka.common.utils.Utils.murmur2. */
const JAVAS: [string, number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

test.each(JAVAS)('%s hashes as in Java', (text, hash) => {
  expect(murmur2(Buffer.from(text))).toBe(hash);
});

test('a key lies in one of the partitions, as text and as bytes', () => {
  for (const [text] of JAVAS) {
    const partition = partitionOf(text, 8);
    expect(partition).toBe(partitionOf(Buffer.from(text), 8));
    expect(partition).toBeGreaterThanOrEqual(0);
    expect(partition).toBeLessThan(8);
  }
  // the sign is cut off, not the absolute value taken
  expect(partitionOf('21', 1000)).toBe((-973932308 & 0x7fffffff) % 1000);
});
