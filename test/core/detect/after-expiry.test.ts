import fc from 'fast-check';
import { createDetect, type Engine } from '../../../src/core/detect/index.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { byArrival } from '../../helpers/stories.js';
import { findingsOf, silenceOf, useAt } from '../../helpers/uses.js';

const HOUR = 60;
const role = (n: number, at: number, age: number, key = 'ASIA1') => useAt(n, at, { key, age });

test('keys of a role session are over after twelve hours and a few minutes', () => {
  expect(findingsOf('use_after_expiry', [role(1, 0, 0), role(2, 12 * HOUR, 12 * HOUR)])).toEqual([]);
  expect(findingsOf('use_after_expiry', [role(1, 0, 0), role(2, 13 * HOUR, 13 * HOUR)])).toMatchObject([
    { score: 45, token: { uid: 'ASIA1' }, message: expect.stringMatching(/over 60 min before/) },
  ]);
});

test('one session is one finding, another is another', () => {
  const said = findingsOf('use_after_expiry', [role(1, 0, 13 * HOUR), role(2, 5, 13 * HOUR + 5), role(3, 10, 20 * HOUR, 'ASIA2')]);
  expect(new Set(said.map(({ uid }) => uid)).size).toBe(2);
});

describe('the token of a job', () => {
  const job = (n: number, at: number, more: Parameters<typeof useAt>[2] = {}) => {
    const event = useAt(n, at, { key: 'h', ...more });
    const principal = { ...event.principal, name: 'github-actions[bot]' };
    return { ...event, source: { ...event.source, vendor: 'github' }, principal, token: { uid: 'h', kind: 'hashed_token' } };
  };
  test.each<[string, object]>([
    ['as always', {}],
    ['in a way that has to be judged, which is learned when that is settled', { agent: 0 }],
  ])('that was met first %s is over after a day', (_, more) => {
    expect(findingsOf('use_after_expiry', [job(1, 0, more), job(2, 24 * HOUR)])).toEqual([]);
    const withEgress = (events: SessionEvent[]) => {
      const detect = createDetect([bareRule('nhi_egress'), bareRule('use_after_expiry')], { config_digest: 'test' });
      return events.flatMap((event) => detect.accept(event)).filter(({ type }) => type === 'use_after_expiry');
    };
    expect(withEgress([job(1, 0, more), job(2, 25 * HOUR)])).toMatchObject([{ score: 45, token: { uid: 'h' } }]);
    // not since something later was learned
    expect(withEgress([job(1, 0, more), job(2, 4 * HOUR), job(3, 25 * HOUR)])).toHaveLength(1);
  });
});

describe('the token of a job that the log names', () => {
  const ofGitlab = (event: SessionEvent): SessionEvent => ({ ...event, source: { ...event.source, vendor: 'gitlab' } });
  const use = (n: number, at: number, more: Parameters<typeof useAt>[2] = {}, job = 'job:1') =>
    ofGitlab({ ...useAt(n, at, { who: 'person', place: 3, ...more }), token: { uid: job, kind: 'job_token' } });
  const done = (n: number, at: number, delay = 0, job = 'job:1') =>
    ofGitlab({
      ...useAt(n, at, { who: 'person', delay }),
      action: 'PUT /api/:version/jobs/:id',
      activity: 'other',
      details: { kind: 'job_token', effect: 'deleted', key_uid: job },
    });
  const said = (events: SessionEvent[]) => findingsOf('use_after_expiry', byArrival(events));

  test('is over with the job and a few minutes', () => {
    const [finding] = said([use(1, 0), done(2, 5), use(3, 16)]);
    expect(finding).toMatchObject({ score: 45, token: { uid: 'job:1' } });
    expect(finding!.message).toMatch(/that was over with its job 11 min before/);
    expect(finding!.evidence.map(({ event_uid, role }) => [event_uid.slice(-4), role])).toEqual([
      ['0002', 'baseline'],
      ['0003', 'trigger'],
    ]);
    expect(said([use(1, 0), done(2, 5), use(3, 15)])).toEqual([]);
    expect(said([use(1, 0), done(2, 5, 0, 'job:2'), use(3, 60)])).toEqual([]);
    expect(said([use(1, 0), use(3, 30 * HOUR)])).toEqual([]);
  });

  test('is found when the end is told late, by the latest use', () => {
    const inTime = said([use(1, 0), done(2, 5), use(3, 16)]);
    const late = said([use(1, 0), use(3, 16), done(2, 5, 60)]);
    expect(late.map(({ uid }) => uid)).toEqual(inTime.map(({ uid }) => uid));
    expect(said([use(1, 0), use(3, 4), done(2, 5, 60)])).toEqual([]);
  });

  test('is one finding for each job, from elsewhere the worse', () => {
    const jobs = [
      use(1, 0),
      done(2, 5),
      use(3, 20),
      use(4, 30, { place: 4 }),
      use(5, 0, {}, 'job:2'),
      done(6, 5, 0, 'job:2'),
      use(7, 40, {}, 'job:2'),
    ];
    expect(new Set(said(jobs).map(({ uid }) => uid)).size).toBe(2);
  });

  test('teaches nothing of the person`s own', () => {
    const detect = createDetect([bareRule('use_after_expiry')], { config_digest: 'test', limits: { allowed_lateness: 60_000 } });
    for (let n = 0; n < 40; n++) detect.accept(use(n, n * HOUR, {}, `job:${n}`));
    const person = (detect as Engine).people.find('default/alex@example.com', 0)!;
    expect(person.habits?.use ?? []).toEqual([]);
    expect(person.story.tail.length).toBeLessThanOrEqual(16);
  });

  test('whoever runs hundreds of jobs is found by the latest eight, and keeps what else ended', () => {
    const many = Array.from({ length: 200 }, (_, n) => done(100 + n, n, 0, `job:${n}`));
    expect(said([...many, use(1, 240, {}, 'job:199')])).toHaveLength(1);
    expect(said([...many, use(1, 240, {}, 'job:192')])).toHaveLength(1);
    expect(said([...many, use(1, 240, {}, 'job:20')])).toEqual([]);
  });

  test('in whatever order records come, the same is found', () => {
    const line = fc.record({
      isEnd: fc.boolean(),
      job: fc.constantFrom('job:1', 'job:2'),
      at: fc.integer({ min: 0, max: 120 }),
      delay: fc.integer({ min: 0, max: 20 * HOUR }),
      place: fc.constantFrom(3, 4, 5),
    });
    const standing = (events: SessionEvent[]) => {
      const latest = new Map(said(events).map((finding) => [finding.uid, finding]));
      const left = [...latest.values()].filter(({ status }) => status !== 'retracted');
      return left.map(({ uid, token }) => `${uid} ${token!.uid}`).sort();
    };
    let found = 0;
    fc.assert(
      fc.property(fc.array(line, { minLength: 2, maxLength: 12 }), (lines) => {
        const events = lines.map(({ isEnd, job, at, delay, place }, n) =>
          isEnd ? done(n, at, delay, job) : use(n, at, { delay, place }, job),
        );
        const told = standing(events.map((event) => ({ ...event, arrival_time: event.time })));
        found += told.length;
        expect(standing(events)).toEqual(told);
      }),
      runs(500),
    );
    expect(found).toBeGreaterThan(20);
  });
});

test('a key that lives on, and a person`s session, have no end that could be told', () => {
  expect(findingsOf('use_after_expiry', [useAt(1, 0), useAt(2, 40 * HOUR)])).toEqual([]);
  expect(findingsOf('use_after_expiry', [useAt(1, 0, { who: 'person', key: 'ASIA1', age: 20 * HOUR })])).toEqual([]);
});

test('is silent for a reason', () => {
  expect(silenceOf('use_after_expiry', [useAt(1, 0, { place: 0, agent: 0, who: 'person', age: 0 })])).toMatch(
    /^it is no use of a credential/,
  );
});
