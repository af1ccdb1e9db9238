import { crc32c } from '../../../../src/runtime/kafka/client/crc32c.js';

test('the check value of CRC-32C, and RFC 3720 B.4', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
});

test('the same as kafkajs for every length around the turn of eight', () => {
  const theirs = require('kafkajs/src/protocol/recordBatch/crc32C') as (bytes: Buffer) => number;
  for (let length = 0; length < 40; length++) {
    const bytes = Buffer.from(Array.from({ length }, (_, i) => (i * 37 + length) & 255));
    expect(crc32c(bytes)).toBe(theirs(bytes));
    expect(crc32c(Buffer.concat([Buffer.from('xyz'), bytes, Buffer.from('!')]), 3, 3 + length)).toBe(theirs(bytes));
  }
});
