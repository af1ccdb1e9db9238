import { createEntraMapper } from '../../../../../src/core/normalize/sources/microsoft/entra.js';
import { trimPadding } from '../../../../../src/core/normalize/sources/microsoft/entra-sign-in.js';
import { fixture } from '../../fixtures.js';

const hub = fixture('entra', 'sign-in').input;
const properties = hub['properties'] as Record<string, unknown>;
function map(changes: Record<string, unknown>, category = 'SignInLogs') {
  return createEntraMapper().map({ ...hub, category, properties: { ...properties, ...changes } })[0]!;
}

test.each([
  ['bound', true],
  ['unbound', false],
  ['none', undefined],
])('a token that is %s', (signInSessionStatus, is_bound) => {
  expect(map({ tokenProtectionStatusDetails: { signInSessionStatus } }).token?.is_bound).toBe(is_bound);
});

test('rows of the interactive log that say otherwise are not', () => {
  expect(map({ isInteractive: false })).toMatchObject({ activity: 'token_issue', is_presence: false, product: 'non_interactive_sign_in' });
});

test('a password grant is tried by a person`s password and places nobody', () => {
  expect(map({ authenticationProtocol: 'ropc' }, 'NonInteractiveUserSignInLogs')).toMatchObject({
    activity: 'sign_in',
    is_presence: false,
    auth: { protocol: 'ropc' },
  });
});

test('a federated sign-in reaches an app, it has no client', () => {
  expect(map({ authenticationProtocol: 'saml20' })).toMatchObject({ client: undefined, app: { name: 'OfficeHome' } });
});

test('agents are agents', () => {
  expect(map({ agent: { agentType: 'agenticAppInstance' } })).toMatchObject({ principal: { type: 'agent' }, is_presence: false });
  expect(map({ agent: { agentType: 'notAgentic' } }).principal.type).toBe('human');
});

test('an administrator of a partner is tagged', () => {
  expect(map({ crossTenantAccessType: 'serviceProvider' }).principal.tags).toEqual(['partner']);
});

test('what the directory hides is no risk', () => {
  expect(map({ riskLevelDuringSignIn: 'hidden', riskState: 'none', riskEventTypes_v2: [] }).risk).toBeUndefined();
});

test('an all-zero device is none', () => {
  expect(map({ deviceDetail: { deviceId: '00000000-0000-0000-0000-000000000000', displayName: '' } }).device).toBeUndefined();
});

test.each([
  [{ status: undefined }, undefined, 'unknown'],
  [{ status: undefined }, '50126', 'failure'],
  [{ status: '{"errorCode":50140}' }, '0', 'interrupted'],
  [{ status: { errorCode: '0' } }, undefined, 'success'],
])('status of %j beside %s is %s', (changes, resultType, status) => {
  expect(createEntraMapper().map({ ...hub, resultType, properties: { ...properties, ...changes } })[0]?.status).toBe(status);
});

test('padding of a token id is no part of it', () => {
  expect(['AA==', 'AA', 'A=A'].map(trimPadding)).toEqual(['AA', 'AA', 'A=A']);
});
