import type { AgentDeclaration } from '../../../src/core/declared/declarations.js';
import { Declared } from '../../../src/core/declared/declared.js';
import { Explainer } from '../../../src/core/detect/explain.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import { peopleOf } from '../../helpers/codec.js';
import { isUnder } from '../../helpers/machines.js';
import { bareRule } from '../../helpers/rules.js';
import { MINUTE, PLACES, say } from '../../helpers/world.js';
import { act, anAgent } from '../declared/an-agent.js';

const RULES = [bareRule('agent_overreach', { report_from: 20 })];

const optionsOf = (...agents: AgentDeclaration[]) => ({ config_digest: 'test', declared: new Declared({ agents, partners: [] }) });
const CLOUD = optionsOf(anAgent({ egress: { asn: [8075] } }));

let n = 0;
/** @param at minutes after noon */
function at(minutes: number, more: Partial<SessionEvent> = {}): SessionEvent {
  const event = act(more);
  const time = event.time + minutes * MINUTE;
  return { ...event, uid: `entra:t:${String(n++).padStart(5, '0')}`, time, arrival_time: time };
}

test('10,000 acts from elsewhere on a day are one finding, with evidence that has an end', () => {
  const detect = createDetect(RULES, CLOUD);
  const latest = new Map<string, Finding>();
  let revisions = 0;
  for (let i = 0; i < 10_000; i++) {
    const place = { ...PLACES[3]!, ip: `178.62.${i % 200}.20`, prefix: `178.62.${i % 200}` };
    for (const finding of detect.accept(at(i * 0.06, { src_endpoint: place, resource: { name: `file ${i}` } }))) {
      latest.set(finding.uid, finding);
      revisions++;
    }
  }
  const [finding, ...others] = latest.values();
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ type: 'agent_overreach', level: 'medium', score: 45 });
  expect(finding!.evidence.length).toBeLessThan(20);
  expect(revisions).toBeLessThan(30);
  const [person] = peopleOf(detect).values();
  expect(person!.story.tail.length).toBeLessThan(50);
  expect(isUnder(person!, 48 * 1024)).toBe(true);
});

test('a flood of one breach hides no worse one', () => {
  const detect = createDetect(RULES, optionsOf(anAgent({ egress: { asn: [8075] }, activities: ['session_use'] })));
  const said = [];
  for (let i = 0; i < 50; i++) said.push(...detect.accept(at(i / 10, { resource: { name: `file ${i}` } })));
  said.push(...detect.accept(at(6, { activity: 'role_grant' })));
  expect(said.at(-1)).toMatchObject({ level: 'critical', score: 100 });
});

test('each day has a finding of its own', () => {
  const detect = createDetect(RULES, CLOUD);
  const uids = new Set([0, 5, 24 * 60].flatMap((minutes) => detect.accept(at(minutes))).map(({ uid }) => uid));
  expect(uids.size).toBe(2);
});

test('a finding says what is declared, and what was done', () => {
  const [finding] = createDetect(RULES, CLOUD).accept(at(0));
  expect(finding!.message).toBe(
    'reporter@example.com oversteps what is declared of reporter: from outside of AS8075, with edge 140 on windows from DigitalOcean (AS14061), hosting, Amsterdam NL.',
  );
  expect(finding!.factors).toMatchObject([{ name: 'undeclared_egress', before: 'AS8075', after: expect.stringContaining('DigitalOcean') }]);
});

test('whoever comes from elsewhere is a stranger to other rules, but not where the person is at home', () => {
  const [finding] = createDetect(RULES, CLOUD).accept(at(0));
  const own = createDetect(RULES, { ...CLOUD, isOperatorEgress: () => true });
  own.accept(at(0));
  expect(finding).toBeDefined();
  expect([...peopleOf(own).values()][0]!.story.verdicts[0]!.judgement.stranger).toBeUndefined();
});

describe('with the rights of a person', () => {
  const options = optionsOf(anAgent({ ids: [], clients: ['client-1'], egress: { asn: [8075, 14061] } }));
  const own = [0, 5, 10].map((minute, i) => say({ at: minute, n: 9000 + i, activity: i === 0 ? 'sign_in' : 'session_use' }));
  const delegated = say({ at: 7, n: 9100, place: 3, agent: 4, client: 'client-1' });

  const told = (events: SessionEvent[], with_ = options) => {
    const detect = createDetect([...RULES, bareRule('session_reuse')], with_);
    const findings = events.flatMap((event) => detect.accept(event));
    return { findings: findings.map(({ type }) => type), prints: [...peopleOf(detect).values()][0]!.sessions[0]!.prints.length };
  };

  test('what it does from where it is declared is nothing that the session is known by', () => {
    expect(told([own[0]!, own[1]!, delegated, own[2]!])).toEqual({ findings: [], prints: 1 });
    expect(told([own[0]!, own[1]!, { ...delegated, client: { uid: 'client-2' } }, own[2]!]).findings).toContain('session_reuse');
  });

  test('from elsewhere it is found, and teaches nothing', () => {
    const from = { ...delegated, src_endpoint: PLACES[4]! };
    expect(told([own[0]!, own[1]!, from, own[2]!])).toEqual({ findings: ['agent_overreach'], prints: 1 });
  });

  test('one that may come from anywhere is told from nobody, and stays with the person', () => {
    const anywhere = optionsOf(anAgent({ ids: [], clients: ['client-1'] }));
    expect(told([own[0]!, own[1]!, delegated, own[2]!], anywhere).findings).toContain('session_reuse');
  });
});

describe('what an agent did as somebody', () => {
  test('teaches nothing of them, though it is found', () => {
    const rules = [bareRule('agent_overreach', { report_from: 20, undeclared: true })];
    const detect = createDetect(rules, { ...optionsOf(anAgent()), limits: { allowed_lateness: 0 } });
    const anas = { key: 'default/ana@example.com', email: 'ana@example.com' };
    const asAna = { principal: { ...anas, type: 'agent' as const, on_behalf_of: anas.key }, is_presence: true };
    const said = [at(0, asAna), at(5, asAna), at(24 * 60, asAna)].flatMap((event) => detect.accept(event));
    expect(said[0]).toMatchObject({ type: 'agent_overreach', level: 'low', score: 20 });
    expect([...peopleOf(detect).values()][0]!.habits?.network ?? []).toEqual([]);
  });
});

describe('an agent that nobody declared', () => {
  const other = { principal: { key: 'default/other', type: 'agent' as const, on_behalf_of: 'default/ana@example.com' } };
  const ask = (undeclared: boolean, options = CLOUD, more: Partial<SessionEvent> = other) =>
    createDetect([bareRule('agent_overreach', { report_from: 20, undeclared })], options).accept(at(0, more));

  test('is said when that is asked for, and agents are declared at all', () => {
    expect(ask(true)).toMatchObject([{ level: 'low', score: 20, factors: [{ name: 'undeclared_agent' }] }]);
    expect(ask(false)).toEqual([]);
    expect(ask(true, CLOUD, {})).toEqual([]);
    expect(ask(true, optionsOf())).toEqual([]);
    expect(ask(true, CLOUD, { principal: { ...other.principal, on_behalf_of: undefined } })).toEqual([]);
  });

  test('is said once in a week, which begins on Monday', () => {
    const detect = createDetect([bareRule('agent_overreach', { report_from: 20, undeclared: true })], CLOUD);
    const days = new Map<string, number[]>();
    for (let day = 0; day < 22; day++) {
      const event = at(day * 24 * 60, other);
      for (const { uid } of detect.accept(event)) days.set(uid, [...(days.get(uid) ?? []), new Date(event.time).getUTCDay()]);
    }
    expect([...days.values()]).toEqual([[1, 2, 3, 4, 5, 6, 0], [1, 2, 3, 4, 5, 6, 0], [1, 2, 3, 4, 5, 6, 0], [1]]);
  });
});

test('a wider declaration takes back what it allows; one that is gone, everything', () => {
  const detect = createDetect(RULES, CLOUD);
  detect.accept(at(0));
  expect(detect.configure(RULES, optionsOf(anAgent({ egress: { asn: [8075, 14061] } })))).toMatchObject([{ status: 'retracted' }]);
  const other = createDetect(RULES, CLOUD);
  other.accept(at(0));
  expect(other.configure(RULES, optionsOf())).toMatchObject([{ status: 'retracted' }]);
});

test('a name that is another tenant`s by now says nothing of that one, and takes back what was said', () => {
  const detect = createDetect(RULES, CLOUD);
  expect(detect.accept(at(0))).toHaveLength(1);
  const said = detect.configure(RULES, optionsOf(anAgent({ tenant: 'other', egress: { asn: [64500] } })));
  expect(said).toMatchObject([{ status: 'retracted' }]);
  expect(JSON.stringify(said)).not.toContain('AS64500');
});

describe('explain says why it is silent', () => {
  const silence = (event: SessionEvent, options = CLOUD, parameters = {}) => {
    const explainer = new Explainer([bareRule('agent_overreach', parameters)], options);
    return explainer.accept(event).answers.map(({ silence }) => silence);
  };

  test.each([
    ['all that is declared of the agent reporter holds', at(0), optionsOf(anAgent({ egress: { asn: [14061] } }))],
    ['it is nothing that the agent reporter did', at(0, { activity: 'sign_in', is_presence: true, status: 'failure' }), CLOUD],
    ['no agent is declared', at(0), optionsOf()],
    ['no declaration speaks of this agent', at(0, { principal: { key: 'default/x', type: 'agent', on_behalf_of: 'default/y' } }), CLOUD],
    ['nobody that is declared as an agent acts in it', say({ at: 0, n: 1, activity: 'sign_in' }), CLOUD],
    ['no agent is declared', say({ at: 0, n: 1, activity: 'sign_in' }), optionsOf()],
  ])('%s', (words, event, options) => {
    const known = event.status === 'failure' ? [at(-5, { is_presence: true })] : [];
    const explainer = new Explainer(RULES, options);
    for (const before of known) explainer.accept(before);
    expect(explainer.accept(event).answers.map((answer) => answer.silence)).toEqual([words]);
  });

  test('a rule of those that nobody declared says that one is', () => {
    expect(silence(at(0), CLOUD, { undeclared: true })).toEqual(['the agent reporter is declared']);
  });

  test('and says what it found', () => {
    expect(silence(at(0))).toEqual([undefined]);
    expect(
      silence(at(0, { principal: { key: 'default/x', type: 'agent', on_behalf_of: 'default/y' } }), CLOUD, { undeclared: true }),
    ).toEqual([undefined]);
  });

  test('an event of nobody’s that is no part of a story has no answer', () => {
    expect(silence({ ...say({ at: 0, n: 1, session: '' }), is_presence: false })).toEqual([]);
  });
});
