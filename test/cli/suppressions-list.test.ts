import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, lines } from './command.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-list-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ENTRIES = `- id: guest
  owner: netops
  reason: one Wi-Fi, two lines
  from: 2026-03-01
  expires: 2026-12-01
  types: [session_reuse, new_network]
  cidr: 203.0.113.0/26
  network_class: access
- id: trip
  owner: soc
  reason: a conference
  from: 2026-05-20
  expires: 2026-06-10
  types: impossible_travel
  tenant: blue
  principal: ana@example.com
  countries: [NO, SG]
  ends: one
- id: exercise
  owner: red team
  reason: agreed
  from: 2026-07-01
  expires: 2026-07-10
  rules: session-reuse
  app: Microsoft Azure CLI
  max_level: critical
- id: old
  owner: soc
  reason: was needed
  from: 2026-01-01
  expires: 2026-06-01
  types: new_country
  asn: [2119, 2120]
  ends: trigger
`;

function list(text: string, ...args: string[]) {
  writeFileSync(join(folder, 's.yml'), text);
  writeFileSync(join(folder, 'c.yml'), 'suppressions: {files: [s.yml]}\n');
  return command(['suppressions', 'list', '--config', join(folder, 'c.yml'), ...args], { terminal: 200 });
}

test('every entry with its owner, state and end', async () => {
  const { status, stdout, stderr } = await list(ENTRIES);
  expect([status, stderr]).toEqual([
    0,
    'warning: the suppression "old" of soc has expired and hides nothing that arrives now; renew or remove it\n',
  ]);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['ID', 'OWNER', 'STATE', 'FROM', 'EXPIRES', 'UP TO', 'HIDES'],
    [
      ...['guest', 'netops', 'active', '2026-03-01', '2026-12-01', 'medium'],
      'types session_reuse, new_network; cidr 203.0.113.0/26 and network class access at both ends',
    ],
    [
      ...['trip', 'soc', 'expires soon', '2026-05-20', '2026-06-10', 'medium'],
      'tenant blue; types impossible_travel; principal ana@example.com; countries NO, SG at one end',
    ],
    ['exercise', 'red team', 'not yet', '2026-07-01', '2026-07-10', 'critical', 'rules session-reuse; app Microsoft Azure CLI'],
    ['old', 'soc', 'expired', '2026-01-01', '2026-06-01', 'medium', 'types new_country; asn 2119, 2120 at the trigger'],
  ]);
});

test('as JSON', async () => {
  const { stdout } = await list(ENTRIES, '--json');
  expect(lines<{ id: string }>(stdout).map(({ id }) => id)).toEqual(['guest', 'trip', 'exercise', 'old']);
  expect(lines(stdout)[0]).toEqual({
    id: 'guest',
    owner: 'netops',
    reason: 'one Wi-Fi, two lines',
    from: '2026-03-01T00:00:00.000Z',
    expires: '2026-12-01T00:00:00.000Z',
    state: 'active',
    max_level: 'medium',
    ends: 'both',
    types: ['session_reuse', 'new_network'],
    cidr: ['203.0.113.0/26'],
    network_class: ['access'],
  });
});

test('when there are none', async () => {
  expect((await list('')).stdout).toBe('No suppressions.\n');
  expect((await command(['suppressions', 'list'])).stdout).toBe('No suppressions.\n');
});

test('a mistake in a file is told', async () => {
  const { status, stdout, stderr } = await list(ENTRIES.replace('session-reuse', 'session-resue'));
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(
    /^error SV_SUPPRESSIONS_INVALID: one mistake .*\n.*s\.yml:24:10: exercise\.rules\.0: there is no rule "session-resue"; did you mean/,
  );
});
