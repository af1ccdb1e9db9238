import { formatDuration } from '../../src/config/duration.js';
import { ADDRESS_DATA, FACTORS, type FactorSpec } from '../../src/core/detect/factors.js';
import { DETECTORS } from '../../src/core/detect/index.js';
import { LEVEL_FROM } from '../../src/core/detect/levels.js';
import type { ParameterSpec } from '../../src/core/detect/parameters.js';
import { VERDICTS } from '../../src/core/detect/vendor-verdicts.js';
import { expectSection, markdownTable } from './section.js';

test('docs/detection.md prints the levels', () => {
  const rows = Object.entries(LEVEL_FROM).map(([level, from]) => [level, `from ${from}`]);
  expectSection('docs/detection.md', 'levels', markdownTable(['level', 'score'], [['informational', 'below'], ...rows]));
});

test('docs/detection.md prints every factor with its points', () => {
  const rows = Object.entries(FACTORS).map(([name, { dimension, points, doc }]) => [`\`${name}\``, dimension, String(points), doc]);
  expectSection('docs/detection.md', 'factors', markdownTable(['factor', 'dimension', 'points', 'when'], rows));
});

test('docs/networks.md says what is not found without data on addresses', () => {
  const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  const rows = ADDRESS_DATA.map((data) => {
    const factors = Object.entries<FactorSpec>(FACTORS).filter(([, { needs = [] }]) => needs.includes(data));
    const detectors = Object.values(DETECTORS).filter(({ needs = [] }) => needs.includes(data));
    const key = data === 'geo' ? 'geo.database' : 'geo.networks_database';
    return [code([key]), code(factors.map(([name]) => name)), code(detectors.map(({ name }) => name))];
  });
  expectSection('docs/networks.md', 'without data', markdownTable(['without', 'factors', 'detectors that find nothing'], rows));
});

test("docs/detection.md prints what the vendors' words are worth", () => {
  const rows = VERDICTS.map(({ vendors, field, words, verdict, source }) => [
    vendors,
    `\`${field}\``,
    words.map((word) => `\`${word}\``).join(', '),
    verdict,
    source,
  ]);
  expectSection('docs/detection.md', 'verdicts', markdownTable(['vendor', 'field', 'words', 'worth', 'where they come from'], rows));
});

test('docs/detection.md prints every detector with its own parameters', () => {
  const sections = Object.values(DETECTORS).map(({ name, doc, parameters }) => {
    const own = Object.entries(parameters).filter(([parameter]) => !parameter.startsWith('points_'));
    const rows = own.map(([parameter, spec]) => [`\`${parameter}\``, valueText(spec), spec.doc]);
    const factors = Object.keys(parameters)
      .filter((parameter) => parameter.startsWith('points_'))
      .map((parameter) => `\`${parameter.slice('points_'.length)}\``);
    return `### ${name}\n\nLooks at ${doc}.\n\n${markdownTable(['parameter', 'default', 'meaning'], rows)}\n\nFactors: ${factors.join(', ')}.`;
  });
  expectSection('docs/detection.md', 'detectors', sections.join('\n\n'));
});

function valueText({ kind, default: value }: ParameterSpec): string {
  if (value === undefined) return '';
  if (kind === 'duration') return formatDuration(value as number);
  return Array.isArray(value) ? value.map((one) => `\`${one}\``).join(', ') : String(value);
}
