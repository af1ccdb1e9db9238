import { entraRecord, isEntraRecord } from '../../../../../src/core/normalize/sources/microsoft/entra-shapes.js';
import { mapSignIn } from '../../../../../src/core/normalize/sources/microsoft/entra-sign-in.js';
import { fixture } from '../../fixtures.js';

const hub = fixture('entra', 'sign-in').input;
const properties = hub['properties'] as Record<string, unknown>;
const capitalised = Object.fromEntries(
  Object.entries(properties).map(([key, value]) => [key.charAt(0).toUpperCase() + key.slice(1), value]),
);
const lower = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(lower)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), lower(inner)]))
      : value;

describe('one sign-in in all shapes is the same', () => {
  const { IpAddress, ResourceId, DeviceDetail, ...columns } = capitalised;
  const table = {
    ...columns,
    IPAddress: IpAddress,
    ResourceIdentity: ResourceId,
    DeviceDetail: JSON.stringify(DeviceDetail),
    AADTenantId: hub['tenantId'],
    TenantId: 'the-workspace',
    Category: 'SignInLogs',
    OperationName: 'Sign-in activity',
    ResultType: '0',
  };
  const expected = mapSignIn(entraRecord(hub)!);
  test.each([
    ['Graph', properties],
    ['lower-case keys', lower(hub)],
    ['capitalised properties', { ...hub, properties: { ...capitalised, IPAddress: IpAddress, IpAddress: undefined } }],
    ['properties as text', { ...hub, properties: JSON.stringify(properties) }],
    ['Log Analytics', table],
    [
      'an export with types behind names',
      {
        ...table,
        DeviceDetail: undefined,
        DeviceDetail_dynamic: JSON.stringify(DeviceDetail),
        Status: undefined,
        Status_string: '{"errorCode":0,"additionalDetails":"MFA completed in Azure AD"}',
      },
    ],
  ])('%s', (_shape, record) => {
    expect(isEntraRecord(record as Record<string, unknown>)).toBe(true);
    expect(mapSignIn(entraRecord(record as Record<string, unknown>)!)).toEqual(expected);
  });
});

describe('recognition is strict', () => {
  test.each([
    {},
    { category: 'Administrative', properties: { statusCode: 'OK' } },
    { category: 'AuditLogs' },
    { category: 'AuditLogs', operationName: 'Patch MobileApp', properties: { ActivityDate: 'x', Actor: {} } },
    { category: 'SignInLogs', properties: 'no json' },
    { id: '1', createdDateTime: 'x', status: 'open' },
    { activityDisplayName: 'x' },
    { Category: 'Policy', Type: 'AzureActivity' },
  ])('%j is not Entra`s', (record) => {
    expect(entraRecord(record)).toBeUndefined();
  });

  test('logs that place nobody are known', () => {
    expect(entraRecord({ category: 'NetworkAccessTrafficLogs', properties: {} })?.kind).toBe('no_event');
  });
});

test('the directory is the envelope`s, in lower case; a table`s own tenant is not', () => {
  expect(entraRecord({ ...hub, tenantId: 'ABC' })?.account).toBe('abc');
  expect(entraRecord({ ...hub, tenantId: undefined })?.account).toBe(hub['tenantId']);
  expect(entraRecord({ Category: 'SignInLogs', TenantId: 'w' })?.account).toBe('default');
});
