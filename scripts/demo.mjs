#!/usr/bin/env node
// Replays the demo's two days and shows what comes out. Also a smoke test: it fails unless exactly the two thefts are found.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const inputs = ['okta', 'entra', 'm365'].map((name) => join('demo', `${name}.ndjson`));
const lines = inputs.map((file) => readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length);

/** who is robbed, how it is recognised, and what is proposed at least */
const EXPECTED = [
  { email: 'ingrid.solberg@fjordlight.example', types: ['post_compromise', 'session_reuse'], action: 'revoke_user_sessions' },
  { email: 'tomas.lind@fjordlight.example', types: ['session_reuse', 'use_after_revocation'], action: 'revoke_user_sessions' },
];

process.stdout.write(`Two days at a made-up company: ${lines[0]} lines of Okta, ${lines[1]} of Entra ID and ${lines[2]} of Microsoft 365 logs.
Six people work, roam, travel and update their browsers; one of them is robbed of her cookies on the second day, and the session of
another is used from elsewhere half an hour after an administrator cleared it. This is what the replay says:

`);

const out = mkdtempSync(join(tmpdir(), 'sessionvigil-demo-'));
try {
  const args = ['dist/main.js', 'replay', ...inputs, '--out', out, '--format', 'table'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  const wrong = mistakes(read('findings'), read('revocations'));
  if (wrong.length > 0) {
    process.stderr.write(`\nThis is not what the demo should show:\n${wrong.map((line) => `- ${line}\n`).join('')}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(out, { recursive: true, force: true });
}

function read(name) {
  const text = readFileSync(join(out, `${name}.ndjson`), 'utf8').trimEnd();
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line));
}

function mistakes(findings, commands) {
  const wrong = [];
  const standing = findings.filter(({ status }) => status !== 'retracted');
  for (const { email, types, action } of EXPECTED) {
    const found = standing.filter(({ principal }) => principal.email === email).map(({ type }) => type);
    if ([...found].sort().join() !== types.join())
      wrong.push(`${email}: expected ${types.join(', ')}, found ${found.join(', ') || 'nothing'}`);
    if (!commands.some((command) => command.action === action && command.target.user.email === email))
      wrong.push(`${email}: no ${action} was proposed`);
  }
  for (const { principal, type } of standing) {
    if (!EXPECTED.some(({ email }) => email === principal.email))
      wrong.push(`${principal.email ?? principal.key}: ${type}, where nothing happened`);
  }
  return wrong;
}
