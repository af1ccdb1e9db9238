import { accountOf, gcpPrincipal, memberOf } from '../../../../../src/core/normalize/sources/gcp/gcp-principal.js';

test.each([
  ['ana@fjord.example', 'human'],
  ['robot@fjord.iam.gserviceaccount.com', 'service'],
  ['102834724560-compute@developer.gserviceaccount.com', 'workload'],
  ['fjord@appspot.gserviceaccount.com', 'workload'],
  ['service-102834724560@gcp-sa-pubsub.iam.gserviceaccount.com', 'system'],
  ['102834724560@cloudservices.gserviceaccount.com', 'system'],
  ['service-102834724560@container-engine-robot.iam.gserviceaccount.com', 'system'],
  ['system@google.com', 'system'],
  ['system:addon-manager', 'system'],
  ['system:serviceaccount:shop:web', 'workload'],
  ['system:anonymous', 'unknown'],
  ['somebody', 'unknown'],
])('%s is %s', (email, type) => {
  expect(accountOf(email)?.type).toBe(type);
});

test('nobody is called by a sentinel', () => {
  expect(accountOf('unknown')).toBeUndefined();
  expect(gcpPrincipal({})).toBeUndefined();
  expect(accountOf('system:anonymous')?.uid).toBeUndefined();
});

test('members of policies: people, accounts and subjects of pools', () => {
  expect(memberOf('user:ana@fjord.example')).toMatchObject({ type: 'human', email: 'ana@fjord.example' });
  expect(memberOf('serviceAccount:robot@fjord.iam.gserviceaccount.com')?.type).toBe('service');
  expect(memberOf('principal://iam.googleapis.com/locations/global/workforcePools/p/subject/ana@fjord.example')).toMatchObject({
    type: 'human',
    email: 'ana@fjord.example',
  });
  expect(memberOf('principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/a@b.example')).toMatchObject({
    type: 'workload',
    email: undefined,
  });
  for (const other of ['group:all@fjord.example', 'domain:fjord.example', 'allUsers', 'projectOwner:fjord'])
    expect(memberOf(other)).toBeUndefined();
});

test('an account of the organisation`s own domain that shows a key is a service', () => {
  expect(gcpPrincipal({ principalEmail: 'robot@fjord.example', serviceAccountKeyName: '//x/keys/1' })?.type).toBe('service');
  expect(gcpPrincipal({ principalEmail: 'robot@fjord.example', principalSubject: 'serviceAccount:robot@fjord.example' })?.type).toBe(
    'service',
  );
});

test('who began a chain of accounts is who is acted for', () => {
  const found = gcpPrincipal({
    principalEmail: 'robot@fjord.iam.gserviceaccount.com',
    serviceAccountDelegationInfo: [
      { firstPartyPrincipal: { principalEmail: 'ana@fjord.example' } },
      { firstPartyPrincipal: { principalEmail: 'middle@fjord.iam.gserviceaccount.com' } },
    ],
  });
  expect(found?.on_behalf_of).toMatchObject({ type: 'human', email: 'ana@fjord.example' });
  expect(gcpPrincipal({ principalEmail: 'a@b.example', serviceAccountDelegationInfo: [{}, null] })?.on_behalf_of).toBeUndefined();
});
