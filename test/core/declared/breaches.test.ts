import { breachesOf, doingOf } from '../../../src/core/declared/breaches.js';
import type { AgentDeclaration } from '../../../src/core/declared/declarations.js';
import { Declared } from '../../../src/core/declared/declared.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { act, anAgent } from './an-agent.js';

function told(declared: Partial<AgentDeclaration>, event: Partial<SessionEvent> = {}) {
  const agent = new Declared({ agents: [anAgent(declared)], partners: [] }).agentNamed('reporter', 'default')!;
  return breachesOf(agent, doingOf(act(event), true));
}
const kinds = (declared: Partial<AgentDeclaration>, event: Partial<SessionEvent> = {}) => told(declared, event).map(({ kind }) => kind);

test('what is not declared is not asked', () => {
  expect(kinds({}, { activity: 'role_grant', resource: { name: 'x' } })).toEqual([]);
});

test('where from', () => {
  expect(told({ egress: { asn: [8075] } })).toEqual([{ kind: 'egress', declared: 'AS8075', done: '178.62.10.20' }]);
  expect(kinds({ egress: { asn: [14061] } })).toEqual([]);
});

test.each([
  [{ activities: ['session_use' as const] }, 'session_use', 'x', []],
  [{ activities: ['session_use' as const] }, 'mail_access', 'x', ['tool']],
  [{ activities: ['session_use' as const] }, 'role_grant', 'x', ['power']],
  [{ activities: ['session_use' as const] }, 'inbox_rule', 'x', ['power']],
  [{ activities: ['session_use' as const] }, 'data_export', 'x', ['tool']],
  [{ actions: ['report.*'] }, 'other', 'Report.Build', []],
  [{ actions: ['report.*'] }, 'other', 'xreport.build', ['tool']],
  [{ actions: ['report.*'], activities: ['mail_send' as const] }, 'mail_send', 'x', []],
  [{ actions: ['report.*'] }, 'sign_in', 'x', []],
  [{ actions: ['report.*'] }, 'token_issue', 'x', []],
  [{ actions: ['report.*'] }, 'sign_out', 'x', []],
] as const)('%j: %s %s is %j', (declared, activity, action, expected) => {
  expect(kinds(declared, { activity, action })).toEqual(expected);
});

test('on what: one of its names is enough, and a record that names nothing is not asked', () => {
  const declared = { resources: ['graph', 'sharepoint*'] };
  expect(kinds(declared, { resource: { name: 'SharePoint Online' } })).toEqual([]);
  expect(kinds(declared, { resource: { name: 'A file' }, app: { uid: 'Graph' } })).toEqual([]);
  expect(told(declared, { resource: { uid: 'EX', name: 'Exchange' } })).toEqual([
    { kind: 'resource', declared: 'graph, sharepoint*', done: 'ex' },
  ]);
  expect(kinds(declared)).toEqual([]);
});

test('for whom', () => {
  expect(kinds({ acts_for: ['*@example.com'] })).toEqual([]);
  expect(told({ acts_for: [] })).toEqual([{ kind: 'person', declared: 'nobody', done: 'ana@example.com' }]);
  expect(kinds({ acts_for: ['*@elsewhere.example'] })).toEqual(['person']);
  const alone = { ...act().principal, on_behalf_of: undefined };
  expect(kinds({ acts_for: [] }, { principal: alone })).toEqual([]);
});

test('by its client it acts for the person whose rights it uses', () => {
  const agent = new Declared({ agents: [anAgent({ acts_for: ['bo@example.com'] })], partners: [] }).agentNamed('reporter', 'default')!;
  const event = act({ principal: { key: 'default/entra:1', type: 'human', email: 'bo@example.com' } });
  expect(breachesOf(agent, doingOf(event, false))).toEqual([]);
});

test('when', () => {
  const hours = [{ zone: 'UTC', days: [1], from: 0, to: 12 * 60, offsets: [] }];
  expect(told({ hours })).toEqual([{ kind: 'hours', declared: 'mon 00:00-12:00 UTC', done: 'mon 12:00 UTC' }]);
});

test('long names are told by their beginning', () => {
  expect(doingOf(act({ resource: { name: 'x'.repeat(500) } }), true).reached[0]).toHaveLength(200);
});
