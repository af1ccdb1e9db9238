import { gcpEntry, gcpShapeOf } from '../../../../../src/core/normalize/sources/gcp/gcp-shapes.js';

const payload = { '@type': 'type.googleapis.com/google.cloud.audit.AuditLog', methodName: 'x' };

test.each([
  ['native', { protoPayload: payload }],
  ['native', { protoPayload: { methodName: 'x' } }],
  ['native', { protoPayload: JSON.stringify(payload) }],
  ['native', { protoPayload: { authorizationInfo: [] } }],
  ['other_case', { protopayload: { at_sign_type: 'type.googleapis.com/google.cloud.audit.AuditLog' } }],
  ['bigquery', { protopayload_auditlog: {} }],
  ['payload', { methodName: 'x', serviceName: 'iam.googleapis.com', authenticationInfo: {} }],
  ['table', { InsertId: 'x', ServiceName: 'iam.googleapis.com', LogName: 'x', MethodName: 'x' }],
  [undefined, { protoPayload: { '@type': 'type.googleapis.com/google.appengine.logging.v1.RequestLog' } }],
  [undefined, { protoPayload: 'hello' }],
  [undefined, { methodName: 'x', serviceName: 'orders' }],
  [undefined, { methodName: 'x' }],
  [undefined, { textPayload: 'x', logName: 'projects/p/logs/stdout' }],
])('%s: %j', (shape, record) => {
  expect(gcpShapeOf(record)).toBe(shape);
});

test('keys around the payload are respelled where a collector lowered them', () => {
  expect(gcpEntry({ insertid: 'i', logname: 'l', protoPayload: payload }, 'native')).toMatchObject({ insertId: 'i', logName: 'l' });
});
