import { isTakenAway, keyIds, tokenNumber } from '../../../../../src/core/normalize/sources/github/github-keys.js';

test.each([
  ['personal_access_token.access_revoked', true],
  ['personal_access_token.credential_revoked', true],
  ['personal_access_token.destroy', true],
  ['oauth_access.destroy', true],
  ['oauth_access.revoke', true],
  ['org_credential_authorization.revoke', true],
  ['org_credential_authorization.deauthorize', true],
  ['public_key.delete', true],
  ['deploy_key.delete', true],
  ['personal_access_token.request_denied', false],
  ['personal_access_token.request_cancelled', false],
  ['personal_access_token.access_granted', false],
  ['org.revoke_sso_session', false],
  ['repo.destroy', false],
  ['hook.destroy', false],
])('%s takes a token or key away: %s', (action, is) => {
  expect(isTakenAway(action)).toBe(is);
});

const REVOKED = 'personal_access_token.access_revoked';
const TOKEN = { user_programmatic_access_id: 42, token_id: 42, hashed_token: 'abc=' };

test('a token has a number and a hash, and either may be all that its uses show', () => {
  expect(keyIds(TOKEN, REVOKED)).toBe('42 abc=');
  expect(keyIds({ token_id: 0, hashed_token: 'abc=' }, REVOKED)).toBe('abc=');
  expect(keyIds({ fingerprint: 'SHA256:x' }, 'public_key.delete')).toBe('SHA256:x');
  expect(keyIds({}, REVOKED)).toBeUndefined();
});

test('the token that was shown is not the one that it is about', () => {
  const shown = { ...TOKEN, token_id: 7, hashed_token: 'own=', programmatic_access_type: 'OAuth access token' };
  expect(keyIds(shown, REVOKED)).toBe('42');
  expect(keyIds({ token_id: 7, hashed_token: 'own=' }, 'deploy_key.delete')).toBeUndefined();
});

test('no number is 0', () => {
  expect(tokenNumber({ token_id: '0' })).toBeUndefined();
  expect(tokenNumber({ token_id: 5550001 })).toBe('5550001');
});
