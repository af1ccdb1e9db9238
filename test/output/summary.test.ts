import type { Unjudged } from '../../src/core/detect/unjudged.js';
import type { Drift } from '../../src/core/normalize/drift/meter.js';
import { renderSummary, summarise } from '../../src/output/summary.js';
import { DamagedInput } from '../../src/runtime/file/damage.js';
import { sum } from '../../src/runtime/tally.js';
import { aCommand, aFinding } from './a-finding.js';

const STATE = {
  principals: 2,
  sessions: 3,
  observations: 4,
  evicted_sessions: 0,
  evicted_observations: 0,
  evicted_memories: 0,
  expired_principals: 0,
  expired_sessions: 0,
  duplicates: 0,
  late_beyond_allowed: 0,
  waiting_sessions: 0,
  missed_sessions: 0,
  clock: 0,
};
const JUDGES = {
  config_digest: '0123456789abcdef',
  rules: 4,
  rules_shipped: 4,
  geo: 'dbip-city 2026-06-05',
  networks: 'asn 2026-06',
  identities: 'i',
};
const SETTING = { allowedLateness: 0, rulesFrom: { shipped: 4 } };
const TALLY = {
  records: 10,
  with_events: 6,
  dropped: { blank: 1 },
  rejected: { too_large: 1, invalid_json: 2 },
  partial: { no_subject: 1 },
  events: { okta: 5, entra: 3 },
  first_time: Date.UTC(2026, 2, 1),
  last_time: Date.UTC(2026, 2, 2),
  unlinked: 0,
};
const findings = [
  aFinding(),
  aFinding({ uid: 'f2', level: 'low' }),
  aFinding({ uid: 'f3', status: 'retracted' }),
  aFinding({
    uid: 'f4',
    incident_uid: 'i4',
    level: 'low',
    status: 'suppressed',
    suppressed: { by: 'guest', owner: 'netops', reason: 'r', until_time: 1, hides_high: false },
  }),
];
const summary = summarise({ tally: TALLY, findings, commands: [aCommand()], state: STATE, unjudged: [], damages: [], empty: [] }, JUDGES);

test('adds up, and counts as findings only those that stand', () => {
  expect(summary.records).toEqual({ read: 10, with_events: 6, dropped: 1, rejected: 3 });
  expect(summary.findings).toEqual({ open: 2, suppressed: 1, retracted: 1, by_level: { high: 1, low: 1 }, by_type: { session_reuse: 2 } });
  expect(summary.commands).toEqual({ total: 1, by_action: { revoke_session: 1 } });
  expect(Object.keys(summary.rejected)).toEqual(['invalid_json', 'too_large']);
});

test('in words', () => {
  expect(
    renderSummary(summary, SETTING),
  ).toBe(`records   10 read: 6 with events, of them in part 1 (no_subject 1), dropped 1 (blank 1), rejected 3 (invalid_json 2, too_large 1)
events    8 (entra 3, okta 5), 2026-03-01 00:00:00Z to 2026-03-02 00:00:00Z
findings  2 (high 1, low 1), 1 suppressed, 1 taken back
incidents 1 (high 1)
hidden    by guest (netops): 1, highest low
commands  1 (revoke_session 1)
memory    2 people and machines, 3 sessions and 4 of their events remembered at the end
judged by 4 rules (0123456789abcdef), geo dbip-city 2026-06-05, networks asn 2026-06
rules     4 shipped
`);
});

test('ids in conflict are named, ten of them', () => {
  const ids = [...Array(12).keys()].map((n) => ({ tenant: 'default', id: `slack:E02\u001b:U${n}` }));
  const given = { tally: TALLY, findings: [], commands: [], state: STATE, unjudged: [], damages: [], empty: [] };
  const said = summarise(given, JUDGES, undefined, [], [], ids);
  expect(said.identity_conflicts).toEqual(ids);
  const lines = renderSummary(said, SETTING)
    .split('\n')
    .filter((line) => line.startsWith('conflict'));
  expect(lines).toHaveLength(11);
  expect(lines[0]).toBe(
    'conflict  slack:E02\u25af:U0 was seen with two addresses and belongs to neither; say in identities.file whose it is',
  );
  expect(lines[10]).toBe('conflict  2 more ids, all in summary.json (--out)');
});

test.each<[Record<string, number>, string]>([
  [{ shipped: 4, 'my-rules': 1 }, '4 shipped, 1 from my-rules'],
  [
    { 'my-rules': 2, '/etc/x\u001b': 0 },
    '2 from my-rules, 0 from /etc/x\u25af; those that ship do not judge: name shipped too, to have both (--rules shipped --rules ...)',
  ],
])('rules of %j are named with where they are from', (rulesFrom, words) => {
  expect(renderSummary(summary, { ...SETTING, rulesFrom })).toContain(`\nrules     ${words}\n`);
});

describe('when nothing could be read', () => {
  const by = (rejected: Record<string, number>, with_events = 0) =>
    renderSummary({ ...summary, records: { read: 9, with_events, dropped: 0, rejected: sum(rejected) }, rejected }, SETTING);

  test('this is said, and what a line must be when lines are the matter', () => {
    expect(by({ time_out_of_range: 9 })).toContain('note      not one record made an event');
    expect(by({ time_out_of_range: 9 })).not.toContain('jq');
    expect(by({ time_out_of_range: 4, invalid_json: 5 })).toContain("jq -c '.[]' FILE\n");
  });

  test('but not when something was, or there was nothing', () => {
    expect(by({ invalid_json: 8 }, 1)).not.toContain('note');
    expect(by({})).not.toContain('note');
  });
});

test('people known by an id alone are named with what to do', () => {
  const by = (unlinked: number) => renderSummary({ ...summary, events: { ...summary.events, unlinked } }, SETTING);
  expect(by(1)).toContain('\nnote      one event from stdin or a pipe: the person is named by an id alone');
  expect(by(2)).toMatch(/\nnote {6}2 events .*\n.*--identities FILE/);
  expect(by(0)).not.toContain('note');
});

describe('whose log keeps sessions from being judged', () => {
  const HOUR = 3_600_000;
  const at = (hours: number) => Date.UTC(2026, 2, 1) + hours * HOUR;
  const by = (log: Partial<Unjudged>) =>
    renderSummary(
      {
        ...summary,
        state: { ...STATE, clock: at(30) },
        sign_on_unjudged: [{ tenant: 'acme', provider: 'okta/a\u001b', waiting: 1, missed: 2, ...log }],
      },
      SETTING,
    );

  test.each<[string, Partial<Unjudged>, string]>([
    [
      'a hole',
      { silence: { first_time: at(1), last_time: at(9.5) } },
      'told of nobody for as long as 8.5 h, from 2026-03-01 01:00:00Z to 2026-03-01 09:30:00Z.',
    ],
    ['an end', { silence: { first_time: at(20) } }, 'told of nobody after 2026-03-01 20:00:00Z, 10 h before the end of the records.'],
    ['a beginning', { silence: { last_time: at(20) } }, 'told of nobody before 2026-03-01 20:00:00Z.'],
  ])('%s', (_, log, words) => {
    const text = by(log);
    expect(text).toContain(
      `\nnote      3 sessions are not judged by the sign-on before: okta/a\u25af of tenant acme ${words}\n          A sign-in`,
    );
  });

  test('never heard of, and read not far enough', () => {
    expect(by({ silence: {} })).toContain('sign-on before: no sign-in of okta/a\u25af of tenant acme came.\n');
    const text = by({ waiting: 0, missed: 1 });
    expect(text).toContain(
      '\nnote      one session is not judged by the sign-on before: the records end before okta/a\u25af of tenant acme must have told',
    );
    expect(text).not.toContain('A sign-in');
  });
});

test('inputs that broke off are named', () => {
  const error = new DamagedInput('SV_INPUT_GZIP', 'a.gz', 'cut short');
  const result = { tally: TALLY, findings, commands: [], state: STATE, unjudged: [], damages: [{ input: 2, lines: 12, error }], empty: [] };
  const broken = summarise(result, JUDGES);
  expect(broken.damaged).toEqual([{ input: 2, code: 'SV_INPUT_GZIP', lines: 12 }]);
  expect(renderSummary(broken, SETTING)).toContain(
    '\ndamaged   input 2 after 12 lines (SV_INPUT_GZIP): what stands behind is missing here\nevents ',
  );
});

test('inputs that held nothing are named', () => {
  const by = (empty: number[]) =>
    renderSummary(summarise({ tally: TALLY, findings, commands: [], state: STATE, unjudged: [], damages: [], empty }, JUDGES), SETTING);
  expect(by([3])).toContain('\nempty     input 3 (SV_INPUT_EMPTY)\nevents ');
  expect(by([1, 3])).toContain('\nempty     inputs 1, 3 (SV_INPUT_EMPTY)\n');
});

test('late events are named with what to do', () => {
  const late = { ...summary, state: { ...STATE, late_beyond_allowed: 5 } };
  const text = renderSummary(late, { ...SETTING, allowedLateness: 30 * 3_600_000 });
  expect(text).toContain('\nnote      5 events came later than 1d6h (state.allowed_lateness)');
  expect(text).toMatch(/several logs end to end .*: name each file by itself, .*\n.*newest record first: .*tac FILE\.\n$/);
});

test('what is hidden is looked for between the first and the last event', () => {
  const entry = { id: 'old', owner: 'o', reason: 'r', from: 0, max_level: 'low', ends: 'both' } as const;
  const by = (expires: number) =>
    summarise({ tally: TALLY, findings, commands: [], state: STATE, unjudged: [], damages: [], empty: [] }, JUDGES, {
      entries: [{ ...entry, expires }],
      wouldHide: () => [],
    }).suppressions.unused;
  expect(by(TALLY.first_time)).toEqual([]);
  expect(by(TALLY.first_time + 1)).toEqual(['old']);
});

test('of nothing', () => {
  const tally = {
    records: 0,
    with_events: 0,
    dropped: {},
    rejected: {},
    partial: {},
    events: {},
    first_time: undefined,
    last_time: undefined,
    unlinked: 0,
  };
  expect(
    renderSummary(summarise({ tally, findings: [], commands: [], state: STATE, unjudged: [], damages: [], empty: [] }, JUDGES), SETTING),
  ).toContain('records   0 read: 0 with events\nevents    0\nfindings  0\n');
});

test('fields that a log lost are named, those first that are read as keys, and at most ten', () => {
  const drift = (field: string, key: Drift['key']): Drift => ({
    vendor: 'okta',
    product: 'system_log',
    field,
    change: 'vanished',
    key,
    since_time: Date.UTC(2026, 2, 1),
    found_time: Date.UTC(2026, 2, 2),
    share: 1,
    before: 'text',
    actions: ['user.session.start'],
    action_count: 1,
    appeared: [],
  });
  const drifts = [...Array.from({ length: 11 }, (_, i) => drift(`a${i}`, 'other')), drift('session', 'session')];
  const lost = summarise(
    { tally: TALLY, findings, commands: [], state: STATE, unjudged: [], damages: [], empty: [] },
    JUDGES,
    undefined,
    drifts,
  );
  expect(lost.schema_drift).toEqual(drifts);
  const lines = renderSummary(lost, SETTING)
    .split('\n')
    .filter((line) => line.startsWith('drift'));
  expect(lines).toHaveLength(11);
  expect(lines[0]).toBe(
    'drift     okta system_log: session (read as the session) has vanished: not seen since 2026-03-01T00:00:00.000Z, in records of user.session.start',
  );
  expect(lines[10]).toBe('drift     2 more fields, all in summary.json (--out)');
});
