import { tellAccount } from '../../../src/core/normalize/accounts.js';
import type { Mapped } from '../../../src/core/normalize/mapped.js';

const mapped = (more: Partial<Mapped>): Mapped => ({ vendor: 'aws', action: 'CreateUser', activity: 'other', ...more }) as Mapped;

test('an account that is made is told alike at all vendors, whatever else is said of it', () => {
  const one = mapped({ details: { target: 'backup-agent' } });
  tellAccount(one);
  expect(one.details).toEqual({ target: 'backup-agent', kind: 'account', effect: 'created' });
  const other = mapped({ vendor: 'okta', action: 'user.lifecycle.create' });
  tellAccount(other);
  expect(other.details).toEqual({ kind: 'account', effect: 'created' });
});

test('a vendor may have several names for it', () => {
  for (const action of ['user_created', 'api_created_user', 'self_registration_approved']) {
    const one = mapped({ vendor: 'onelogin', action });
    tellAccount(one);
    expect(one.details).toEqual({ kind: 'account', effect: 'created' });
  }
});

test.each([
  ['another act', { action: 'DeleteUser' }],
  ['what another vendor calls so', { vendor: 'okta' }],
  ['a vendor whose log has no such act', { vendor: 'zoom' }],
  ['what has a better word', { activity: 'role_grant' as const }],
])('%s is none', (_what, more) => {
  const one = mapped(more);
  tellAccount(one);
  expect(one.details).toBeUndefined();
});
