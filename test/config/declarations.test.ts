import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDeclarations } from '../../src/config/declarations.js';
import { offsetsOf } from '../../src/config/time-zone.js';
import type { SessionvigilError } from '../../src/errors.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-declarations-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(text: string) {
  const file = join(folder, 'agents.yml');
  writeFileSync(file, text);
  return loadDeclarations(file);
}

function errorOf(act: () => unknown): SessionvigilError {
  try {
    act();
  } catch (error) {
    return error as SessionvigilError;
  }
  throw new Error('no error');
}

/** Mistakes as `line:column path message`. */
const mistakes = (text: string) =>
  errorOf(() => load(text)).problems.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`);

test('an agent and a partner, one of a kind or several', () => {
  const { agents, partners } = load(`
agents:
  - name: reporter
    owner: Data platform
    ids: [Reporter@Example.com, "entra:46AD0F7F-6975-4dcf-a7e3-3fd112fc9bb8"]
    clients: Client-1
    acts_for: "*@Example.com"
    egress: { cidr: 203.0.113.0/24, asn: 8075, own: true }
    resources: [Graph]
    activities: session_use
    actions: [Report.*]
    hours: { zone: Europe/Oslo, days: [mon, sun], from: "22:00", to: "24:00" }
  - { name: other, owner: x, tenant: acme, ids: "okta:acme:0oa1", acts_for: nobody }
partners:
  - { name: msp, owner: y, directories: 8F1C2D3E-4b5a-4c6d-8e7f-90a1b2c3d4e5, domains: [MSP.example], egress: { network_class: access } }
`);
  expect(agents).toEqual([
    {
      name: 'reporter',
      owner: 'Data platform',
      ids: ['reporter@example.com', 'entra:46ad0f7f-6975-4dcf-a7e3-3fd112fc9bb8'],
      clients: ['Client-1'],
      acts_for: ['*@example.com'],
      egress: { cidr: ['203.0.113.0/24'], asn: [8075], own: true },
      resources: ['graph'],
      activities: ['session_use'],
      actions: ['report.*'],
      hours: [{ zone: 'Europe/Oslo', days: [1, 0], from: 1320, to: 1440, offsets: offsetsOf('Europe/Oslo') }],
    },
    { name: 'other', owner: 'x', tenant: 'acme', ids: ['okta:acme:0oa1'], clients: [], acts_for: [] },
  ]);
  expect(partners).toEqual([
    {
      name: 'msp',
      owner: 'y',
      ids: [],
      directories: ['8f1c2d3e-4b5a-4c6d-8e7f-90a1b2c3d4e5'],
      domains: ['msp.example'],
      egress: { network_class: ['access'] },
    },
  ]);
});

test.each(['', '# nothing yet\n', 'agents: []\n'])('%j declares nothing', (text) => {
  expect(load(text)).toEqual({ agents: [], partners: [] });
});

test('without a file nothing is declared', () => {
  expect(loadDeclarations(undefined)).toEqual({ agents: [], partners: [] });
});

test('a file that cannot be read says why', () => {
  expect(errorOf(() => loadDeclarations(join(folder, 'x.yml')))).toMatchObject({
    code: 'SV_DECLARATIONS_INVALID',
    message: expect.stringContaining('no such file'),
    problems: [],
  });
  expect(errorOf(() => loadDeclarations(folder)).message).toContain('it is no file');
});

test('every mistake at once, each where it stands and with what would be right', () => {
  const told = mistakes(`agents:
  - name: Reporter
    ownr: x
    ids: [reporter]
    egress: { cidr: 203.0.113.7/24, asn: 0 }
    activities: [sesion_use]
    hours: { zone: Europe/Olso, days: monday, from: "7", to: "19:00" }
  - name: second
    owner: y
    acts_for: [nobody, "*"]
    resources: ["*", "?*", "**??", "*@*", "???"]
    ids: reporter@example.com
    egress: {}
  - name: second
    owner: y
    clients: [a b]
    ids: Reporter@example.com
partners:
  - { name: msp, owner: z, domains: kim@msp.example }
  - { name: lone, owner: z, egress: { own: false } }
`);
  expect(told).toEqual([
    '2:11 agents.Reporter.name "Reporter" does not fit; expected lower-case words joined by dashes such as reporting-agent',
    '3:5 agents.Reporter.ownr unknown key "ownr"; did you mean "owner"? (known here: name, owner, tenant, ids, clients, acts_for, egress, resources, activities, actions, hours)',
    expect.stringMatching(/^4:11 agents.Reporter.ids.0 "reporter" is neither an address nor an id; expected an address/),
    '5:21 agents.Reporter.egress.cidr.0 "203.0.113.7/24" is no address range; expected one such as 203.0.113.0/24 or 2001:db8::/32, with no bits set beyond its length',
    '5:42 agents.Reporter.egress.asn.0 0 is out of range; expected 1 to 4294967295',
    expect.stringMatching(/^6:18 agents.Reporter.activities.0 "sesion_use" is none of: .*; did you mean "session_use"\?$/),
    expect.stringMatching(/^7:20 agents.Reporter.hours.0.zone there is no time zone "Europe\/Olso"; did you mean "Europe\/Oslo"\?/),
    '7:39 agents.Reporter.hours.0.days.0 "monday" is none of: mon, tue, wed, thu, fri, sat, sun',
    '7:53 agents.Reporter.hours.0.from "7" does not fit; expected a time of the day such as "07:00"',
    '10:16 agents.second.acts_for.0 "nobody" stands alone',
    '10:24 agents.second.acts_for.1 "*" is everything; leave the key out, and it is not asked',
    '11:17 agents.second.resources.0 "*" is everything; leave the key out, and it is not asked',
    '11:22 agents.second.resources.1 "?*" is everything; leave the key out, and it is not asked',
    '11:28 agents.second.resources.2 "**??" is everything; leave the key out, and it is not asked',
    '13:13 agents.second.egress it says nothing; expected cidr, asn, network, network_class or own',
    '14:11 agents.second.name "second" stands in another declaration, in line 8; leave it with one',
    '16:15 agents.second.clients.0 "a b" is no id of an OAuth client: it has a blank',
    '17:10 agents.second.ids.0 "reporter@example.com" stands in another declaration, in line 12; leave it with one',
    '19:5 partners.msp "egress" is missing: where its people come from',
    '19:37 partners.msp.domains.0 "kim@msp.example" is no domain; expected one such as partner.example',
    expect.stringMatching(/^20:5 partners.lone it names nobody; expected `directories` or `domains` or `ids`/),
    '20:44 partners.lone.egress.own nothing else is given, so nothing is inside',
  ]);
});

test('one id in two tenants is two agents', () => {
  expect(
    load('agents:\n  - { name: a, owner: x, tenant: one, ids: a@b.example }\n  - { name: b, owner: x, tenant: two, ids: a@b.example }\n')
      .agents,
  ).toHaveLength(2);
});

test('a span that ends when it begins, a tenant that is none, a prefix that is too wide', () => {
  expect(
    mistakes(
      'agents:\n  - { name: a, owner: x, tenant: a b, ids: a@b.example, egress: { cidr: 0.0.0.0/0 }, hours: { zone: UTC, from: "07:00", to: "07:00" } }\n',
    ),
  ).toEqual([
    expect.stringContaining('"tenant" must be the name of a tenant'),
    expect.stringContaining('"0.0.0.0/0" is wider than anybody\'s own network; expected /8 or longer'),
    expect.stringContaining('it ends when it begins'),
  ]);
});

test('broken YAML is told as such', () => {
  expect(mistakes('agents: [\n')[0]).toMatch(/^2:1 .*not YAML/);
});
