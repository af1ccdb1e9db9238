import { Metrics } from '../../src/metrics.js';
import type { GroupOptions, Transport } from '../../src/runtime/kafka/transport.js';
import { Service, type ServiceOptions } from '../../src/runtime/service.js';
import { THAWED_TIMES } from '../../src/runtime/store/people-store.js';

/** As far as it is looked at before Kafka has answered. */
function serviceOn(transport: Partial<Transport>): Service {
  const log = { info() {}, warn() {}, error() {}, debug() {} };
  const kafka = { max_in_flight_bytes: 1, sources: [] };
  const judgement = { detecting: { config_digest: 'd' } };
  const options = { kafka, judgement, transport, stages: ['normalize', 'detect', 'respond'], metrics: new Metrics(), log };
  return new Service({ ...options, elapsed: () => 0, now: () => 0 } as unknown as ServiceOptions);
}

describe('readiness', () => {
  it('is not there before every stage is', () => {
    const service = serviceOn({ admin: () => new Promise(() => {}) });
    expect(service.unreadyReason).toBe('starting');
    service.start().catch(() => {});
    expect(service.unreadyReason).toBe('starting');
    expect(service.status()['ready']).toBe(false);
  });

  it('is not there while a topic of our own is not', async () => {
    jest.useFakeTimers();
    const gone = new Set<string>();
    const idle = { start: async () => {}, stop: async () => {}, seek() {}, pause() {}, resume() {}, commit: async () => {} };
    const transport = {
      admin: async () => ({ missing: async (topics: string[]) => topics.filter((topic) => gone.has(topic)), close: async () => {} }),
      group: () => ({ ...idle, isLeaderless: () => false, unanswered: () => ({ ms: 0, is_outdated: false }) }),
    } as unknown as Transport;
    const log = { info() {}, warn() {}, error() {}, debug() {} };
    const kafka = { application_id: 'a', generation: 1, topics: {}, partitions: 1, max_in_flight_bytes: 1, sources: [] };
    const given = { kafka, judgement: { detecting: {} }, transport, stages: ['detect'], metrics: new Metrics(), log };
    const rest = { elapsed: () => Date.now(), now: () => 0, reload: () => undefined, isRegistryAway: () => false };
    const service = new Service({ ...given, ...rest } as unknown as ServiceOptions);
    await service.start();
    await jest.advanceTimersByTimeAsync(15_000);
    expect(service.unreadyReason).toBe('detect: not in its group');
    gone.add('a.1.revocations');
    await jest.advanceTimersByTimeAsync(15_000);
    expect(service.unreadyReason).toContain('a.1.revocations');
    expect(service.stuckReason).toBeUndefined();
    gone.clear();
    await jest.advanceTimersByTimeAsync(15_000);
    expect(service.unreadyReason).toBe('detect: not in its group');
    await service.abandon();
    jest.useRealTimers();
  });
});

describe('room for people who are objects', () => {
  afterEach(() => jest.useRealTimers());

  it('is shared by partitions that are restored or read again, too', async () => {
    jest.useFakeTimers();
    const groups: GroupOptions[] = [];
    const transport = {
      group: (options: GroupOptions) => {
        groups.push(options);
        const idle = { start: async () => {}, stop: async () => {}, seek() {}, pause() {}, resume() {}, commit: async () => {} };
        return { ...idle, isLeaderless: () => false, unanswered: () => ({ ms: 0, is_outdated: false }) };
      },
      // whoever has them before is not fenced yet
      transactional: () => new Promise(() => {}),
    } as unknown as Transport;
    const log = { info() {}, warn() {}, error() {}, debug() {} };
    const kafka = {
      application_id: 'a',
      generation: 1,
      topics: {},
      partitions: 8,
      state_objects_bytes: 8000 * THAWED_TIMES,
      max_in_flight_bytes: 1,
      sources: [],
    };
    const given = { kafka, judgement: { detecting: {} }, transport, stages: ['detect'], metrics: new Metrics(), log };
    const rest = { elapsed: () => 0, now: () => 0, reload: () => undefined, isRegistryAway: () => false };
    const service = new Service({ ...given, ...rest } as unknown as ServiceOptions);
    await service.start();
    const room = () => service['thawedBytes'];
    jest.advanceTimersByTime(1000);
    expect(room()).toBe(1000);
    const { topics, events } = groups[0]!;
    const assigned = (count: number) => topics.flatMap((topic) => [...Array(count).keys()].map((partition) => ({ topic, partition })));
    events.assigned(assigned(4), 1);
    jest.advanceTimersByTime(1000);
    expect(room()).toBe(2000);
    events.assigned(assigned(1), 2);
    jest.advanceTimersByTime(1000);
    expect(room()).toBe(8000);
    await service.abandon();
  });
});
