import { OwnTopics } from '../../src/runtime/own-topics.js';

class World {
  now = 0;
  asked = 0;
  missing: string[] = [];
  id = 'first';
  readonly failures: unknown[] = [];
  failure: Error | undefined;
  readonly lines: string[] = [];
  readonly topics: OwnTopics;

  constructor() {
    const tell = (_: unknown, text?: string) => void this.lines.push(String(text));
    this.topics = new OwnTopics({
      topics: ['a.1.events', 'a.1.findings'],
      lasting: ['a.1.events'],
      failed: (error) => void this.failures.push(error),
      admin: {
        ids: async (topics) => new Map(topics.flatMap((topic) => (this.missing.includes(topic) ? [] : [[topic, this.id] as const]))),
        missing: async (topics) => {
          this.asked++;
          if (this.failure !== undefined) throw this.failure;
          return topics.filter((topic) => this.missing.includes(topic));
        },
      },
      elapsed: () => this.now,
      log: { warn: tell, info: tell } as never,
    });
  }

  /** Looked at each second, as the service does. */
  async pass(seconds: number): Promise<string | undefined> {
    for (let second = 0; second < seconds; second++) {
      this.now += 1000;
      this.topics.look();
      await new Promise(setImmediate);
    }
    return this.topics.unreadyReason;
  }
}

test('one that is deleted is told within seconds, and told no more when it is there again', async () => {
  const world = new World();
  expect(await world.pass(30)).toBeUndefined();
  expect(world.asked).toBe(3);
  world.missing = ['a.1.findings'];
  expect(await world.pass(10)).toBe('a topic of our own is not there, or may not be described: a.1.findings');
  world.missing = ['a.1.events', 'a.1.findings'];
  expect(await world.pass(40)).toBe('topics of our own are not there, or may not be described: a.1.events, a.1.findings');
  world.missing = [];
  expect(await world.pass(10)).toBeUndefined();
  expect(world.lines).toHaveLength(3);
});

test('while nobody answers it is as it was, and whoever is slow is asked once', async () => {
  const world = new World();
  world.missing = ['a.1.events'];
  await world.pass(10);
  world.failure = new Error('no answer');
  expect(await world.pass(20)).toContain('a.1.events');
  world.failure = undefined;
  world.missing = [];
  let answer = (): void => {};
  const slow = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const admin = world.topics['options'].admin as { missing: (topics: readonly string[]) => Promise<string[]> };
  const { missing } = admin;
  let questions = 0;
  admin.missing = (topics) => {
    questions++;
    return slow.then(() => missing(topics));
  };
  await world.pass(60);
  expect(questions).toBe(1);
  answer();
  expect(await world.pass(1)).toBeUndefined();
});

test('one that others belong to, and that was made anew, is what nothing mends', async () => {
  const world = new World();
  await world.pass(20);
  world.missing = ['a.1.events'];
  await world.pass(20);
  world.missing = [];
  await world.pass(20);
  expect(world.failures).toEqual([]);
  world.id = 'second';
  await world.pass(10);
  expect(world.failures).toEqual([expect.objectContaining({ code: 'SV_KAFKA_STATE_CONTRADICTS' })]);
});
