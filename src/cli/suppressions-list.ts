import type { Command } from 'commander';
import { readSuppressions } from '../app.js';
import { stateOf, warningOf } from '../config/suppression-state.js';
import type { SuppressionEntry } from '../core/detect/suppress.js';
import { table } from '../output/table.js';
import { clean } from '../output/text.js';
import type { Context } from './context.js';
import { type CommonOptions, configOf, withConfig, withRules } from './options.js';

const DEFAULT_WIDTH = 120;
const COLUMNS = [
  { title: 'id', min: 24 },
  { title: 'owner', min: 12 },
  { title: 'state', min: 12 },
  { title: 'from', min: 10 },
  { title: 'expires', min: 10 },
  { title: 'up to', min: 13 },
  { title: 'hides', min: 20 },
];

/** `suppressions list`: what is hidden, by whom, and until when. */
export function addSuppressionsList(suppressions: Command, { io, out }: Context): void {
  withRules(withConfig(suppressions.command('list')))
    .summary('list what is hidden')
    .description(
      'Lists the suppressions of the configuration and of the rules in the order in which they are asked, with owner, expiry and state: ' +
        'active, expires soon (within 14 days), expired, or not yet.',
    )
    .option('--json', 'one JSON object per entry')
    .addHelpText('after', '\nExample:\n  sessionvigil suppressions list --config sessionvigil.yml')
    .action(async (options: CommonOptions & { json?: boolean }) => {
      const entries = readSuppressions(configOf(options, io));
      const now = io.now();
      for (const entry of entries) {
        const warning = stateOf(entry, now) === 'expired' ? warningOf(entry, now) : undefined;
        if (warning !== undefined) io.stderr.write(`warning: ${clean(warning)}\n`);
      }
      if (options.json === true) for (const entry of entries) await out.write(`${JSON.stringify(toJson(entry, now))}\n`);
      else if (entries.length === 0) await out.write('No suppressions.\n');
      else {
        const rows = entries.map((entry) => toRow(entry, now));
        await out.write(`${table(COLUMNS, rows, io.stdout.columns ?? DEFAULT_WIDTH).join('\n')}\n`);
      }
    });
}

function toRow(entry: SuppressionEntry, now: number): string[] {
  const { id, owner, from, expires, max_level } = entry;
  return [id, owner, stateOf(entry, now).replace('_', ' '), dayOf(from), dayOf(expires), max_level, meaningOf(entry)].map(clean);
}

function toJson({ from, expires, ...rest }: SuppressionEntry, now: number): object {
  const state = stateOf({ from, expires, ...rest }, now);
  return { ...rest, from: new Date(from).toISOString(), expires: new Date(expires).toISOString(), state };
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** All that an entry asks of a finding: `rules session-reuse; cidr 203.0.113.0/24 at both ends` */
function meaningOf({ tenant, rules, types, principal, app, ends, cidr, asn, network, network_class, countries }: SuppressionEntry): string {
  const words = (lists: Readonly<Record<string, readonly (string | number)[] | undefined>>) =>
    Object.entries(lists).flatMap(([key, list]) => (list === undefined ? [] : `${key.replace('_', ' ')} ${list.join(', ')}`));
  const places = words({ cidr, asn, network, network_class, countries });
  const where = places.length === 0 ? [] : [`${places.join(' and ')} at ${END_WORDS[ends]}`];
  return [...words({ tenant: tenant === undefined ? undefined : [tenant], rules, types, principal, app }), ...where].join('; ');
}

const END_WORDS: Readonly<Record<SuppressionEntry['ends'], string>> = { both: 'both ends', trigger: 'the trigger', one: 'one end' };
