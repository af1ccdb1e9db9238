import { formatDuration } from '../../config/duration.js';
import type { KafkaSource } from '../../config/kafka.js';
import { SessionvigilError } from '../../errors.js';
import { isRecreated } from './source-position.js';
import { judge, rightOf, type Severity, showValue, type WantedTopic } from './topics.js';
import type { Admin, TopicDescription, Watermarks } from './transport.js';

/** What is wrong with a topic. */
export interface TopicProblem {
  topic: string;
  severity: Severity;
  /** a setting of Kafka, or one of: missing, partitions, replicas, leader, in_sync, recreated, positions */
  key: string;
  /** what was found, in words */
  found: string;
  /** what goes wrong with it */
  why: string;
  /** what would be right, and where it is not plain how to get there */
  right: string;
}

/** Topics by name; undefined where there is none. */
export type Found = ReadonlyMap<string, TopicDescription | undefined>;

/** Brokers do not tell the two apart: whoever may not describe a topic is not to learn that it is there. */
const MISSING = 'there is no such topic, or this principal may not describe it';

/** A raw topic should outlive an outage over a weekend, ms. */
const RAW_RETENTION_MS = 3 * 86_400_000;

/** Every problem of our own topics and of the sources, the worst of each topic first. Pure: two descriptions in, words out. */
export function problemsOf(wanted: readonly WantedTopic[], sources: readonly KafkaSource[], found: Found): TopicProblem[] {
  const isCluster = new Set([...found.values()].flatMap((one) => one?.partitions.flatMap(({ replicas }) => replicas) ?? [])).size > 1;
  return [
    ...wanted.flatMap((topic) => ofOwn(topic, found.get(topic.topic), isCluster).sort(bySeverity)),
    ...sources.flatMap(({ topic }) => ofSource(topic, found.get(topic)).sort(bySeverity)),
  ];
}

/** The largest record that can come out of a raw topic, for `wantedTopics`; undefined when none of them is there. */
export function largestRaw(sources: readonly KafkaSource[], found: Found): number | undefined {
  const sizes = sources
    .flatMap(({ topic }) => Number(found.get(topic)?.settings['max.message.bytes'] ?? Number.NaN))
    .filter(Number.isFinite);
  return sizes.length === 0 ? undefined : Math.max(...sizes);
}

const ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

function bySeverity(a: TopicProblem, b: TopicProblem): number {
  return ORDER[a.severity] - ORDER[b.severity];
}

/** @param isCluster what is there lies on more than one broker */
function ofOwn(
  { topic, partitions, replication, settings }: WantedTopic,
  found: TopicDescription | undefined,
  isCluster: boolean,
): TopicProblem[] {
  if (found === undefined)
    return [
      {
        topic,
        severity: 'error',
        key: 'missing',
        found: MISSING,
        why: "it is never made by itself, since with the brokers' defaults it would not do",
        right: '`sessionvigil topics create` makes it; when it is there, the rights Describe and DescribeConfigs on it are missing',
      },
    ];
  const problems: TopicProblem[] = [];
  const count = found.partitions.length;
  if (count !== partitions)
    problems.push({
      topic,
      severity: 'error',
      key: 'partitions',
      found: String(count),
      why: 'the number is fixed per generation: a person belongs to the partition that their key gives with it, and would be looked for in another',
      right: `${partitions}, or kafka.partitions: ${count}; to change it, begin another kafka.generation, which reads the raw topics again`,
    });
  const replicas = copiesOf(found);
  if (replication > 0 && replicas < replication)
    problems.push({
      topic,
      severity: 'error',
      key: 'replicas',
      found: String(replicas),
      why: 'with fewer copies than were asked for, fewer broken disks lose what is in it',
      right: `${replication}, by reassigning its partitions, or kafka.replication_factor: ${replicas}`,
    });
  // whoever has set it to one wants it so; Kafka's own default is one
  if (replication <= 0 && replicas === 1 && isCluster)
    problems.push({
      topic,
      severity: 'warning',
      key: 'replicas',
      found: '1',
      why: 'the brokers make one copy where nobody asks for more: with one broker away nothing of it can be read or written, and with its disk it is lost',
      right:
        'three copies, by reassigning its partitions, and kafka.replication_factor: 3; or kafka.replication_factor: 1, if that is meant',
    });
  for (const setting of settings) {
    const { key, why } = setting;
    const is = found.settings[key];
    const severity = is === undefined ? undefined : judge(setting, is);
    if (is !== undefined && severity !== undefined)
      problems.push({ topic, severity, key, found: showValue(key, is), why, right: rightOf(setting) });
  }
  return [
    ...problems,
    ...ofCopies(
      topic,
      found,
      settings.some(({ key }) => key === 'min.insync.replicas'),
    ),
    ...ofLeaders(topic, found),
  ];
}

/** How copies and their least number go together. */
function ofCopies(topic: string, found: TopicDescription, isLeastWanted: boolean): TopicProblem[] {
  const replicas = copiesOf(found);
  const least = Number(found.settings['min.insync.replicas'] ?? 1);
  const problem = { topic, key: 'min.insync.replicas', found: `${least} of ${replicas}` };
  if (least > replicas)
    return [
      {
        ...problem,
        severity: 'error',
        why: 'so many copies can never have a record: nothing can be written',
        right: `${replicas} or less`,
      },
    ];
  if (least === replicas && replicas > 1)
    return [
      {
        ...problem,
        severity: 'warning',
        why: 'with one broker away nothing can be written',
        right: replicas === 2 ? 'three copies, 2 of them in sync' : String(replicas - 1),
      },
    ];
  if (least === 1 && replicas >= 3 && !isLeastWanted)
    return [{ ...problem, severity: 'warning', why: 'what counts as written may be on one disk only', right: '2' }];
  return [];
}

/** What holds only now, and is told as such. */
function ofLeaders(topic: string, { partitions, settings }: TopicDescription): TopicProblem[] {
  const least = Number(settings['min.insync.replicas'] ?? 1);
  const without = partitions.filter(({ leader }) => leader < 0);
  const few = partitions.filter(({ leader, in_sync }) => leader >= 0 && in_sync.length < least);
  const behind = partitions.filter(
    ({ leader, in_sync, replicas }) => leader >= 0 && in_sync.length >= least && in_sync.length < replicas.length,
  );
  const say = (severity: Severity, key: string, which: typeof partitions, words: string, why: string): TopicProblem[] =>
    which.length === 0
      ? []
      : [
          {
            topic,
            severity,
            key,
            found: `${words}: ${numbers(which.map(({ partition }) => partition))}`,
            why,
            right: 'brokers that run and keep up',
          },
        ];
  return [
    ...say(
      'error',
      'leader',
      without,
      'partitions without a leader',
      'nothing of them can be read or written until a broker that has them is back',
    ),
    ...say('error', 'in_sync', few, 'partitions with too few copies in sync', 'nothing can be written to them now'),
    ...say('warning', 'in_sync', behind, 'partitions with a copy behind', 'with one more broker away they may stand still'),
  ];
}

/** Raw topics belong to others: what is risky is said, and refused only where nothing could be read. */
function ofSource(topic: string, found: TopicDescription | undefined): TopicProblem[] {
  if (found === undefined)
    return [
      {
        topic,
        severity: 'error',
        key: 'missing',
        found: MISSING,
        why: 'nothing can be read from it',
        right:
          'what delivers into it makes it; or correct the name under kafka.sources; when it is there, the rights Describe and DescribeConfigs are missing',
      },
    ];
  const problems: TopicProblem[] = [];
  const say = (key: string, why: string, right: string, severity: Severity = 'warning') =>
    problems.push({ topic, severity, key, found: showValue(key, found.settings[key] ?? ''), why, right });
  const { settings } = found;
  const policy = settings['cleanup.policy'] ?? 'delete';
  if (policy.includes('compact'))
    say('cleanup.policy', 'of records with the same key all but the last are taken away: audit records get lost', 'delete');
  const retention = Number(settings['retention.ms'] ?? -1);
  if (policy.includes('delete') && retention >= 0 && retention < RAW_RETENTION_MS)
    say(
      'retention.ms',
      'records that are gone before they are read, as after an outage over a weekend, are lost',
      `${formatDuration(RAW_RETENTION_MS)} or more`,
    );
  if (policy.includes('delete') && Number(settings['retention.bytes'] ?? -1) >= 0)
    say(
      'retention.bytes',
      'on a busy day, which may be that of an attack, records are gone before their time',
      '-1, or room for the busiest days',
    );
  if (settings['unclean.leader.election.enable'] === 'true')
    say(
      'unclean.leader.election.enable',
      'records that were acknowledged can disappear, and others take their offsets: those would be taken for known',
      'false',
    );
  if (settings['message.timestamp.type'] === 'CreateTime')
    say(
      'message.timestamp.type',
      'when a record arrived is what its sender says: lag is measured wrong, and a wrong clock there moves the clock here',
      'LogAppendTime',
      'note',
    );
  return [...problems, ...ofLeaders(topic, found)];
}

/** How far a raw topic has been read, and how far it goes. */
export interface Progress {
  committed: Awaited<ReturnType<Admin['committed']>>;
  marks: readonly Watermarks[];
}

/** Whether the raw topic is still the one that was read; `run` looks as well when it takes a partition over. */
export function ofProgress({ topic, generation }: KafkaSource, { committed, marks }: Progress): TopicProblem[] {
  const known = new Map(committed.map((one) => [one.partition, one]));
  const short = marks.flatMap((mark) => {
    const position = known.get(mark.partition);
    return position !== undefined && isRecreated(position, mark, generation) ? [{ ...mark, offset: position.offset }] : [];
  });
  const [first] = short;
  if (first === undefined) return [];
  const which = numbers(short.map(({ partition }) => partition));
  return [
    {
      topic,
      severity: 'error',
      key: 'recreated',
      found: `it ends before what was read of it (partitions ${which}; ${first.partition} ends at ${first.high}, and was read up to ${first.offset})`,
      why: 'it was deleted and made anew, and counts its offsets from 0 again: what comes now would be taken for what was there before, and left out',
      right: `generation: ${generation + 1} for it under kafka.sources, so that it is read from its beginning and its records count as new`,
    },
  ];
}

/** What is told when nobody may see how far a raw topic has been read. */
export function unseenProgress(topic: string, group: string): TopicProblem {
  return {
    topic,
    severity: 'note',
    key: 'positions',
    found: 'not to be seen',
    why: 'a topic that was deleted and made anew under the same generation is not noticed here, and the service would not start on it',
    right: `the right to describe the group ${group}`,
  };
}

/** The fewest that a partition has. */
export function copiesOf({ partitions }: TopicDescription): number {
  return partitions.length === 0 ? 0 : Math.min(...partitions.map(({ replicas }) => replicas.length));
}

/** `0-3, 7` */
function numbers(all: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const n of all) {
    const last = runs.at(-1);
    if (last !== undefined && n === last[1] + 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}

/** What passes when a broker is back: the service waits for it. */
const PASSING: ReadonlySet<string> = new Set(['leader', 'in_sync']);

/**
 * Why the service does not start on these topics; undefined when it does.
 * @param now also what is only now so, and what the service would wait for
 */
export function refusalOf(problems: readonly TopicProblem[], { now = false } = {}): SessionvigilError | undefined {
  const errors = problems.filter(({ severity, key }) => severity === 'error' && (now || !PASSING.has(key)));
  if (errors.length === 0) return undefined;
  const isMissing = ({ key }: TopicProblem) => key === 'missing';
  const code = errors.some(isMissing)
    ? 'SV_KAFKA_TOPIC_MISSING'
    : errors.every(({ key }) => key === 'recreated')
      ? 'SV_KAFKA_SOURCE_RECREATED'
      : 'SV_KAFKA_TOPIC_WRONG';
  const missing = countOf(errors.filter(isMissing));
  const wrong = countOf(errors.filter((error) => !isMissing(error)));
  const words = [
    missing > 0 && (missing === 1 ? 'one topic is missing' : `${missing} topics are missing`),
    wrong > 0 && (wrong === 1 ? 'one topic is not as the service needs it' : `${wrong} topics are not as the service needs them`),
  ].filter((part) => part !== false);
  return new SessionvigilError(
    code,
    words.join(', and '),
    errors.map(({ topic, key, found, why, right }) => ({ file: topic, path: key, message: `${found}; ${why}; expected ${right}` })),
  );
}

/** Topics, however much is wrong with each. */
function countOf(problems: readonly TopicProblem[]): number {
  return new Set(problems.map(({ topic }) => topic)).size;
}
