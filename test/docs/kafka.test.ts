import { resolveConfig } from '../../src/config/config.js';
import { formatDuration } from '../../src/config/duration.js';
import { openSchema } from '../../src/config/schema.js';
import { HEADERS } from '../../src/runtime/kafka/dead-letter.js';
import { OWN_TOPICS } from '../../src/runtime/kafka/names.js';
import { type Bounds, HOLDS, type Setting, showValue, wantedTopics } from '../../src/runtime/kafka/topics.js';
import { expectSection, markdownTable } from './section.js';

const code = (word: string) => `\`${word}\``;
const word = (what: string) => what.replaceAll('_', '-');

const text = 'kafka: {brokers: [a:1], replication_factor: 3, sources: [{topic: raw}]}';
const wanted = wantedTopics(resolveConfig({ file: 'c.yml', text }, {}, openSchema('config')).config.kafka!);

test('docs/kafka.md lists the topics', () => {
  const of = (settings: readonly Setting[], key: string) => settings.find((setting) => setting.key === key)?.value;
  const rows = wanted.map(({ what, settings }) => {
    const retention = of(settings, 'retention.ms');
    const kept = retention === undefined ? 'the last record of each key' : formatDuration(Number(retention));
    return [code(word(what)), HOLDS[what], kept];
  });
  expectSection('docs/kafka.md', 'topics', markdownTable(['what', 'holds', 'kept'], rows));
});

test('docs/kafka.md lists their settings, each with why', () => {
  const merged = new Map<string, { setting: Setting; topics: string[] }>();
  for (const { what, settings } of wanted)
    for (const setting of settings) {
      const name = JSON.stringify(setting);
      const row = merged.get(name) ?? { setting, topics: [] };
      row.topics.push(word(what));
      merged.set(name, row);
    }
  const sorted = [...merged.values()].sort((a, b) => (a.setting.key < b.setting.key ? -1 : a.setting.key > b.setting.key ? 1 : 0));
  const rows = sorted.map(({ setting: { key, value, why, bounds }, topics }) => [
    code(key),
    settingOf(key, value),
    topics.length === OWN_TOPICS.length ? 'all' : topics.join(', '),
    boundOf(key, bounds, 'warning'),
    boundOf(key, bounds, 'error'),
    why,
  ]);
  expectSection('docs/kafka.md', 'settings', markdownTable(['setting', '`create` makes', 'topics', 'warning', 'error', 'why'], rows));
});

/** `604800000` (7d) */
function settingOf(key: string, value: string): string {
  return showValue(key, value).replace(/^\S+/, code);
}

/** Of which values it is said. */
function boundOf(key: string, bounds: Bounds, severity: 'warning' | 'error'): string {
  if ('otherwise' in bounds) return bounds.otherwise === severity ? 'any other' : '';
  const [words, limits] = 'least' in bounds ? ['less', bounds.least] : ['more', bounds.most];
  const limit = limits[severity];
  return limit === undefined ? '' : `${words} than ${settingOf(key, String(limit))}`;
}

test('docs/kafka.md lists the headers of a dead letter', () => {
  const rows = Object.entries(HEADERS).map(([name, meaning]) => [code(name), meaning]);
  expectSection('docs/kafka.md', 'headers', markdownTable(['header', 'meaning'], rows));
});
