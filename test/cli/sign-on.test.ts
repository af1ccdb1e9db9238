import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../src/core/event/index.js';
import { command, lines } from './command.js';
import { ndjson, type OktaAct, START } from './okta-record.js';

/** Okta's and Slack's own records of a day: Ben works, Ana was there in the morning of the day before, and somebody comes into Slack as Ana. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-sign-on-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const okta = (to: number, ...more: OktaAct[]): OktaAct[] => {
  const log = Array.from({ length: Math.floor(to / 30) + 1 }, (_, n) => ({
    id: `ben${n}`,
    at: n * 30,
    who: 'ben',
    session: `102ben${Math.floor(n / 16)}`,
  }));
  return [{ id: 'ana0', at: 1, type: 'user.session.start' }, ...log, ...more].sort((a, b) => a.at - b.at);
};

const slack = (at: number, session: number): string =>
  JSON.stringify({
    id: `forged-${session}`,
    date_create: Math.floor(START / 1000) + at * 60,
    action: 'user_login',
    actor: { type: 'user', user: { id: 'W01ANA', name: 'Ana', email: 'ana@example.com', team: 'T01ACME' } },
    entity: { type: 'user', user: { id: 'W01ANA', name: 'Ana', email: 'ana@example.com', team: 'T01ACME' } },
    context: {
      location: { type: 'workspace', id: 'T01ACME', name: 'Acme', domain: 'acme' },
      ua: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36',
      ip_address: '81.45.10.20',
      session_id: session,
    },
  });

async function told(acts: readonly OktaAct[], args: readonly string[], configured = 'sign_on: [{ app: slack, provider: okta }]\n') {
  const files = ['okta.ndjson', 'slack.ndjson', 'sv.yml'].map((name) => join(folder, name));
  writeFileSync(files[0]!, ndjson(acts));
  writeFileSync(files[1]!, `${slack(1000, 777)}\n`);
  writeFileSync(files[2]!, configured);
  return await command([args[0]!, '--geo', 'none', '--config', files[2]!, ...args.slice(1), files[0]!, files[1]!]);
}

test('a session at Slack without Okta is found when Okta must have told of it', async () => {
  const { status, stdout } = await told(okta(1200), ['replay']);
  expect(status).toBe(0);
  const findings = lines<Finding>(stdout);
  expect(findings.map(({ rule }) => rule.uid)).toEqual(['session-without-sign-on']);
  expect(findings[0]).toMatchObject({
    level: 'medium',
    principal: { key: 'default/ana@example.com' },
    session: { uid: '777' },
    message: expect.stringContaining('and was not at okta before it'),
  });
});

test.each([
  ['it stands where it is not enforced', okta(1200), 'sign_on: []\n'],
  ['at another account', okta(1200), 'sign_on: [{ app: slack/T02, provider: okta }]\n'],
  ['Ana was at Okta that night', okta(1200, { id: 'ana1', at: 990 }), undefined],
  ['Okta stops being delivered', okta(1000), undefined],
] as const)('nothing is found: %s', async (_, acts, configured) => {
  const { stdout } = await told(acts, ['replay'], configured);
  expect(lines(stdout)).toEqual([]);
});

test('explain says what became of it, though it was told later', async () => {
  const { stdout } = await told(okta(1200), ['explain', '--principal', 'ana@example.com', '--rule', 'session-without-sign-on']);
  expect(stdout).toMatch(
    /slack\/T01ACME audit: user_login[\s\S]+rule {4}session-without-sign-on {2}45 of 40 {2}medium\n +\+45 {2}no_sign_on \(credential\): Nothing of them/,
  );
  expect(stdout).toMatch(/said {4}MEDIUM 45 {2}session_mint/);
});

test('explain says why it stayed silent', async () => {
  const silence = async (acts: readonly OktaAct[]) => {
    const { stdout } = await told(acts, ['explain', '--principal', 'ana@example.com', '--rule', 'session-without-sign-on']);
    return stdout.slice(stdout.indexOf('slack/T01ACME audit'));
  };
  expect(await silence(okta(1000))).toContain('it waits until okta has told of the 30 min after it');
  expect(await silence(okta(1200, { id: 'ana1', at: 990 }))).toContain('okta told of them 10 min before');
});

test('an account that never came is in the summary, with those that did', async () => {
  const out = join(folder, 'out');
  const { stderr } = await told(
    okta(1200),
    ['replay', '--out', out],
    'sign_on: [{ app: slack/T01ACM, provider: okta/acme }, { app: github, provider: entra }]\n',
  );
  expect(stderr.split('\n').filter((line) => line.startsWith('unheard'))).toEqual([
    'unheard   sign_on: app slack/T01ACM: no record of slack/T01ACM came, so that nothing is looked at there; there is slack/T01ACME',
    'unheard   sign_on: provider okta/acme: no record of okta/acme came, so that no session that it has to explain is judged; with sign-ins there is okta/default',
    'unheard   sign_on: app github: no record of github came, so that nothing is looked at there',
    'unheard   sign_on: provider entra: no record of entra came, so that no session that it has to explain is judged',
  ]);
  const { sign_on_unheard } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
  expect(sign_on_unheard[0]).toEqual({
    side: 'app',
    name: 'slack/T01ACM',
    why: 'no_account',
    accounts: ['slack/T01ACME'],
    account_count: 1,
  });
});

test('whose log was silent, and for how long, is in the summary', async () => {
  const out = join(folder, 'out');
  // the session began 1000 minutes after the start
  const { stderr } = await told(okta(700), ['replay', '--out', out]);
  const since = START + 690 * 60_000;
  expect(stderr).toContain(
    `note      one session is not judged by the sign-on before: okta of tenant default told of nobody after ${new Date(since).toISOString().slice(0, 19).replace('T', ' ')}Z, 5.2 h before the end of the records.\n`,
  );
  const { sign_on_unjudged } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
  expect(sign_on_unjudged).toEqual([{ tenant: 'default', provider: 'okta', waiting: 1, missed: 0, silence: { first_time: since } }]);
});

test('where all is heard of nothing is said; a session of which the provider has not told is', async () => {
  const all = (await told(okta(1200), ['replay'])).stderr;
  expect(all).not.toMatch(/^unheard|the sign-on before/m);
  expect((await told(okta(1000), ['replay'])).stderr).toContain(
    'note      one session is not judged by the sign-on before: the records end before okta of tenant default must have told of that time.\n',
  );
});
