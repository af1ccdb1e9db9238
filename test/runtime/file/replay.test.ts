import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding, RevocationCommand, SessionEvent } from '../../../src/core/event/index.js';
import type { Answer, Detect, Respond } from '../../../src/core/pipeline.js';
import { DamagedInput } from '../../../src/runtime/file/damage.js';
import type { Input } from '../../../src/runtime/file/inputs.js';
import { OutputFolder } from '../../../src/runtime/file/output-folder.js';
import { type ReplayOptions, replay } from '../../../src/runtime/file/replay.js';
import { sum } from '../../../src/runtime/tally.js';

/** Records of these tests: `{"id","times":[...]}`, one event per time; `{"reject"}`; `{"throw"}`. */
interface FakeRecord {
  id?: string;
  times?: number[];
  reject?: string;
  throw?: string;
}

function normalize(bytes: Uint8Array): Answer {
  const text = Buffer.from(bytes).toString();
  if (text === '') return { outcome: 'dropped', reason: 'blank', events: [] };
  const { id, times = [], reject, throw: failure } = JSON.parse(text) as FakeRecord;
  if (failure === 'normalize') throw new Error('a bad mapper');
  if (reject !== undefined) return { outcome: 'rejected', reason: 'unknown_source', events: [] };
  const events = times.map(
    (time, i) =>
      ({
        uid: `${id}#${i}`,
        tenant: 'default',
        time,
        arrival_time: time,
        source: { vendor: 'okta', account: 'default' },
        principal: { type: 'human', key: `default/okta:default:${id}`, uid: id },
        action: failure,
      }) as unknown as SessionEvent,
  );
  return { outcome: 'events', events };
}

const STATS = {
  principals: 0,
  sessions: 0,
  observations: 0,
  evicted_sessions: 0,
  evicted_observations: 0,
  evicted_memories: 0,
  expired_principals: 0,
  expired_sessions: 0,
  duplicates: 0,
  late_beyond_allowed: 0,
  waiting_sessions: 0,
  missed_sessions: 0,
  clock: 0,
};

/** Writes down what it is shown; findings and commands as the test wants. */
function fakes(say: (event: SessionEvent) => Finding[] = () => [], answer: (finding: Finding) => RevocationCommand[] = () => []) {
  const seen: string[] = [];
  const detect: Detect = {
    accept(event) {
      if (event.action === 'detect') throw new Error('a bad detector');
      seen.push(`${event.uid}@${event.arrival_time}`);
      return say(event);
    },
    tick(time) {
      seen.push(`tick ${time}`);
      return [];
    },
    configure: () => [],
    absorb: () => undefined,
    stats: () => STATS,
    unjudged: () => [],
  };
  const respond: Respond = {
    accept: answer,
    stats: () => ({ incidents: 0, seats: 0, open: 0, bytes: 0, expired: 0, evicted: 0, evicted_open: 0, exhausted: 0 }),
  };
  return { seen, detect, suppress: (finding: Finding) => finding, respond };
}

function input(records: readonly (FakeRecord | '')[], kind: 'file' | 'stream' = 'file'): Input {
  const text = records.map((record) => (record === '' ? '\n' : `${JSON.stringify(record)}\n`)).join('');
  return {
    name: 'x',
    size: kind === 'file' ? text.length : undefined,
    async *chunks(onBytes) {
      // small chunks, so that sources take turns at reading
      for (let i = 0; i < text.length; i += 40) {
        const chunk = Buffer.from(text.slice(i, i + 40));
        onBytes?.(chunk.length);
        yield chunk;
      }
    },
  };
}

const go = (inputs: Input[], over: Partial<ReplayOptions> = {}) =>
  replay(inputs, { normalize, ...fakes(), max_record_bytes: 10_000, signal: new AbortController().signal, ...over });

describe('order', () => {
  test('files are merged by their running maximum; arrival is the maximum over all', async () => {
    const { seen, ...stages } = fakes();
    const a = input([
      { id: 'a1', times: [10] },
      { id: 'a2', times: [30] },
      { id: 'late', times: [5] },
      { id: 'a3', times: [40] },
    ]);
    const b = input([
      { id: 'b1', times: [20] },
      { id: 'b2', times: [30] },
      { id: 'b3', times: [35] },
    ]);
    await go([a, b], stages);
    expect(seen).toEqual(['a1#0@10', 'b1#0@20', 'a2#0@30', 'late#0@30', 'b2#0@30', 'b3#0@35', 'a3#0@40']);
  });

  test('a record of several events arrives once, with its latest', async () => {
    const { seen, ...stages } = fakes();
    await go([input([{ id: 'a', times: [10, 50, 20] }])], stages);
    expect(seen).toEqual(['a#0@50', 'a#1@50', 'a#2@50']);
  });

  test('what has no time keeps its place and moves nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sv-replay-'));
    try {
      const output = OutputFolder.open(folder);
      await go([input([{ reject: 'x' }, { id: 'a', times: [10] }, { reject: 'x' }]), input([{ id: 'b', times: [20] }])], { output });
      output.commit();
      const read = (name: string) =>
        readFileSync(join(folder, name), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
      expect(read('events.ndjson').map((event) => event.uid)).toEqual(['a#0', 'b#0']);
      expect(read('rejected.ndjson')).toEqual([
        {
          input: 1,
          line: 1,
          offset: 0,
          reason: 'unknown_source',
          bytes: 14,
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          start: '{"reject":"x"}',
        },
        {
          input: 1,
          line: 3,
          offset: 39,
          reason: 'unknown_source',
          bytes: 14,
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          start: '{"reject":"x"}',
        },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('ticks', () => {
  const MINUTE = 60_000;
  test('come once for each minute that the arrival clock passes, before the event that passed it', async () => {
    const { seen, ...stages } = fakes();
    await go(
      [
        input([
          { id: 'a', times: [MINUTE] },
          { id: 'b', times: [MINUTE + 1] },
          { id: 'c', times: [3 * MINUTE + 5] },
          { id: 'd', times: [1] },
        ]),
      ],
      stages,
    );
    expect(seen).toEqual([
      `a#0@${MINUTE}`,
      `b#0@${MINUTE + 1}`,
      `tick ${2 * MINUTE}`,
      `tick ${3 * MINUTE}`,
      `c#0@${3 * MINUTE + 5}`,
      `d#0@${3 * MINUTE + 5}`,
    ]);
  });

  test('a long silence is as many ticks as the state needs, not one for each of its minutes', async () => {
    const { seen, ...stages } = fakes();
    await go(
      [
        input([
          { id: 'a', times: [0] },
          { id: 'b', times: [10_000 * MINUTE] },
        ]),
      ],
      stages,
    );
    expect(seen.filter((entry) => entry.startsWith('tick'))).toHaveLength(1440);
    expect(seen.at(-2)).toBe(`tick ${10_000 * MINUTE}`);
  });
});

test('every record is answered once', async () => {
  const records: (FakeRecord | '')[] = [
    { id: 'a', times: [1, 2] },
    '',
    { reject: 'x' },
    { id: 'b', times: [3] },
    { id: 'x'.repeat(20_000) },
    '',
    { throw: 'normalize' },
    { id: 'c', times: [4], throw: 'detect' },
  ];
  const { tally } = await go([input(records)]);
  expect(tally).toEqual({
    records: 8,
    with_events: 2,
    dropped: { blank: 2 },
    rejected: { unknown_source: 1, too_large: 1, defect: 2 },
    partial: {},
    events: { okta: 3 },
    first_time: 1,
    last_time: 3,
    unlinked: 0,
  });
  expect(tally.with_events + sum(tally.dropped) + sum(tally.rejected)).toBe(records.length);
});

describe('who is who', () => {
  test('is learned from all files before the first record is judged; a stream can be read only once', async () => {
    const learned: string[] = [];
    const { seen, ...stages } = fakes();
    const learn = (record: Uint8Array) => {
      expect(seen).toEqual([]);
      learned.push((JSON.parse(Buffer.from(record).toString()) as FakeRecord).id!);
    };
    await go([input([{ id: 'a', times: [1] }]), input([{ id: 's', times: [2] }], 'stream'), input([{ id: 'b', times: [3] }])], {
      ...stages,
      learn,
    });
    expect(learned).toEqual(['a', 'b']);
    expect(seen).toHaveLength(3);
  });

  test('people whom only a stream names by an id are counted', async () => {
    const { tally } = await go([input([{ id: 'a', times: [1] }]), input([{ id: 's', times: [2, 3] }], 'stream')]);
    expect(tally.unlinked).toBe(2);
  });

  test('a record that cannot be learned from is judged all the same', async () => {
    const learn = () => {
      throw new Error('bad');
    };
    const { tally } = await go([input([{ id: 'a', times: [1] }])], { learn });
    expect(tally.with_events).toBe(1);
  });
});

describe('results', () => {
  const finding = (uid: string, revision: number, time: number) => ({ uid, revision, time }) as Finding;
  const command = (uid: string, time: number, follow_up: string[] = []) => ({ uid, time, follow_up }) as unknown as RevocationCommand;

  test('are the last revisions, by time and uid', async () => {
    const said: Record<string, Finding[]> = {
      'a#0': [finding('z', 1, 9), finding('b', 1, 5)],
      'b#0': [finding('z', 2, 5)],
      'c#0': [finding('a', 1, 7)],
    };
    const stages = fakes(
      (event) => said[event.uid]!,
      ({ uid, revision }) => [command(`c-${uid}`, 1, [`r${revision}`])],
    );
    const { findings, commands } = await go([input(['a', 'b', 'c'].map((id, i) => ({ id, times: [i] })))], stages);
    expect(findings.map((f) => [f.uid, f.revision])).toEqual([
      ['b', 1],
      ['z', 2],
      ['a', 1],
    ]);
    expect(commands.map((c) => [c.uid, c.follow_up])).toEqual([
      ['c-a', ['r1']],
      ['c-b', ['r1']],
      ['c-z', ['r2']],
    ]);
  });
});

describe('stopping', () => {
  test('too many defects are the program, not the data', async () => {
    const told: number[] = [];
    const records = Array.from({ length: 50 }, (): FakeRecord => ({ throw: 'normalize' }));
    await expect(go([input(records)], { onDefect: (_, { line }) => told.push(line) })).rejects.toMatchObject({
      code: 'SV_INTERNAL',
      message: '11 of 11 records made the program fail',
    });
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  test('one in a thousand is no reason to stop', async () => {
    const records = Array.from(
      { length: 12_000 },
      (_, i): FakeRecord => (i % 1000 === 999 ? { throw: 'detect', id: 'x', times: [1] } : { id: 'a', times: [i] }),
    );
    expect((await go([input(records)])).tally.rejected).toEqual({ defect: 12 });
  });

  test('when told to, between two chunks', async () => {
    const stop = new AbortController();
    const stages = fakes(() => {
      stop.abort();
      return [];
    });
    await expect(
      go(
        [
          input([
            { id: 'a', times: [1] },
            { id: 'b', times: [2] },
            { id: 'c', times: [3] },
          ]),
        ],
        { ...stages, signal: stop.signal },
      ),
    ).rejects.toThrow(/abort/);
  });
});

describe('an input that is damaged', () => {
  const broken = new DamagedInput('SV_INPUT_GZIP', 'x', 'cut short');
  /** @param breaks in each reading, whether it fails behind its records */
  function damaged(records: readonly FakeRecord[], more: readonly FakeRecord[], breaks: boolean[]): Input {
    const [whole, first] = [input([...records, ...more]), input(records)];
    const readings = breaks.values();
    return {
      ...whole,
      async *chunks() {
        const fails = readings.next().value;
        yield* (fails ? first : whole).chunks();
        if (fails) throw broken;
      },
    };
  }
  const records = [
    { id: 'a', times: [1] },
    { id: 'b', times: [5] },
  ];
  const other = () =>
    input([
      { id: 'x', times: [3] },
      { id: 'y', times: [9] },
    ]);

  test('is processed as far as it goes, and the others to their end', async () => {
    const { seen, ...stages } = fakes();
    const { damages, tally } = await go([damaged(records, [], [true]), other()], stages);
    expect(seen).toEqual(['a#0@1', 'x#0@3', 'b#0@5', 'y#0@9']);
    expect(tally.records).toBe(4);
    expect(damages).toEqual([{ input: 1, lines: 2, error: broken }]);
  });

  test.each([
    ['in both passes', [true, true]],
    ['in the first only: the second goes no further', [true, false]],
  ])('%s', async (_, breaks) => {
    const { seen, ...stages } = fakes();
    const learned: string[] = [];
    const learn = (record: Uint8Array) => void learned.push((JSON.parse(Buffer.from(record).toString()) as FakeRecord).id!);
    const { damages } = await go([other(), damaged(records, [{ id: 'c', times: [6] }], breaks)], { ...stages, learn });
    expect(learned).toEqual(['x', 'y', 'a', 'b']);
    expect(seen.map((event) => event[0])).toEqual(['a', 'x', 'b', 'y']);
    expect(damages).toEqual([{ input: 2, lines: 2, error: broken }]);
  });

  test('a whole one is not', async () => {
    expect((await go([other()], { learn: () => {} })).damages).toEqual([]);
  });
});

test('progress goes to the end of both passes', async () => {
  const shares: number[] = [];
  await go(
    [
      input([
        { id: 'a', times: [1] },
        { id: 'b', times: [2] },
      ]),
    ],
    { learn: () => {}, onProgress: ({ bytes, total_bytes }) => shares.push(bytes / total_bytes) },
  );
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
});
