import { awsEvent, awsShapeOf } from '../../../../../src/core/normalize/sources/aws/aws-shapes.js';

const identity = { type: 'IAMUser' };

test.each([
  ['native', { eventSource: 'iam.amazonaws.com', eventName: 'GetUser', userIdentity: identity }],
  ['native', { eventSource: 'iam.amazonaws.com.cn', eventName: 'GetUser', awsRegion: 'cn-north-1' }],
  ['native', { eventName: 'DeleteBucket', eventType: 'AwsApiCall', userIdentity: {} }],
  ['other_case', { eventsource: 'iam.amazonaws.com', eventname: 'GetUser', useridentity: identity }],
  ['dotted', { eventSource: 'iam.amazonaws.com', eventName: 'GetUser', 'userIdentity.type': 'IAMUser' }],
  ['table', { EventSource: 'iam.amazonaws.com', EventName: 'GetUser', EventTypeName: 'AwsApiCall' }],
  ['lookup', { EventName: 'GetUser', CloudTrailEvent: '{}' }],
  ['no_event', { eventType: 'AwsCloudTrailInsight', eventName: 'x' }],
  ['no_event', { eventCategory: 'Insight', insightDetails: {} }],
  ['no_event', { awsAccountId: '444455556666', digestS3Object: 'x' }],
  [undefined, { eventName: 'ConsoleLogin', eventTime: '2026-03-02T08:15:30Z' }],
  [undefined, { eventSource: 'iam.amazonaws.com', eventName: 'GetUser' }],
  // what a bucket tells of its objects
  [undefined, { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', awsRegion: 'eu-north-1', userIdentity: { principalId: 'x' } }],
  [undefined, { eventSource: 'Security', eventName: 'x', userIdentity: identity }],
  [undefined, { eventSource: 3, eventName: 4 }],
  [undefined, {}],
])('%s: %j', (shape, record) => {
  expect(awsShapeOf(record)).toBe(shape);
});

test('paths become objects, and none reaches a prototype', () => {
  expect(awsEvent({ 'userIdentity.sessionContext.attributes.creationDate': 'x', eventName: 'y' }, 'dotted')).toEqual({
    userIdentity: { sessionContext: { attributes: { creationDate: 'x' } } },
    eventName: 'y',
  });
  awsEvent({ '__proto__.polluted': 'x', 'a.__proto__.b': 'y' }, 'dotted');
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('a text that is no record gives no event', () => {
  expect(awsEvent({ CloudTrailEvent: 'hello' }, 'lookup')).toBeUndefined();
  expect(awsEvent({ CloudTrailEvent: '{"CloudTrailEvent":"{}"}' }, 'lookup')).toBeUndefined();
});
