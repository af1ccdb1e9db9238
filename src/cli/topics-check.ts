import type { Command } from 'commander';
import { table } from '../output/table.js';
import { clean } from '../output/text.js';
import { type Look, lookAtProgress, lookAtTopics } from '../runtime/kafka/prepare-topics.js';
import { copiesOf, refusalOf, type TopicProblem } from '../runtime/kafka/topic-problems.js';
import type { Context } from './context.js';
import { type CommonOptions, withConfig } from './options.js';
import { withKafka } from './with-kafka.js';

const DEFAULT_WIDTH = 120;
const COLUMNS = [
  { title: 'topic', min: 40 },
  { title: 'for', min: 17 },
  { title: 'partitions', min: 10 },
  { title: 'copies', min: 6 },
  { title: 'state', min: 20 },
];

/** `topics check`: whether the topics are as the service needs them. */
export function addTopicsCheck(topics: Command, context: Context): void {
  const { io, out } = context;
  withConfig(topics.command('check'))
    .summary('say what is wrong with the topics, and why it matters')
    .description(
      'Looks at every topic of our own and at the raw topics of the configuration: partitions, copies, compaction, retention, ' +
        'and whether the raw topics are still those that were read. Changes nothing. ' +
        'Exit status 1 when the service would not start on them; what is only risky is a warning.',
    )
    .option('--json', 'one JSON object per problem')
    .addHelpText('after', '\nExample:\n  sessionvigil topics check --config sessionvigil.yml')
    .action((options: CommonOptions & { json?: boolean }) =>
      withKafka(options, context, async ({ kafka, transport }) => {
        const admin = await transport.admin();
        const topics = await lookAtTopics(admin, kafka);
        const problems = [...topics.problems, ...(await lookAtProgress(admin, kafka, topics.found))];
        const look = { ...topics, problems };
        if (options.json === true) for (const problem of problems) await out.write(`${JSON.stringify(problem)}\n`);
        else {
          const rows = rowsOf(
            look,
            kafka.sources.map(({ topic }) => topic),
          );
          await out.write(`${table(COLUMNS, rows, io.stdout.columns ?? DEFAULT_WIDTH).join('\n')}\n`);
          if (problems.length > 0) await out.write(`\n${problems.map(toText).join('\n')}`);
        }
        const refusal = refusalOf(problems, { now: true });
        if (refusal !== undefined) throw refusal.asAnswer();
      }),
    );
}

function rowsOf({ wanted, found, problems }: Look, sources: readonly string[]): string[][] {
  const row = (topic: string, what: string): string[] => {
    const is = found.get(topic);
    const [partitions, copies] = is === undefined ? ['', ''] : [String(is.partitions.length), String(copiesOf(is))];
    return [clean(topic), what, partitions, copies, stateOf(problems.filter((problem) => problem.topic === topic))];
  };
  return [...wanted.map(({ topic, what }) => row(topic, what.replaceAll('_', ' '))), ...sources.map((topic) => row(topic, 'source'))];
}

/** `ok`, `missing`, or `1 error, 2 warnings` */
function stateOf(problems: readonly TopicProblem[]): string {
  if (problems.some(({ key }) => key === 'missing')) return 'missing';
  const counts = (['error', 'warning'] as const).flatMap((severity) => {
    const n = problems.filter((problem) => problem.severity === severity).length;
    return n === 0 ? [] : [n === 1 ? `1 ${severity}` : `${n} ${severity}s`];
  });
  return counts.length === 0 ? 'ok' : counts.join(', ');
}

/** Problems whose name says nothing more than what was found. */
const IN_WORDS: ReadonlySet<string> = new Set(['missing', 'recreated']);

/** A problem as a person reads it. */
export function toText({ topic, severity, key, found, why, right }: TopicProblem): string {
  return `${severity}: ${clean(topic)}: ${IN_WORDS.has(key) ? '' : `${key} is `}${clean(found)}\n  ${why}\n  expected ${right}\n`;
}
