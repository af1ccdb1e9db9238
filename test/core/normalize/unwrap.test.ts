import { unwrapCarrier, unwrapRow } from '../../../src/core/normalize/unwrap.js';

test('a row gives the record that it carries', () => {
  expect(unwrapRow({ AuditData: '{"Id":"1"}', UserIds: 'x' }, false)).toEqual([{ Id: '1' }]);
  expect(unwrapRow({ auditData: { Id: '1' } }, false)).toEqual([{ Id: '1' }]);
  expect(unwrapRow({ AuditData: '{"Id":' }, false)).toBeUndefined();
  expect(unwrapRow({ AuditData: '{"Id":9007199254740993}' }, true)).toEqual([{ Id: '9007199254740993' }]);
});

test('a batch gives its records', () => {
  expect(unwrapRow({ records: [{ a: 1 }, 2, { b: 2 }] }, false)).toEqual([{ a: 1 }, { b: 2 }]);
  expect(unwrapRow({ records: ['{"a":1}', 'plain'] }, false)).toEqual([{ a: 1 }]);
  expect(unwrapRow({ records: [] }, false)).toEqual([]);
  expect(unwrapRow({ records: 'x' }, false)).toBeUndefined();
});

test('a list that stands as text may be as long as a record', () => {
  const many = `[${'{},'.repeat(300_000)}{}]`;
  expect(unwrapRow({ records: [many] }, false)).toHaveLength(300_001);
});

test.each([
  [{ '@odata.context': 'x', value: [{ a: 1 }] }],
  [{ detail: { a: 1 }, source: 'aws.partner/okta.example' }],
  [{ event: { a: 1 }, time: 1 }],
  [{ message: '{"a":1}' }],
  [{ _raw: '[{"a":1}]' }],
  [{ messageType: 'DATA_MESSAGE', logEvents: [{ a: 1 }] }],
  [{ Events: [{ a: 1 }], NextToken: 'x' }],
  [{ Type: 'Notification', Message: '{"a":1}' }],
  // Pub/Sub: {"a":1}
  [{ data: 'eyJhIjoxfQ==', messageId: '1' }],
])('carriers: %j', (record) => {
  expect(unwrapCarrier(record, false)).toEqual([{ a: 1 }]);
});

test('only what can be JSON is decoded', () => {
  expect(unwrapCarrier({ data: 'W3siYSI6MX1d' }, false)).toEqual([{ a: 1 }]);
  for (const data of ['eyJhIjox', 'eyJ!', 'aGVsbG8=', 'eyJhbGciOiJub25lIn0.eyJhIjoxfQ.'])
    expect(unwrapCarrier({ data }, false)).toBeUndefined();
});

test('what carries nothing is no wrapper', () => {
  expect(unwrapCarrier({ message: 'plain text', value: 3, body: null, data: [], events: ['push'] }, false)).toBeUndefined();
});
