import type { Command } from 'commander';
import { readRules } from '../app.js';
import { invalidRules } from '../config/rules.js';
import type { Context } from './context.js';

/** `rules lint`: every mistake in the rules, or none. */
export function addRulesLint(rules: Command, { out }: Context): void {
  rules
    .command('lint')
    .summary('check rule files')
    .description(
      'Checks rule files and says every mistake with file, line, column and what would be right. Exit status 1 when there is any.',
    )
    .argument('[path...]', 'rule files or folders; those that ship when absent')
    .action(async (paths: string[]) => {
      const { rules: loaded, problems } = readRules(paths);
      if (problems.length > 0) throw invalidRules(problems, true);
      await out.write(`${loaded.length === 1 ? 'one rule' : `${loaded.length} rules`}, no mistakes\n`);
    });
}
