import type { SessionEvent } from '../../../../src/core/event/index.js';
import { AGENTS, PLACES } from '../../../helpers/world.js';
import { judged, namesOf, told } from './judged.js';

const BERGEN = 1;
const SERVER = 3;
const CAFE = 6;
const LINUX = 2;
const NOWHERE: Partial<SessionEvent> = { src_endpoint: undefined };
const edge = (major: number) => ({ user_agent: { ...AGENTS[0]!, original: `edge ${major}`, major } });
const office = { src_endpoint: { ...PLACES[CAFE]!, ip: '9.9.9.9', prefix: '9.9.9', asn: 99, as_org: 'Office' } };
const uid = (n: number) => `entra:t:${String(n).padStart(4, '0')}`;
/** The event that the last one was compared with. */
const comparedWith = (events: readonly SessionEvent[]) => judged(events).at(-1)?.baseline[0]?.uid;

describe('of prints that are equally near', () => {
  const stranger = told({ at: 10, n: 10, over: { ...office, user_agent: AGENTS[LINUX] } });

  test.each([
    ['the mint', [told({ at: 0, n: 0 }), told({ at: 1, n: 1, place: CAFE }), told({ at: 2, n: 2 })], /Telenor/],
    ['the later one', [told({ at: 0, n: 0 }), told({ at: 1, n: 1, place: CAFE })], /NextGenTel/],
  ])('the one that was used last counts: %s', (_name, before, network) => {
    const factors = judged([...before, stranger]).at(-1)?.factors ?? [];
    expect(factors.find(({ name }) => name === 'network_changed')?.before).toMatch(network);
  });

  test('the finding names what the session is known by, not what is known to deviate', () => {
    expect(comparedWith([told({ at: 0, n: 0 }), told({ at: 1, n: 1, place: CAFE }), stranger])).toBe(uid(0));
  });

  test('nearness comes before that', () => {
    const near = told({ at: 1, n: 1, over: { user_agent: AGENTS[LINUX] } });
    const events = [told({ at: 0, n: 0 }), near, told({ at: 2, n: 2 }), told({ at: 10, n: 10, place: CAFE, agent: LINUX })];
    expect(comparedWith(events)).toBe(uid(2));
    const [first, ...rest] = events as [SessionEvent, ...SessionEvent[]];
    const version = told({ at: 1, n: 1, over: edge(139) });
    expect(comparedWith([first, version, ...rest.slice(1, 2), told({ at: 10, n: 10, place: CAFE, over: edge(138) })])).toBeUndefined();
  });

  test('of those that were used at one moment the first of the story, whichever arrived first', () => {
    const mint = told({ at: 0, n: 0 });
    const other = told({ at: 0, n: 1, place: CAFE });
    expect(comparedWith([mint, other, stranger])).toBe(uid(0));
    expect(comparedWith([other, mint, stranger])).toBe(uid(0));
  });
});

describe('in the company of a suspect', () => {
  const suspect = (n: number, over: Partial<SessionEvent> = {}) => told({ at: n, n, place: SERVER, agent: LINUX, over });

  test('a print behind its address block has what is known of it, each once', () => {
    const log = told({ at: 2, n: 2, place: SERVER, product: 'graph_activity', agent: 6 });
    const judgement = judged([told({ at: 0, n: 0 }), suspect(1), log])[2];
    expect(namesOf(judgement)).toEqual(['network_rented_abroad', 'country_changed', 'os_changed', 'browser_changed']);
    expect(judgement?.score).toBe(98);
  });

  test('of several suspects the first counts', () => {
    const first = suspect(1);
    const second = suspect(2, { device: { uid: 'd2', evidence: 'observed' } });
    const mint = told({ at: 0, n: 0, device: 'd1' });
    const log = told({ at: 3, n: 3, place: SERVER, product: 'graph_activity', agent: 6 });
    expect(namesOf(judged([mint, first, second, log])[2])).toContain('device_replaced');
    expect(namesOf(judged([mint, first, second, log])[3])).not.toContain('device_replaced');
  });

  test('a print at home keeps its own name, though the suspect sits there too', () => {
    const events = [told({ at: 0, n: 0 }), told({ at: 1, n: 1, agent: LINUX }), told({ at: 2, n: 2, over: edge(141) })];
    expect(judged(events).map((judgement) => judgement?.score)).toEqual([undefined, 60, undefined]);
  });

  test('no address is no company', () => {
    const events = [
      told({ at: 0, n: 0, agent: 5 }),
      told({ at: 1, n: 1, place: CAFE }),
      told({ at: 2, n: 2, agent: LINUX, over: NOWHERE }),
      told({ at: 3, n: 3, over: { ...NOWHERE, ...edge(141) } }),
      told({ at: 4, n: 4, place: CAFE, over: edge(142) }),
    ];
    expect(judged(events).map((judgement) => judgement?.score)).toEqual([undefined, 20, 80, 20, 20]);
  });
});

test('what the nearest print deviated by is carried on once', () => {
  const events = [told({ at: 0, n: 0 }), told({ at: 1, n: 1, place: CAFE }), told({ at: 2, n: 2, over: { ...office, ...edge(138) } })];
  expect(namesOf(judged(events)[2])).toEqual(['network_changed', 'version_backwards']);
});

test('a system that only the vendor names is remembered of the print that showed it', () => {
  const browser = { client: { uid: 'app' } };
  const device = (os: string) => ({ ...browser, user_agent: undefined, device: { uid: undefined, evidence: 'observed', os } }) as const;
  const product = 'graph_activity';
  const events = [
    told({ at: 0, n: 0, agent: 4, product }),
    told({ at: 1, n: 1, product, over: device('windows') }),
    told({ at: 2, n: 2, product, place: CAFE, over: device('macos') }),
  ];
  expect(namesOf(judged(events)[2])).toEqual(['network_changed', 'os_changed']);
});

describe('speed', () => {
  const far = (n: number, over: Partial<SessionEvent> = {}) => told({ at: 40, n, place: 4, over: { activity: 'inbox_rule', ...over } });

  test('is measured from the latest place', () => {
    const events = [told({ at: 0, n: 0 }), told({ at: 30, n: 1, place: CAFE }), far(2)];
    expect(judged(events)[2]?.travel).toMatchObject({ from: 'Oslo NO', to: 'Singapore SG', gap_ms: 600_000 });
  });

  test('of two places at one moment from the one that the story told first', () => {
    const mint = told({ at: 30, n: 0 });
    const other = told({ at: 30, n: 1, place: BERGEN });
    expect(judged([mint, other, far(2)])[2]?.travel?.from).toBe('Oslo NO');
    expect(judged([other, mint, far(2)])[2]?.travel?.from).toBe('Oslo NO');
  });
});

describe("in a session that began in a vendor's shell", () => {
  const role = { uid: 'role', issuer: 'aws:t', confidence: 'high' } as const;
  const source = { vendor: 'aws', product: 'cloudtrail', account: 't' };
  const amazon = { ...PLACES[SERVER]!, ip: '13.48.10.20', prefix: '13.48.10', country: 'SE', asn: 16509, as_org: 'Amazon' };
  const cli = { original: 'aws-cli', kind: 'library', family: 'aws-cli', os: 'linux' } as const;
  const shell = { ...cli, original: 'CloudShell', family: 'aws-cloudshell' } as const;
  const used = (n: number, src_endpoint: SessionEvent['src_endpoint'], user_agent: SessionEvent['user_agent'] = cli) =>
    told({ at: n, n, over: { session: role, source, src_endpoint, user_agent } });

  test('a rented server is compared with the shell', () => {
    const judgements = judged([used(0, amazon, shell), used(1, PLACES[SERVER])], { report_from: 30 });
    expect(judgements[0]).toBeUndefined();
    expect(namesOf(judgements[1])).toContain('network_rented_abroad');
    expect(judgements[1]?.baseline.map((side) => side.uid)).toEqual([uid(0)]);
  });

  test('a network of people is what it is known by, while nothing is known of the person', () => {
    const judgements = judged([used(0, amazon, shell), used(1, PLACES[0]), used(2, PLACES[SERVER])], { report_from: 30 });
    expect(judgements[1]).toBeUndefined();
    expect(judgements[2]?.baseline.map((side) => side.uid)).toEqual([uid(1)]);
  });

  test('another shell is compared with none', () => {
    const ireland = { ...amazon, prefix: '34.240.1', country: 'IE' };
    expect(judged([used(0, amazon, shell), used(1, ireland, shell)], { report_from: 1 })).toEqual([undefined, undefined]);
  });
});
