import { Declared, NOTHING_DECLARED } from '../../src/core/declared/declared.js';
import type { Finding } from '../../src/core/event/index.js';
import { createIdentityTable } from '../../src/core/identity/table.js';
import { renderFindings } from '../../src/output/findings.js';
import { createOwners } from '../../src/output/owners.js';
import { bareRule } from '../helpers/rules.js';
import { aFinding } from './a-finding.js';

const rule = { ...bareRule('session_reuse'), owners: ['identity-security', 'soc'] };
const identities = createIdentityTable([
  { person: 'ana@example.com', aliases: [], owner: 'Ana`s team' },
  { person: 'ci@example.com', aliases: [], owner: 'Build team', tenant: 'acme' },
]);
const agent = { name: 'reporter', owner: 'Data platform', ids: ['ana@example.com'], clients: ['client-1'] };
const partner = { name: 'msp', owner: 'Partner management', directories: [], domains: ['msp.example'], ids: [], egress: {} };

const join = createOwners([rule], identities, NOTHING_DECLARED);

test('the rule`s owners, and the team of the file of identities', () => {
  expect(join(aFinding())).toEqual({ ...aFinding(), owner: 'Ana`s team', rule_owners: ['identity-security', 'soc'] });
});

test('what frameworks call what the rule finds', () => {
  const tagged = createOwners([{ ...rule, tags: ['attack.t1539', 'owasp-nhi.nhi2:2025'] }], identities, NOTHING_DECLARED);
  expect(tagged(aFinding()).rule_tags).toEqual(['attack.t1539', 'owasp-nhi.nhi2:2025']);
});

test('of somebody whom nobody answers for only the rule`s', () => {
  const principal = { key: 'default/kim@example.com', type: 'human' as const };
  expect(join(aFinding({ principal }))).toMatchObject({ owner: undefined, rule_owners: ['identity-security', 'soc'] });
});

test('an owner of one tenant answers for no other', () => {
  const ofTenant = (tenant: string) => join(aFinding({ tenant, principal: { key: `${tenant}/ci@example.com`, type: 'service' } })).owner;
  expect([ofTenant('acme'), ofTenant('default')]).toEqual(['Build team', undefined]);
});

test('a declaration stands over the file', () => {
  const declared = createOwners([rule], identities, new Declared({ agents: [agent], partners: [partner] }));
  expect(declared(aFinding()).owner).toBe('Data platform');
  const kim = { key: 'default/kim@msp.example', type: 'human' as const, email: 'kim@msp.example' };
  expect(declared(aFinding({ principal: kim })).owner).toBe('Partner management');
});

test('an agent with a person`s rights is asked about where the agent`s team is', () => {
  const declared = createOwners([rule], identities, new Declared({ agents: [{ ...agent, ids: [] }], partners: [] }));
  const finding = aFinding();
  const [trigger] = finding.evidence;
  expect(declared(aFinding({ evidence: [{ ...trigger!, client_uid: 'client-1' }] })).owner).toBe('Data platform');
  expect(declared(finding).owner).toBe('Ana`s team');
});

test('a finding of a rule that is gone stays as it is when nobody answers', () => {
  const finding = aFinding({ principal: { key: 'default/x', type: 'unknown' } });
  expect(createOwners([], identities, NOTHING_DECLARED)(finding)).toBe(finding);
});

test('people read whom to ask: the team that answers, else those of the rule', () => {
  const text = (finding: Finding) => renderFindings([finding], [], { width: 120, hasColor: false });
  expect(text(join(aFinding()))).toContain('\n  ask     Ana`s team\n');
  expect(text(join(aFinding({ principal: { key: 'default/x', type: 'unknown' } })))).toContain('\n  ask     identity-security, soc\n');
  expect(text(aFinding())).not.toContain('  ask ');
});
