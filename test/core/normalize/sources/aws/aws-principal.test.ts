import { addressIn, awsPrincipal } from '../../../../../src/core/normalize/sources/aws/aws-principal.js';

const ACCOUNT = '444455556666';

function principal(
  identity: Record<string, unknown>,
  more: { service?: string; isConsole?: boolean; additional?: Record<string, unknown> } = {},
) {
  return awsPrincipal({ identity, service: more.service ?? 's3', isConsole: more.isConsole ?? false, additional: more.additional ?? {} });
}

const role = (name: string, session: string, context: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  type: 'AssumedRole',
  principalId: `AROAFJORD:${session}`,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`,
  accountId: ACCOUNT,
  sessionContext: {
    sessionIssuer: { type: 'Role', userName: name, arn: `arn:aws:iam::${ACCOUNT}:role/${name}` },
    attributes: {},
    ...context,
  },
  ...more,
});

test.each([
  ['a user at the console', { type: 'IAMUser', userName: 'tom', accessKeyId: 'ASIA1' }, 'human', 'user/tom'],
  ['a user`s own key', { type: 'IAMUser', userName: 'tom', accessKeyId: 'AKIA1' }, 'service', 'user/tom'],
  [
    'a key of a user who is called by address',
    { type: 'IAMUser', userName: 'tom@fjord.example', accessKeyId: 'AKIA1' },
    'human',
    'user/tom@fjord.example',
  ],
  ['a user below a path', { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/team/tom` }, 'human', 'user/tom'],
  ['the root user', { type: 'Root', accountId: ACCOUNT }, 'human', `arn:aws:iam::${ACCOUNT}:root`],
  ['an instance', role('Web', 'i-0a1b2c3d4e5f60718'), 'workload', 'role/Web'],
  ['a task', role('Web', '0123456789abcdef0123456789abcdef'), 'workload', 'role/Web'],
  ['credentials that were delivered to an instance', role('Web', 'x', { ec2RoleDelivery: '2.0' }), 'workload', 'role/Web'],
  [
    'a cluster`s account',
    role('Web', 'x', { webIdFederationData: { federatedProvider: `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.eu-north-1` } }),
    'workload',
    'role/Web',
  ],
  ['a function', role('Web', 'x', {}, { inScopeOf: { issuerType: 'AWS::Lambda::Function' } }), 'workload', 'role/Web'],
  ['single sign-on', role('AWSReservedSSO_Admin_1', 'ana'), 'human', 'sso/ana'],
  ['a role with a second factor', role('Admin', 'ana', { attributes: { mfaAuthenticated: 'true' } }), 'human', 'role/Admin/ana'],
  ['a source identity', role('Admin', 'x', { sourceIdentity: 'ana' }), 'human', 'source/ana'],
  ['any other role', role('Deploy', 'build-17'), 'service', 'role/Deploy'],
  ['a role of AWS itself', role('AWSServiceRoleForSupport', 'x'), 'system', 'role/AWSServiceRoleForSupport'],
  ['a service', { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' }, 'system', 'ec2.amazonaws.com'],
  ['a service without a type', { accountId: ACCOUNT, invokedBy: 'ec2.amazonaws.com' }, 'system', 'ec2.amazonaws.com'],
  ['a federated user', { type: 'FederatedUser', arn: `arn:aws:sts::${ACCOUNT}:federated-user/tom` }, 'human', 'federated-user/tom'],
  ['a user of SAML', { type: 'SAMLUser', principalId: 'x:ana', userName: 'ana@fjord.example' }, 'human', 'saml/ana@fjord.example'],
  [
    'a job of a code host',
    { type: 'WebIdentityUser', userName: 'repo:a/b', identityProvider: 'token.actions.githubusercontent.com' },
    'workload',
    'web/repo:a/b',
  ],
  ['a customer of an app', { type: 'WebIdentityUser', userName: '17', identityProvider: 'accounts.google.com' }, 'human', 'web/17'],
  ['another account', { type: 'AWSAccount', principalId: 'AIDAX', accountId: '777788889999' }, 'unknown', 'AIDAX'],
  ['nobody', { accountId: ACCOUNT }, 'unknown', undefined],
  ['something new', { type: 'Robot', principalId: 'x' }, 'unknown', 'x'],
])('%s', (_name, identity, type, uid) => {
  const found = principal(identity);
  expect([found.type, found.uid]).toEqual([type, uid]);
});

test('a key becomes the person at the console', () => {
  expect(principal({ type: 'IAMUser', userName: 'tom', accessKeyId: 'AKIA1' }, { isConsole: true }).type).toBe('human');
});

test('a session that is called by an address is that person, in every role and account', () => {
  expect(principal(role('Developer', 'ana@fjord.example')).email).toBe('ana@fjord.example');
  expect(principal(role('Developer', 'x', { sourceIdentity: 'ana@fjord.example' })).email).toBe('ana@fjord.example');
  expect(principal({ type: 'AWSAccount', principalId: 'AROAX:ana@fjord.example' })).toMatchObject({
    type: 'human',
    email: 'ana@fjord.example',
  });
  // AWS says that it is a machine: what it calls itself does not count
  const machine = principal(role('Web', 'ana@fjord.example', { ec2RoleDelivery: '2.0' }));
  expect([machine.type, machine.email]).toEqual(['workload', undefined]);
});

test('an account alone is nobody`s name', () => {
  expect(principal({ accountId: ACCOUNT }).name).toBeUndefined();
  expect(principal({ type: 'IAMUser', accountId: ACCOUNT, userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' })).toEqual({ type: 'unknown' });
});

test('before Identity Center knows who it is, a name counts only when it is an address', () => {
  expect(principal({ type: 'IdentityCenterUser' }, { additional: { UserName: 'secret word' } })).toEqual({ type: 'unknown' });
  expect(principal({ type: 'IdentityCenterUser' }, { additional: { UserName: 'ana@fjord.example' } }).email).toBe('ana@fjord.example');
});

test.each([
  ['ana@fjord.example', true],
  ['ana@fjord', false],
  ['a b@fjord.example', false],
  ['https://x@fjord.example', false],
  [`${'a'.repeat(400)}@fjord.example`, false],
])('%s is an address: %s', (value, is) => {
  expect(addressIn(value) !== undefined).toBe(is);
});
