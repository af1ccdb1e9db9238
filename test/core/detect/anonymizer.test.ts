import { anonymizer } from '../../../src/core/detect/anonymizer.js';
import { type DetectOptions, Engine } from '../../../src/core/detect/index.js';
import { resolve } from '../../../src/core/detect/parameters.js';
import type { Finding, SessionEvent } from '../../../src/core/event/index.js';
import { bareRule } from '../../helpers/rules.js';
import { type Line, PLACES, say } from '../../helpers/world.js';

const DAY = 24 * 60;
const VPN = 5;
const TOR = 8;
const CHROME = 2;

type Told = Omit<Line, 'n'> & { over?: Partial<SessionEvent> };

const KNOWN: readonly Told[] = Array.from({ length: 10 }, (_, day) => ({ at: day * DAY, activity: 'sign_in', session: `d${day}` }));
const RULES = [bareRule('session_reuse'), bareRule('anonymizer', { report_from: 15 })];
const hidden = (line: Partial<Told> = {}): Told => ({ at: 13 * DAY, activity: 'sign_in', session: 'hidden', place: TOR, ...line });

function tell(lines: readonly Told[], options: Partial<DetectOptions> = {}): { engine: Engine; findings: Finding[] } {
  const engine = new Engine(RULES, { config_digest: 'test', ...options });
  return { engine, findings: lines.flatMap(({ over, ...line }, n) => engine.accept({ ...say({ ...line, n }), ...over })) };
}

test('says what hides the person, and in which session', () => {
  expect(tell([...KNOWN, hidden()]).findings).toMatchObject([
    { type: 'anonymizer', message: 'alex@example.com came over Tor: Tor exits (AS60729), tor, Berlin DE.', session: { uid: 'hidden' } },
  ]);
  expect(tell([...KNOWN, hidden({ place: VPN })]).findings).toMatchObject([
    { message: 'alex@example.com came over a VPN or proxy: Mullvad (AS39351), vpn, Malmo SE.' },
  ]);
});

test('a day is one finding, and the next is another', () => {
  const again = (at: number): Told => hidden({ at: 13 * DAY + at, session: `at ${at}` });
  const uids = (lines: readonly Told[]) => new Set(tell([...KNOWN, ...lines]).findings.map(({ uid }) => uid)).size;
  expect(uids([again(0), again(15 * 60)])).toBe(1);
  expect(uids([again(0), again(16 * 60)])).toBe(2);
  expect(uids([again(0), hidden({ at: 13 * DAY + 1, place: VPN })])).toBe(2);
});

test('what a stranger did is told by the rule that knows of the stranger', () => {
  const lines = [...KNOWN, { at: 13 * DAY, session: 's' }, { at: 13 * DAY + 5, session: 's', place: TOR, agent: CHROME }];
  expect(tell(lines).findings.map(({ type }) => type)).toEqual(['session_reuse']);
});

describe('what it says of an event that it is silent of', () => {
  const used = (at: number): Told => hidden({ at, session: `used ${at}` });
  const shared: Partial<SessionEvent> = { principal: { key: 'default/alex@example.com', type: 'human', tags: ['shared'] } };
  const stolen: readonly Told[] = [...KNOWN, { at: 13 * DAY, session: 's' }, { at: 13 * DAY + 5, session: 's', place: TOR, agent: CHROME }];
  test.each<{ why: string; lines: readonly Told[]; options?: Partial<DetectOptions> }>([
    { why: 'it came from no VPN, proxy or Tor exit', lines: KNOWN },
    {
      why: 'it is neither a sign-in nor the person at work',
      lines: [...KNOWN, hidden({ activity: 'token_issue', over: { is_presence: false } })],
    },
    { why: 'the person is used to come over tor', lines: [...KNOWN, used(4 * DAY), used(5 * DAY), hidden()] },
    {
      why: "it is a way out of the organisation's, or one that the person is used to",
      lines: [...KNOWN, hidden()],
      options: { isOperatorEgress: ({ asn }) => asn === PLACES[TOR]!.asn },
    },
    { why: 'shared accounts and machines have no habits of one person', lines: [hidden({ over: shared })] },
    { why: 'the person is not known well enough yet', lines: [hidden()] },
    { why: "another rule holds it for a stranger's", lines: stolen },
  ])('$why', ({ why, lines, options }) => {
    const { engine } = tell(lines, options);
    const person = [...engine.people.values()][0]!;
    const judge = anonymizer.create(resolve(anonymizer.parameters, {}), 0);
    expect(judge.silence?.(engine.personScene(person), person.story.tail.length - 1)).toBe(why);
  });
});
