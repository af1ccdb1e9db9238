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
  expect(stdout).toContain('silent: it is the fingerprint that the session began with');
  expect(stdout).toMatch(/rule {4}session-reuse {2}\d+ of 36 {2}(medium|high|critical)\n +\+\d+ {2}os_changed \(device\): /);
  expect(stdout).toMatch(/said {4}(HIGH|CRITICAL) \d+ {2}session_reuse/);
  expect(stdout).toContain("habits  nothing is learned: it is held for a stranger's");
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
  [['--principal', 'a', '--format', 'xml'], '--format xml is neither text nor ndjson'],
])('%j is no question', async (args, message) => {
  const { status, stderr } = await explain(...args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});
