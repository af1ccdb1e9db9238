import { directoryPolicy } from '../../../../../src/core/normalize/sources/microsoft/directory-policy.js';
import { changed, nothing } from '../../changed.js';

test.each([
  ['Add conditional access policy', 'conditional_access', 'created'],
  ['Delete conditional access policy', 'conditional_access', 'deleted'],
  ['Delete named location', 'named_location', 'deleted'],
  ['Set federation settings on domain', 'federation', 'changed'],
  ['Set domain authentication', 'federation', 'changed'],
  ['Create identity provider', 'idp', 'created'],
  ['Update security defaults', 'mfa', 'changed'],
  ['Authentication Methods Policy Update', 'mfa', 'changed'],
  ['Add a partner to cross-tenant access setting', 'cross_tenant', 'created'],
  ['Add unverified domain', 'domain', 'created'],
  ['Update authorization policy', 'authorization', 'changed'],
  ['Add CertificationBasedAuthConfiguration', 'certificate_auth', 'created'],
  ['Create CertificateAuthority', 'certificate_auth', 'created'],
  ['Delete PublicKeyInfrastructure', 'certificate_auth', 'deleted'],
  ['Set directory feature on tenant', 'organisation', 'changed'],
  ['Update role setting in PIM', 'role', 'changed'],
  ['Set Company Information', 'organisation', 'changed'],
  ['Update policy', 'policy', 'changed'],
  ['Disable Desktop Sso', 'federation', 'disabled'],
  ['Enable Passthrough Authentication', 'federation', 'enabled'],
  ['Disable security defaults', 'mfa', 'disabled'],
  ['Register connector', 'federation', 'changed'],
])('%s is %s, %s', (action, kind, effect) => {
  expect(directoryPolicy(action, nothing)).toEqual({ kind, effect });
});

test('a conditional access policy is compared with what it was, in both logs', () => {
  const policy = (state: string) => JSON.stringify({ state, conditions: {}, grantControls: { builtInControls: ['mfa'] } });
  expect(
    directoryPolicy('Update conditional access policy', changed({ ConditionalAccessPolicy: [policy('disabled'), policy('enabled')] })),
  ).toEqual({ kind: 'conditional_access', effect: 'disabled' });
  const detail = (controls: object[]) => JSON.stringify({ State: 'Enabled', Conditions: {}, Controls: controls });
  expect(directoryPolicy('Update policy', changed({ PolicyDetail: [detail([]), detail([{ Control: ['Mfa'] }])] }))).toEqual({
    kind: 'conditional_access',
    effect: 'weakened',
  });
  expect(directoryPolicy('Delete policy', changed({ PolicyDetail: [undefined, detail([])] }))).toEqual({
    kind: 'conditional_access',
    effect: 'deleted',
  });
});

test('a place that becomes trusted weakens every policy that leaves trusted places out', () => {
  const place = (isTrusted: boolean) => JSON.stringify({ displayName: 'Office', isTrusted });
  const update = (after: boolean, before: boolean | undefined) =>
    directoryPolicy('Update named location', changed({ NamedLocation: [place(after), before === undefined ? undefined : place(before)] }))
      .effect;
  expect([update(true, false), update(true, undefined), update(true, true), update(false, true)]).toEqual([
    'weakened',
    'weakened',
    'changed',
    'changed',
  ]);
  expect(directoryPolicy('Add policy', changed({ PolicyDetail: '{"KnownNetworkPolicies":{"Categories":["trusted"]}}' }))).toEqual({
    kind: 'named_location',
    effect: 'weakened',
  });
});
