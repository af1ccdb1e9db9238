import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStoryteller, readRules } from '../../src/app.js';
import { parseYaml } from '../../src/config/yaml-file.js';
import { compileConditions, OPERATORS } from '../../src/core/detect/conditions.js';
import { expectSection, markdownTable } from './section.js';

interface Property {
  $ref?: string;
  description?: string;
  type?: string | string[];
  enum?: string[];
  'x-expected'?: string;
}
const schema = JSON.parse(readFileSync('schemas/rule.schema.json', 'utf8'));

/** A step's short words for fields of the event. */
const OF_THE_EVENT: Record<string, string> = {
  activity: 'activity',
  status: 'status',
  status_detail: 'status_detail',
  app_name: 'app.name',
  resource: 'resource.name',
  action: 'action',
  root: 'session.root_uid',
  confidence: 'session.confidence',
  token: 'token.uid',
  token_issued: 'token.issued_time',
  token_expires: 'token.expires_time',
  is_bound: 'token.is_bound',
  is_cae: 'token.is_cae',
  device: 'device.uid',
  device_evidence: 'device.evidence',
  device_os: 'device.os',
  is_managed: 'device.is_managed',
  is_compliant: 'device.is_compliant',
  cookie: 'device.cookie_uid',
  ja4: 'tls.ja4',
  principal: 'principal.email',
  type: 'principal.type',
  tags: 'principal.tags',
  role: 'subject_role',
  is_presence: 'is_presence',
  details: 'details',
  source: 'source',
  auth: 'auth',
};
const LISTS: Record<string, string> = { stories: 'the stories', steps: 'its events' };

function rows(properties: Record<string, Property>, required: readonly string[]): string[][] {
  return Object.entries(properties).map(([name, property]) => [
    `\`${name}\``,
    required.includes(name) ? 'yes' : '',
    meaningOf(name, property),
  ]);
}

function meaningOf(name: string, property: Property): string {
  const target = property.$ref === undefined ? undefined : schema.$defs[property.$ref.replace('#/$defs/', '')];
  const field = OF_THE_EVENT[name];
  const words = property.enum !== undefined && property.enum.length <= 4 ? `one of ${property.enum.join(', ')}` : undefined;
  const meaning =
    property.description ?? target?.description ?? LISTS[name] ?? (field === undefined ? undefined : `the event's \`${field}\``);
  return [meaning, words].filter((text) => text !== undefined).join('; ');
}

test('docs/rules.md prints every key of a rule, a story and a step', () => {
  expectSection('docs/rules.md', 'rule', markdownTable(['key', 'needed', 'meaning'], rows(schema.properties, schema.required)));
  expectSection(
    'docs/rules.md',
    'tests',
    markdownTable(['key', 'needed', 'meaning'], rows(schema.properties.tests.properties, schema.properties.tests.required)),
  );
  expectSection(
    'docs/rules.md',
    'story',
    markdownTable(['key', 'needed', 'meaning'], rows(schema.$defs.story.properties, schema.$defs.story.required)),
  );
  expectSection('docs/rules.md', 'step', markdownTable(['key', 'needed', 'meaning'], rows(schema.$defs.step.properties, ['at'])));
});

test('docs/rules.md lists the rules that ship', () => {
  const shipped = readRules([]).rules.map(({ rule }) => rule);
  const table = shipped.map((rule) => [
    `\`${rule.uid}\``,
    rule.title,
    rule.status,
    Object.entries(rule.response)
      .map(([level, action]) => `${level}: \`${action}\``)
      .join(', '),
    String(rule.tests.stories.length),
  ]);
  expectSection('docs/rules.md', 'shipped', markdownTable(['rule', 'finds', 'status', 'proposes', 'stories'], table));
});

test('docs/rules.md prints what may be asked of a field', () => {
  const table = Object.entries(OPERATORS).map(([operator, meaning]) => [`\`${operator}\``, meaning]);
  expectSection('docs/rules.md', 'questions', markdownTable(['question', 'true when'], table));
});

const examples = [...readFileSync('docs/rules.md', 'utf8').matchAll(/```yaml\n(uid: (\S+)[\s\S]*?)```/g)].map(
  ([, text, uid]) => [uid!, text!] as const,
);

test.each(examples)('the example %s in docs/rules.md is a rule that keeps its word', (uid, example) => {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  try {
    const file = join(folder, `${uid}.yml`);
    writeFileSync(file, example);
    const { rules, problems } = readRules([file]);
    expect(problems).toEqual([]);
    const { rule } = rules[0]!;
    const tell = createStoryteller();
    for (const story of rule.tests.stories)
      expect({ story: story.name, said: tell(rule, story).message }).toEqual({ story: story.name, said: '' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the conditions in docs/rules.md can be asked', () => {
  const [, text] = /```yaml\n(where:[\s\S]*?)```/.exec(readFileSync('docs/rules.md', 'utf8'))!;
  expect(compileConditions(parseYaml(text!, 'rules.md').value!['where' as never]).problems).toEqual([]);
});
