import { createZoomMapper } from '../../../../src/core/normalize/sources/zoom.js';
import { fixture } from '../fixtures.js';

const mapper = createZoomMapper('acme');
const base = fixture('zoom', 'user-changed').input;
const map = (category_type: string, action: string, operation_detail: string) =>
  mapper.map({ ...base, category_type, action, operation_detail })[0]!;

test.each([
  ['User', 'Update', 'Change Role  - kim@fjord.example: from Member to Admin', 'role_grant'],
  ['User', 'Update', 'Change Role  - kim@fjord.example: from Admin to Member', 'other'],
  ['User', 'Delete', 'Delete User kim@fjord.example', 'session_revoke'],
  ['User', 'Delete', 'Delete User', 'other'],
  ['User', 'Add', 'Add User kim@fjord.example', 'other'],
  ['User', 'Update', 'Reset password kim@fjord.example', 'recovery'],
  ['Account', 'Update', 'Sign-in Methods  - Allow users to sign in with Google: from Off to On', 'policy_change'],
  ['Account', 'Update', 'Sign-In Password Requirement  - Include at least 1 number: from On to Off', 'policy_change'],
  ['User Group', 'Update', 'Edit Group X  - Passcode: from On to Off', 'policy_change'],
  ['Role', 'Add', 'Add Role Support', 'policy_change'],
  ['Report', 'Export', 'Export report', 'data_export'],
])('%s %s %s is %s', (category, action, said, activity) => {
  expect(map(category, action, said)).toMatchObject({ activity });
});

test.each([
  ['from On to Off', 'disabled'],
  ['from Off to On', 'enabled'],
  ['from 8 to 14', 'changed'],
])('a setting %s is %s', (change, effect) => {
  expect(map('Account', 'Update', `Security  - Require two-factor: ${change}`).details).toMatchObject({ effect, kind: 'mfa' });
});

test('a text of any length is read at once', () => {
  for (const part of ['a', 'a.', 'a@', ' to ', 'role ', ':'])
    expect(map('User', 'Update', part.repeat(100_000)).action).toBe('User Update');
});

test('who is done something to is found in the text', () => {
  expect(map('User', 'Update', 'Change Role  - kim@fjord.example: from Admin to Owner')).toMatchObject({
    targets: [{ email: 'kim@fjord.example' }],
    details: { role: 'Owner', is_privileged: 'true' },
  });
});

test('a meeting is known, and no event', () => {
  const meeting = { event: 'meeting.started', payload: { account_id: 'a', object: { id: 'm', password: 'x' } } };
  expect(mapper.recognises(meeting)).toBe(true);
  expect(mapper.map(meeting)).toEqual([]);
});

test.each([
  { operation_detail: 'x' },
  { event: 'meeting.started' },
  { event: 'invoice.paid', payload: { object: {} } },
  { email: 'x', client_type: 'mac', type: 2 },
])('%j is of somebody else', (record) => {
  expect(mapper.recognises(record)).toBe(false);
});
