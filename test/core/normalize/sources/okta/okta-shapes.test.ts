import { oktaEvent, oktaShapeOf } from '../../../../../src/core/normalize/sources/okta/okta-shapes.js';

const actor = { id: '1', alternateId: 'ana@fjord.example' };

test.each([
  ['native', { eventType: 'x', actor, client: {} }],
  ['native', { eventType: 'x', legacyEventType: null }],
  ['other_case', { eventtype: 'x', actor, outcome: {} }],
  ['other_case', { eventType: 'x', actor, debugcontext: {} }],
  ['table', { eventType_s: 'x', actor_id_s: '1' }],
  [undefined, { eventType: 'x' }],
  [undefined, { eventType: 'x', actor: 'ana' }],
  [undefined, { eventType: 'x', actor: { id: 1 }, sourceIP: '203.0.113.1' }],
  [undefined, { eventtype: 'x', user: 'ana' }],
  [undefined, { EventType: 3 }],
])('%s: %j', (shape, record) => {
  expect(oktaShapeOf(record)).toBe(shape);
});

test('a flat table becomes nested, by its underscores', () => {
  expect(
    oktaEvent({ client_userAgent_os_s: 'Windows', client_ipAddress_s: '203.0.113.1', published_t: 'p', TenantId: 'w' }, 'table'),
  ).toEqual({
    client: { userAgent: { os: 'Windows' }, ipAddress: '203.0.113.1' },
    published: 'p',
  });
});

test('a column cannot reach a prototype', () => {
  oktaEvent({ __proto___polluted_s: 'x', a___proto___b_s: 'y' }, 'table');
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
