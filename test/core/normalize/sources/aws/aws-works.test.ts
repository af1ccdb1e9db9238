import { actOf } from '../../../../../src/core/detect/acts.js';
import type { SessionEvent } from '../../../../../src/core/event/index.js';
import { awsActivity } from '../../../../../src/core/normalize/sources/aws/aws-event-names.js';
import { awsWork } from '../../../../../src/core/normalize/sources/aws/aws-works.js';

test.each([
  ['ec2', 'RunInstances', 'compute', 'created', 'compute_started'],
  ['ec2', 'RequestSpotInstances', 'compute', 'created', 'compute_started'],
  ['ecs', 'RunTask', 'compute', 'created', 'compute_started'],
  ['ssm', 'SendCommand', 'command', 'created', 'command_run'],
  ['lambda', 'UpdateFunctionCode', 'command', 'created', 'command_run'],
  ['bedrock', 'InvokeModel', 'model', 'created', 'model_invoked'],
  ['bedrock', 'Converse', 'model', 'created', 'model_invoked'],
  ['ec2', 'TerminateInstances', 'compute', 'deleted', 'resource_destroyed'],
  ['s3', 'DeleteBucket', 'storage', 'deleted', 'resource_destroyed'],
  ['rds', 'DeleteDBInstance', 'database', 'deleted', 'resource_destroyed'],
  ['dynamodb', 'DeleteTable', 'database', 'deleted', 'resource_destroyed'],
  ['codecommit', 'DeleteRepository', 'repository', 'deleted', 'resource_destroyed'],
])('%s:%s is of the kind %s: %s', (service, name, kind, effect, act) => {
  expect(awsWork(service, name)).toEqual({ kind, effect });
  // only of a use does it say so
  const activity = awsActivity(service, name, 'AwsApiCall');
  const event = { activity, details: { kind, effect }, status: 'success', subject_role: 'actor', principal: { type: 'service' } };
  expect(actOf(event as unknown as SessionEvent)).toBe(act);
});

test('the name of another service`s call, one that looks or makes room, and words that every object answers to are none', () => {
  expect(awsWork('cloudfront', 'CreateFunction')).toBeUndefined();
  expect(awsWork('ec2', 'DescribeInstances')).toBeUndefined();
  expect(awsWork('ec2', 'StopInstances')).toBeUndefined();
  expect(awsWork('s3', 'CreateBucket')).toBeUndefined();
  expect(awsWork('s3', 'DeleteObject')).toBeUndefined();
  expect(awsWork('ec2', 'constructor')).toBeUndefined();
  expect(awsWork('constructor', 'name')).toBeUndefined();
});
