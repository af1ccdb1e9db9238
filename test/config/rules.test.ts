import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveConfig } from '../../src/config/config.js';
import { type Detectors, findRules, loadRules, readRules, rulesInForce } from '../../src/config/rules.js';
import { openSchema } from '../../src/config/schema.js';
import { VENDORS } from '../../src/core/normalize/sources/index.js';
import type { SessionvigilError } from '../../src/errors.js';

const DETECTORS: Detectors = {
  reuse: {
    parameters: {
      window: { kind: 'duration', default: 60_000, min: 1_000, max: 3_600_000, doc: '' },
      limit: { kind: 'integer', default: 3, min: 1, max: 9, doc: '' },
      share: { kind: 'number', default: 0.5, min: 0, max: 1, doc: '' },
      points_x: { kind: 'points', default: 20, min: -100, max: 100, doc: '' },
      is_strict: { kind: 'boolean', default: false, doc: '' },
      mode: { kind: 'string', default: 'a', doc: '' },
      apps: { kind: 'strings', default: [], doc: '' },
    },
  },
  other: { parameters: {} },
};

const GOOD = `uid: my-rule
title: Mine
version: 1
status: test
type: mine
level_cap: high
detector: reuse
parameters: {window: 20m, limit: 4, apps: [a]}
response: {medium: step_up, high: revoke_session}
owners: [soc]
description: text
blind_spots: [text]
false_positives: [text]
runbook: text
tests:
  places:
    home: {ip: 81.0.0.1, country: ES, as_class: access}
    away: {ip: 91.0.0.1}
  clients: {chrome: Mozilla/5.0}
  with: {activity: session_use, client: chrome}
  stories:
    - name: fires
      outcome: fires
      steps:
        - {at: 0, place: home, token_issued: -5m}
        - {at: 1h30m, arrives: 2h, place: away, expect: {level: high}}
    - name: quiet
      outcome: quiet
      with: {place: home}
      steps: [{at: 20m}]
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-rules-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
const problemsOf = (text: string, name = 'my-rule.yml') => readRules([write(name, text)], DETECTORS).problems;
const change = (from: string, to: string) => {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
};

test('a rule as the core takes it: durations are milliseconds', () => {
  write('what/my-rule.yml', GOOD);
  const { rules, problems } = readRules([folder], DETECTORS);
  expect(problems).toEqual([]);
  expect(rules).toHaveLength(1);
  const { rule } = rules[0]!;
  expect(rule.parameters).toEqual({ window: 1_200_000, limit: 4, apps: ['a'] });
  expect(rule.tags).toEqual([]);
  expect(rule.tests.with).toEqual({ activity: 'session_use', client: 'chrome' });
  expect(rule.tests.stories[0]!.steps).toEqual([
    { at: 0, place: 'home', token_issued: -300_000 },
    { at: 5_400_000, arrives: 7_200_000, place: 'away', expect: { level: 'high' } },
  ]);
});

test('a step that repeats: how far apart is milliseconds', () => {
  write('my-rule.yml', GOOD.replace('steps: [{at: 20m}]', 'steps: [{at: 20m, every: 1d, times: 12}]'));
  const { rules, problems } = readRules([folder], DETECTORS);
  expect(problems).toEqual([]);
  expect(rules[0]!.rule.tests.stories[1]!.steps).toEqual([{ at: 1_200_000, every: 86_400_000, times: 12 }]);
});

test('three mistakes are three problems, with line, column, rule and what would be right', () => {
  const text = GOOD.replace('status: test', 'status: tset').replace('limit: 4', 'limitt: 4').replace('level_cap: high', 'level_cap: 5');
  const file = write('my-rule.yml', text);
  const { problems, rules } = readRules([file], DETECTORS);
  expect(rules).toEqual([]);
  expect(problems).toEqual([
    { file, line: 4, column: 9, path: 'rules.my-rule.status', message: expect.stringContaining('did you mean "test"?') },
    {
      file,
      line: 6,
      column: 12,
      path: 'rules.my-rule.level_cap',
      message: expect.stringContaining('5 is a number; expected one of: informational, low'),
    },
    { file, line: 8, column: 27, path: 'rules.my-rule.parameters.limitt', message: expect.stringContaining('did you mean "limit"?') },
  ]);
});

test('a mistake of shape does not hide one of sense; a misspelt key is one mistake, not two', () => {
  const text = GOOD.replace('version: 1', 'version: one')
    .replace('place: away', 'place: awy')
    .replace('runbook:', 'runbok:')
    .replace('detector: reuse', 'detector: rause');
  expect(problemsOf(text).map(({ line, path }) => [line, path])).toEqual([
    [3, 'rules.my-rule.version'],
    [7, 'rules.my-rule.detector'],
    [14, 'rules.my-rule.runbok'],
    [26, 'rules.my-rule.tests.stories.0.steps.1.place'],
  ]);
});

describe('a detector that there is not hides nothing', () => {
  const text = (detector: string) =>
    GOOD.replace('detector: reuse', `detector: ${detector}`)
      .replace('limit: 4', 'limitt: 4')
      .replace('window: 20m', 'window: 20')
      .replace('place: away', 'place: awy')
      .replace('status: test', 'status: tset');
  const found = (detector: string) =>
    problemsOf(text(detector)).map(({ path, message }) => [path!.slice('rules.my-rule.'.length), message]);

  test('when it is like one that there is, the parameters are checked against that', () => {
    expect(found('reusse')).toEqual([
      ['status', expect.stringContaining('did you mean "test"?')],
      ['detector', expect.stringMatching(/did you mean "reuse"\? \(known: reuse, other\)$/)],
      ['parameters.window', expect.stringContaining('expected a duration')],
      ['parameters.limitt', expect.stringContaining('reuse has no parameter "limitt"; did you mean "limit"?')],
      ['tests.stories.0.steps.1.place', expect.stringContaining('did you mean "away"?')],
    ]);
  });

  test('when it is like none, everything else is, and this is said', () => {
    expect(found('something')).toEqual([
      ['status', expect.any(String)],
      ['detector', 'there is no detector "something" (known: reuse, other); its parameters could not be checked'],
      ['tests.stories.0.steps.1.place', expect.any(String)],
    ]);
  });
});

test('a key that stands twice does not hide what else is wrong', () => {
  const text = `${GOOD.replace('level_cap: high', 'level_cap: 5').replace('limit: 4', 'limit: 40')}runbook: again\n`;
  expect(problemsOf(text).map(({ line, path, message }) => [line, path, message.slice(0, 20)])).toEqual([
    [6, 'rules.my-rule.level_cap', '5 is a number; expec'],
    [8, 'rules.my-rule.parameters.limit', '40 does not fit; exp'],
    [31, 'rules.my-rule', 'this key stands twic'],
  ]);
});

test('a parameter of no shape that there is, is one mistake', () => {
  expect(problemsOf(change('limit: 4', 'limit: {a: 1}')).map(({ path }) => path)).toEqual(['rules.my-rule.parameters.limit']);
});

test.each<[string, string, string, RegExp]>([
  ['an unknown detector', 'detector: reuse', 'detector: reused', /no detector "reused"; did you mean "reuse"\? \(known: reuse, other\)/],
  ['a duration without a unit', 'window: 20m', 'window: 20', /expected a duration such as/],
  ['a duration out of range', 'window: 20m', 'window: 2h', /from 1000 ms to 3600000 ms/],
  ['a number out of range', 'limit: 4', 'limit: 10', /a whole number from 1 to 9/],
  ['a fraction', 'limit: 4', 'limit: 4.5', /a whole number/],
  ['a text for a number', 'limit: 4', 'share: half', /a number from 0 to 1/],
  ['a number for a boolean', 'limit: 4', 'is_strict: 1', /true or false/],
  ['a text for a list', 'apps: [a]', 'apps: a', /a list of texts/],
  ['a list for a text', 'apps: [a]', 'mode: [a]', /a text/],
  ['points by halves', 'apps: [a]', 'points_x: 1.5', /whole number of points/],
  ['another file name', 'uid: my-rule', 'uid: your-rule', /the file is named "my-rule"/],
  ['no firing story', 'outcome: fires', 'outcome: retracted', /no story with outcome fires/],
  ['no quiet story', 'outcome: quiet', 'outcome: fires', /no story with outcome quiet/],
  ['an unknown place', 'place: away', 'place: hom', /no place "hom"; did you mean "home"\? \(places: none, home, away\)/],
  ['an unknown client', 'client: chrome}', 'client: chrom}', /no client "chrom"; did you mean "chrome"/],
  ['a step in which nothing happens', 'activity: session_use, ', '', /no activity/],
  ['an expectation in a quiet story', 'steps: [{at: 20m}]', 'steps: [{at: 20m, expect: {level: low}}]', /quiet story expects no finding/],
  ['an arrival before the event', 'arrives: 2h', 'arrives: 1h', /arrives before it happens/],
  ['a distance without a number', 'at: 1h30m, arrives: 2h, ', 'at: 1h, every: 1h, ', /says both: `every`, how far apart, and `times`/],
  ['a number without a distance', 'at: 1h30m, arrives: 2h, ', 'at: 1h, times: 3, ', /says both/],
  ['an expectation of many', 'arrives: 2h', 'every: 1h, times: 3', /which time is meant/],
  ['one time only', 'place: home, token_issued: -5m', 'every: 1h, times: 1', /1 is out of range; expected 2 to 1000/],
  [
    'an unknown detector beside the rule',
    'clients: {',
    'beside: [reused]\n  clients: {',
    /no detector "reused"; did you mean "reuse"\? \(detectors: reuse, other\)/,
  ],
  [
    'a mistake in what is declared',
    'clients: {',
    'declared: {agents: [{name: a, owner: x, ids: a@b.example, activities: flying}]}\n  clients: {',
    /"flying" is none of: session_use/,
  ],
  ['an unknown place of who did it', 'place: away', 'role: target, by_place: hom', /no place "hom"; did you mean "home"/],
  ['an unknown client of who did it', 'place: away', 'role: target, by_client: chrom', /no client "chrom"; did you mean "chrome"/],
  ['who did what nobody did to another', 'place: away', 'by_place: home', /needs `role: target`/],
  ['two stories of one name', 'name: quiet', 'name: fires', /second story/],
  ['an unknown activity', 'activity: session_use', 'activity: session_used', /did you mean "session_use"/],
  ['a bare number as an offset', 'at: 1h30m', 'at: 90', /an offset from the story's start/],
  ['an offset in `with`', 'with: {place: home}', 'with: {at: 1m}', /belongs to every step/],
  ['an unknown response', 'medium: step_up', 'medium: stepup', /did you mean "step_up"/],
  ['no owner', 'owners: [soc]', 'owners: []', /at least 1/],
  ['a missing runbook', 'runbook: text\n', '', /"runbook" is missing: what a person does/],
])('%s', (_, from, to, message) => {
  const problems = problemsOf(change(from, to));
  expect(problems.map((p) => p.message)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  for (const problem of problems) expect(problem.line).toBeGreaterThan(0);
});

test('a uid that stands in two files', () => {
  const [a, b] = [write('a/my-rule.yml', GOOD), write('b/my-rule.yml', GOOD)];
  const { rules, problems } = readRules([folder], DETECTORS);
  expect(rules.map((r) => r.file)).toEqual([a]);
  expect(problems).toEqual([{ file: b, line: 1, column: 6, path: 'rules.my-rule.uid', message: `the uid is taken by ${a}` }]);
});

test('a file that is no rule at all', () => {
  expect(problemsOf('just words')[0]!.message).toMatch(/expected a mapping/);
  expect(problemsOf('a: [')[0]!.message).toMatch(/not YAML/);
  expect(problemsOf('')[0]!.message).toMatch(/expected a mapping/);
});

test('all paths that are missing or empty are named at once', () => {
  mkdirSync(join(folder, 'empty'));
  const missing = [join(folder, 'none.yml'), join(folder, 'empty')];
  expect(() => readRules(missing, DETECTORS)).toThrow(
    expect.objectContaining({ code: 'SV_RULE_MISSING', problems: missing.map((file) => expect.objectContaining({ file })) }),
  );
});

test('a file that cannot be read is missing, beside what is', () => {
  mkdirSync(join(folder, 'r', 'folder.yml'), { recursive: true });
  write('r/my-rule.yml', GOOD);
  const { rules, missing, named } = findRules([join(folder, 'r'), join(folder, 'none')], DETECTORS);
  expect(rules.map(({ rule }) => rule.uid)).toEqual(['my-rule']);
  expect([...named]).toEqual([['my-rule', 'reuse']]);
  expect(missing).toEqual([
    { place: 0, file: join(folder, 'r', 'folder.yml'), message: 'cannot be read: it is a directory' },
    { place: 1, file: join(folder, 'none'), message: 'no such file or directory' },
  ]);
});

describe('what a rule hides itself', () => {
  const SUPPRESS = `suppress:
  - {id: line, owner: net, reason: two lines, from: 2026-03-01, expires: 2026-09-01, cidr: 203.0.113.0/26}
`;
  const problems = (text: string) =>
    findRules([write('r/my-rule.yml', text)], DETECTORS).problems.map(({ line, path, message }) => `${line} ${path} ${message}`);
  const line = GOOD.split('\n').length;

  test('is named after the rule', () => {
    const { rules } = readRules([write('r/my-rule.yml', GOOD + SUPPRESS)], DETECTORS);
    expect(rules[0]!.rule.suppress).toEqual([
      {
        id: 'my-rule/line',
        owner: 'net',
        reason: 'two lines',
        from: Date.UTC(2026, 2, 1),
        expires: Date.UTC(2026, 8, 1),
        rules: ['my-rule'],
        cidr: ['203.0.113.0/26'],
        max_level: 'medium',
        ends: 'both',
      },
    ]);
    expect(readRules([write('r/my-rule.yml', GOOD)], DETECTORS).rules[0]!.rule.suppress).toEqual([]);
  });

  test('is checked as in a file of its own', () => {
    const twice = `${SUPPRESS}  - {id: line, ownr: net, reason: x, from: 2026-03-01, expires: 2028-03-01, asn: x, types: mine}\n`;
    expect(problems(GOOD + twice)).toEqual([
      expect.stringMatching(`^${line + 2} rules.my-rule.suppress.1.id the id is taken by another entry`),
      expect.stringMatching(`^${line + 2} rules.my-rule.suppress.1.ownr unknown key "ownr"; did you mean "owner"`),
      expect.stringMatching(`^${line + 2} rules.my-rule.suppress.1.expires more than a year`),
      expect.stringMatching(`^${line + 2} rules.my-rule.suppress.1.asn.0 "x" is a text; expected a whole number`),
      expect.stringMatching(`^${line + 2} rules.my-rule.suppress.1.types unknown key "types"`),
    ]);
    expect(problems(GOOD + SUPPRESS.replace(', cidr: 203.0.113.0/26', ''))).toEqual([expect.stringContaining('it would hide everything')]);
    expect(problems(`${GOOD}suppress: 5\n`)).toEqual([expect.stringMatching(/suppress 5 is a number; expected a list/)]);
  });

  test('is what a story with that outcome is about', () => {
    const story = GOOD.replace(
      '    - name: quiet\n',
      '    - {name: hidden, outcome: suppressed, steps: [{at: 0, place: home}]}\n    - name: quiet\n',
    );
    expect(problems(story)).toEqual([
      expect.stringMatching(/tests\.stories\.1\.outcome nothing is suppressed without an entry under `suppress`/),
    ]);
    expect(problems(story + SUPPRESS)).toEqual([]);
  });
});

describe('by configuration', () => {
  const load = (yaml: string) => loadRules(resolveConfig({ file: join(folder, 'c.yml'), text: yaml }, {}, openSchema('config')), DETECTORS);
  beforeEach(() => {
    write('r/my-rule.yml', GOOD);
    write('r/your-rule.yml', GOOD.replace('uid: my-rule', 'uid: your-rule'));
  });

  test('each path with how many of its rules judge; a file under two of them counts for the first', () => {
    write('s/third-rule.yml', GOOD.replace('uid: my-rule', 'uid: third-rule'));
    const yaml = 'rules: {paths: [r/my-rule.yml, r, s], disabled: [third-rule]}';
    const { rules, from } = rulesInForce(resolveConfig({ file: join(folder, 'c.yml'), text: yaml }, {}, openSchema('config')), DETECTORS);
    expect(from).toEqual({ [join(folder, 'r/my-rule.yml')]: 1, [join(folder, 'r')]: 1, [join(folder, 's')]: 0 });
    expect(rules.map(({ rule }) => rule.uid)).toEqual(['my-rule', 'your-rule']);
  });

  test('overrides and disabled rules', () => {
    const rules = load('rules: {paths: [r], disabled: [your-rule], overrides: {my-rule: {window: 5m, limit: 2}}}');
    expect(rules.map((rule) => [rule.uid, rule.parameters])).toEqual([['my-rule', { window: 300_000, limit: 2, apps: ['a'] }]]);
  });

  test('names and values that do not fit are mistakes of the configuration, all at once', () => {
    let caught: SessionvigilError | undefined;
    try {
      load('rules:\n  paths: [r]\n  disabled: [my-rul]\n  overrides:\n    nobody: {}\n    my-rule: {window: 5, nothing: 1}\n');
    } catch (e) {
      caught = e as SessionvigilError;
    }
    expect(caught?.code).toBe('SV_CONFIG_INVALID');
    expect(caught?.problems.map((p) => [p.line, p.path, p.message])).toEqual([
      [3, 'rules.disabled.0', expect.stringContaining('did you mean "my-rule"?')],
      [5, 'rules.overrides.nobody', expect.stringContaining('no rule "nobody"')],
      [6, 'rules.overrides.my-rule.window', expect.stringContaining('expected a duration')],
      [6, 'rules.overrides.my-rule.nothing', expect.stringContaining('no parameter "nothing"')],
    ]);
  });

  test('a mistaken rule stops everything', () => {
    write('r/third.yml', 'a: b');
    expect(() => load('rules: {paths: [r]}')).toThrow(expect.objectContaining({ code: 'SV_RULE_INVALID' }));
  });
});

describe('conditions on fields', () => {
  const parameters: Detectors = {
    reuse: {
      parameters: {
        where: { kind: 'conditions', default: undefined, isNeeded: true, doc: 'what is looked for' },
        sequence: { kind: 'steps', default: undefined, min: 2, max: 3, words: ['session'], doc: '' },
        by: { kind: 'field', default: 'session', words: ['session'], doc: '' },
        apps: { kind: 'strings', default: [], doc: '' },
      },
      check: ({ by, apps }) =>
        by === 'session' && apps !== undefined ? [{ path: ['apps'], of: 'key', message: 'not beside a session' }] : [],
    },
  };
  const problemsWith = (yaml: string) => {
    const file = write('my-rule.yml', GOOD.replace('parameters: {window: 20m, limit: 4, apps: [a]}', `parameters:\n${yaml}`));
    return readRules([file], parameters).problems.map(({ line, column, path, message }) => [
      line,
      column,
      path!.slice('rules.my-rule.parameters'.length),
      message,
    ]);
  };

  test('that are right come through as they are written', () => {
    const yaml = `  where: {activity: sign_in, any: [{src_endpoint.asn: {above: 3}}, {status: failure}]}\n  by: client.uid\n  sequence: [{where: {status: failure}, at_least: 3}, {where: {status: success}, distinct: session}]`;
    expect(problemsWith(yaml)).toEqual([]);
    const { rules } = readRules([join(folder, 'my-rule.yml')], parameters);
    expect(rules[0]!.rule.parameters).toEqual({
      where: { activity: 'sign_in', any: [{ 'src_endpoint.asn': { above: 3 } }, { status: 'failure' }] },
      by: 'client.uid',
      sequence: [
        { where: { status: 'failure' }, at_least: 3 },
        { where: { status: 'success' }, distinct: 'session' },
      ],
    });
  });

  test('every mistake in them stands where it is', () => {
    const yaml = `  where:
    activity: sign_inn
    src_ip: 192.0.2.1
    any:
      - src_endpoint.ip: { cidr: 192.0.2.1/24 }
      - details.forwardto: { exists: true }
      - user_agent.major: { over: 100 }`;
    expect(problemsWith(yaml)).toEqual([
      [10, 15, '.where.activity', expect.stringMatching(/is never there; it is one of sign_in.*; did you mean "sign_in"\?/)],
      [11, 5, '.where.src_ip', expect.stringContaining('no field `src_ip`')],
      [13, 34, '.where.any.0.src_endpoint.ip.cidr', expect.stringContaining('takes networks')],
      [14, 9, '.where.any.1.details.forwardto', expect.stringContaining('no field `details.forwardto`')],
      [15, 29, '.where.any.2.user_agent.major.over', expect.stringContaining('no question `over`')],
    ]);
  });

  test('every value that is never there, with what was meant', () => {
    const yaml = `  where:
    source.vendor: oktaa
    activity: [sign_in, api_keys]
    src_endpoint.country: [DE, uk]
    sourc.vendor: okta
    actions: x`;
    expect(problemsWith(yaml)).toEqual([
      [10, 20, '.where.source.vendor', `"oktaa" is never there; it is one of ${VENDORS.join(', ')}; did you mean "okta"?`],
      [11, 25, '.where.activity.1', expect.stringMatching(/^"api_keys" is never there; .* did you mean "api_key"\?$/)],
      [12, 32, '.where.src_endpoint.country.1', expect.stringContaining('did you mean "GB"?')],
      [13, 5, '.where.sourc.vendor', expect.stringContaining('perhaps source.vendor')],
      [14, 5, '.where.actions', expect.stringContaining('did you mean "action"?')],
    ]);
  });

  test('steps, each at its place', () => {
    const yaml = `  where: {status: failure}
  sequence:
    - { where: { status: failed }, at_least: 0 }
    - { when: { status: success } }
    - { where: {}, distinct: principal.tags }`;
    expect(problemsWith(yaml)).toEqual([
      [11, 26, '.sequence.0.where.status', expect.stringContaining('is never there')],
      [11, 46, '.sequence.0.at_least', expect.stringContaining('a whole number from 1')],
      [12, 7, '.sequence.1', expect.stringContaining('add `where`')],
      [12, 9, '.sequence.1.when', expect.stringContaining('a step has no "when"')],
      [13, 16, '.sequence.2.where', expect.stringContaining('at least one field')],
      [13, 30, '.sequence.2.distinct', expect.stringContaining('holds several texts')],
    ]);
  });

  test.each([
    ['[]', 'expected a list of 2 to 3 steps'],
    ['[{where: {status: failure}}]', 'expected a list of 2 to 3 steps'],
    ['soon', 'expected a list of 2 to 3 steps'],
    ['[soon, {where: {status: failure}}]', 'a step is written'],
  ])('sequence: %s', (value, message) => {
    expect(problemsWith(`  where: {status: failure}\n  sequence: ${value}`)).toEqual([
      [10, expect.any(Number), expect.stringMatching(/^\.sequence/), expect.stringContaining(message)],
    ]);
  });

  test.each([
    ['asn', 'perhaps src_endpoint.asn'],
    ['details', 'holds several texts'],
    ['[a]', 'expected a field of the event, or session'],
    ['principal', 'expected one of them, or session'],
  ])('by: %s', (value, message) => {
    expect(problemsWith(`  where: {status: failure}\n  by: ${value}`)).toEqual([[10, 7, '.by', expect.stringContaining(message)]]);
  });

  test('what is needed and is not there, and what does not go together', () => {
    expect(problemsWith('  by: client.uid')).toEqual([[8, 1, '', 'reuse needs the parameter "where": what is looked for']]);
    expect(problemsWith('  where: {status: failure}\n  by: session\n  apps: [a]')).toEqual([[11, 3, '.apps', 'not beside a session']]);
  });

  test('a list of texts holds texts', () => {
    expect(problemsWith('  where: {status: failure}\n  apps: [{a: b}]')).toEqual([
      [10, 9, '.apps', expect.stringContaining('expected a list of texts')],
    ]);
  });

  test('the configuration may set others, checked as in a rule', () => {
    write('my-rule.yml', GOOD.replace('parameters: {window: 20m, limit: 4, apps: [a]}', 'parameters: {where: {status: failure}}'));
    const load = (overrides: string) => {
      const text = `rules:\n  paths: [${JSON.stringify(folder)}]\n  overrides:\n    my-rule: ${overrides}`;
      return loadRules(resolveConfig({ file: join(folder, 'c.yml'), text }, {}, openSchema('config')), parameters);
    };
    expect(load('{by: app.name, where: {status: success}}')[0]!.parameters).toEqual({
      by: 'app.name',
      where: { status: 'success' },
    });
    expect(() => load('{where: {status: sucess}}')).toThrow(
      expect.objectContaining({
        code: 'SV_CONFIG_INVALID',
        problems: [expect.objectContaining({ line: 4, column: 31, message: expect.stringContaining('is never there') })],
      }),
    );
  });

  test('what the configuration sets must go with what the rule says', () => {
    write(
      'my-rule.yml',
      GOOD.replace('parameters: {window: 20m, limit: 4, apps: [a]}', 'parameters: {where: {status: failure}, apps: [a], by: app.name}'),
    );
    const text = `rules: {paths: [${JSON.stringify(folder)}], overrides: {my-rule: {by: session}}}`;
    const loaded = resolveConfig({ file: join(folder, 'c.yml'), text }, {}, openSchema('config'));
    expect(() => loadRules(loaded, parameters)).toThrow(
      expect.objectContaining({ code: 'SV_CONFIG_INVALID', problems: [expect.objectContaining({ message: 'not beside a session' })] }),
    );
  });
});
