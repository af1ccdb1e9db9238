import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { run } from '../src/cli/program.js';
import type { Finding, RevocationCommand, SessionEvent } from '../src/core/event/index.js';

const INGRID = 'ingrid.solberg@fjordlight.example';
const TOMAS = 'tomas.lind@fjordlight.example';
const EVERYBODY = ['helene.aas', 'ingrid.solberg', 'jonas.berg', 'marcus.webb', 'priya.nair', 'tomas.lind'].map(
  (login) => `${login}@fjordlight.example`,
);

let out: string;
let findings: Finding[];
let commands: RevocationCommand[];
let events: SessionEvent[];
let said: string;

function read<T>(name: string): T[] {
  const text = readFileSync(join(out, `${name}.ndjson`), 'utf8').trimEnd();
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as T);
}

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'demo-'));
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const texts = [stdout, stderr].map((stream) => {
    const chunks: string[] = [];
    stream.on('data', (chunk) => chunks.push(String(chunk)));
    return chunks;
  });
  const io = { stdin: new PassThrough(), stdout, stderr, env: {}, now: () => Date.UTC(2026, 5, 1), signal: new AbortController().signal };
  const files = ['okta', 'entra', 'm365'].map((name) => join('demo', `${name}.ndjson`));
  const status = await run(['replay', ...files, '--out', out, '--format', 'table'], io);
  said = texts[0]!.join('');
  expect({ status, stderr: texts[1]!.join('') }).toMatchObject({ status: 0 });
  findings = read<Finding>('findings').filter(({ status }) => status !== 'retracted');
  commands = read('revocations');
  events = read('events');
}, 120_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

test('the records are what demo/make.mjs writes', () => {
  execFileSync(process.execPath, ['demo/make.mjs', '--check']);
});

test('every record is read and has its events, of six people, three vendors and two machines', () => {
  const { records } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
  expect(records).toMatchObject({ dropped: 0, rejected: 0 });
  expect(records.read).toBeGreaterThan(250);
  expect(new Set(events.map(({ source }) => source.vendor))).toEqual(new Set(['okta', 'entra', 'm365']));
  const people = new Set(events.filter(({ principal }) => principal.type === 'human').map(({ principal }) => principal.email));
  expect([...people].sort()).toEqual(EVERYBODY);
  const machines = new Set(events.filter(({ principal }) => principal.type !== 'human').map(({ principal }) => principal.type));
  expect(machines).toEqual(new Set(['service', 'workload']));
});

test('exactly the two thefts are found, with the mail rule that one of the thieves made', () => {
  expect(findings.map(({ principal, type, level }) => [principal.email, type, level]).sort()).toEqual([
    [INGRID, 'post_compromise', 'high'],
    [INGRID, 'session_reuse', 'critical'],
    [TOMAS, 'session_reuse', 'critical'],
    [TOMAS, 'use_after_revocation', 'critical'],
  ]);
});

test('both sides of each comparison are on record, the second with the rented server', () => {
  for (const { principal, type, evidence } of findings) {
    const trigger = evidence.find(({ role }) => role === 'trigger')!;
    expect(trigger.src_endpoint).toMatchObject({ as_class: 'hosting', country: principal.email === INGRID ? 'NL' : 'FI' });
    // an act is compared with nothing
    if (type === 'post_compromise') continue;
    expect(evidence.some(({ role, src_endpoint }) => role === 'baseline' && src_endpoint?.country === 'NO')).toBe(true);
  }
});

test('each theft is one incident', () => {
  const incidents = [INGRID, TOMAS].map(
    (email) => new Set(findings.filter(({ principal }) => principal.email === email).map((f) => f.incident_uid)),
  );
  expect(incidents.map(({ size }) => size)).toEqual([1, 1]);
});

test('the sessions to revoke are named, with what stays alive', () => {
  const stolen = new Map([INGRID, TOMAS].map((email) => [email, findings.find(({ principal }) => principal.email === email)!.session!]));
  const proposed = commands.map(({ action, target, scope_requested, scope_effective }) => [
    target.user.email,
    target.vendor,
    action,
    scope_requested,
    scope_effective,
  ]);
  expect(proposed.sort()).toEqual([
    [INGRID, 'entra', 'revoke_user_sessions', 'session', 'user'],
    [TOMAS, 'okta', 'revoke_user_sessions', 'user', 'user'],
  ]);
  for (const { target, residual_access, mode, time, expires_time } of commands) {
    const session = stolen.get(target.user.email!)!;
    expect([session.uid, session.root_uid]).toContain(target.session);
    expect(residual_access.length).toBeGreaterThan(0);
    expect([mode, expires_time - time]).toEqual(['shadow', 3_600_000]);
  }
});

test('a rule for "one session, two addresses" would cry wolf over the same records', () => {
  const addresses = new Map<string, { who: string; ips: Set<string> }>();
  for (const { session, src_endpoint, principal, subject_role } of events) {
    if (session === undefined || src_endpoint?.ip === undefined || subject_role !== 'actor') continue;
    const key = session.root_uid ?? session.uid;
    const seen = addresses.get(key) ?? { who: principal.email ?? principal.key, ips: new Set() };
    seen.ips.add(src_endpoint.ip);
    addresses.set(key, seen);
  }
  const naive = [...addresses.values()].filter(({ ips }) => ips.size >= 2);
  const robbed = new Set(findings.map(({ session }) => session?.root_uid ?? session?.uid));
  expect(robbed.size).toBe(2);
  // nine sessions of all six people for two thefts
  expect(naive.length).toBeGreaterThanOrEqual(4 * robbed.size);
  expect(new Set(naive.map(({ who }) => who)).size).toBe(EVERYBODY.length);
});

test('the table shows people, factors in words and commands', () => {
  for (const text of [INGRID, TOMAS, 'They take turns', 'Helsinki', 'revoke_user_sessions', 'access tokens']) expect(said).toContain(text);
});

test('the inbox rule that the thief made is named among what to do', () => {
  const rule = events.find(({ action }) => action === 'New-InboxRule')!;
  const { follow_up } = commands.find(({ target }) => target.user.email === INGRID)!;
  expect(follow_up.filter((line) => line.includes(rule.uid))).toHaveLength(1);
});

test('the finding that the README shows is the one that comes out', () => {
  const flat = (text: string) => text.replace(/\s+/g, ' ').trim();
  const shown = /```text\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))![1]!;
  const lines = shown
    .split('\n')
    .map(flat)
    .filter((line) => /^(why )?[+(]\d|^CRITICAL/.test(line));
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) expect(flat(said)).toContain(line.replace(/^why /, ''));
});
