import type { Activity } from '../../../../../src/core/event/index.js';
import { type GcpCall, gcpDetails, gcpRefined, gcpTargets } from '../../../../../src/core/normalize/sources/gcp/gcp-details.js';

const call = (method: string, more: Partial<GcpCall> = {}): GcpCall => ({
  service: 'x',
  method,
  payload: {},
  request: {},
  response: {},
  labels: {},
  metadata: {},
  ...more,
});
const delta = (...bindingDeltas: object[]) => ({ payload: { serviceData: { policyDelta: { bindingDeltas } } } });
const audit = (...auditConfigDeltas: object[]) => ({ payload: { serviceData: { policyDelta: { auditConfigDeltas } } } });
const job = (jobConfig: object) => ({ metadata: { jobChange: { job: { jobConfig } } } });

test.each<[string, Partial<GcpCall>, Activity | undefined, Activity | undefined]>([
  ['SetIamPolicy', delta({ action: 'ADD', role: 'r', member: 'user:a@b.example' }), 'role_grant', 'role_grant'],
  ['SetIamPolicy', delta({ action: 'REMOVE', role: 'r', member: 'user:a@b.example' }), 'role_grant', 'other'],
  ['SetIamPolicy', audit({ action: 'REMOVE', logType: 'DATA_READ' }), 'role_grant', 'audit_tamper'],
  ['SetIamPolicy', audit({ action: 'ADD', logType: 'DATA_READ' }), 'role_grant', 'policy_change'],
  ['SetIamPolicy', audit({ action: 'ADD', exemptedMember: 'user:a@b.example' }), 'role_grant', 'audit_tamper'],
  ['SetIamPolicy', {}, 'role_grant', 'role_grant'],
  ['google.cloud.bigquery.v2.JobService.InsertJob', job({ type: 'EXPORT' }), 'session_use', 'data_export'],
  [
    'google.cloud.bigquery.v2.JobService.InsertJob',
    job({ type: 'QUERY', queryConfig: { statementType: 'EXPORT_DATA' } }),
    'session_use',
    'data_export',
  ],
  ['google.cloud.bigquery.v2.JobService.InsertJob', job({ type: 'QUERY' }), 'session_use', 'session_use'],
  ['v1.compute.instances.setMetadata', { metadata: { instanceMetadataDelta: { addedMetadataKeys: ['ssh-keys'] } } }, undefined, 'api_key'],
  [
    'v1.compute.instances.setMetadata',
    { metadata: { instanceMetadataDelta: { addedMetadataKeys: ['startup-script'] } } },
    undefined,
    undefined,
  ],
  ['v1.compute.subnetworks.patch', { service: 'compute', request: { logConfig: { enable: false } } }, undefined, 'audit_tamper'],
  ['v1.compute.subnetworks.patch', { service: 'compute', request: { logConfig: { enable: true } } }, undefined, undefined],
])('%s %j', (method, more, before, after) => {
  expect(gcpRefined(before, call(method, more))).toBe(after);
});

const actor = { type: 'human' as const, email: 'ana@fjord.example' };

test('each who was given a role is a target once, the giver never', () => {
  const given = delta(
    { action: 'ADD', role: 'a', member: 'user:tom@fjord.example' },
    { action: 'ADD', role: 'b', member: 'user:tom@fjord.example' },
    { action: 'ADD', role: 'a', member: 'user:ana@fjord.example' },
    { action: 'REMOVE', role: 'a', member: 'user:max@fjord.example' },
  );
  expect(gcpTargets(call('SetIamPolicy', given), actor)?.map(({ email }) => email)).toEqual(['tom@fjord.example']);
});

test('the address of a service account is found wherever it stands', () => {
  const robot = 'robot@fjord.iam.gserviceaccount.com';
  const method = 'google.iam.admin.v1.CreateServiceAccountKey';
  for (const more of [
    { labels: { email_id: robot } },
    { response: { name: `projects/p/serviceAccounts/${robot}/keys/1` } },
    { request: { name: `projects/p/serviceAccounts/${robot}` } },
  ])
    expect(gcpTargets(call(method, more), actor)?.[0]?.email).toBe(robot);
  expect(gcpTargets(call(method, { request: { name: 'projects/p/serviceAccounts/105537103139416651075' } }), actor)).toBeUndefined();
});

test('of a key that was made only its id is told', () => {
  const made = { response: { name: 'projects/p/serviceAccounts/r/keys/0a1b', privateKeyData: 'hunter2', private_key_data: 'hunter2' } };
  expect(gcpDetails('app_credential', call('CreateServiceAccountKey', made))).toEqual({ kind: 'key', key_uid: '0a1b' });
  expect(
    gcpDetails('api_key', call('storage.hmacKeys.create', { response: { metadata: { accessId: 'GOOGX' }, secret: 'hunter2' } })),
  ).toEqual({
    kind: 'access_key',
    key_uid: 'GOOGX',
  });
});

test('roles that reach other people or everything', () => {
  const role = (name: string) =>
    gcpDetails('role_grant', call('SetIamPolicy', delta({ action: 'ADD', role: name, member: 'user:a@b.example' })));
  for (const name of [
    'roles/owner',
    'roles/editor',
    'roles/iam.serviceAccountTokenCreator',
    'roles/resourcemanager.organizationAdmin',
    'roles/iam.securityAdmin',
  ])
    expect(role(name)?.['is_privileged']).toBe('true');
  for (const name of ['roles/viewer', 'roles/storage.objectViewer', 'roles/iam.roleViewer'])
    expect(role(name)?.['is_privileged']).toBeUndefined();
});

test('what is done all day has no details', () => {
  expect(gcpDetails('session_use', call('x'))).toBeUndefined();
});

test('a version of a key that is destroyed takes with it what it encrypts', () => {
  const change = (method: string) => gcpDetails('policy_change', call(method));
  expect(change('DestroyCryptoKeyVersion')).toEqual({ kind: 'data_protection', effect: 'deleted' });
  expect(change('UpdateCryptoKeyVersion')).toEqual({ kind: 'data_protection', effect: 'changed' });
});
