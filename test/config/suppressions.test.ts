import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveConfig } from '../../src/config/config.js';
import { openSchema } from '../../src/config/schema.js';
import { findSuppressions, loadSuppressions, spokenOf } from '../../src/config/suppressions.js';
import { aRule } from './a-rule.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-suppressions-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const KNOWN = spokenOf([{ from: 'x', file: 'x', rule: aRule({ uid: 'my-rule', type: 'mine' }) }], ['session-reuse']);

const GOOD = `- id: guest
  owner: netops
  reason: one Wi-Fi, two lines
  from: 2026-03-01
  expires: 2026-09-01
  types: session_reuse
  cidr: 203.0.113.0/26
`;

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const find = (...texts: string[]) =>
  findSuppressions(
    texts.map((text, i) => write(`s${i}.yml`, text)),
    KNOWN,
  );
/** Mistakes as `line:column path message`. */
const mistakes = (...texts: string[]) =>
  find(...texts).problems.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`);

test('entries come in the order of the files', () => {
  const { entries, problems, unreadable } = find(GOOD, GOOD.replace('guest', 'other').replace('session_reuse', '[mine, new_country]'));
  expect([problems, unreadable]).toEqual([[], []]);
  expect(entries).toMatchObject([
    { id: 'guest', types: ['session_reuse'], cidr: ['203.0.113.0/26'], max_level: 'medium', ends: 'both', from: Date.UTC(2026, 2, 1) },
    { id: 'other', types: ['mine', 'new_country'] },
  ]);
});

test('rules that judge and rules that are disabled can be named', () => {
  expect(mistakes(GOOD.replace('types: session_reuse', 'rules: [my-rule, session-reuse]'))).toEqual([]);
});

test('a type that nothing finds is a mistake, unless a rule of one’s own does', () => {
  expect(mistakes(GOOD.replace('session_reuse', 'match'))).toEqual([expect.stringContaining('there is no finding type "match"')]);
  const rule = { from: 'x', file: 'x', rule: aRule({ uid: 'my-rule', type: 'match' }) };
  const file = write('own.yml', GOOD.replace('session_reuse', 'match'));
  expect(findSuppressions([file], spokenOf([rule])).problems).toEqual([]);
});

test.each(['', '# all gone\n', '[]\n'])('%j has no entries', (text) => {
  expect(find(text)).toEqual({ entries: [], problems: [], unreadable: [] });
});

test('every mistake at once, each where it stands', () => {
  const text = `- id: Guest WiFi
  ownr: netops
  from: 2026-03-01
  expires: 2028-03-01
  rules: session-resue
  cidr: [203.0.113.0/26, 203.0.113.1/26]
  user_agent: curl
- nonsense
- id: b
  owner: o
  reason: ""
  from: yesterday
  expires: 2026-13-01
  types: session_reuse
  asn: AS33
  network_class: hostng
  countries: [NO, Sweden]
  ends: all
  max_level: severe
`;
  expect(mistakes(text)).toEqual([
    expect.stringMatching(/^1:3 Guest WiFi "reason" is missing: why/),
    expect.stringMatching(/^1:7 Guest WiFi\.id "Guest WiFi" does not fit; expected lower-case words/),
    expect.stringMatching(/^2:3 Guest WiFi\.ownr unknown key "ownr"; did you mean "owner"\?/),
    expect.stringMatching(/^4:12 Guest WiFi\.expires more than a year/),
    expect.stringMatching(/^5:10 Guest WiFi\.rules\.0 there is no rule "session-resue"; did you mean "session-reuse"\?/),
    expect.stringMatching(/^6:26 Guest WiFi\.cidr\.1 "203.0.113.1\/26" is no address range/),
    expect.stringMatching(/^7:3 Guest WiFi\.user_agent unknown key "user_agent" \(known here: /),
    expect.stringMatching(/^8:3 1 "nonsense" is a text; expected a mapping/),
    expect.stringMatching(/^11:11 b\.reason must not be empty/),
    expect.stringMatching(/^12:9 b\.from "yesterday" does not fit; expected a UTC date/),
    expect.stringMatching(/^13:12 b\.expires "2026-13-01" is no day of the calendar/),
    expect.stringMatching(/^15:8 b\.asn\.0 "AS33" is a text; expected a whole number/),
    expect.stringMatching(/^16:18 b\.network_class\.0 "hostng" is none of: .*did you mean "hosting"\?/),
    expect.stringMatching(/^17:19 b\.countries\.1 "Sweden" does not fit; expected two capital letters/),
    expect.stringMatching(/^18:9 b\.ends "all" is none of: both, trigger, one/),
    expect.stringMatching(/^19:14 b\.max_level "severe" is none of/),
  ]);
});

test('what is no list of entries', () => {
  expect(mistakes('suppressions: []\n')).toEqual([expect.stringMatching(/^1:1 {2}it is a mapping .*; expected a list/)]);
  expect(mistakes('- {id: "a\n')).toEqual([expect.stringContaining('not YAML')]);
  expect(mistakes(`${GOOD}  cidr: 10.0.0.0/8\n`)).toEqual([expect.stringMatching(/^8:3 .*stands twice/)]);
});

test('a file with a mistake has no entries, the others do', () => {
  const { entries, problems } = find(GOOD, GOOD, GOOD.replace('guest', 'third'));
  expect(entries.map(({ id }) => id)).toEqual(['guest', 'third']);
  expect(problems).toMatchObject([{ file: join(folder, 's1.yml'), path: 'guest.id' }]);
});

test('files that cannot be read', () => {
  const files = [join(folder, 'nowhere'), folder, '/dev/null'];
  expect(findSuppressions(files, KNOWN)).toEqual({
    entries: [],
    problems: [],
    unreadable: [
      { place: 0, message: `${files[0]}: no such file` },
      { place: 1, message: `${folder}: it is a directory` },
      { place: 2, message: '/dev/null: it is no file' },
    ],
  });
});

describe('of a configuration', () => {
  const load = (...files: string[]) => {
    const loaded = resolveConfig({ file: 'c.yml', text: `suppressions:\n  files: ${JSON.stringify(files)}\n` }, {}, openSchema('config'));
    const own = { ...find(GOOD).entries[0]!, id: 'my-rule/own', rules: ['my-rule'] };
    return loadSuppressions(loaded, [{ from: 'x', file: 'x', rule: aRule({ uid: 'my-rule', suppress: [own] }) }]);
  };

  test('come from files, then from rules', () => {
    expect(load(write('a.yml', GOOD)).map(({ id }) => id)).toEqual(['guest', 'my-rule/own']);
    expect(load().map(({ id }) => id)).toEqual(['my-rule/own']);
  });

  test('fail with all that is wrong', () => {
    expect(() => load(write('a.yml', GOOD.replace('guest', 'Guest')), join(folder, 'nowhere'))).toThrow(
      expect.objectContaining({
        code: 'SV_SUPPRESSIONS_INVALID',
        message: '2 mistakes in the suppressions',
        problems: [
          expect.objectContaining({ file: 'c.yml', line: 2, path: 'suppressions.files.1' }),
          expect.objectContaining({ file: join(folder, 'a.yml'), line: 1, path: 'Guest.id' }),
        ],
      }),
    );
  });
});
