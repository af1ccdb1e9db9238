import type { KafkaConfig } from '../../config/kafka.js';
import { namesOf } from './names.js';
import { isUnseen } from './told-error.js';
import { type Found, largestRaw, ofProgress, problemsOf, type TopicProblem, unseenProgress } from './topic-problems.js';
import { LETTER_MARGIN, newTopic, type WantedTopic, wantedTopics } from './topics.js';
import type { Admin } from './transport.js';

/** The topics of a configuration as they are. */
export interface Look {
  wanted: readonly WantedTopic[];
  found: Found;
  problems: readonly TopicProblem[];
}

/** Looks at every topic, our own and the sources'. */
export async function lookAtTopics(admin: Pick<Admin, 'describe'>, kafka: KafkaConfig): Promise<Look> {
  const sources = kafka.sources.map(({ topic }) => topic);
  const found = await admin.describe([...Object.values(namesOf(kafka).topics), ...sources]);
  const wanted = wantedTopics(kafka, largestRaw(kafka.sources, found));
  return { wanted, found, problems: problemsOf(wanted, kafka.sources, found) };
}

/** Looks whether the raw topics are still those that were read. Of one whose leaders are away nobody can say it. */
export async function lookAtProgress(
  admin: Pick<Admin, 'committed' | 'watermarks'>,
  kafka: KafkaConfig,
  found: Found,
): Promise<TopicProblem[]> {
  const group = namesOf(kafka).group('normalize');
  const problems: TopicProblem[] = [];
  for (const source of kafka.sources) {
    const { topic } = source;
    if (found.get(topic)?.partitions.every(({ leader }) => leader >= 0) !== true) continue;
    try {
      // in this order: what is written and read meanwhile is no reason to think so
      const committed = await admin.committed(group, topic);
      problems.push(...ofProgress(source, { committed, marks: await admin.watermarks(topic) }));
    } catch (error) {
      // who looks at topics need not have the rights of the service
      if (!isUnseen(error)) throw error;
      problems.push(unseenProgress(topic, group));
    }
  }
  return problems;
}

/** Most bytes of the value of a dead letter, as the topic of dead letters is now; undefined when it is not there or does not say. */
export function letterLimit({ wanted, found }: Pick<Look, 'wanted' | 'found'>): number | undefined {
  const { topic } = wanted.find(({ what }) => what === 'dead_letters')!;
  const room = Number(found.get(topic)?.settings['max.message.bytes'] ?? Number.NaN);
  return Number.isNaN(room) ? undefined : Math.max(0, room - LETTER_MARGIN);
}

export interface Created {
  made: readonly WantedTopic[];
  /** those that could not be made, and why */
  failed: readonly { topic: string; error: unknown }[];
}

/** Makes what is missing of our own and changes nothing that is there. */
export async function createTopics(admin: Pick<Admin, 'create'>, { wanted, found }: Look): Promise<Created> {
  const made: WantedTopic[] = [];
  const failed: { topic: string; error: unknown }[] = [];
  // one by one: what fails for one says nothing of the others
  for (const topic of wanted.filter((one) => found.get(one.topic) === undefined)) {
    try {
      await admin.create([newTopic(topic)]);
      made.push(topic);
    } catch (error) {
      failed.push({ topic: topic.topic, error });
    }
  }
  return { made, failed };
}
