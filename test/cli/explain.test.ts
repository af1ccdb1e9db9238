import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../src/core/event/index.js';
import { command, lines } from './command.js';
import { ndjson, STOLEN } from './okta-record.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-explain-'));
  file = join(folder, 'okta.ndjson');
  writeFileSync(file, ndjson(STOLEN));
});
afterEach(() => rmSync(folder, { recursive: true }));

const explain = (...args: string[]) => command(['explain', '--geo', 'none', ...args, file]);

interface Line {
  event: { uid: string };
  answers: { rule: string; score: number; report_from: number; silence?: string; judgement?: { factors: { name: string }[] } }[];
  findings: Finding[];
}

test('every event of a person, with what every rule makes of it', async () => {
  const { status, stdout, stderr } = await explain('--principal', 'Ana@Example.com');
  expect(status).toBe(0);
  expect(stdout.match(/^\d{4}-/gm)).toHaveLength(6);
  expect(stderr).toContain('6 events explained\n');
  expect(stdout).toContain('before  nobody had heard of them');
  expect(stdout).toMatch(/^ {2}silent {2}it is the fingerprint that the session began with: .*session-reuse/m);
  expect(stdout).toMatch(/rule {4}session-reuse {2}\d+ of 36 {2}(medium|high|critical)\n +\+\d+ {2}os_changed \(device\): /);
  expect(stdout).toMatch(/said {4}(HIGH|CRITICAL) \d+ {2}session_reuse/);
  expect(stdout).toContain("habits  nothing is learned: it is held for a stranger's");
});

test('what is found of a human that works like a machine comes with what to say of a bot', async () => {
  const acts = STOLEN.map((act) => ({ ...act, who: 'acme-ci', ...(act.agent === undefined ? {} : { agent: 'curl/8.5.0' }) }));
  writeFileSync(file, ndjson(acts));
  const identities = join(folder, 'people.yml');
  const { stdout } = await explain('--principal', 'acme-ci@example.com', '--only-findings');
  expect(stdout).toMatch(
    /who {5}a human, as okta has it; if acme-ci@example.com is a machine's account alone: tier service in the file of identities/,
  );
  writeFileSync(identities, '- { person: acme-ci@example.com, tier: service }\n');
  const told = await explain('--principal', 'acme-ci@example.com', '--identities', identities);
  expect(told.stdout).toContain('machines have no one place and no one program');
  expect(told.stdout).not.toMatch(/ {2}who |said .*session_reuse/);
  // of a human with a browser nothing is said of machines
  writeFileSync(file, ndjson(STOLEN));
  expect((await explain('--principal', 'ana@example.com')).stdout).not.toContain('  who ');
});

const silences = (text: string) => text.split('\n').filter((line) => /^ {2}silent {2}|^ {2}rule .* silent: /.test(line));

test('rules that are silent for one reason stand together; --all gives each a line of its own', async () => {
  const short = await explain('--principal', 'ana@example.com');
  const long = await explain('--principal', 'ana@example.com', '--all');
  const rulesIn = (text: string) =>
    silences(text)
      .flatMap((line) => /^ {2}rule {4}(\S+)/.exec(line)?.[1] ?? line.slice(line.lastIndexOf(': ') + 2).split(', '))
      .sort();
  expect(rulesIn(short.stdout)).toEqual(rulesIn(long.stdout));
  expect(silences(short.stdout).length * 2).toBeLessThan(silences(long.stdout).length);
  for (const event of short.stdout.split('\n\n')) {
    const reasons = silences(event).map((line) => line.slice(0, line.lastIndexOf(': ')));
    expect(new Set(reasons).size).toBe(reasons.length);
  }
  // all else is the same where something is held against an event; where nothing is, what it was compared with is left out
  const rest = (text: string) => text.split('\n\n').map((event) => event.split('\n').filter((line) => !silences(event).includes(line)));
  const [some, whole] = [rest(short.stdout), rest(long.stdout)];
  expect(some).toHaveLength(whole.length);
  for (const [i, event] of some.entries()) {
    const isEventful = whole[i]!.some((line) => /^ {2}(rule|said) {4}/.test(line));
    expect(event).toEqual(isEventful ? whole[i] : whole[i]!.filter((line) => !/^ {10}/.test(line)));
  }
});

test('only what some rules make of them', async () => {
  const { stdout } = await explain(
    '--principal',
    'ana@example.com',
    '--rule',
    'session-reuse',
    '--rule',
    'new-country',
    '--format',
    'ndjson',
  );
  const all = lines<Line>((await explain('--principal', 'ana@example.com', '--format', 'ndjson')).stdout);
  const some = lines<Line>(stdout);
  const isAsked = (rule: string) => ['session-reuse', 'new-country'].includes(rule);
  expect(some.map(({ event }) => event.uid)).toEqual(all.map(({ event }) => event.uid));
  expect(some.map(({ answers }) => answers)).toEqual(all.map(({ answers }) => answers.filter(({ rule }) => isAsked(rule))));
  expect(some.map(({ findings }) => findings)).toEqual(all.map(({ findings }) => findings.filter(({ rule }) => isAsked(rule.uid))));
});

test('only events of which something was said', async () => {
  const all = lines<Line>((await explain('--principal', 'ana@example.com', '--format', 'ndjson')).stdout);
  const loud = all.filter(({ findings }) => findings.length > 0);
  expect(loud.length).toBeGreaterThan(0);
  const { stdout, stderr } = await explain('--principal', 'ana@example.com', '--only-findings', '--format', 'ndjson');
  expect(lines<Line>(stdout)).toEqual(loud);
  expect(stderr).toContain(`${loud.length} of 6 events explained`);
  const none = await explain('--principal', 'ana@example.com', '--only-findings', '--rule', 'new-country');
  expect([none.status, none.stdout]).toEqual([0, '']);
  expect(none.stderr).toContain('0 of 6 events explained');
});

test('what it says is what a replay says', async () => {
  const replayed = lines<Finding>((await command(['replay', '--geo', 'none', file])).stdout);
  const explained = lines<Line>((await explain('--principal', 'default/ana@example.com', '--format', 'ndjson')).stdout);
  const said = explained.flatMap(({ findings }) => findings);
  expect(said.at(-1)).toMatchObject({ uid: replayed[0]!.uid, revision: replayed[0]!.revision, score: replayed[0]!.score });
  for (const { answers, findings } of explained) {
    const loudest = Math.max(...findings.map(({ score }) => score), 0);
    expect(Math.max(...answers.map(({ score }) => score))).toBeGreaterThanOrEqual(loudest);
    for (const answer of answers) expect(answer.judgement === undefined).toBe(answer.silence !== undefined);
  }
});

test('one event says itself whose it is', async () => {
  const { status, stdout } = await explain('--event', 'okta:default:thief2', '--format', 'ndjson');
  expect(status).toBe(0);
  expect(lines<Line>(stdout).map(({ event }) => event.uid)).toEqual(['okta:default:thief2']);
});

test.each([
  [['--principal', 'an'], 'no event of an is in these files; there is ana@example.com'],
  [['--principal', 'nobody@example.com'], 'there are, among others, ana@example.com'],
  [['--event', 'okta:default:none'], 'no event okta:default:none is in these files'],
  [['--event', 'okta:default:none', '--principal', 'ana@example.com'], 'no event okta:default:none of ana@example.com'],
])('%j: what is not there', async (args, message) => {
  const { status, stdout, stderr } = await explain(...args);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('SV_EXPLAIN_NOTHING');
  expect(stderr).toContain(message);
});

test.each([
  [[], 'explain whom? Give --principal, --event, or both'],
  [['--principal', 'a', '--rule', 'session-reus'], 'no rule "session-reus" judges; did you mean "session-reuse"?'],
  [['--principal', 'a', '--format', 'xml'], '--format xml is neither text nor ndjson'],
])('%j is no question', async (args, message) => {
  const { status, stderr } = await explain(...args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});
