import { loadReach } from '../../src/config/reach.js';
import type { ReachRow } from '../../src/core/respond/reach.js';
import { expectSection, markdownTable } from './section.js';

const reach = loadReach();

function lifetime(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  if (seconds < 7200) return `, at most ${Math.round(seconds / 60)} min`;
  return `, at most ${Math.round(seconds / 3600)} h`;
}

function rows(actions: Readonly<Record<string, ReachRow>>): string[][] {
  return Object.entries(actions).map(([action, row]) => [
    `\`${action}\``,
    row.scope_effective,
    `\`${row.api.method} ${row.api.path}\``,
    row.revokes.join('; ') || 'nothing by itself',
    row.residual_access.map(({ what, max_lifetime_s }) => what + lifetime(max_lifetime_s)).join('; ') || 'nothing known',
    row.confirm,
    row.requires.join('; '),
    `${row.source} (${row.confidence})`,
  ]);
}

const TITLES = ['action', 'reaches', 'call', 'takes away', 'stays alive', 'shown by', 'needs', 'source'];

test('docs/respond.md prints data/vendor-reach.json', () => {
  const vendors = Object.entries(reach.vendors).map(([name, vendor]) => {
    const of =
      vendor.identity_vendor === undefined ? '' : `Its sessions are those of \`${vendor.identity_vendor}\`, under the same account.\n\n`;
    return `### ${vendor.title} (\`${name}\`)\n\n${of}${markdownTable(TITLES, rows(vendor.actions))}`;
  });
  const everywhere = `### Everywhere else\n\nWhat needs no call of the vendor's own; tried last.\n\n${markdownTable(TITLES, rows(reach.everywhere))}`;
  expectSection('docs/respond.md', 'reach', [`Last looked through: ${reach.version}.`, ...vendors, everywhere].join('\n\n'));
});

test('docs/respond.md lists the acts that ask for follow-up', () => {
  const table = markdownTable(
    ['logs', 'actions', 'follow-up'],
    reach.acts.map((act) => [act.vendors.join(', '), act.actions.map((action) => `\`${action}\``).join(', '), act.follow_up]),
  );
  expectSection('docs/respond.md', 'acts', table);
});
