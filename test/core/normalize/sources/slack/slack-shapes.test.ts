import { slackEntry, slackShapeOf } from '../../../../../src/core/normalize/sources/slack/slack-shapes.js';

test('a row of a table is an entry again: underscores inside names stay', () => {
  const row = {
    action_s: 'app_scopes_expanded',
    date_create_d: 1772439330,
    id_g: 'x',
    actor_type_s: 'user',
    actor_user_id_s: 'U1',
    context_ip_address_s: '203.0.113.24',
    context_session_id_d: 7,
    context_location_id_s: 'T1',
    details_new_scopes_s: '["a"]',
    entity_type_s: 'app',
    entity_app_is_distributed_b: true,
    entity_app_name_s: '',
  };
  expect(slackShapeOf(row)).toBe('table');
  expect(slackEntry(row, 'table')).toEqual({
    action: 'app_scopes_expanded',
    date_create: 1772439330,
    id: 'x',
    actor: { type: 'user', user: { id: 'U1' } },
    context: { location: { id: 'T1' }, ip_address: '203.0.113.24', session_id: 7 },
    details: { new_scopes: '["a"]' },
    entity: { type: 'app', app: { is_distributed: true } },
  });
});

test('a column named __proto__ changes nothing', () => {
  const row = JSON.parse('{"action_s":"x","actor_user___proto___s":{"a":1},"details___proto___s":{"a":1},"entity___proto___a_s":1}');
  const entry = slackEntry(row, 'table') as Record<string, object>;
  for (const part of [entry, entry['actor'], entry['details'], entry['entity']]) expect((part as { a?: unknown }).a).toBeUndefined();
});

test.each([
  ['no context', { action: 'user_login', actor: { type: 'user', user: {} } }],
  ['an actor that is a name', { action: 'user_login', actor: 'ana', context: { ua: 'x' } }],
  ['another`s context', { action: 'update', actor: { type: 'user' }, context: { client: 'x' } }],
])('not of Slack: %s', (_name, record) => {
  expect(slackShapeOf(record)).toBeUndefined();
});
