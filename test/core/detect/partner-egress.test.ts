import type { PartnerDeclaration } from '../../../src/core/declared/declarations.js';
import { Declared } from '../../../src/core/declared/declared.js';
import { Explainer } from '../../../src/core/detect/explain.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import { bareRule } from '../../helpers/rules.js';
import { PLACES, say } from '../../helpers/world.js';

const RULES = [bareRule('partner_egress', { report_from: 26 })];
const MSP: PartnerDeclaration = {
  name: 'nordic-msp',
  owner: 'Partner management',
  directories: ['8f1c2d3e-4b5a-4c6d-8e7f-90a1b2c3d4e5'],
  domains: [],
  ids: [],
  egress: { asn: [2119] },
};
const optionsOf = (...partners: PartnerDeclaration[]) => ({ config_digest: 'test', declared: new Declared({ agents: [], partners }) });
const DECLARED = optionsOf(MSP);

/** A technician's act, from Telenor unless said otherwise. @param at minutes */
function act(n: number, at: number, place: number, more: Partial<SessionEvent> = {}): SessionEvent {
  const event = say({
    n,
    at,
    place,
    session: '',
    activity: 'role_grant',
    who: 'kim@msp.example',
    details: { home_tenant: MSP.directories[0]! },
  });
  return { ...event, principal: { ...event.principal, tags: ['partner'] }, ...more };
}

test('from outside of what is declared: who, from where and what is declared', () => {
  expect(createDetect(RULES, DECLARED).accept(act(1, 0, 4))).toMatchObject([
    {
      score: 70,
      message: expect.stringMatching(
        /^kim@msp.example administers for the partner nordic-msp from outside of where it is declared to come from, with/,
      ),
      factors: [{ name: 'undeclared_egress', before: 'AS2119', after: 'Singtel (AS9506), Singapore SG' }, { name: 'partner_administers' }],
    },
  ]);
});

test('whatever is done from there is a finding, of the day and of the person', () => {
  const detect = createDetect(RULES, DECLARED);
  const said = [0, 1, 2].flatMap((n) => detect.accept(act(n, n, 4, { activity: 'mail_access' })));
  expect(said).toMatchObject([{ level: 'medium', score: 45, revision: 1 }]);
  expect(detect.accept(act(3, 3, 4))).toMatchObject([{ uid: said[0]!.uid, score: 70, revision: 2 }]);
});

test.each([
  ['audit_tamper', 70],
  // whoever takes everything along
  ['data_export', 70],
  // a rule in their own mailbox
  ['inbox_rule', 45],
] as const)('%s is worth %i there', (activity, score) => {
  expect(createDetect(RULES, DECLARED).accept(act(1, 0, 4, { activity }))).toMatchObject([{ score }]);
});

test('from where it is declared nothing is asked, however new it is to the person', () => {
  const detect = createDetect(RULES, DECLARED);
  for (let day = 0; day < 20; day++)
    detect.accept({ ...act(day, day * 1440, 6), activity: 'sign_in', details: undefined, uid: `x:t:${day}` });
  const abroad = { ...PLACES[4]!, asn: 2119 };
  expect(detect.accept(act(99, 21 * 1440, 0, { src_endpoint: abroad }))).toEqual([]);
  // nobody declares it: by what the person is used to
  expect(detect.accept(act(100, 21 * 1440 + 1, 4, { details: undefined }))).toMatchObject([
    { factors: [{ name: 'partner_administers' }, { name: 'network_new' }, { name: 'country_new' }] },
  ]);
});

test('a partner that is declared no more is judged by the person`s habits', () => {
  const detect = createDetect(RULES, DECLARED);
  detect.accept(act(1, 0, 4));
  expect(detect.configure(RULES, optionsOf())).toMatchObject([{ status: 'retracted' }]);
  const others = createDetect(RULES, DECLARED);
  others.accept(act(1, 0, 4));
  expect(others.configure(RULES, optionsOf({ ...MSP, tenant: 'other' }))).toMatchObject([{ status: 'retracted' }]);
  const wider = createDetect(RULES, DECLARED);
  wider.accept(act(1, 0, 4));
  expect(wider.configure(RULES, optionsOf({ ...MSP, egress: { asn: [9506] } }))).toMatchObject([{ status: 'retracted' }]);
});

test('what was tried in vain, or done to them, is not theirs', () => {
  const detect = createDetect(RULES, DECLARED);
  expect(detect.accept(act(1, 0, 4, { status: 'failure' }))).toEqual([]);
  expect(detect.accept(act(2, 1, 4, { subject_role: 'target', src_endpoint: undefined }))).toEqual([]);
});

describe('explain says why it is silent', () => {
  const silence = (event: SessionEvent) => new Explainer(RULES, DECLARED).accept(event).answers.map((answer) => answer.silence);

  test('inside', () => {
    expect(silence(act(1, 0, 0))).toEqual(['it comes from where the partner nordic-msp is declared to come from']);
  });
  test('of somebody else', () => {
    expect(silence(say({ n: 1, at: 0 }))).toEqual(['nobody of a partner does it, or not as an administrator']);
  });
});
