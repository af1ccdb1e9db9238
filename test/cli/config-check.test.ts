import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { command } from './command.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function check(text: string, env: Record<string, string> = {}) {
  const file = join(folder, 'c.yml');
  writeFileSync(file, text);
  return command(['config', 'check', '--config', file], { env });
}

test('prints what will be used, which can be given back', async () => {
  const { status, stdout, stderr } = await check('tenant: blue\n', { SESSIONVIGIL_STATE_SESSION_IDLE: '3d' });
  expect([status, stderr]).toEqual([0, '']);
  expect(parse(stdout)).toMatchObject({ tenant: 'blue', state: { session_idle: '3d' }, rules: { paths: ['shipped'] } });
  expect((await check(stdout)).stdout).toBe(stdout);
});

test('without a file the defaults are checked', async () => {
  expect(await command(['config', 'check'])).toMatchObject({ status: 0, stderr: '' });
});

test('the environment names the file', async () => {
  writeFileSync(join(folder, 'e.yml'), 'tenant: red\n');
  expect((await command(['config', 'check'], { env: { SESSIONVIGIL_CONFIG: join(folder, 'e.yml') } })).stdout).toContain('tenant: red\n');
});

test.each([
  [
    'a rule that there is not',
    'rules:\n  disabled: [session-resuse]\n',
    /c\.yml:2:14: rules\.disabled\.0: there is no rule "session-resuse"; did you mean "session-reuse"\?/,
  ],
  [
    'a parameter that there is not',
    'rules:\n  overrides:\n    session-reuse: {nothing: 1}\n',
    /c\.yml:3:21: rules\.overrides\.session-reuse\.nothing: session_reuse has no parameter/,
  ],
  ['a database that is not there', 'geo:\n  database: nowhere.mmdb\n', /c\.yml:2:13: geo\.database: there is no file \/.*nowhere\.mmdb/],
])('%s', async (_, text, message) => {
  const { status, stdout, stderr } = await check(text);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});
