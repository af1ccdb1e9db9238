import type { Command } from 'commander';
import { readRules } from '../app.js';
import { formatDuration } from '../config/duration.js';
import { invalidRules, type LoadedRule } from '../config/rules.js';
import { DETECTORS } from '../core/detect/index.js';
import { type ParameterSpecs, resolve } from '../core/detect/parameters.js';
import type { Rule } from '../core/detect/rule.js';
import { table } from '../output/table.js';
import { clean } from '../output/text.js';
import type { Context } from './context.js';

const DEFAULT_WIDTH = 120;
const COLUMNS = ['uid', 'type', 'detector', 'status', 'cap', 'stories', 'title'].map((title) => ({
  title,
  min: title === 'title' ? 20 : 40,
}));

/** `rules list`: the rules that there are. */
export function addRulesList(rules: Command, { io, out }: Context): void {
  rules
    .command('list')
    .summary('list the rules')
    .description('Lists rules: those that ship, or those in the files and folders that are named.')
    .argument('[path...]', 'rule files or folders; `shipped` for those that come along')
    .option('--json', 'one JSON object per rule, with every parameter that it can have and the value in force')
    .action(async (paths: string[], options: { json?: boolean }) => {
      const { rules: loaded, problems } = readRules(paths);
      if (problems.length > 0) throw invalidRules(problems);
      if (options.json === true) for (const rule of loaded) await out.write(`${JSON.stringify(toJson(rule))}\n`);
      else await out.write(`${table(COLUMNS, loaded.map(toRow), io.stdout.columns ?? DEFAULT_WIDTH).join('\n')}\n`);
    });
}

function toRow({ rule: { uid, type, detector, status, level_cap, tests, title } }: LoadedRule): string[] {
  return [uid, type, detector, status, level_cap, String(tests.stories.length), title].map(clean);
}

function toJson({ file, rule: { tests, ...rule } }: LoadedRule): object {
  const count = (outcome: string) => tests.stories.filter((story) => story.outcome === outcome).length;
  return {
    ...rule,
    parameters: inForce(rule),
    file,
    stories: { fires: count('fires'), quiet: count('quiet'), retracted: count('retracted'), suppressed: count('suppressed') },
  };
}

/** Every parameter of the rule's detector with the value that judges, written as it can stand in the configuration. */
function inForce({ detector, parameters }: Pick<Rule, 'detector' | 'parameters'>): Record<string, unknown> {
  const specs: ParameterSpecs = DETECTORS[detector]!.parameters;
  const values = Object.entries(resolve(specs, parameters));
  return Object.fromEntries(
    values.map(([name, value]) => [name, specs[name]!.kind === 'duration' ? formatDuration(value as number) : value]),
  );
}
