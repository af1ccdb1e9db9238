import { createOktaMapper } from '../../../../../src/core/normalize/sources/okta/okta.js';
import { endsOneSession } from '../../../../../src/core/normalize/sources/okta/okta-ends.js';
import { fixture } from '../../fixtures.js';

const mapper = createOktaMapper();
const base = fixture('okta', 'sign-in').input;
function map(changes: Record<string, unknown>) {
  return mapper.map({ ...base, ...changes })[0]!;
}

test('a clearing ends all sessions of a person, an end or an expiry one', () => {
  expect(['user.session.clear', 'user.session.end', 'user.session.expire'].map(endsOneSession)).toEqual([false, true, true]);
});

describe('the one session that an act ended', () => {
  const own = { rootSessionId: 'idxA', externalSessionId: '102' };
  const tom = { id: '00u2', type: 'User', alternateId: 'tom.okafor@fjord.example', displayName: 'Tom' };
  test.each([
    ['user.session.expire', own, null, 'idxA'],
    ['user.session.end', own, null, 'idxA'],
    ['user.session.expire', { externalSessionId: 'trs1' }, null, undefined],
    ['user.session.expire', own, [tom], undefined],
    ['user.session.expire', own, [tom, { id: '103', type: 'Session' }], '103'],
    ['user.session.clear', own, null, undefined],
    ['user.session.start', own, null, undefined],
  ])('%s in %j at %j: %s', (eventType, authenticationContext, target, session) => {
    expect(map({ eventType, authenticationContext, target }).details?.['session']).toBe(session);
  });

  test('an end of one session says so, whether or not it can be told which', () => {
    const scope = (eventType: string, target: unknown) => map({ eventType, authenticationContext: own, target }).details?.['scope'];
    expect(scope('user.session.expire', null)).toBe('session');
    expect(scope('user.session.expire', [tom])).toBe('session');
    expect(scope('user.session.clear', [tom])).toBeUndefined();
    expect(scope('user.session.end', null)).toBeUndefined();
  });
});
