import type { Command } from 'commander';
import { SessionvigilError } from '../errors.js';
import { type Created, createTopics, lookAtTopics } from '../runtime/kafka/prepare-topics.js';
import { toldError } from '../runtime/kafka/told-error.js';
import { refusalOf } from '../runtime/kafka/topic-problems.js';
import type { Context } from './context.js';
import { type CommonOptions, withConfig } from './options.js';
import { toText } from './topics-check.js';
import { withKafka } from './with-kafka.js';

/** `topics create`: makes the topics of our own that are missing. */
export function addTopicsCreate(topics: Command, context: Context): void {
  const { io, out } = context;
  withConfig(topics.command('create'))
    .summary('make the topics that are missing')
    .description(
      'Makes every topic of our own that is missing, with the settings that the service needs. Nothing that is there is changed, and raw topics are ' +
        'never made. What is wrong with those that were there is said as `topics check` does, with exit status 1.',
    )
    .addHelpText('after', '\nExample:\n  sessionvigil topics create --config sessionvigil.yml')
    .action((options: CommonOptions) =>
      withKafka(options, context, async ({ kafka, transport }) => {
        const admin = await transport.admin();
        const before = await lookAtTopics(admin, kafka);
        const missing = before.wanted.filter(({ topic }) => before.found.get(topic) === undefined);
        const brokers = await admin.brokers();
        if (missing.length > 0 && kafka.replication_factor > brokers) throw tooFewBrokers(kafka.replication_factor, brokers);
        const { made, failed } = await createTopics(admin, before);
        for (const { topic, partitions } of made) await out.write(`made ${topic} with ${partitions} partitions\n`);
        if (failed.length > 0) throw notMade(failed, kafka.brokers);
        if (made.length === 0) await out.write('every topic of our own was there\n');
        const { problems } = await lookAtTopics(admin, kafka);
        for (const problem of problems) if (problem.severity !== 'note') io.stderr.write(toText(problem));
        const own = new Set(before.wanted.map(({ topic }) => topic));
        // a raw topic may come later: what delivers into it makes it
        const refusal = refusalOf(problems.filter(({ topic }) => own.has(topic)));
        if (refusal !== undefined) throw refusal.asAnswer();
      }),
    );
}

function tooFewBrokers(copies: number, brokers: number): SessionvigilError {
  return new SessionvigilError(
    'SV_KAFKA_TOPIC_WRONG',
    `kafka.replication_factor is ${copies}, and the cluster has ${brokers === 1 ? 'one broker' : `${brokers} brokers`}: nothing was made`,
  );
}

/** All that could not be made, by the code of the first; of what is denied with the right that is missing. */
export function notMade(failed: Created['failed'], brokers: readonly string[]): SessionvigilError {
  const all = failed.map(({ topic, error }) => {
    const told = toldError(error, { brokers, act: `${topic} could not be made` });
    return told instanceof SessionvigilError
      ? told
      : new SessionvigilError('SV_KAFKA_TOPIC_WRONG', `${topic} could not be made: ${messageOf(error)}`, [], { cause: error });
  });
  const { code } = all[0]!;
  const right = all.some((one) => one.code === 'SV_KAFKA_DENIED') ? '; it takes the right Create on the topic or on the cluster' : '';
  return new SessionvigilError(code, `${all.map(({ message }) => message).join('; ')}${right}`, [], { cause: all[0] });
}

function messageOf(error: unknown): string {
  const { errors } = error as { errors?: readonly Error[] };
  return (errors?.[0] ?? (error as Error)).message;
}
