import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SUPPRESSION_KEYS } from '../../src/config/check-suppression.js';
import { resolveConfig } from '../../src/config/config.js';
import { warningsOfKafka } from '../../src/config/kafka.js';
import { deref, openSchema, type Schema } from '../../src/config/schema.js';
import { findSuppressions } from '../../src/config/suppressions.js';
import { OTHER_WAIT_MS, WAITS } from '../../src/core/detect/enforced.js';
import { ENDS } from '../../src/core/detect/suppress.js';
import { FINDING_TYPE } from '../../src/core/event/index.js';
import { DROP_REASONS, REJECT_REASONS } from '../../src/core/normalize/outcome.js';
import { ERRORS } from '../../src/errors.js';
import { METRICS } from '../../src/metrics.js';
import { DEAD_LETTER_REASONS } from '../../src/runtime/kafka/dead-letter-reasons.js';
import { expectSection, markdownTable } from './section.js';

const code = (word: string) => `\`${word}\``;

test('docs/errors.md lists the errors', () => {
  const rows = Object.entries(ERRORS).map(([name, { exit, retry, fix }]) => [code(name), String(exit), retry ? 'yes' : 'no', fix]);
  expectSection('docs/errors.md', 'errors', markdownTable(['code', 'exit', 'retry', 'what to do'], rows));
});

test('docs/outcomes.md lists the reasons', () => {
  const rows = (reasons: Readonly<Record<string, string>>) => Object.entries(reasons).map(([reason, when]) => [code(reason), when]);
  expectSection('docs/outcomes.md', 'dropped', markdownTable(['reason', 'when'], rows(DROP_REASONS)));
  expectSection('docs/outcomes.md', 'rejected', markdownTable(['reason', 'when'], rows(REJECT_REASONS)));
  const others = Object.fromEntries(Object.entries(DEAD_LETTER_REASONS).filter(([reason]) => !Object.hasOwn(REJECT_REASONS, reason)));
  expectSection('docs/outcomes.md', 'dead letters', markdownTable(['reason', 'when'], rows(others)));
});

test('docs/metrics.md lists the metrics', () => {
  const rows = Object.entries(METRICS).map(([name, { type, labels, help }]) => [code(name), type, labels.map(code).join(', '), help]);
  expectSection('docs/metrics.md', 'metrics', markdownTable(['metric', 'type', 'labels', 'meaning'], rows));
});

test('every metric that is written about exists', () => {
  for (const page of ['docs/metrics.md', 'docs/kafka.md', 'docs/run.md'])
    for (const [name] of readFileSync(page, 'utf8').matchAll(/\bsessionvigil_[a-z_]+\b/g))
      expect(Object.keys(METRICS)).toContain(name.replace(/_(bucket|sum|count)$/, ''));
});

describe('docs/configuration.md', () => {
  const { schema } = openSchema('config');

  test('lists the keys', () => {
    expectSection('docs/configuration.md', 'keys', markdownTable(['key', 'type', 'default', 'meaning'], keysOf(schema, [])));
  });

  test('lists the keys of an egress entry', () => {
    const entry = schema.properties!['lists']!.properties!['egress']!.items!.properties!;
    const rows = Object.entries(entry).map(([name, { description }]) => [code(name), description ?? '']);
    expectSection('docs/configuration.md', 'egress', markdownTable(['key', 'meaning'], rows));
  });

  test('lists the keys of an entry of single sign-on, and how late logs are taken to be', () => {
    const { properties, required } = schema.properties!['sign_on']!.items as Schema & { required: string[] };
    const rows = Object.entries(properties!).map(([name, { description = '' }]) => [
      code(name),
      required.includes(name) ? 'needed' : '',
      description,
    ]);
    expectSection('docs/configuration.md', 'sign-on', markdownTable(['key', 'default', 'meaning'], rows));
    const waits = [...Object.entries(WAITS), ['others', OTHER_WAIT_MS] as const];
    expect(properties!['wait']!.description).toContain(
      waits.map(([vendor, ms]) => `${ms % 3_600_000 === 0 ? `${ms / 3_600_000}h` : `${ms / 60_000}m`} for ${vendor}`).join(', '),
    );
  });

  test('lists the keys of a source of Kafka', () => {
    const { properties, required } = schema.properties!['kafka']!.properties!['sources']!.items as Schema & { required: string[] };
    const rows = Object.entries(properties!).map(([name, property]) => {
      const { default: value, description = '' } = deref(property, schema);
      return [code(name), required.includes(name) ? 'needed' : value === undefined ? '' : code(String(value)), description];
    });
    expectSection('docs/configuration.md', 'sources', markdownTable(['key', 'default', 'meaning'], rows));
  });

  test('gives an example that holds', () => {
    const text = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/configuration.md', 'utf8'))![1]!;
    expect(resolveConfig({ file: 'example.yml', text }, {}, openSchema('config')).config.tenant).toBe('acme');
  });

  function keysOf(node: Schema, path: string[]): string[][] {
    return Object.entries(node.properties ?? {}).flatMap(([name, property]) => {
      const key = deref(property, schema);
      if (key.properties !== undefined) return keysOf(key, [...path, name]);
      const value = key.default === undefined ? '' : code(typeof key.default === 'string' ? key.default : JSON.stringify(key.default));
      return [[code([...path, name].join('.')), typeOf(key), value, key.description ?? '']];
    });
  }

  function typeOf(key: Schema): string {
    if (key['x-kind'] === 'duration') return 'duration';
    if (key['x-kind'] === 'path') return key.default === undefined ? 'path' : 'path or word';
    if (key.enum !== undefined) return key.enum.join(', ');
    if (key.type === 'boolean') return 'true or false';
    if (key.type === 'integer') return `whole number, ${key.minimum} to ${key.maximum}`;
    return { array: 'list', object: 'mapping' }[key.type as string] ?? 'text';
  }
});

test('docs/kafka.md gives an example that holds', () => {
  const text = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/kafka.md', 'utf8'))![1]!;
  const { config } = resolveConfig({ file: 'sessionvigil.yml', text }, {}, openSchema('config'));
  expect(config.kafka?.sources).toHaveLength(4);
  expect(warningsOfKafka(config)).toEqual([]);
});

describe('docs/suppress.md', () => {
  const { items, $defs } = openSchema('suppressions').schema;
  const page = readFileSync('docs/suppress.md', 'utf8');

  test('lists the keys of an entry', () => {
    const { properties = {}, required = [] } = items as Schema & { required?: string[] };
    const rows = Object.entries(properties).map(([name, { description }]) => [
      code(name),
      required.includes(name) ? 'yes' : '',
      description ?? '',
    ]);
    expectSection('docs/suppress.md', 'suppression', markdownTable(['key', 'needed', 'meaning'], rows));
  });

  test('gives examples that hold', () => {
    const [files, entries] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!);
    expect(resolveConfig({ file: 'example.yml', text: files! }, {}, openSchema('config')).config.suppressions.files).toHaveLength(1);
    const folder = mkdtempSync(join(tmpdir(), 'sv-docs-'));
    try {
      writeFileSync(join(folder, 's.yml'), entries!);
      const found = findSuppressions([join(folder, 's.yml')], { isOfRule: false, clients: () => [], types: FINDING_TYPE });
      expect(found).toMatchObject({ problems: [], unreadable: [], entries: { length: 4 } });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('what it says of an entry holds in a rule as well', () => {
    const rule = openSchema('rule').schema.$defs!;
    const { rules: _, types: __, ...own } = items!.properties!;
    expect(rule['suppression']!.properties).toEqual(own);
    expect(rule['suppression']).toMatchObject({ additionalProperties: false, required: (items as { required?: string[] }).required });
    expect(rule['texts']).toEqual($defs!['texts']);
    expect(Object.keys(items!.properties!).sort()).toEqual([...SUPPRESSION_KEYS].sort());
  });

  test('its words are those of the vocabulary', () => {
    const vocabulary = JSON.parse(readFileSync('schemas/vocabulary.json', 'utf8'));
    const { max_level, ends, network_class } = items!.properties!;
    expect(max_level!.enum).toEqual(vocabulary.Level);
    expect(ends!.enum).toEqual(ENDS);
    expect(network_class!.items!.enum).toEqual(vocabulary.NetworkClass);
    for (const word of ENDS) expect(page).toContain(`| \`${word}\``);
  });
});

test('the words of the rule schema are those of the vocabulary', () => {
  const vocabulary = JSON.parse(readFileSync('schemas/vocabulary.json', 'utf8'));
  const { $defs } = openSchema('rule').schema;
  const step = $defs!['step']!.properties!;
  expect($defs!['level']!.enum).toEqual(vocabulary.Level);
  expect($defs!['action']!.enum).toEqual(vocabulary.Action);
  expect($defs!['place']!.properties!['as_class']!.enum).toEqual(vocabulary.NetworkClass);
  expect(step['activity']!.enum).toEqual(vocabulary.Activity);
  expect(step['status']!.enum).toEqual(vocabulary.EventStatus);
  expect(step['confidence']!.enum).toEqual(vocabulary.Confidence);
  expect(step['device_evidence']!.enum).toEqual(vocabulary.DeviceEvidence);
  expect(step['role']!.enum).toEqual(vocabulary.SubjectRole);
});

test('every error that is written about elsewhere exists', () => {
  for (const page of [
    'README.md',
    'docs/kafka.md',
    'docs/identities.md',
    'docs/suppress.md',
    'docs/rules.md',
    'docs/configuration.md',
    'docs/outcomes.md',
  ]) {
    for (const [name] of readFileSync(page, 'utf8').matchAll(/\bSV_[A-Z_]+\b/g)) expect(Object.keys(ERRORS)).toContain(name);
  }
});
