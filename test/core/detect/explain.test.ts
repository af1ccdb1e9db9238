import fc from 'fast-check';
import { Explainer } from '../../../src/core/detect/explain.js';
import { createDetect } from '../../../src/core/detect/index.js';
import { allRules, bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { bursts, byArrival } from '../../helpers/stories.js';
import { MINUTE, say } from '../../helpers/world.js';

const OPTIONS = { config_digest: 'test', limits: { allowed_lateness: 120 * MINUTE } };

test('whoever is asked for reasons judges as ever', () => {
  fc.assert(
    fc.property(bursts({ lateness: 120, days: 6 }), (lines) => {
      const detect = createDetect(allRules(), OPTIONS);
      const explainer = new Explainer(allRules(), OPTIONS);
      for (const event of byArrival(lines.map(say))) expect(explainer.accept(event).findings).toEqual(detect.accept(event));
    }),
    runs(200),
  );
});

test('a rule that says something of an event says why, and one that does not says why not', () => {
  fc.assert(
    fc.property(bursts({ lateness: 120, days: 6 }), (lines) => {
      const explainer = new Explainer(allRules(), OPTIONS);
      for (const event of byArrival(lines.map(say))) {
        const { answers, findings } = explainer.accept(event);
        for (const { judgement, silence, score } of answers) {
          expect(silence === undefined).toBe(judgement !== undefined);
          expect(score).toBe(judgement?.score ?? 0);
          if (judgement !== undefined && score > 0) expect(judgement.factors.length).toBeGreaterThan(0);
        }
        for (const finding of findings.filter(({ trigger_event_uid, status }) => trigger_event_uid === event.uid && status === 'new')) {
          const answer = answers.find(({ rule }) => rule === finding.rule.uid);
          expect(answer).toMatchObject({ score: finding.score, level: finding.level });
        }
      }
    }),
    runs(200),
  );
});

describe('what was known before', () => {
  const explainer = new Explainer(allRules(), OPTIONS);
  const DAY = 24 * 60;
  const at = (minutes: number, n: number, over = {}) => explainer.accept(say({ at: minutes, n, ...over }));

  test('of somebody new: nothing', () => expect(at(0, 1).before).toBeUndefined());

  test('of the session: its fingerprints, and which of them are held for a stranger’s', () => {
    at(5, 2, { place: 3, agent: 2 });
    expect(at(6, 3).before?.prints).toEqual([
      { name: 'edge 140 on windows from Telenor (AS2119), Oslo NO', uses: 1, is_suspect: false },
      { name: 'chrome 140 on linux from DigitalOcean (AS14061), hosting, Amsterdam NL', uses: 1, is_suspect: true },
    ]);
  });

  test('of the person: what they are used to, since when, and what ended', () => {
    at(DAY, 4, { activity: 'sign_in', session: 's2' });
    at(DAY + 5, 5, { activity: 'session_revoke', role: 'target' });
    const { before } = at(6 * DAY, 6, { session: 's3' });
    expect(before).toMatchObject({
      sessions: 2,
      prints: [],
      habits: { network: ['2119'], country: ['NO'], lane: ['browser'], program: ['edge/windows'] },
      sign_ins: 1,
      marks: [{ kind: 'session_revoke', action: 'session_revoke' }],
    });
  });
});

test('an event that is not part of any story asks nobody', () => {
  const explainer = new Explainer([bareRule('session_reuse'), bareRule('impossible_travel')], OPTIONS);
  explainer.accept(say({ at: 0, n: 1 }));
  const { answers, is_suspected } = explainer.accept({ ...say({ at: 1, n: 2, activity: 'sign_in' }), status: 'failure' });
  expect([answers, is_suspected]).toEqual([[], undefined]);
});
