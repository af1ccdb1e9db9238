import { effectOfChange } from '../../../../../src/core/normalize/sources/microsoft/conditional-access.js';

const POLICY = {
  state: 'enabled',
  conditions: {
    users: { includeUsers: ['All'], excludeUsers: ['break-glass'], includeGuestsOrExternalUsers: null },
    applications: { includeApplications: ['All'], excludeApplications: [] as string[] },
    locations: { includeLocations: ['All'], excludeLocations: ['office'] },
  },
  grantControls: { operator: 'AND', builtInControls: ['mfa', 'compliantDevice'], authenticationStrength: { id: '1' } as object | null },
  sessionControls: { signInFrequency: { value: 1 } as object | null, persistentBrowser: null },
};
type Policy = typeof POLICY;

function changedBy(change: (policy: Policy) => void): string | undefined {
  const after = structuredClone(POLICY);
  change(after);
  return effectOfChange(JSON.stringify(POLICY), JSON.stringify(after));
}

test.each<[string, (policy: Policy) => void]>([
  ['a control gone', (p) => p.grantControls.builtInControls.pop()],
  ['one of the controls enough', (p) => (p.grantControls.operator = 'OR')],
  ['a strength gone', (p) => (p.grantControls.authenticationStrength = null)],
  ['a limit on the session gone', (p) => (p.sessionControls.signInFrequency = null)],
  ['a person left out', (p) => p.conditions.users.excludeUsers.push('mallory')],
  ['an app left out', (p) => p.conditions.applications.excludeApplications.push('mail')],
  ['a place left out', (p) => p.conditions.locations.excludeLocations.push('hosting')],
  ['fewer covered', (p) => (p.conditions.users.includeUsers = ['tom'])],
])('weakened: %s', (_name, change) => {
  expect(changedBy(change)).toBe('weakened');
});

test.each<[string, (policy: Policy) => void]>([
  ['nothing', () => undefined],
  ['a control more', (p) => p.grantControls.builtInControls.push('domainJoinedDevice')],
  ['nobody left out any more', (p) => (p.conditions.users.excludeUsers = [])],
  ['covered in another order', (p) => p.conditions.users.includeUsers.reverse()],
])('not weakened: %s', (_name, change) => {
  expect(changedBy(change)).toBe('changed');
});

test('switched off and on; reporting only is off', () => {
  expect(changedBy((p) => (p.state = 'disabled'))).toBe('disabled');
  expect(changedBy((p) => (p.state = 'enabledForReportingButNotEnforced'))).toBe('disabled');
  expect(effectOfChange(JSON.stringify({ state: 'disabled' }), JSON.stringify(POLICY))).toBe('enabled');
});

test('the directory`s own spelling', () => {
  const policy = (exclude: object[], session: string[]) =>
    JSON.stringify({
      State: 'Enabled',
      Conditions: { Users: { Include: [{ Users: ['All'] }], Exclude: exclude } },
      SessionControls: session,
    });
  expect(effectOfChange(policy([], []), policy([{ Users: ['mallory'] }], []))).toBe('weakened');
  expect(effectOfChange(policy([], ['SignInFrequency']), policy([], []))).toBe('weakened');
  expect(effectOfChange(policy([], []), policy([], []))).toBe('changed');
});

test('without both sides nothing is said', () => {
  expect(effectOfChange(undefined, '{}')).toBeUndefined();
  expect(effectOfChange('{}', 'no policy')).toBeUndefined();
});
