import fc from 'fast-check';
import { appConsent } from '../../../src/core/detect/app-consent.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { PersonScene } from '../../../src/core/detect/judgement.js';
import { resolve } from '../../../src/core/detect/parameters.js';
import type { Rule } from '../../../src/core/detect/rule.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import { peopleOf } from '../../helpers/codec.js';
import { standingFindings } from '../../helpers/oracle.js';
import { bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { say } from '../../helpers/world.js';

interface Consent {
  /** minutes */
  at: number;
  by?: string;
  scopes?: string;
  details?: Record<string, string>;
  delay?: number;
}

const ruleOf = (parameters: Rule['parameters'] = {}): Rule => bareRule('app_consent', { report_from: 1, ...parameters });

/** The event that the app has of it. */
function consent({ at, by = 'p1', scopes, details, delay = 0 }: Consent, n: number): SessionEvent {
  const event = say({ at, n, delay, who: 'helper', activity: 'oauth_consent', role: 'target' });
  return {
    ...event,
    principal: { key: 'default/google_workspace:C1:helper', type: 'service', uid: 'helper', name: 'Mail Helper' },
    actor: { principal: { key: `default/${by}@example.com`, type: 'human' } },
    source: { vendor: 'google_workspace', product: 'token', account: 'C1' },
    details: { app_uid: 'helper', ...(scopes === undefined ? {} : { scopes }), ...details },
  };
}

function tell(rule: Rule, consents: readonly Consent[]): Finding[] {
  const detect = createDetect([rule], { config_digest: 'test' });
  return consents.flatMap((one, n) => detect.accept(consent(one, n)));
}

test('what it says of the one that is enough, and who was before', () => {
  const said = tell(
    ruleOf(),
    [1, 2, 3, 4, 5].map((n) => ({ at: n * 60, by: `p${n}` })),
  );
  expect(said).toHaveLength(1);
  expect(said[0]).toMatchObject({
    type: 'app_consent',
    level: 'medium',
    message: 'Mail Helper is an app that is new here, and 5 people or more let it in within 4 h.',
    factors: [{ name: 'app_campaign', text: '5 people or more let it in within 4 h.', after: '5' }],
  });
  expect(said[0]?.evidence.map(({ role }) => role)).toEqual(['context', 'context', 'context', 'context', 'trigger']);
});

test('who comes after the one that was enough is counted by nobody: it says of none that they are fewer', () => {
  const said = tell(
    ruleOf(),
    Array.from({ length: 25 }, (_, n) => ({ at: n * 60, by: `p${n}` })),
  );
  expect(new Set(said.map(({ uid }) => uid)).size).toBe(1);
  expect(said.at(-1)?.message).toBe('Mail Helper is an app that is new here, and 5 people or more let it in within 4 h.');
});

test('an app that acts as itself reaches far, whatever stands in its scopes', () => {
  expect(tell(ruleOf(), [{ at: 0, details: { kind: 'application' } }])[0]?.factors).toMatchObject([{ name: 'app_reaches_far' }]);
  expect(tell(ruleOf(), [{ at: 0, scopes: 'openid' }])).toEqual([]);
});

test('an app that is given to many is none that they let in', () => {
  const given = [1, 2, 3, 4, 5].map((n) => ({ at: n * 60, by: `p${n}`, details: { kind: 'app_assignment' } }));
  expect(tell(ruleOf(), given)).toEqual([]);
  expect(
    tell(
      ruleOf(),
      given.map(({ at, by }) => ({ at, by })),
    ),
  ).toHaveLength(1);
});

test('an app that is expected says nothing', () => {
  const wide = [{ at: 0, scopes: 'https://mail.google.com/' }];
  expect(tell(ruleOf(), wide)).toHaveLength(1);
  expect(tell(ruleOf({ known_apps: ['helper'] }), wide)).toEqual([]);
});

test('what goes on for more than a week is one finding of the first week', () => {
  const said = tell(
    ruleOf(),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((day) => ({ at: day * 1440, by: `p${day}`, scopes: 'https://mail.google.com/' })),
  );
  expect(new Set(said.map(({ uid }) => uid)).size).toBe(1);
  expect(said.at(-1)?.last_seen_time).toBeLessThanOrEqual(consent({ at: 7 * 1440 }, 0).time);
});

test('why it is silent', () => {
  const judge = appConsent.create(resolve(appConsent.parameters, {}), 0);
  const detect = createDetect([ruleOf()], { config_digest: 'test' });
  for (const [n, at] of [0, 8 * 1440].entries()) detect.accept(consent({ at, by: `p${n}` }, n));
  const { key } = consent({ at: 0 }, 0).principal;
  const person = peopleOf(detect).find(key, consent({ at: 8 * 1440 }, 0).arrival_time)!;
  const scene: PersonScene = { person, isOperatorEgress: () => false };
  expect(judge.judge(scene, person.story.tail.length - 1)).toBeUndefined();
  expect(judge.silence?.(scene, person.story.tail.length - 1)).toBe('the app has been here for longer');
});

describe('whatever the order of arrival', () => {
  const consents = fc
    .array(
      fc.record({
        at: fc.integer({ min: 0, max: 10 * 1440 }),
        by: fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5', 'p6'),
        scopes: fc.constantFrom(undefined, 'openid', 'https://mail.google.com/ offline_access'),
        delay: fc.integer({ min: 0, max: 24 * 60 }),
      }),
      { minLength: 1, maxLength: 30 },
    )
    .map((list) => list.map((one, n) => consent({ ...one, scopes: one.scopes! }, n)));
  const rule = ruleOf({ at_least: 3 });

  test('as one who remembers every consent would say', () => {
    fc.assert(
      fc.property(consents, (events) => {
        const sorted = [...events].sort((a, b) => a.arrival_time - b.arrival_time || (a.uid < b.uid ? -1 : 1));
        const detect = createDetect([rule], { config_digest: 'test' });
        const latest = new Map<string, Finding>();
        for (const event of sorted) for (const finding of detect.accept(event)) latest.set(finding.uid, finding);
        const standing = [...latest.values()].filter(({ status }) => status !== 'retracted');
        const told = standing.map((f) => `${f.type} ${f.principal.key} undefined ${f.level} ${f.score} ${f.uid}`);
        expect(told.sort()).toEqual(standingFindings([rule], sorted));
      }),
      runs(300),
    );
  });
});
