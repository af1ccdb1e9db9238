import { ACT_NAMES } from '../../src/core/detect/act-names.js';
import { ACTS, type Act, type ActName } from '../../src/core/detect/acts.js';
import { nameOfVendor } from '../../src/core/detect/vendor-names.js';
import { expectSection, markdownTable } from './section.js';

const VENDORS = { m365: 'Microsoft 365', entra: 'Entra', okta: 'Okta' } as const;

test('docs/acts.md prints every act', () => {
  const rows = Object.entries<Act>(ACTS).map(([name, { activity, points, doc, told_by, tags }]) => [
    `\`${name}\``,
    `\`${activity}\``,
    String(points),
    doc.replaceAll('`s', '’s'),
    told_by,
    tags.map((tag) => tag.replace('attack.t', 'T')).join(', '),
  ]);
  expectSection('docs/acts.md', 'acts', markdownTable(['act', 'activity', 'points', 'is', 'told by', 'ATT&CK'], rows));
});

test('docs/acts.md prints what the vendors call them', () => {
  const coded = (names: readonly string[]) => names.map((one) => `\`${one}\``).join(', ');
  const rows = Object.entries<Act>(ACTS).map(([name, { operations }]) => [
    `\`${name}\``,
    ...(Object.keys(VENDORS) as (keyof typeof VENDORS)[]).map((vendor) => coded(operations[vendor] ?? [])),
    Object.entries(ACT_NAMES[name as ActName] ?? {})
      .map(([vendor, names]) => `${nameOfVendor(vendor)}: ${coded(names)}`)
      .join('; '),
  ]);
  expectSection('docs/acts.md', 'operations', markdownTable(['act', ...Object.values(VENDORS), 'others'], rows));
});
