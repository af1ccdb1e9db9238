import { gcpActivity } from '../../../../../src/core/normalize/sources/gcp/gcp-methods.js';
import { gcpWork } from '../../../../../src/core/normalize/sources/gcp/gcp-works.js';

test.each([
  ['compute', 'v1.compute.instances.insert', 'compute', 'created'],
  ['compute', 'beta.compute.instances.bulkInsert', 'compute', 'created'],
  ['container', 'google.container.v1.ClusterManager.CreateCluster', 'compute', 'created'],
  ['k8s', 'io.k8s.core.v1.pods.exec.create', 'command', 'created'],
  ['cloudfunctions', 'google.cloud.functions.v2.FunctionService.UpdateFunction', 'command', 'created'],
  ['aiplatform', 'google.cloud.aiplatform.v1.PredictionService.GenerateContent', 'model', 'created'],
  ['compute', 'v1.compute.instances.delete', 'compute', 'deleted'],
  ['storage', 'storage.buckets.delete', 'storage', 'deleted'],
  ['cloudsql', 'cloudsql.instances.delete', 'database', 'deleted'],
  ['bigquery', 'google.cloud.bigquery.v2.DatasetService.DeleteDataset', 'database', 'deleted'],
  ['cloudresourcemanager', 'DeleteProject', 'project', 'deleted'],
])('%s: %s is of the kind %s: %s', (service, method, kind, effect) => {
  expect(gcpWork(service, method)).toEqual({ kind, effect });
  // of a plain use alone it is asked
  expect(gcpActivity(service, method) ?? 'session_use').toBe('session_use');
});

test('what looks, makes room or deletes a single thing, and words that every object answers to are none', () => {
  expect(gcpWork('compute', 'v1.compute.instances.list')).toBeUndefined();
  expect(gcpWork('compute', 'v1.compute.instances.stop')).toBeUndefined();
  expect(gcpWork('storage', 'storage.objects.delete')).toBeUndefined();
  expect(gcpWork('redis', 'v1.compute.instances.delete')).toBeUndefined();
  expect(gcpWork('compute', 'constructor')).toBeUndefined();
  expect(gcpWork('compute', `${'x.'.repeat(200)}instances.insert`)).toBeUndefined();
});
