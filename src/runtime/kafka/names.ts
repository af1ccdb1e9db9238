import type { KafkaConfig } from '../../config/kafka.js';

/** Topics of our own, by what is in them. */
export const OWN_TOPICS = [
  'events',
  'findings',
  'candidates',
  'revocations',
  'dead_letters',
  'identities',
  'detect_changelog',
  'respond_changelog',
] as const;
export type OwnTopic = (typeof OWN_TOPICS)[number];

export const STAGES = ['normalize', 'detect', 'respond'] as const;
export type Stage = (typeof STAGES)[number];

/** What a deployment calls its own in the cluster. Nothing here can be renamed within a generation: state and fencing hang on it. */
export interface Names {
  topics: Readonly<Record<OwnTopic, string>>;
  /** consumer group of a stage */
  group(stage: Stage): string;
  /** Transactional id of the one writer of a stage's partition; whoever asks for it fences who had it before. */
  transactional(stage: 'detect' | 'respond', partition: number): string;
  /** consumer group that remembers which dead letters were sent back */
  replay_group: string;
}

export type Naming = Pick<KafkaConfig, 'application_id' | 'generation' | 'topics'>;

export function namesOf({ application_id, generation, topics }: Naming): Names {
  const prefix = `${application_id}.${generation}`;
  const own = OWN_TOPICS.map((what) => [what, `${prefix}.${what.replaceAll('_', '-')}`] as const);
  return {
    topics: { ...(Object.fromEntries(own) as Record<OwnTopic, string>), ...topics },
    group: (stage) => `${prefix}.${stage}`,
    transactional: (stage, partition) => `${prefix}.${stage}.${partition}`,
    replay_group: `${prefix}.dead-letters-replay`,
  };
}
