import fc from 'fast-check';
import { createDetect } from '../../../src/core/detect/index.js';
import { type EvidenceSource, type Judgement, type PersonScene, UNREPORTED } from '../../../src/core/detect/judgement.js';
import { originOf } from '../../../src/core/detect/means.js';
import type { Endpoint, Finding, SessionEvent } from '../../../src/core/event/index.js';
import { newPerson } from '../../../src/core/state/person.js';
import { bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { type Line, PLACES, say, T0 } from '../../helpers/world.js';

const HOUR = 60;
const DAY = 24 * HOUR;
const SERVER = 3;
const SINGAPORE = 4;
const CHROME = 2;
const PYTHON = 4;
const SOURCE = { uid: 'e1', time: T0, vendor: 'entra', action: 'a' } as EvidenceSource;

type Told = Omit<Line, 'n'> & { over?: Partial<SessionEvent> };

const block = (n: number, place = SERVER): Partial<SessionEvent> => {
  const endpoint: Endpoint = { ...PLACES[place]!, ip: `10.9.${n}.7`, prefix: `10.9.${n}` };
  return { src_endpoint: endpoint };
};
/** A session of the owner's, in which somebody else turns up ten minutes later. */
const theft = (at: number, session: string, line: Partial<Told>): Told[] => [
  { at, session },
  { at: at + 10, session, place: SERVER, agent: CHROME, ...line },
];

function eventsOf(lines: readonly Told[]): SessionEvent[] {
  return lines.map(({ over, ...line }, n) => ({ ...say({ ...line, n }), ...over }));
}

/** Which sessions' findings are of one incident. */
function incidentsOf(events: readonly SessionEvent[], rules = [bareRule('session_reuse')]): string[][] {
  const detect = createDetect(rules, { config_digest: 'test' });
  const latest = new Map<string, Finding>();
  for (const event of [...events].sort((a, b) => a.arrival_time - b.arrival_time)) {
    for (const finding of detect.accept(event)) latest.set(finding.uid, finding);
  }
  const byIncident = new Map<string, Set<string>>();
  for (const { incident_uid, session } of latest.values()) {
    byIncident.set(incident_uid, (byIncident.get(incident_uid) ?? new Set()).add(session?.uid ?? ''));
  }
  return [...byIncident.values()].map((sessions) => [...sessions].sort()).sort();
}

const told = (...lines: readonly Told[][]) => incidentsOf(eventsOf(lines.flat()));
const ONE = [['s1', 's2']];
const TWO = [['s1'], ['s2']];

describe('a thief who comes back from another address block, into another session', () => {
  const first = theft(0, 's1', { over: block(1) });

  test('with the same program at the same operator of servers', () => {
    expect(told(first, theft(3 * HOUR, 's2', { over: block(2) }))).toEqual(ONE);
  });

  test('within a day', () => {
    expect(told(first, theft(DAY, 's2', { over: block(2) }))).toEqual(ONE);
    expect(told(first, theft(DAY + 1, 's2', { over: block(2) }))).toEqual(TWO);
  });

  test('not with another program, nor at another operator, nor from another country', () => {
    expect(told(first, theft(3 * HOUR, 's2', { over: block(2), agent: PYTHON }))).toEqual(TWO);
    expect(told(first, theft(3 * HOUR, 's2', { over: block(2, SINGAPORE) }))).toEqual(TWO);
    const abroad = { src_endpoint: { ...block(2).src_endpoint!, country: 'DE' } };
    expect(told(first, theft(3 * HOUR, 's2', { over: abroad }))).toEqual(TWO);
  });

  test('by a device or a device cookie that is not the person’s', () => {
    const elsewhere = { over: block(2, SINGAPORE), agent: PYTHON };
    for (const own of [{ device: 'thief' }, { cookie: 'thief' }]) {
      expect(told(theft(0, 's1', { over: block(1), ...own }), theft(3 * HOUR, 's2', { ...elsewhere, ...own }))).toEqual(ONE);
    }
    expect(told(theft(0, 's1', { device: 'a' }), theft(3 * HOUR, 's2', { ...elsewhere, device: 'b' }))).toEqual(TWO);
  });

  test('not by what was stolen with the session', () => {
    const stolen = (at: number, session: string, line: Partial<Told>) =>
      theft(at, session, line).map((one) => ({ ...one, device: 'pc', cookie: 'c1' }));
    expect(told(stolen(0, 's1', { over: block(1) }), stolen(3 * HOUR, 's2', { over: block(2, SINGAPORE), agent: PYTHON }))).toEqual(TWO);
  });

  test('not by a browser of the person’s own, which the session that is stolen did not begin in', () => {
    const own = (at: number, session: string, line: Partial<Told>): Told[] => theft(at, session, { ...line, cookie: 'mine' });
    const days = [0, 1].map((day): Told => ({ at: day * DAY, session: `d${day}`, cookie: 'mine' }));
    const later = [own(5 * DAY, 's1', { over: block(1) }), own(5 * DAY + HOUR, 's2', { over: block(2, SINGAPORE) })].flat();
    expect(told(days, later)).toEqual(TWO);
    expect(told(later)).toEqual(ONE);
  });

  test('not on an operator that the person is used to', () => {
    const office = { src_endpoint: { ...block(9).src_endpoint!, country: 'DE' } };
    const days = [0, 1].map((day): Told => ({ at: day * DAY, session: `d${day}`, agent: CHROME, over: office }));
    const later = [
      theft(5 * DAY, 's1', { over: block(1), agent: PYTHON }),
      theft(5 * DAY + HOUR, 's2', { over: block(2), agent: PYTHON }),
    ].flat();
    expect(told(days, later)).toEqual(TWO);
    expect(told(later)).toEqual(ONE);
  });
});

describe('of a finding that holds nobody for a stranger, the address block', () => {
  const CONSENT = bareRule('match', { where: { activity: 'oauth_consent' }, score: 45 });
  const rules = [bareRule('session_reuse'), CONSENT];
  const consent = (at: number, over: Partial<SessionEvent>): Told => ({ at, activity: 'oauth_consent', session: '', over });
  const both = (at: number, over: Partial<SessionEvent>, other = rules) =>
    incidentsOf(eventsOf([consent(at, over), ...theft(HOUR, 's1', { over: block(1) })]), other);
  const JOINED = [['', 's1']];
  const APART = [[''], ['s1']];

  test('joins, whichever was first', () => {
    expect(both(2 * HOUR, block(1))).toEqual(JOINED);
    expect(both(0, block(1))).toEqual(JOINED);
    expect(both(2 * HOUR, block(2))).toEqual(APART);
    expect(both(0, block(2))).toEqual(APART);
  });

  test('joins in whatever order the records arrive', () => {
    const delays = fc.array(fc.integer({ min: 0, max: 3 * HOUR }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * HOUR }), fc.constantFrom(1, 2), delays, (at, n, late) => {
        const events = eventsOf([...theft(HOUR, 's1', { over: block(1) }), consent(at, block(n))]);
        const arriving = events.map((event, i) => ({ ...event, arrival_time: event.time + late[i]! * 60_000 }));
        expect(incidentsOf(arriving, rules)).toEqual(n === 1 ? JOINED : APART);
      }),
      runs(100),
    );
  });

  test('joins two such findings', () => {
    const other = { ...bareRule('match', { where: { activity: 'inbox_rule' }, score: 45 }), uid: 'other' };
    const told = (over: Partial<SessionEvent>, ...days: Told[]) => {
      const rule: Told = { at: 5 * DAY + HOUR, activity: 'inbox_rule', session: 's1', over };
      return incidentsOf(eventsOf([...days, consent(5 * DAY, block(1)), rule]), [CONSENT, other]);
    };
    expect(told(block(1))).toEqual(JOINED);
    expect(told(block(2))).toEqual(APART);
    // who comes from where they always are
    expect(told(block(1), ...[0, 1].map((day): Told => ({ at: day * DAY, session: `d${day}`, over: block(9) })))).toEqual(APART);
  });

  test('not when the finding is low, by score or by what its rule can be at most', () => {
    for (const low of [bareRule('match', { where: { activity: 'oauth_consent' }, score: 39 }), { ...CONSENT, level_cap: 'low' as const }]) {
      expect(both(2 * HOUR, block(1), [rules[0]!, low])).toEqual(APART);
      expect(both(0, block(1), [rules[0]!, low])).toEqual(APART);
    }
  });

  test('joins when the finding is low and speaks of the place, in whatever order the records arrive', () => {
    const days = Array.from({ length: 10 }, (_, day): Told => ({ at: day * DAY, activity: 'sign_in', session: `d${day}` }));
    const NEW_COUNTRY = bareRule('new_country', { report_from: 20 });
    const abroad = (place: number, ...late: number[]) => {
      const signIn: Told = { at: 13 * DAY, activity: 'sign_in', session: '', over: block(1, SINGAPORE) };
      const events = eventsOf([...days, signIn, consent(13 * DAY + 5, block(place === SINGAPORE ? 1 : 2, place))]);
      const arriving = events.map((event, i) => ({ ...event, arrival_time: event.time + (late[i - days.length] ?? 0) * 60_000 }));
      return incidentsOf(arriving, [NEW_COUNTRY, CONSENT]);
    };
    for (const late of [[], [HOUR]]) {
      expect(abroad(SINGAPORE, ...late)).toHaveLength(1);
      expect(abroad(SERVER, ...late)).toHaveLength(2);
    }
  });

  test('not when it is the organisation’s way out, or an address behind which is anybody', () => {
    const scene = (over: Partial<PersonScene> = {}): PersonScene => ({
      person: newPerson(say({ at: 0, n: 0 })),
      isOperatorEgress: () => false,
      ...over,
    });
    const origin = (endpoint: Endpoint | undefined, them = scene(), told: Partial<Judgement> = {}) =>
      originOf(them, { ...UNREPORTED, ...told }, 'medium', { ...SOURCE, endpoint });
    const place = PLACES[SERVER]!;
    expect(origin(place)).toBe(place.prefix);
    expect(origin(place, scene({ isOperatorEgress: () => true }))).toBeUndefined();
    expect(origin({ ...place, class: 'vendor_service' })).toBeUndefined();
    expect(origin({ ...place, class: 'private' })).toBeUndefined();
    expect(origin(undefined)).toBeUndefined();
    expect(origin(place, scene(), { stranger: { session: undefined, prefix: 'other' } })).toBe('other');
    expect(origin(place, scene(), { stranger: { session: undefined, prefix: undefined } })).toBeUndefined();
  });
});

test('what two rules say of one event is one incident, wherever it was', () => {
  const rules = ['one', 'other'].map((uid) => ({
    ...bareRule('match', { where: { activity: 'oauth_consent' }, score: 30, per: 'day' }),
    uid,
  }));
  const consent: Told = { at: 0, activity: 'oauth_consent', session: '' };
  expect(incidentsOf(eventsOf([consent]), rules)).toHaveLength(1);
  const later = rules.map((rule, i) => ({
    ...rule,
    parameters: { ...rule.parameters, where: { activity: i === 0 ? 'oauth_consent' : 'api_key' } },
  }));
  expect(incidentsOf(eventsOf([consent, { ...consent, at: 1, activity: 'api_key' }]), later)).toHaveLength(2);
});

describe('a low finding of an event that another holds a known stranger for', () => {
  const LOW = bareRule('match', { where: { activity: 'oauth_consent' }, score: 30 });
  const rules = [bareRule('session_reuse'), LOW, bareRule('post_compromise')];
  const act = (at: number, activity: SessionEvent['activity'], over = block(1)): Told => ({ at, activity, session: '', over });
  const known = theft(0, 's1', { over: block(1) });

  test('is of the theft, also when that finding was said before, of another event', () => {
    const alone = act(HOUR, 'oauth_consent');
    const forwarding = act(HOUR, 'mail_forwarding', { ...block(1), details: { kind: 'mailbox', is_external: 'true' } });
    expect(incidentsOf(eventsOf([...known, alone]), rules.slice(0, 2))).toEqual([[''], ['s1']]);
    expect(incidentsOf(eventsOf([...known, alone]), rules)).toEqual([['', 's1']]);
    expect(incidentsOf(eventsOf([...known, forwarding, act(HOUR + 5, 'oauth_consent')]), rules)).toEqual([['', 's1']]);
  });

  test('is apart when the act is not theirs', () => {
    expect(incidentsOf(eventsOf([...known, act(HOUR, 'oauth_consent', block(2))]), rules)).toEqual([[''], ['s1']]);
  });
});

test('a finding that holds nobody for a stranger is glued to no theft from elsewhere', () => {
  const days = Array.from({ length: 10 }, (_, day): Told => ({ at: day * DAY, activity: 'sign_in', session: `d${day}` }));
  const holiday: Told = { at: 13 * DAY + 3 * HOUR, activity: 'sign_in', session: 's2', agent: CHROME, over: block(2, SINGAPORE) };
  const events = eventsOf([...days, ...theft(13 * DAY, 's1', { over: block(1, SINGAPORE) }), holiday]);
  expect(incidentsOf(events, [bareRule('session_reuse'), bareRule('new_country', { report_from: 20 })])).toEqual(TWO);
});

test('in whatever order the records of two thefts arrive', () => {
  const thefts = fc.record({
    gap: fc.integer({ min: 0, max: 20 * HOUR }),
    agents: fc.tuple(fc.constantFrom(CHROME, PYTHON), fc.constantFrom(CHROME, PYTHON)),
    places: fc.tuple(fc.constantFrom(SERVER, SINGAPORE), fc.constantFrom(SERVER, SINGAPORE)),
    blocks: fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(1, 2)),
    delays: fc.array(fc.integer({ min: 0, max: 3 * HOUR }), { minLength: 4, maxLength: 4 }),
  });
  fc.assert(
    fc.property(thefts, ({ gap, agents, places, blocks, delays }) => {
      const lines = [0, 1].flatMap((i) =>
        theft(i * gap, `s${i + 1}`, { agent: agents[i]!, over: block(blocks[i]! + 10 * places[i]!, places[i]) }),
      );
      const inTime = eventsOf(lines);
      const late = inTime.map((event, i) => ({ ...event, arrival_time: event.time + delays[i]! * 60_000 }));
      expect(incidentsOf(late)).toEqual(incidentsOf(inTime));
    }),
    runs(200),
  );
});
