import { createGitlabMapper, gitlabShapeOf } from '../../../../../src/core/normalize/sources/gitlab/gitlab.js';

test.each([
  ['audit', { author_id: 1, entity_type: 'User' }],
  ['audit', { detail: { custom_message: 'x' } }],
  ['request', { path: '/', controller: 'RootController', correlation_id: '1' }],
  ['request', { path: '/', 'meta.caller_id': 'RootController#index' }],
  ['request', { path: '/', route: '/api/:version/projects' }],
  ['request', { path: '/', message: 'Rack_Attack' }],
  ['request', { path: '/users/password', params: [{ key: 'user', value: {} }] }],
  [undefined, { author_id: 1 }],
  [undefined, { detail: { custom_message: {} } }],
  [undefined, { path: '/', params: { key: 'x' } }],
  [undefined, { controller: 'x', correlation_id: '1' }],
])('%s: %j', (shape, record) => {
  expect(gitlabShapeOf(record)).toBe(shape);
});

test('no record says which instance it is of: the configuration does, for all groups', () => {
  const mapper = createGitlabMapper('code.example');
  const of = (entity_path: string) => mapper.map({ author_id: 1, entity_type: 'Group', entity_path, with: 'standard' })[0]?.account;
  expect([of('fjord'), of('other')]).toEqual(['code.example', 'code.example']);
});

test('what makes no event is none', () => {
  expect(createGitlabMapper().map({ path: '/-/metrics', controller: 'MetricsController', correlation_id: '1' })).toEqual([]);
});
