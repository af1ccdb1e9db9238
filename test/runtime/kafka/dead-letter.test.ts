import { bytesOf } from '../../../src/runtime/kafka/client/writing.js';
import {
  deadLetter,
  type PutAside,
  parseDeadLetter,
  parseReceipt,
  REPLAYED,
  replaysOf,
  sendBack,
} from '../../../src/runtime/kafka/dead-letter.js';
import type { InRecord, OutRecord } from '../../../src/runtime/kafka/transport.js';

const RECORD: InRecord = {
  topic: 'okta',
  partition: 5,
  offset: 77,
  timestamp: 1_700_000_000_000,
  key: Buffer.from([1, 2, 255]),
  value: Buffer.from([0xff, 0xfe, 0x00]),
  headers: { trace: Buffer.from('abc') },
};

const aside = (over: Partial<PutAside> = {}): OutRecord =>
  deadLetter({
    to: { topic: 'dead', partition: 3 },
    record: RECORD,
    reason: 'invalid_json',
    stage: 'normalize',
    time: 1_700_000_000_500,
    ...over,
  });

/** What was written, as it is read again. */
const read = ({ topic, partition, key, value, headers = {}, timestamp = 0 }: OutRecord, offset = 9): InRecord => ({
  topic,
  partition,
  offset,
  timestamp,
  key: key === null ? null : Buffer.from(key),
  value,
  headers: Object.fromEntries(Object.entries(headers).map(([name, v]) => [name, Buffer.from(v)])),
});

test('a letter keeps bytes, key and headers, and says where it is from and why', () => {
  const letter = aside({ detail: 'at byte 0' });
  expect(letter).toMatchObject({ topic: 'dead', partition: 3, key: RECORD.key, value: RECORD.value, timestamp: 1_700_000_000_500 });
  expect(letter.headers).toMatchObject({ trace: Buffer.from('abc'), 'sv-reason': 'invalid_json', 'sv-offset': '77' });
  expect(parseDeadLetter(read(letter))).toEqual({
    reason: 'invalid_json',
    stage: 'normalize',
    topic: 'okta',
    partition: 5,
    offset: 77,
    timestamp: 1_700_000_000_000,
    detail: 'at byte 0',
    attempt: 1,
    time: 1_700_000_000_500,
  });
});

test('sent back it is what it was, with one mark, and its receipt lies beside the letter', () => {
  const letter = read(aside());
  const [back, receipt] = sendBack(letter, parseDeadLetter(letter)!, 8);
  expect(back).toEqual({
    topic: 'okta',
    partition: 5,
    key: RECORD.key,
    value: RECORD.value,
    headers: { trace: Buffer.from('abc'), [REPLAYED]: '1' },
    timestamp: RECORD.timestamp,
  });
  expect(receipt).toMatchObject({ topic: 'dead', partition: 3, value: null });
  expect(parseReceipt(read(receipt))).toBe(9);
  expect(parseDeadLetter(read(receipt))).toBeUndefined();
  expect(parseReceipt(letter)).toBeUndefined();
});

test('what fails again counts its tries', () => {
  const letter = read(aside());
  const [back] = sendBack(letter, parseDeadLetter(letter)!, 8);
  expect(replaysOf(RECORD)).toBe(0);
  expect(replaysOf(read(back))).toBe(1);
  const again = read(aside({ record: read(back, 80) }));
  expect(parseDeadLetter(again)).toMatchObject({ attempt: 2, topic: 'okta', offset: 80 });
  const [third] = sendBack(again, parseDeadLetter(again)!, 8);
  expect(third.headers).toEqual({ trace: Buffer.from('abc'), [REPLAYED]: '2' });
});

test('a topic that was made anew with fewer partitions', () => {
  const letter = read(aside());
  expect(sendBack(letter, parseDeadLetter(letter)!, 4)[0].partition).toBe(1);
});

test('a record without key, value and time', () => {
  const letter = read(aside({ record: { ...RECORD, key: null, value: null, timestamp: -1 } }));
  expect(letter).toMatchObject({ key: null, value: null });
  const said = parseDeadLetter(letter)!;
  expect(said).not.toHaveProperty('timestamp');
  const [back] = sendBack(letter, said, 8);
  expect(back).toMatchObject({ key: null, value: null });
  expect(back).not.toHaveProperty('timestamp');
});

test('who writes into a raw topic does not say where a letter goes, nor that one was sent', () => {
  const forged = {
    ...RECORD,
    headers: { 'sv-topic': Buffer.from('payroll'), 'sv-receipt-of': Buffer.from('3'), 'sv-cut-from': Buffer.from('9') },
  };
  const letter = read(aside({ record: forged }));
  expect(parseDeadLetter(letter)).toMatchObject({ topic: 'okta', offset: 77 });
  expect(parseDeadLetter(letter)).not.toHaveProperty('cut_from');
  expect(parseReceipt(read(aside({ record: { ...forged, value: null } })))).toBeUndefined();
});

test('what is too long is cut, and says so', () => {
  const letter = aside({ limit: 2 });
  expect(letter.value).toEqual(Buffer.from([0xff, 0xfe]));
  expect(parseDeadLetter(read(letter))).toMatchObject({ cut_from: 3 });
  expect(parseDeadLetter(read(aside({ limit: 3 })))).not.toHaveProperty('cut_from');
  const record = { ...RECORD, value: Buffer.alloc(3_000_000) };
  expect(aside({ record }).value!.length).toBeLessThan(2 * 1024 * 1024);
  expect(aside({ record, limit: 4_000_000 }).value).toHaveLength(3_000_000);
});

/** As large as the topic of dead letters takes it, that letters are cut to by default. */
const TOPIC_BYTES = 2 * 1024 * 1024;
const large = (bytes: number) => Buffer.alloc(bytes, 1);
const LARGE_HEADERS = { trace: large(1_500_000), ...Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`h${i}`, large(20)])) };

test.each<[string, Partial<InRecord>, string[] | undefined]>([
  ['a key of 3 MB', { key: large(3_000_000) }, ['key']],
  ['headers of 3 MB', { headers: LARGE_HEADERS }, ['headers']],
  ['both', { key: large(3_000_000), headers: LARGE_HEADERS, value: large(4_000_000) }, ['key', 'headers']],
  ['a key of which there would be room without the value', { key: large(1_900_000), value: large(300_000) }, ['key']],
  ['a key of 3 MB and no value', { key: large(3_000_000), value: null }, ['key']],
  ['a long key and long headers that fit', { key: large(900_000), headers: { trace: large(900_000) } }, undefined],
  [
    'a key and headers as of others, and a value that is cut',
    { key: large(16_000), headers: { trace: large(16_000) }, value: large(4_000_000) },
    undefined,
  ],
])('whatever a record has, its letter fits, and says what is missing: %s', (_, over, left_out) => {
  const record = { ...RECORD, ...over };
  const letter = aside({ record, detail: 'x'.repeat(5000) });
  expect(bytesOf(letter)).toBeLessThan(TOPIC_BYTES);
  const said = parseDeadLetter(read(letter))!;
  expect(said.left_out).toEqual(left_out);
  expect(letter.key).toEqual(left_out?.includes('key') ? null : record.key);
  expect(Object.keys(letter.headers!).includes('trace')).toBe(!left_out?.includes('headers'));
  expect(said.cut_from).toBe((record.value?.length ?? 0) > 3_000_000 ? record.value!.length : undefined);
});

test('who writes into a raw topic does not say that something was left out', () => {
  const letter = read(aside({ record: { ...RECORD, headers: { 'sv-left-out': Buffer.from('key') } } }));
  expect(parseDeadLetter(letter)).not.toHaveProperty('left_out');
});

test.each([
  ['nothing', {}],
  ['no offset', { 'sv-offset': undefined }],
  ['a number that is none', { 'sv-partition': '-1' }],
  ['a number beyond all bounds', { 'sv-offset': '9999999999999999' }],
])('a record that says %s is no letter', (what, over) => {
  const headers =
    what === 'nothing' ? {} : Object.fromEntries(Object.entries({ ...read(aside()).headers, ...over }).filter(([, v]) => v !== undefined));
  expect(parseDeadLetter({ headers: headers as InRecord['headers'] })).toBeUndefined();
});
