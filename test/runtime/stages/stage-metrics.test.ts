import { createDetect } from '../../../src/core/detect/index.js';
import { createLog } from '../../../src/log.js';
import { Metrics } from '../../../src/metrics.js';
import { DefectRate } from '../../../src/runtime/defect-rate.js';
import { SourceMetrics } from '../../../src/runtime/kafka/source-metrics.js';
import type { InRecord } from '../../../src/runtime/kafka/transport.js';
import { DetectWork } from '../../../src/runtime/stages/detect-work.js';
import type { NormalizeStage } from '../../../src/runtime/stages/normalize-stage.js';
import type { OwnerStage } from '../../../src/runtime/stages/owner-stage.js';
import { StageMetrics } from '../../../src/runtime/stages/stage-metrics.js';
import { createPeopleStore, type PeopleStore, THAWED_TIMES } from '../../../src/runtime/store/people-store.js';
import { createStreamCodec } from '../../../src/runtime/wire/stream-record.js';
import { ownCodec } from '../../helpers/codec.js';
import { allRules } from '../../helpers/rules.js';
import { OPTIONS as SIGN_ON, RULES as SIGN_ON_RULES, step } from '../../helpers/sign-on.js';
import { MINUTE, say, T0 } from '../../helpers/world.js';

const RULES = allRules();

let metrics: Metrics;
let measures: StageMetrics;
/** what is counted now and then is counted at every look, ms */
let elapsed = 0;
beforeEach(() => {
  metrics = new Metrics();
  const log = createLog('silent', process.stderr);
  measures = new StageMetrics({ metrics, log, elapsed: () => (elapsed += 60_000), now: () => 0, failed: () => {} });
});

/** The value of a metric. @param labels as they stand in the text */
async function read(name: string, labels: string): Promise<number> {
  const line = (await metrics.text()).split('\n').find((text) => text.startsWith(`sessionvigil_${name}${labels} `));
  return Number(line?.split(' ')[1]);
}

/** A partition of people who were just seen. @param thawed_people how many stay objects */
function seen(people: number, thawed_people: number): { store: PeopleStore; work: DetectWork; owner: OwnerStage } {
  const store = createPeopleStore({ codec: ownCodec(RULES), thawed_people, slab_bytes: 8 << 10 });
  const detect = createDetect(RULES, { config_digest: 'test' }, store);
  for (let i = 0; i < people; i++) detect.accept(say({ n: i, who: `p${i}@example.com`, at: i }));
  const work = workOn(detect, store);
  const owner = { input: 'events', status: () => ({ partitions: [] }), works: () => [work] };
  return { store, work, owner: owner as unknown as OwnerStage };
}

function workOn(detect: ReturnType<typeof createDetect>, store: PeopleStore): DetectWork {
  return new DetectWork({
    partition: 0,
    topics: { events: 'events', findings: 'f', candidates: 'c', dead_letters: 'd', changelog: 'l' },
    letter_limit: undefined,
    keep_moved: 1,
    partitions: 1,
    codec: createStreamCodec(),
    store,
    detect,
    judging: { rules: RULES, detecting: { config_digest: 'test' } },
    suppress: () => (finding) => finding,
    encodeFinding: () => Buffer.alloc(0),
    poison: new Set(),
    flush: { events: 1e9, interval: 1e9 },
    elapsed: () => 0,
    now: () => 0,
    said: { committed() {}, people() {}, dead() {}, duplicate() {}, tick() {}, absorbed() {}, forwarded() {}, untold() {}, passed_by() {} },
  });
}

describe('bytes of people', () => {
  test('count those who are objects by what objects take', async () => {
    const { store, owner } = seen(200, 512);
    for (const _ of store.flush(store.mark(), 1000));
    measures.owner('detect', owner);
    const { thawed, thawed_bytes, slab_bytes, index_bytes } = store.stats();
    expect([thawed, slab_bytes]).toEqual([200, 0]);
    const bytes = await read('state_bytes', '{stage="detect"}');
    expect(bytes).toBe(thawed_bytes * THAWED_TIMES + index_bytes);
    // an object is kilobytes, whoever it is of
    expect(bytes).toBeGreaterThan(200 * 1000);
  });

  test('are not counted at every look', async () => {
    measures = new StageMetrics({
      metrics,
      log: createLog('silent', process.stderr),
      elapsed: () => elapsed,
      now: () => 0,
      failed: () => {},
    });
    measures.owner('detect', seen(200, 512).owner);
    const { owner } = seen(100, 512);
    measures.owner('detect', owner);
    expect(await read('principals', '')).toBe(200);
    elapsed += 5000;
    measures.owner('detect', owner);
    expect(await read('principals', '')).toBe(100);
  });

  test('count the others by the memory that their records are in', async () => {
    const { store, owner } = seen(200, 1);
    measures.owner('detect', owner);
    const { thawed, thawed_bytes, slab_bytes, index_bytes } = store.stats();
    expect(thawed).toBe(1);
    expect(await read('state_bytes', '{stage="detect"}')).toBe(slab_bytes + index_bytes + thawed_bytes * THAWED_TIMES);
  });

  test('tell how many were fetched', async () => {
    const { store, owner } = seen(20, 1);
    const before = store.stats().fetched;
    measures.owner('detect', owner);
    for (const { key } of [...store.values()]) store.get(key);
    measures.owner('detect', owner);
    expect(store.stats().fetched - before).toBeGreaterThanOrEqual(19);
    expect(await read('people_fetched_total', '')).toBe(store.stats().fetched);
  });
});

test('partitions that nobody answers for are counted', async () => {
  const of = (...unanswered: number[]) => ({
    status: () => ({
      partitions: unanswered.map((unanswered_seconds, partition) => ({ topic: 'raw', partition, lag: 0, unanswered_seconds })),
    }),
    works: () => [],
  });
  measures.owner('respond', of(0, 9, 70) as unknown as OwnerStage);
  measures.raw(of(0, 12) as unknown as NormalizeStage);
  expect(await read('partitions_unanswered', '{stage="respond"}')).toBe(2);
  expect(await read('partitions_unanswered', '{stage="normalize"}')).toBe(1);
  measures.raw(of(0, 0) as unknown as NormalizeStage);
  expect(await read('partitions_unanswered', '{stage="normalize"}')).toBe(0);
});

describe('the clock of what is judged', () => {
  const owns = (...works: DetectWork[]) => {
    const owner = { input: 'events', status: () => ({ partitions: [] }), works: () => works };
    measures.owner('detect', owner as unknown as OwnerStage);
  };
  const clock = () => read('arrival_time_seconds', '');

  test('is that of the partition that is furthest behind', async () => {
    owns(seen(5, 1).work, seen(3, 1).work);
    expect(await clock()).toBe((T0 + 2 * MINUTE) / 1000);
    // one that has read nothing yet is not at the beginning of time
    owns(seen(5, 1).work, seen(0, 1).work);
    expect(await clock()).toBe((T0 + 4 * MINUTE) / 1000);
  });

  test('is not there in a process that judges nothing, or nothing more', async () => {
    expect(await clock()).toBeNaN();
    owns(seen(5, 1).work);
    owns();
    expect(await clock()).toBeNaN();
  });
});

describe('defects of a source', () => {
  const RECORD: InRecord = { topic: 'okta', partition: 0, offset: 0, timestamp: 0, key: null, value: Buffer.from('{'), headers: {} };
  const said = () => measures.sources(new SourceMetrics(metrics, () => 0), new DefectRate('SV_KAFKA_DEFECT_RATE', 100_000));

  test('what cannot be read counts as a record: 11 of 2,000 are too few to stop', async () => {
    const source = said();
    for (let i = 0; i < 2000; i++) {
      if (i % 180 === 179) source.defect(new Error('bad'));
      source.dead('okta', i % 180 === 179 ? 'defect' : 'invalid_json', RECORD);
    }
    expect(await read('defects_total', '{stage="normalize"}')).toBe(11);
  });

  test('more than 1 % stop', () => {
    const source = said();
    for (let i = 0; i < 1000; i++) source.dead('okta', 'invalid_json', RECORD);
    for (let i = 0; i < 10; i++) source.defect(new Error('bad'));
    expect(() => source.defect(new Error('bad'))).toThrow(
      expect.objectContaining({ code: 'SV_KAFKA_DEFECT_RATE', message: '11 of 1000 records made the program fail' }),
    );
  });
});

test('sessions that wait for their sign-on are counted over all partitions, and the longest is told', async () => {
  const partition = (begun: number) => {
    const detect = createDetect(SIGN_ON_RULES, SIGN_ON);
    detect.accept(step({ at: 0, what: 'okta' }, 1));
    detect.accept(step({ at: 100, what: 'slack' }, 2));
    detect.accept(step({ at: begun, what: 'slack', session: 'other' }, 3));
    detect.tick(T0 + 200 * MINUTE);
    return workOn(detect, createPeopleStore({ codec: ownCodec(SIGN_ON_RULES) }));
  };
  const works = [partition(120), partition(90)];
  const owner = { input: 'events', status: () => ({ partitions: [] }), works: () => works } as unknown as OwnerStage;
  measures.owner('detect', owner);
  expect(await read('sign_on_waiting_sessions', '')).toBe(4);
  expect(await read('sign_on_waiting_seconds', '')).toBe(110 * 60);
  works.length = 0;
  measures.owner('detect', owner);
  expect([await read('sign_on_waiting_sessions', ''), await read('sign_on_waiting_seconds', '')]).toEqual([0, 0]);
});
