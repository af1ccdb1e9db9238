import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DETECTORS } from '../../src/core/detect/index.js';
import { command, lines } from './command.js';

const SHIPPED = join(__dirname, '../../rules/revocation/use-after-sign-out.yml');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-rules-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(change: (text: string) => string): string {
  const file = join(folder, 'my-rule.yml');
  writeFileSync(file, change(readFileSync(SHIPPED, 'utf8').replace(/^uid: .*/m, 'uid: my-rule')));
  return file;
}

describe('list', () => {
  test('shows the rules that ship', async () => {
    const { status, stdout } = await command(['rules', 'list']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^UID +TYPE +DETECTOR +STATUS +CAP +STORIES +TITLE\n/);
    expect(stdout).toMatch(/^session-reuse +session_reuse +session_reuse +\w+ +\w+ +\d+ {2}/m);
  });

  test('as JSON, with parameters and stories counted', async () => {
    const { stdout } = await command(['rules', 'list', '--json', write((text) => text)]);
    const [rule] = lines<{ uid: string; stories: { fires: number; quiet: number } }>(stdout);
    expect(rule).toMatchObject({ uid: 'my-rule', parameters: expect.any(Object), file: expect.stringContaining('my-rule.yml') });
    expect(rule!.stories.fires).toBeGreaterThan(0);
    expect(rule!.stories.quiet).toBeGreaterThan(0);
    expect(rule).not.toHaveProperty('tests');
  });

  test('as JSON, with every parameter in force, as the configuration takes it', async () => {
    const { stdout } = await command(['rules', 'list', '--json']);
    const rules = lines<{ uid: string; detector: string; parameters: Record<string, unknown> }>(stdout);
    for (const { detector, parameters } of rules)
      for (const [name, spec] of Object.entries(DETECTORS[detector]!.parameters))
        if (spec.default !== undefined) expect(parameters).toHaveProperty(name);
    expect(rules.find(({ uid }) => uid === 'session-reuse')!.parameters).toMatchObject({
      report_from: expect.any(Number),
      alternation_within: expect.stringMatching(/^\d+[smhd]/),
    });
    const file = join(folder, 'c.yml');
    writeFileSync(
      file,
      JSON.stringify({ rules: { overrides: Object.fromEntries(rules.map(({ uid, parameters }) => [uid, parameters])) } }),
    );
    expect(await command(['config', 'check', '--config', file])).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('lint', () => {
  test('of the rules that ship finds nothing', async () => {
    expect(await command(['rules', 'lint'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+ rules, no mistakes\n$/),
      stderr: '',
    });
  });

  test('of one rule says so', async () => {
    expect((await command(['rules', 'lint', write((text) => text)])).stdout).toBe('one rule, no mistakes\n');
  });

  test('says every mistake, with status 1', async () => {
    const file = write((text) => text.replace(/^status: .*/m, 'status: good'));
    const { status, stdout, stderr } = await command(['rules', 'lint', file]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^error SV_RULE_INVALID: one mistake in the rules\n {2}.*my-rule\.yml:\d+:\d+: rules\.my-rule\.status: "good" is none of/,
    );
  });
});

describe('test', () => {
  test('tells the stories of the rules that ship', async () => {
    const { status, stdout, stderr } = await command(['rules', 'test']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ok {3}session-reuse: \d+ passed$/m);
    expect(stdout).toMatch(/^\d+ stories passed, 0 failed\n$/m);
  });

  test('a story that does not come out as it says fails, with what was expected and what came', async () => {
    const file = write((text) => text.replace('outcome: fires', 'outcome: retracted'));
    const { status, stdout, stderr } = await command(['rules', 'test', file]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^FAIL my-rule: \d+ passed, 1 failed\n {5}\S.*\n {7}expected the finding to be taken back, but it stands/);
    expect(stderr).toMatch(/^error SV_RULE_STORY_FAILED: one story failed\n {2}.*my-rule\.yml: rules\.my-rule: story ".*" failed\n/);
  });

  test('as JSON', async () => {
    const good = lines<{ uid: string; passed: number; failed: unknown[] }>(
      (await command(['rules', 'test', '--json', write((text) => text)])).stdout,
    );
    expect(good).toEqual([{ uid: 'my-rule', file: expect.any(String), passed: expect.any(Number), failed: [] }]);
    const { status, stdout } = await command([
      'rules',
      'test',
      '--json',
      write((text) => text.replace('outcome: fires', 'outcome: retracted')),
    ]);
    expect(status).toBe(1);
    expect(lines(stdout)).toEqual([
      {
        uid: 'my-rule',
        file: expect.any(String),
        passed: good[0]!.passed - 1,
        failed: [{ story: expect.any(String), message: expect.any(String) }],
      },
    ]);
  });
});
