import { githubEntry, githubShapeOf } from '../../../../../src/core/normalize/sources/github/github-shapes.js';

test('a row of a table is an entry again', () => {
  const row = {
    action_s: 'org.add_member',
    actor_s: 'ana-lind',
    org_s: 'fjord',
    actor_id_d: 7,
    actor_location_country_code_s: 'NO',
    data_team_s: 'x',
  };
  expect(githubShapeOf(row)).toBe('table');
  expect(githubEntry(row, 'table')).toEqual({
    action: 'org.add_member',
    actor: 'ana-lind',
    org: 'fjord',
    actor_id: 7,
    actor_location: { country_code: 'NO' },
    team: 'x',
  });
});

test.each([
  ['of Slack', { action_s: 'user_login', actor_user_id_s: 'U1' }],
  ['of one word', { action_s: 'update', actor_s: 'x', org_s: 'y' }],
  ['of nobody', { action_s: 'org.add_member', org_s: 'y' }],
])('no row %s', (_name, row) => {
  expect(githubShapeOf(row)).toBeUndefined();
});

test('a column named __proto__ changes nothing', () => {
  const entry = githubEntry(JSON.parse('{"__proto___s":"x","action_s":"org.create"}'), 'table');
  expect(Object.getPrototypeOf(entry)).toBe(Object.prototype);
});
