import { resolveConfig } from '../../../src/config/config.js';
import { openSchema } from '../../../src/config/schema.js';
import { largestRaw, ofProgress, problemsOf, refusalOf, type TopicProblem } from '../../../src/runtime/kafka/topic-problems.js';
import { judge, newTopic, rightOf, type Setting, showValue, wantedTopics } from '../../../src/runtime/kafka/topics.js';
import type { TopicDescription } from '../../../src/runtime/kafka/transport.js';

const checker = openSchema('config');
const kafkaOf = (more = '') =>
  resolveConfig({ file: 'c.yml', text: `kafka:\n  brokers: [a:1]\n  partitions: 2\n  sources: [{topic: raw}]\n${more}` }, {}, checker)
    .config.kafka!;

const KAFKA = kafkaOf('  replication_factor: 3\n');
const WANTED = wantedTopics(KAFKA);

function describe_(partitions: number, copies: number, settings: Record<string, string>): TopicDescription {
  const replicas = Array.from({ length: copies }, (_, i) => i + 1);
  return {
    partitions: Array.from({ length: partitions }, (_, partition) => ({ partition, leader: 1, replicas, in_sync: [...replicas] })),
    settings,
  };
}

const RAW = {
  'cleanup.policy': 'delete',
  'retention.ms': '604800000',
  'message.timestamp.type': 'LogAppendTime',
  'max.message.bytes': '1048588',
};

/** Every topic as `create` makes it. */
function asMade(kafka = KAFKA, copies = 3): Map<string, TopicDescription | undefined> {
  const own = wantedTopics(kafka).map((wanted): [string, TopicDescription] => {
    const { topic, partitions, settings } = newTopic(wanted);
    return [topic, describe_(partitions, copies, settings)];
  });
  return new Map([...own, ['raw', describe_(4, copies, RAW)]]);
}

/** The problems when one topic is otherwise, as `severity topic key`. */
function when(topic: string, change: (is: TopicDescription) => void, kafka = KAFKA): string[] {
  const found = asMade(kafka);
  const is = found.get(topic)!;
  const copy = structuredClone(is);
  change(copy);
  found.set(topic, copy);
  return problemsOf(wantedTopics(kafka), kafka.sources, found).map((p) => `${p.severity} ${p.topic} ${p.key}`);
}

test('what create makes is right', () => {
  expect(problemsOf(WANTED, KAFKA.sources, asMade())).toEqual([]);
  expect(refusalOf([])).toBeUndefined();
});

test('one copy of what nobody asked more of, on a cluster of several brokers', () => {
  const asTheyAre = kafkaOf();
  const told = (kafka: typeof KAFKA, places: number) => {
    const found = asMade(kafka, 1);
    // each topic on a broker of its own, as far as there are so many
    for (const [n, one] of [...found.values()].entries()) {
      for (const partition of one!.partitions) Object.assign(partition, { replicas: [1 + (n % places)] });
    }
    const about = problemsOf(wantedTopics(kafka), [], found).filter(({ key }) => key === 'replicas');
    return about.map(({ severity }) => severity);
  };
  expect(told(asTheyAre, 3)).toEqual(WANTED.map(() => 'warning'));
  expect(told(asTheyAre, 1)).toEqual([]);
  expect(told(kafkaOf('  replication_factor: 1\n'), 3)).toEqual([]);
});

test('every topic of our own is there, each with a reason for every setting', () => {
  expect(WANTED.map(({ topic }) => topic.replace('sessionvigil.1.', ''))).toEqual([
    'events',
    'findings',
    'candidates',
    'revocations',
    'dead-letters',
    'identities',
    'detect-changelog',
    'respond-changelog',
  ]);
  for (const { settings, partitions } of WANTED) {
    expect(partitions).toBe(2);
    expect(new Set(settings.map(({ key }) => key)).size).toBe(settings.length);
    for (const setting of settings) {
      expect(setting.why.length).toBeGreaterThan(30);
      expect(judge(setting, setting.value)).toBeUndefined();
    }
  }
  expect(newTopic(WANTED.find(({ what }) => what === 'detect_changelog')!)).toEqual({
    topic: 'sessionvigil.1.detect-changelog',
    partitions: 2,
    replication: 3,
    settings: {
      'cleanup.policy': 'compact',
      'segment.bytes': '67108864',
      'max.compaction.lag.ms': '600000',
      'min.cleanable.dirty.ratio': '0.2',
      'delete.retention.ms': '86400000',
      'max.message.bytes': '2097152',
      'message.timestamp.type': 'LogAppendTime',
      'unclean.leader.election.enable': 'false',
      'min.insync.replicas': '2',
    },
  });
});

const set = (key: string, value: string) => (is: TopicDescription) => Object.assign(is.settings, { [key]: value });

test.each<[string, string, (is: TopicDescription) => void, string[]]>([
  ['too few partitions', 'events', (is) => is.partitions.pop(), ['error events partitions']],
  [
    'too many partitions',
    'identities',
    (is) => is.partitions.push({ ...is.partitions[0]!, partition: 2 }),
    ['error identities partitions'],
  ],
  ['a changelog that is deleted', 'detect-changelog', set('cleanup.policy', 'delete'), ['error detect-changelog cleanup.policy']],
  [
    'a changelog that is deleted as well',
    'detect-changelog',
    set('cleanup.policy', 'compact,delete'),
    ['error detect-changelog cleanup.policy'],
  ],
  ['events that are compacted', 'events', set('cleanup.policy', 'compact'), ['error events cleanup.policy']],
  ['events kept shorter than a restart reads again', 'events', set('retention.ms', '3500000'), ['error events retention.ms']],
  ['events kept for a day', 'events', set('retention.ms', '86400000'), ['warning events retention.ms']],
  ['events kept for ever', 'events', set('retention.ms', '-1'), []],
  ['events bounded by size', 'events', set('retention.bytes', '1000000'), ['warning events retention.bytes']],
  ['times of writers', 'events', set('message.timestamp.type', 'CreateTime'), ['warning events message.timestamp.type']],
  ['large segments', 'respond-changelog', set('segment.bytes', '1073741824'), ['warning respond-changelog segment.bytes']],
  [
    'late compaction',
    'detect-changelog',
    set('max.compaction.lag.ms', '9223372036854775807'),
    ['warning detect-changelog max.compaction.lag.ms'],
  ],
  ['tombstones that go at once', 'detect-changelog', set('delete.retention.ms', '100'), ['warning detect-changelog delete.retention.ms']],
  ['a lazy cleaner', 'detect-changelog', set('min.cleanable.dirty.ratio', '0.9'), ['warning detect-changelog min.cleanable.dirty.ratio']],
  ['no room for a batch', 'findings', set('max.message.bytes', '100000'), ['error findings max.message.bytes']],
  ['no room for what is put aside', 'dead-letters', set('max.message.bytes', '1048600'), ['warning dead-letters max.message.bytes']],
  [
    'a leader that may have missed records',
    'revocations',
    set('unclean.leader.election.enable', 'true'),
    ['error revocations unclean.leader.election.enable'],
  ],
  ['one copy is enough', 'candidates', set('min.insync.replicas', '1'), ['error candidates min.insync.replicas']],
  ['all copies are needed', 'candidates', set('min.insync.replicas', '3'), ['warning candidates min.insync.replicas']],
  [
    'more copies are needed than there are',
    'candidates',
    set('min.insync.replicas', '4'),
    ['error candidates min.insync.replicas', 'error candidates in_sync'],
  ],
  ['too few copies', 'events', (is) => is.partitions[1]!.replicas.pop(), ['error events replicas', 'warning events min.insync.replicas']],
  ['no leader', 'events', (is) => Object.assign(is.partitions[1]!, { leader: -1, in_sync: [] }), ['error events leader']],
  ['a copy behind', 'events', (is) => is.partitions[1]!.in_sync.pop(), ['warning events in_sync']],
  ['too few in sync', 'events', (is) => is.partitions[1]!.in_sync.splice(1), ['error events in_sync']],
])('%s', (_, topic, change, expected) => {
  expect(when(`sessionvigil.1.${topic}`, change).map((line) => line.replace('sessionvigil.1.', ''))).toEqual(expected);
});

test.each<[string, (is: TopicDescription) => void, string[]]>([
  ['compacted', set('cleanup.policy', 'compact,delete'), ['warning raw cleanup.policy']],
  ['kept for a day', set('retention.ms', '86400000'), ['warning raw retention.ms']],
  [
    'compacted only: what stands of retention says nothing',
    (is) => Object.assign(is.settings, { 'cleanup.policy': 'compact', 'retention.ms': '1' }),
    ['warning raw cleanup.policy'],
  ],
  ['bounded by size', set('retention.bytes', '1000'), ['warning raw retention.bytes']],
  ['with unclean leaders', set('unclean.leader.election.enable', 'true'), ['warning raw unclean.leader.election.enable']],
  ['with times of its senders', set('message.timestamp.type', 'CreateTime'), ['note raw message.timestamp.type']],
  ['without a leader', (is) => Object.assign(is.partitions[0]!, { leader: -1 }), ['error raw leader']],
  ['with larger records than can be put aside', set('max.message.bytes', '3000000'), []],
])('a raw topic %s', (_, change, expected) => {
  expect(when('raw', change)).toEqual(expected);
});

test('a raw topic with larger records than can be put aside', () => {
  const found = asMade();
  found.set('raw', describe_(1, 3, { ...RAW, 'max.message.bytes': '3000000' }));
  const wanted = wantedTopics(KAFKA, largestRaw(KAFKA.sources, found));
  expect(problemsOf(wanted, KAFKA.sources, found)).toEqual([
    expect.objectContaining({ topic: 'sessionvigil.1.dead-letters', key: 'max.message.bytes', right: '6131072, at least 3065536' }),
  ]);
  expect(Number(newTopic(wanted.find(({ what }) => what === 'dead_letters')!).settings['max.message.bytes'])).toBeGreaterThan(3_065_536);
});

test.each<[string, Setting['bounds'], Record<string, 'error' | 'warning' | undefined>, string]>([
  ['exactly', { otherwise: 'error' }, { 5: undefined, 4: 'error', 6: 'error', '-1': 'error' }, '5'],
  [
    'with a least',
    { least: { error: 2, warning: 3 } },
    { 1: 'error', 2: 'warning', 3: undefined, 9: undefined, '-1': undefined },
    '5, at least 3',
  ],
  [
    'with a most',
    { most: { error: 9, warning: 7 } },
    { 10: 'error', 9: 'warning', 7: undefined, 1: undefined, '-1': undefined },
    '5, at most 7',
  ],
  ['with a least that only stops', { least: { error: 2 } }, { 1: 'error', 2: undefined }, '5, at least 2'],
  ['with a least that is the value', { least: { error: 5 } }, { 4: 'error', 5: undefined }, '5 or more'],
  ['with a most that is the value', { most: { warning: 5 } }, { 6: 'warning', 5: undefined }, '5 or less'],
])('a setting %s', (_, bounds, said, right) => {
  const setting = { key: 'k', value: '5', why: 'w', bounds };
  for (const [found, severity] of Object.entries(said)) expect([found, judge(setting, found)]).toEqual([found, severity]);
  expect(rightOf(setting)).toBe(right);
});

test('what is told says from where on nothing would be said', () => {
  const found = asMade();
  const topic = 'sessionvigil.1.candidates';
  found.set(topic, describe_(2, 3, { ...found.get(topic)!.settings, 'retention.ms': '86400000' }));
  expect(problemsOf(WANTED, KAFKA.sources, found)).toEqual([
    expect.objectContaining({ found: '86400000 (1d)', right: '604800000 (7d), at least 259200000 (3d)' }),
  ]);
  expect([showValue('retention.ms', '-1'), showValue('segment.bytes', '60000')]).toEqual(['-1', '60000']);
});

test('events are kept for as long as a restart may read again', () => {
  const kafka = kafkaOf('  replication_factor: 3\n  state_flush: {interval: 12h}\n');
  expect(when('sessionvigil.1.events', set('retention.ms', String(23 * 3_600_000)), kafka)).toEqual([
    'error sessionvigil.1.events retention.ms',
  ]);
});

test('what the brokers do by default is left to them, and told where it is risky', () => {
  const kafka = kafkaOf();
  expect(newTopic(wantedTopics(kafka)[0]!)).toMatchObject({ replication: -1 });
  expect(newTopic(wantedTopics(kafka)[0]!).settings).not.toHaveProperty(['min.insync.replicas']);
  expect(when('sessionvigil.1.events', set('min.insync.replicas', '1'), kafka)).toContain(
    'warning sessionvigil.1.events min.insync.replicas',
  );
});

test('what is missing is said first, with who makes it', () => {
  const found = asMade();
  found.set('sessionvigil.1.events', undefined);
  found.set('raw', undefined);
  const problems = problemsOf(WANTED, KAFKA.sources, found);
  expect(problems).toEqual([
    expect.objectContaining({
      topic: 'sessionvigil.1.events',
      key: 'missing',
      right: expect.stringMatching(/^`sessionvigil topics create` makes it; /),
    }),
    expect.objectContaining({ topic: 'raw', key: 'missing', right: expect.stringContaining('what delivers into it makes it') }),
  ]);
  // brokers answer the same to whoever may not know that it is there
  for (const { found } of problems) expect(found).toBe('there is no such topic, or this principal may not describe it');
  const refusal = refusalOf(problems)!;
  expect(refusal).toMatchObject({ code: 'SV_KAFKA_TOPIC_MISSING', message: '2 topics are missing' });
  expect(refusal.problems.map(({ file }) => file)).toEqual(['sessionvigil.1.events', 'raw']);
});

test('the service does not start on what is wrong, and does on what is risky', () => {
  const problem = { topic: 't', key: 'k', found: 'f', why: 'w', right: 'r' };
  expect(
    refusalOf([
      { ...problem, severity: 'warning' },
      { ...problem, severity: 'note' },
    ]),
  ).toBeUndefined();
  // a broker that is away comes back
  const away = { ...problem, key: 'leader', severity: 'error' } as const;
  expect(refusalOf([away])).toBeUndefined();
  expect(refusalOf([away], { now: true })).toBeDefined();
  expect(refusalOf([{ ...problem, severity: 'error' }])).toMatchObject({
    code: 'SV_KAFKA_TOPIC_WRONG',
    message: 'one topic is not as the service needs it',
    problems: [{ file: 't', path: 'k', message: 'f; w; expected r' }],
  });
});

test('what is missing and what is wrong are both counted, by topics', () => {
  const problem = (topic: string, key: string): TopicProblem => ({ topic, key, severity: 'error', found: 'f', why: 'w', right: 'r' });
  const told = (...problems: TopicProblem[]) => {
    const { code, message } = refusalOf(problems)!;
    return `${code}: ${message}`;
  };
  expect(told(problem('a', 'missing'), problem('b', 'partitions'), problem('b', 'replicas'), problem('c', 'replicas'))).toBe(
    'SV_KAFKA_TOPIC_MISSING: one topic is missing, and 2 topics are not as the service needs them',
  );
  expect(told(problem('a', 'missing'), problem('b', 'missing'), problem('c', 'recreated'))).toBe(
    'SV_KAFKA_TOPIC_MISSING: 2 topics are missing, and one topic is not as the service needs it',
  );
  expect(told(problem('a', 'recreated'), problem('b', 'partitions'))).toBe(
    'SV_KAFKA_TOPIC_WRONG: 2 topics are not as the service needs them',
  );
  expect(told(problem('a', 'recreated'))).toBe('SV_KAFKA_SOURCE_RECREATED: one topic is not as the service needs it');
});

test('a raw topic that ends before what was read of it was made anew, unless its entry says so', () => {
  const [source] = KAFKA.sources;
  const mark = (partition: number, high: number) => ({ partition, low: 0, high });
  const committed = [
    { partition: 0, offset: 9, note: '1 1700000000000' },
    { partition: 1, offset: 7 },
    { partition: 2, offset: -1 },
    { partition: 3, offset: 4, note: '1' },
  ];
  const marks = [mark(0, 3), mark(1, 0), mark(2, 0), mark(3, 4), mark(4, 5)];
  expect(ofProgress(source!, { committed, marks })).toEqual([
    expect.objectContaining({
      topic: 'raw',
      severity: 'error',
      key: 'recreated',
      found: 'it ends before what was read of it (partitions 0-1; 0 ends at 3, and was read up to 9)',
      right: expect.stringMatching(/^generation: 2 for it under kafka\.sources/),
    }),
  ]);
  expect(ofProgress({ ...source!, generation: 2 }, { committed, marks })).toEqual([]);
  expect(ofProgress(source!, { committed, marks: [mark(0, 9), mark(1, 8)] })).toEqual([]);
});

test('partitions are told in runs, and the worst comes first', () => {
  const found = asMade(kafkaOf('  replication_factor: 3\n  generation: 2\n'));
  const kafka = { ...kafkaOf('  replication_factor: 3\n  generation: 2\n'), partitions: 6 };
  const topic = 'sessionvigil.2.events';
  const is = describe_(6, 3, { ...found.get(topic)!.settings, 'retention.bytes': '5' });
  for (const i of [0, 1, 2, 5]) is.partitions[i]!.leader = -1;
  found.set(topic, is);
  const [first, second] = problemsOf(wantedTopics(kafka), [], found);
  expect([first!.key, first!.found]).toEqual(['leader', 'partitions without a leader: 0-2, 5']);
  expect(second!.key).toBe('retention.bytes');
});
