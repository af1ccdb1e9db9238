import { createDetect } from '../../../src/core/detect/index.js';
import { peopleOf } from '../../helpers/codec.js';
import { bareRule } from '../../helpers/rules.js';
import { say } from '../../helpers/world.js';

const RULES = [bareRule('session_reuse'), bareRule('nhi_egress')];

const uses = [0, 5, 10].map((at, n) => say({ at, n, activity: n === 0 ? 'sign_in' : 'session_use' }));

/** In the person's own session, from a rented server, with a library. */
const agents = say({ at: 7, n: 9, place: 3, agent: 4 });
const acting = {
  ...agents,
  is_presence: false,
  principal: { ...agents.principal, type: 'agent' as const, on_behalf_of: agents.principal.key },
};

test('what an agent does for a person, in their session, is nothing that the session is known by', () => {
  const told = (events: typeof uses) => {
    const detect = createDetect(RULES, { config_digest: 'test' });
    const findings = events.flatMap((event) => detect.accept(event));
    const [person] = peopleOf(detect).values();
    return { findings, prints: person!.sessions[0]!.prints.length, type: person!.principal.type };
  };
  expect(told([uses[0]!, uses[1]!, acting, uses[2]!])).toEqual({ findings: [], prints: 1, type: 'human' });
  // the same by nobody's word is another holder
  expect(told([uses[0]!, uses[1]!, agents, uses[2]!]).findings.length).toBeGreaterThan(0);
});

test('an agent that acts for nobody is a service like others', () => {
  const detect = createDetect(RULES, { config_digest: 'test' });
  const event = (n: number, place: number) => ({
    ...say({ at: n * 8 * 60, n, place, agent: 4, session: '' }),
    is_presence: false,
    principal: { key: 'default/agent', type: 'agent' as const },
  });
  for (let n = 0; n < 40; n++) expect(detect.accept(event(n, 3))).toEqual([]);
  expect(detect.accept(event(40, 0))).toMatchObject([{ type: 'nhi_egress', level: 'high' }]);
});
