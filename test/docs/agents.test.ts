import { readFileSync } from 'node:fs';
import { resolveConfig } from '../../src/config/config.js';
import { mistakesInDeclarations, toDeclarations } from '../../src/config/declarations.js';
import { openSchema, type Schema } from '../../src/config/schema.js';
import { parseYaml } from '../../src/config/yaml-file.js';
import { Declared } from '../../src/core/declared/declared.js';
import { FACTORS } from '../../src/core/detect/factors.js';
import { createDetect } from '../../src/core/detect/index.js';
import { levelOf } from '../../src/core/detect/levels.js';
import { act, endpoint } from '../core/declared/an-agent.js';
import { bareRule } from '../helpers/rules.js';
import { expectSection, markdownTable } from './section.js';

const PAGE = 'docs/agents.md';
const page = readFileSync(PAGE, 'utf8');
const { $defs = {} } = openSchema('declarations').schema;

test.each(['agent', 'egress', 'hours', 'partner'])('docs/agents.md prints the keys of %s', (name) => {
  const { properties = {}, required = [] } = $defs[name] as Schema & { required?: string[] };
  const rows = Object.entries(properties).map(([key, { description }]) => [
    `\`${key}\``,
    required.includes(key) ? 'yes' : '',
    description ?? '',
  ]);
  expectSection(PAGE, name, markdownTable(['key', 'needed', 'meaning'], rows));
});

const [config, declarations] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!);

test('docs/agents.md gives a configuration that holds', () => {
  const { config: read } = resolveConfig({ file: '/x/c.yml', text: config! }, {}, openSchema('config'));
  expect(read.declarations.file).toBe('/x/declarations.yml');
});

describe('the declarations of docs/agents.md', () => {
  const yaml = parseYaml(declarations!, 'declarations.yml');
  const declared = new Declared(toDeclarations(yaml.value));
  const RULES = [bareRule('agent_overreach', { report_from: 20 })];
  /** At noon of a Monday in Oslo, within all that is declared. */
  const asDeclared = {
    ...act({ src_endpoint: endpoint({ ip: '203.0.113.9', asn: 64500 }), resource: { name: 'Graph' } }),
    principal: { key: 'default/reporting-agent@example.com', type: 'agent' as const, on_behalf_of: 'default/ana@example.com' },
  };
  const judge = (more: Partial<typeof asDeclared> & Record<string, unknown>) =>
    createDetect(RULES, { config_digest: 'test', declared }).accept({ ...asDeclared, ...more })[0];

  test('hold no mistake, and allow what they say', () => {
    expect(mistakesInDeclarations(yaml.value, yaml)).toEqual([]);
    expect(judge({})).toBeUndefined();
  });

  const night = asDeclared.time + 12 * 3_600_000;
  const rented = endpoint({});
  test.each([
    ['undeclared_egress', { src_endpoint: rented }],
    ['undeclared_tool', { activity: 'mail_access' }],
    ['undeclared_power', { activity: 'role_grant' }],
    ['undeclared_resource', { resource: { name: 'Exchange' } }],
    ['undeclared_person', { principal: { ...asDeclared.principal, on_behalf_of: 'default/guest@elsewhere.example' } }],
    ['undeclared_hours', { time: night, arrival_time: night }],
  ] as const)('%s is worth what the table says', (name, more) => {
    const { points } = FACTORS[name];
    const finding = judge(more);
    expect(finding).toMatchObject({ score: points, factors: [{ name }] });
    expect(page).toMatch(new RegExp(`\\| \`${name}\`: [^|]+ \\| ${points} \\| ${finding!.level}`));
    expect(finding!.level).toBe(levelOf(points, 'critical'));
  });

  test('two things are more', () => {
    expect(judge({ src_endpoint: rented, time: night, arrival_time: night })?.level).toBe('high');
    expect(judge({ src_endpoint: rented, activity: 'mail_access' })?.level).toBe('critical');
  });
});
