import type { Finding, RevocationCommand, SessionEvent } from '../../../src/core/event/index.js';
import type { Stages } from '../../../src/core/pipeline.js';
import { SessionvigilError } from '../../../src/errors.js';
import { Defects, isSuppressed, Judging, NO_SINK, type Sink } from '../../../src/runtime/file/judging.js';
import { type AnsweredRecord, DEFECT } from '../../../src/runtime/file/records.js';
import { aCommand, aFinding } from '../../output/a-finding.js';

const MINUTE = 60_000;
const line = { number: 1, offset: 0, bytes: new Uint8Array(0), length: 0, is_too_large: false };
const record = (latest: number, ...uids: string[]): AnsweredRecord => {
  const events = uids.map((uid) => ({ uid, time: latest, arrival_time: latest }) as SessionEvent);
  return { input: 1, line, latest, answer: { outcome: 'events', events } };
};

/** What the stages were told, and what came out. */
function world(accept: (event: SessionEvent) => Finding[] = () => []) {
  const told: string[] = [];
  const stages = {
    detect: {
      accept(event: SessionEvent) {
        told.push(`${event.uid}@${event.arrival_time}`);
        return accept(event);
      },
      tick(time: number) {
        told.push(`tick ${time / MINUTE}`);
        return time === 7 * MINUTE ? [aFinding({ uid: 'by time' })] : [];
      },
    },
    suppress: (finding: Finding) => (finding.uid === 'hidden' ? { ...finding, status: 'suppressed' } : finding),
    respond: {
      accept: (finding: Finding): RevocationCommand[] => (isSuppressed(finding) ? [] : [aCommand({ uid: `for ${finding.uid}` })]),
    },
  } as unknown as Stages;
  const sink: Sink = {
    event: ({ uid }) => void told.push(`event ${uid}`),
    finding: ({ uid, status }) => void told.push(`${status} ${uid}`),
    command: ({ uid }) => void told.push(`command ${uid}`),
  };
  return { told, stages, sink };
}

test('arrival time is the latest event time so far, and its minutes tick before the event', () => {
  const { told, stages, sink } = world();
  const judging = new Judging(stages);
  expect(judging.clock).toBe(Number.NEGATIVE_INFINITY);
  for (const one of [record(Number.NEGATIVE_INFINITY), record(2 * MINUTE, 'a'), record(MINUTE, 'b'), record(4 * MINUTE + 1, 'c')])
    judging.accept(one, sink);
  expect(told).toEqual(['event a', 'a@120000', 'event b', 'b@120000', 'tick 3', 'tick 4', 'event c', 'c@240001']);
  expect(judging.clock).toBe(240_001);
});

test('goes on by the clock that another left', () => {
  const { told, stages, sink } = world();
  const judging = new Judging(stages, 2 * MINUTE + 5);
  judging.accept(record(MINUTE, 'a'), sink);
  judging.accept(record(3 * MINUTE, 'b'), sink);
  expect(told).toEqual(['event a', 'a@120005', 'tick 3', 'event b', 'b@180000']);
});

test('a gap of years ticks as often as is needed to look at everybody', () => {
  const { told, stages } = world();
  const judging = new Judging(stages, 0);
  judging.accept(record(1_000_000 * MINUTE, 'a'), NO_SINK);
  expect(told).toHaveLength(1441);
});

test('findings and commands in their order, of events and of time', () => {
  const { told, stages, sink } = world(({ uid }) =>
    [aFinding({ uid: 'seen', status: 'new' }), aFinding({ uid: 'hidden' })].slice(0, uid === 'a' ? 2 : 0),
  );
  const judging = new Judging(stages, 6 * MINUTE);
  judging.accept(record(6 * MINUTE, 'a'), sink);
  judging.accept(record(7 * MINUTE, 'b'), sink);
  expect(told.filter((one) => /^(new|suppressed|command)/.test(one))).toEqual([
    'new seen',
    'command for seen',
    'suppressed hidden',
    'new by time',
    'command for by time',
  ]);
});

test('what makes a stage fail is a defect of the record; an error of ours is not', () => {
  const failing = (error: Error) =>
    new Judging(
      world(() => {
        throw error;
      }).stages,
    );
  const error = new Error('x');
  expect(failing(error).accept(record(1, 'a'), NO_SINK)).toMatchObject({ answer: DEFECT, error });
  const ours = new SessionvigilError('SV_OUTPUT_WRITE', 'x');
  expect(() => failing(ours).accept(record(1, 'a'), NO_SINK)).toThrow(ours);
});

describe('defects', () => {
  const good = record(1, 'a');
  const bad = { ...good, answer: DEFECT, error: new Error('why') };
  const run = (defects: Defects, one: AnsweredRecord, times: number) => {
    for (let i = 0; i < times; i++) defects.count(one);
  };

  test('a few are borne, one in a hundred is not', () => {
    const defects = new Defects();
    run(defects, bad, 10);
    expect(() => run(defects, bad, 1)).toThrow(expect.objectContaining({ code: 'SV_INTERNAL', cause: bad.error }));
    const rare = new Defects();
    run(rare, good, 2000);
    run(rare, bad, 20);
    expect(() => run(rare, bad, 1)).toThrow('21 of 2021 records');
  });

  test('what is long ago counts less', () => {
    const defects = new Defects(1000);
    run(defects, good, 1_000_000);
    expect(() => run(defects, bad, 11)).toThrow(SessionvigilError);
  });
});
