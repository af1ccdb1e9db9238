import type { Command } from 'commander';
import { createStoryteller, readRules } from '../app.js';
import { invalidRules, type LoadedRule } from '../config/rules.js';
import { SessionvigilError } from '../errors.js';
import { clean } from '../output/text.js';
import type { Context } from './context.js';

interface Told {
  uid: string;
  file: string;
  passed: number;
  failed: { story: string; message: string }[];
}

/** `rules test`: tells every story of every rule, and says where what comes is not what the story expects. */
export function addRulesTest(rules: Command, context: Context): void {
  const { out, signal } = context;
  rules
    .command('test')
    .summary('run the stories in rule files')
    .description('Runs the timed stories inside rule files. Exit status 1 when one does not come out as it says, or a rule has a mistake.')
    .argument('[path...]', 'rule files or folders; those that ship when absent')
    .option('--json', 'one JSON object per rule')
    .action(async (paths: string[], options: { json?: boolean }) => {
      const { rules: loaded, problems } = readRules(paths);
      if (problems.length > 0) throw invalidRules(problems, true);
      const tellStory = createStoryteller();
      const results: Told[] = [];
      for (const rule of loaded) {
        signal.throwIfAborted();
        const told = tell(rule, tellStory);
        results.push(told);
        await out.write(options.json === true ? `${JSON.stringify(told)}\n` : inWords(told));
      }
      const failed = results.flatMap(({ uid, file, failed: stories }) =>
        stories.map(({ story }) => ({ file, path: `rules.${uid}`, message: `story "${story}" failed` })),
      );
      if (options.json !== true)
        await out.write(`${results.reduce((n, { passed }) => n + passed, 0)} stories passed, ${failed.length} failed\n`);
      await out.flush();
      if (failed.length > 0)
        throw new SessionvigilError(
          'SV_RULE_STORY_FAILED',
          `${failed.length === 1 ? 'one story' : `${failed.length} stories`} failed`,
          failed,
        );
    });
}

function tell({ file, rule }: LoadedRule, tellStory: ReturnType<typeof createStoryteller>): Told {
  const told: Told = { uid: rule.uid, file, passed: 0, failed: [] };
  for (const story of rule.tests.stories) {
    const { passed, message } = tellStory(rule, story);
    if (passed) told.passed++;
    else told.failed.push({ story: story.name, message });
  }
  return told;
}

function inWords({ uid, passed, failed }: Told): string {
  const lines = [
    `${failed.length === 0 ? 'ok  ' : 'FAIL'} ${uid}: ${passed} passed${failed.length === 0 ? '' : `, ${failed.length} failed`}`,
  ];
  for (const { story, message } of failed)
    lines.push(`     ${clean(story)}`, ...message.split('\n').map((line) => `       ${clean(line)}`));
  return `${lines.join('\n')}\n`;
}
