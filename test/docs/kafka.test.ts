import { resolveConfig } from '../../src/config/config.js';
import { formatDuration } from '../../src/config/duration.js';
import { openSchema } from '../../src/config/schema.js';
import { HEADERS } from '../../src/runtime/kafka/dead-letter.js';
import { OWN_TOPICS } from '../../src/runtime/kafka/names.js';
import { HOLDS, type Setting, wantedTopics } from '../../src/runtime/kafka/topics.js';
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
      const name = [setting.key, setting.value, setting.why].join();
      const row = merged.get(name) ?? { setting, topics: [] };
      row.topics.push(word(what));
      merged.set(name, row);
    }
  const sorted = [...merged.values()].sort((a, b) => (a.setting.key < b.setting.key ? -1 : a.setting.key > b.setting.key ? 1 : 0));
  const rows = sorted.map(({ setting: { key, value, why, judge }, topics }) => [
    code(key),
    code(value) + (key.endsWith('.ms') ? ` (${formatDuration(Number(value))})` : ''),
    topics.length === OWN_TOPICS.length ? 'all' : topics.join(', '),
    worstOf(judge),
    why,
  ]);
  expectSection('docs/kafka.md', 'settings', markdownTable(['setting', 'value', 'topics', 'otherwise', 'why'], rows));
});

/** The worst that can be said of another value. */
function worstOf(judge: Setting['judge']): string {
  const said = ['0', '1', '-2', '1e300', 'delete', 'compact', 'true', 'CreateTime', '9223372036854775807'].map(judge);
  return (['error', 'warning', 'note'] as const).find((severity) => said.includes(severity)) ?? 'ok';
}

test('docs/kafka.md lists the headers of a dead letter', () => {
  const rows = Object.entries(HEADERS).map(([name, meaning]) => [code(name), meaning]);
  expectSection('docs/kafka.md', 'headers', markdownTable(['header', 'meaning'], rows));
});
