import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadIdentities } from '../../src/config/identities.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-identities-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(text: string, name = 'people.ndjson') {
  const file = join(folder, name);
  writeFileSync(file, text);
  return loadIdentities(file);
}

function problemsOf(load: () => unknown): [number, string][] {
  try {
    load();
  } catch (error) {
    return (error as { problems: { line: number; message: string }[] }).problems.map(({ line, message }) => [line, message]);
  }
  return [];
}

test('one person per line', () => {
  const text = '\ufeff{"person":"ana@example.com","aliases":["entra:1","okta:acme:2"]}\r\n\n{"person":"bo","tenant":"blue"}\n';
  expect(load(text)).toEqual([
    { person: 'ana@example.com', aliases: ['entra:1', 'okta:acme:2'] },
    { person: 'bo', aliases: [], tenant: 'blue' },
  ]);
  expect(load('')).toEqual([]);
});

test('every line that is wrong is named', () => {
  const wrong = [
    'nonsense',
    '[]',
    '{}',
    '{"person":""}',
    '{"person":"a","aliases":"b"}',
    '{"person":"a","aliases":[1]}',
    '{"person":"a","alias":[]}',
    '{"person":"a","tenant":1}',
    '{"persn":"a","aliases":"b","tenant":1}',
  ];
  let problems: unknown;
  try {
    load(wrong.join('\n'));
  } catch (error) {
    expect(error).toMatchObject({ code: 'SV_IDENTITIES_INVALID' });
    problems = (error as { problems: { line: number; message: string }[] }).problems.map(({ line, message }) => [line, message]);
  }
  expect(problems).toEqual([
    [1, expect.stringContaining('not JSON')],
    [2, expect.stringContaining('expected an object')],
    [3, expect.stringContaining('"person" is missing')],
    [4, expect.stringContaining('"person" is missing')],
    [5, expect.stringContaining('"aliases" must be a list')],
    [6, expect.stringContaining('"aliases" must be a list')],
    [7, expect.stringContaining('unknown key "alias"')],
    [8, expect.stringContaining('"tenant" must be')],
    [9, expect.stringContaining('unknown key "persn"; did you mean "person"?')],
    [9, expect.stringContaining('"aliases" must be a list')],
    [9, expect.stringContaining('"tenant" must be')],
  ]);
});

/** The mistakes in a file as [line, message]. */
function mistakes(text: string): [number, string][] {
  try {
    load(text);
  } catch (error) {
    expect(error).toMatchObject({ code: 'SV_IDENTITIES_INVALID' });
    return (error as { problems: { line: number; message: string }[] }).problems.map(({ line, message }) => [line, message]);
  }
  return [];
}

test('an alias that is no form of an address or id is a mistake, each with what would be right', () => {
  const forms = ['foo:bar:1', 'nonsense', 'otka:acme:1', 'okta:1', 'puid:12', 'entra:', 'SMTP:ana@example.com', 'ana@example.com '];
  const found = mistakes(`{"person":"ana@example.com","aliases":${JSON.stringify(forms)}}\n{"person":"foo:1"}\n{"person":" x"}`);
  expect(found).toEqual([
    [1, expect.stringMatching(/"foo:bar:1".*"foo".*an address such as .*entra:<object id>, okta:<org>:<id>, puid:/)],
    [1, expect.stringMatching(/"nonsense" is neither .* expected an address/)],
    [1, expect.stringContaining('did you mean "okta"?')],
    [1, expect.stringContaining('expected okta:<org>:<id>')],
    [1, expect.stringContaining('expected puid:<16 hexadecimal digits>')],
    [1, expect.stringContaining('expected entra:<object id>')],
    [1, expect.stringContaining('no ids of "SMTP"')],
    [1, expect.stringContaining('"ana@example.com " is neither')],
    [2, expect.stringContaining('"foo:1"')],
    [3, expect.stringContaining('begins or ends with a blank')],
  ]);
});

describe('an id that two persons claim', () => {
  test('is a mistake in both lines, together with all others', () => {
    const found = mistakes(
      [
        '{"person":"ana@example.com","aliases":["entra:1","okta:acme:2"]}',
        '{"person":"bo@example.com","aliases":["nonsense","entra:1"]}',
        '{"person":"cy@example.com","aliases":["okta:acme:3"]}',
        'broken',
      ].join('\n'),
    );
    expect(found).toEqual([
      [1, expect.stringMatching(/^"entra:1" belongs to "ana@example.com" here, but to "bo@example.com" in line 2;/)],
      [2, expect.stringContaining('"nonsense"')],
      [2, expect.stringMatching(/^"entra:1" belongs to "bo@example.com" here, but to "ana@example.com" in line 1;/)],
      [4, expect.stringContaining('not JSON')],
    ]);
  });

  test.each([
    ['in another spelling', '{"person":"a@x.org","aliases":["A2@x.org"]}', '{"person":"b@x.org","aliases":["a2@X.org"]}'],
    [
      'a GUID in capitals',
      '{"person":"a@x.org","aliases":["entra:46ad0f7f-6975-4dcf-a7e3-3fd112fc9bb8"]}',
      '{"person":"b@x.org","aliases":["entra:46AD0F7F-6975-4DCF-A7E3-3FD112FC9BB8"]}',
    ],
    ['who is a person of their own', '{"person":"a@x.org"}', '{"person":"b@x.org","aliases":["a@x.org"]}'],
    ['in one tenant', '{"person":"a","tenant":"t","aliases":["x@x.org"]}', '{"person":"b","tenant":"t","aliases":["x@x.org"]}'],
  ])('%s', (_, one, two) => {
    expect(mistakes(`${one}\n${two}`).map(([line]) => line)).toEqual([1, 2]);
  });

  test.each([
    ['one person on two lines', '{"person":"a@x.org","aliases":["entra:1"]}', '{"person":"A@x.org","aliases":["entra:1","entra:2"]}'],
    ['two tenants', '{"person":"a","tenant":"t","aliases":["x@x.org"]}', '{"person":"b","tenant":"u","aliases":["x@x.org"]}'],
    ['one tenant against all', '{"person":"a","aliases":["x@x.org"]}', '{"person":"b","tenant":"u","aliases":["x@x.org"]}'],
    ['ids that differ in case', '{"person":"a","aliases":["okta:o:Ab"]}', '{"person":"b","aliases":["okta:o:aB"]}'],
  ])('is none: %s', (_, one, two) => {
    expect(load(`${one}\n${two}`)).toHaveLength(2);
  });
});

test('ids come in the spelling of records', () => {
  const guid = '46AD0F7F-6975-4DCF-A7E3-3FD112FC9BB8';
  expect(load(`{"person":"Ana@Example.com","aliases":["entra:${guid}","puid:1003200012345ABC","okta:acme:00uX"]}`)).toEqual([
    { person: 'ana@example.com', aliases: [`entra:${guid.toLowerCase()}`, 'puid:1003200012345abc', 'okta:acme:00uX'] },
  ]);
});

test('tenants are named as in the configuration', () => {
  const { pattern } = JSON.parse(readFileSync('schemas/config.schema.json', 'utf8')).$defs.tenant;
  for (const name of ['a', 'A.b_c-9', '-a', '', 'a b', '*', 'x'.repeat(64), 'x'.repeat(65)]) {
    expect([name, mistakes(JSON.stringify({ person: 'a', tenant: name })).length]).toEqual([name, new RegExp(pattern).test(name) ? 0 : 1]);
  }
});

test('some other file is not listed line by line to its end', () => {
  const attempt = () => load('x\n'.repeat(10_000));
  expect(attempt).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('its first 50 mistakes are'),
      problems: Array.from({ length: 50 }, () => expect.anything()),
    }),
  );
});

test('a file that is not there', () => {
  expect(() => loadIdentities(join(folder, 'nowhere'))).toThrow(expect.objectContaining({ code: 'SV_IDENTITIES_INVALID' }));
});

describe('as a table', () => {
  const table = (text: string) => load(text, 'people.csv');

  test('a person on each line, aliases in one cell', () => {
    const text =
      '\ufeffPerson,Aliases,Owner,Tier,Tenant\r\n' +
      'Ana@example.com,entra:1 okta:acme:2,,vip,\r\n' +
      '\r\n' +
      '"svc-backup@example.com","backup@example.com;okta:acme:00u1",Storage team,service,blue\r\n';
    expect(table(text)).toEqual([
      { person: 'ana@example.com', aliases: ['entra:1', 'okta:acme:2'], tier: 'vip' },
      {
        person: 'svc-backup@example.com',
        aliases: ['backup@example.com', 'okta:acme:00u1'],
        owner: 'Storage team',
        tier: 'service',
        tenant: 'blue',
      },
    ]);
    expect(table('')).toEqual([]);
    expect(table('person\n')).toEqual([]);
  });

  test('separated by semicolons or tabs, as spreadsheets write it', () => {
    const expected = [{ person: 'ana@example.com', aliases: ['a@example.com', 'b@example.com'], owner: 'Identity' }];
    expect(table('person;owner;aliases\nana@example.com;Identity;a@example.com|b@example.com\n')).toEqual(expected);
    expect(table('person\towner\taliases\nana@example.com\tIdentity\ta@example.com;b@example.com\n')).toEqual(expected);
  });

  test('mistakes, each with its line', () => {
    expect(problemsOf(() => table('name,aliases\nana@example.com,\n'))).toEqual([
      [1, expect.stringContaining('must name the columns: person')],
    ]);
    expect(problemsOf(() => table('person,tier,rank\nana@example.com,vipp,1\n,vip\nbo@example.com,vip,2,3\n"cy,vip\n'))).toEqual([
      [5, expect.stringContaining('not CSV')],
    ]);
    expect(problemsOf(() => table('person,tier,rank\nana@example.com,vipp,1\n,vip\nbo@example.com,vip,2,3\n'))).toEqual([
      [2, expect.stringContaining('unknown key "rank"')],
      [2, '"tier" must be one of vip, admin, shared, service, break_glass; did you mean "vip"?'],
      [3, expect.stringContaining('"person" is missing')],
      [4, expect.stringContaining('4 cells, but 3 columns')],
    ]);
  });
});

describe('as YAML', () => {
  const yaml = (text: string) => load(text, 'people.yml');

  test('a list of people', () => {
    const text = '# who is who\n- person: ana@example.com\n  aliases: [entra:1]\n  tier: break_glass\n- person: bo\n  owner: Team B\n';
    expect(yaml(text)).toEqual([
      { person: 'ana@example.com', aliases: ['entra:1'], tier: 'break_glass' },
      { person: 'bo', aliases: [], owner: 'Team B' },
    ]);
    expect(yaml('')).toEqual([]);
  });

  test('mistakes, each with its line', () => {
    expect(problemsOf(() => yaml('person: ana'))).toEqual([[1, expect.stringContaining('expected a list of people')]]);
    expect(problemsOf(() => yaml('- person: ana@example.com\n  teir: vip\n- 7\n'))).toEqual([
      [1, expect.stringContaining('unknown key "teir"; did you mean "tier"?')],
      [3, expect.stringContaining('expected an object')],
    ]);
    expect(problemsOf(() => yaml('- person: [\n'))[0]?.[1]).toContain('not YAML');
  });
});

test('one person has one tier and one owner in a tenant, on however many lines', () => {
  const lines = [
    '{"person":"ana@example.com","tier":"vip","owner":"A"}',
    '{"person":"ana@example.com","aliases":["entra:1"],"tier":"vip"}',
    '{"person":"ana@example.com","tier":"admin","tenant":"blue"}',
  ];
  expect(load(lines.join('\n'))).toHaveLength(3);
  expect(problemsOf(() => load([...lines, '{"person":"Ana@example.com","tier":"admin","owner":"B"}'].join('\n')))).toEqual([
    [1, '"owner" of "ana@example.com" is "A" here, but "B" in line 4; say it once'],
    [1, '"tier" of "ana@example.com" is "vip" here, but "admin" in line 4; say it once'],
    [4, '"owner" of "ana@example.com" is "B" here, but "A" in line 1; say it once'],
    [4, '"tier" of "ana@example.com" is "admin" here, but "vip" in line 1; say it once'],
  ]);
});
