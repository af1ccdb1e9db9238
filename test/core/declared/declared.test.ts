import type { PartnerDeclaration } from '../../../src/core/declared/declarations.js';
import { Declared, NOTHING_DECLARED } from '../../../src/core/declared/declared.js';
import type { Principal, SessionEvent } from '../../../src/core/event/index.js';
import { act, anAgent } from './an-agent.js';

const GUID = '46ad0f7f-6975-4dcf-a7e3-3fd112fc9bb8';
const nameOf = (declared: Declared, event: SessionEvent) => declared.agentOf(event)?.declaration.name;
const by = (principal: Partial<Principal>): SessionEvent => act({ principal: { key: 'default/x', type: 'agent', ...principal } });

describe('an agent', () => {
  const declared = new Declared({
    agents: [anAgent({ ids: ['reporter@example.com', `entra:${GUID}`, 'google_workspace:C01:77'], clients: ['client-1'] })],
    partners: [],
  });

  test('is told by its key, its address and its vendor’s id', () => {
    expect(nameOf(declared, by({ key: `default/entra:${GUID}` }))).toBe('reporter');
    expect(nameOf(declared, by({ email: 'reporter@example.com' }))).toBe('reporter');
    expect(nameOf(declared, by({ uid: GUID }))).toBe('reporter');
    const google = { source: { vendor: 'google_workspace', product: 'drive', account: 'C01' } };
    expect(nameOf(declared, { ...by({ uid: '77' }), ...google })).toBe('reporter');
    // the same id of somebody else’s directory
    expect(nameOf(declared, { ...by({ uid: '77' }), source: { ...google.source, account: 'C02' } })).toBeUndefined();
  });

  test('is not told by a name, a user agent or an app’s name', () => {
    const event = by({ name: 'reporter' });
    expect(nameOf(declared, { ...event, app: { name: 'client-1' }, client: { name: 'client-1' } })).toBeUndefined();
    expect(nameOf(declared, { ...event, user_agent: { original: 'reporter@example.com', kind: 'unknown' } })).toBeUndefined();
  });

  test('acts with the rights of a person by its OAuth client', () => {
    const event = { ...by({ key: 'default/ana@example.com', type: 'human' }), client: { uid: 'client-1' } };
    expect(declared.agentOf(event)).toMatchObject({ isItself: false, declaration: { name: 'reporter' } });
    expect(declared.agentOf(act({ client: { uid: 'client-1' } }))).toMatchObject({ isItself: true });
  });

  test('keeps out of the person’s habits only when it is said where it comes from', () => {
    const event = act({ client: { uid: 'client-1' } });
    expect(declared.isAgentsHand(event)).toBe(false);
    const placed = new Declared({ agents: [anAgent({ clients: ['client-1'], egress: { asn: [1] } })], partners: [] });
    expect([placed.isAgentsHand(event), placed.isAgentsHand(act({ client: { uid: 'client-2' } }))]).toEqual([true, false]);
  });
});

test('a declaration of a tenant holds there alone, and over one of all', () => {
  const agents = [anAgent({ name: 'all' }), anAgent({ name: 'acme', tenant: 'acme' })];
  const declared = new Declared({ agents, partners: [] });
  expect(nameOf(declared, act())).toBe('all');
  expect(nameOf(declared, act({ tenant: 'acme' }))).toBe('acme');
  const alone = new Declared({ agents: agents.slice(1), partners: [] });
  expect([nameOf(alone, act()), nameOf(alone, act({ tenant: 'acme' }))]).toEqual([undefined, 'acme']);
});

test('a partner is told by home directory, by domain and by id', () => {
  const partner: PartnerDeclaration = {
    name: 'msp',
    owner: 'x',
    directories: [GUID],
    domains: ['msp.example'],
    ids: ['aws:1:role/msp'],
    egress: {},
  };
  const declared = new Declared({ agents: [], partners: [partner] });
  const is = (event: SessionEvent) => declared.partnerOf(event)?.declaration.name === 'msp';
  expect(is({ ...by({}), details: { home_tenant: GUID.toUpperCase() } })).toBe(true);
  expect(is(by({ email: 'kim@msp.example' }))).toBe(true);
  expect(is(by({ key: 'default/aws:1:role/msp' }))).toBe(true);
  expect(is(by({ email: 'kim@not-msp.example' }))).toBe(false);
  expect(is(by({ email: 'msp.example@evil.example' }))).toBe(false);
});

test('whom a finding is about', () => {
  const partner: PartnerDeclaration = { name: 'msp', owner: 'x', directories: [], domains: ['msp.example'], ids: [], egress: {} };
  const declared = new Declared({ agents: [anAgent({ clients: ['client-1'] })], partners: [partner] });
  const of = (principal: Partial<Principal>, client?: string) =>
    declared.declarationOf('default', { key: 'default/x', type: 'human', ...principal }, client)?.name;
  expect([of({ email: 'reporter@example.com' }), of({}, 'client-1'), of({ email: 'kim@msp.example' }), of({})]).toEqual([
    'reporter',
    'reporter',
    'msp',
    undefined,
  ]);
});

test('where nothing is declared nobody is found', () => {
  expect([NOTHING_DECLARED.agentOf(act()), NOTHING_DECLARED.partnerOf(act()), NOTHING_DECLARED.isAgentsHand(act())]).toEqual([
    undefined,
    undefined,
    false,
  ]);
});
