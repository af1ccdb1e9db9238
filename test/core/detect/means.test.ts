import fc from 'fast-check';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Endpoint, Finding, SessionEvent } from '../../../src/core/event/index.js';
import { bareRule } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { type Line, PLACES, say } from '../../helpers/world.js';

const HOUR = 60;
const DAY = 24 * HOUR;
const SERVER = 3;
const SINGAPORE = 4;
const CHROME = 2;
const PYTHON = 4;

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

test('a finding that holds nobody for a stranger is glued to no theft', () => {
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
