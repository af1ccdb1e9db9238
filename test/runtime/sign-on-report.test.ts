import { Enforced } from '../../src/core/detect/enforced.js';
import { HeardAccounts } from '../../src/core/detect/heard.js';
import type { Log } from '../../src/log.js';
import { Metrics } from '../../src/metrics.js';
import { lastHeard, SignOnReport, unheardEntries, unheardInWords } from '../../src/runtime/sign-on-report.js';
import { say } from '../helpers/world.js';

const ENFORCED = new Enforced([{ app: { vendor: 'slack', account: 'T01ACM' }, provider: { vendor: 'okta', account: 'acme' } }]);
const event = (vendor: string, account: string, at: number) => ({
  ...say({ at, n: at, activity: 'sign_in' }),
  source: { vendor, product: 'log', account },
});

function reporting(first?: Enforced) {
  const said: string[] = [];
  const to = (level: string) => (_: unknown, message: string) => void said.push(`${level}: ${message}`);
  const log = { info: to('info'), warn: to('warn') } as unknown as Log;
  const metrics = new Metrics();
  const heard = new HeardAccounts();
  const inForce = { enforced: first };
  const report = new SignOnReport({ heard, enforced: () => inForce.enforced, metrics, log });
  const samples = async () => (await metrics.text()).match(/^sessionvigil_sign_on_unheard.*$/gm) ?? [];
  return { report, heard, said, samples, inForce };
}

test('each is said once with what could be meant, counted while it lasts, and said once more when it is over', async () => {
  const { report, heard, said, samples, inForce } = reporting(ENFORCED);
  for (const at of [0, 60]) for (const account of ['T09', 'T01ACME']) heard.see(event('slack', account, at));
  heard.see(event('okta', 'acme', 60));
  report.look();
  report.look();
  expect(said).toEqual([
    'warn: sign_on: app slack/T01ACM: no record of slack/T01ACM came, so that nothing is looked at there; there is slack/T01ACME, slack/T09',
  ]);
  const counted = (app: number) => [
    `sessionvigil_sign_on_unheard{side="app",entry="slack/T01ACM"} ${app}`,
    'sessionvigil_sign_on_unheard{side="provider",entry="okta/acme"} 0',
  ];
  expect(await samples()).toEqual(counted(1));
  expect(report.status()).toEqual([
    { side: 'app', name: 'slack/T01ACM', why: 'no_account', accounts: ['slack/T01ACME', 'slack/T09'], account_count: 2 },
  ]);
  heard.see(event('slack', 'T01ACM', 61));
  report.look();
  expect(said.slice(1)).toEqual(['info: sign_on: app slack/T01ACM: it is heard of, or stands there no more']);
  expect(await samples()).toEqual(counted(0));
  expect(report.status()).toEqual([]);
  inForce.enforced = undefined;
  report.look();
  expect(await samples()).toEqual([]);
});

test('where single sign-on is enforced nowhere nothing is said', async () => {
  const { report, heard, said, samples } = reporting();
  heard.see(event('slack', 'T09', 0));
  heard.see(event('slack', 'T09', 600));
  report.look();
  expect([said, await samples()]).toEqual([[], []]);
});

test('of many accounts the nearest is named, some others, and how many there are', () => {
  const heard = new HeardAccounts();
  for (let n = 0; n < 9; n++) heard.see(event('slack', `T${n}`, n));
  heard.see(event('slack', 'T01ACME', 9));
  const [app, provider] = unheardEntries(heard, ENFORCED, true);
  expect(app).toMatchObject({ accounts: ['slack/T01ACME', 'slack/T0', 'slack/T1', 'slack/T2', 'slack/T3'], account_count: 10 });
  expect(unheardInWords(app!)).toMatch(/; there is slack\/T01ACME, slack\/T0, slack\/T1, slack\/T2, slack\/T3 and 5 more$/);
  expect(unheardInWords(provider!)).toBe(
    'sign_on: provider okta/acme: no record of okta came, so that no session that it has to explain is judged',
  );
});

test.each([
  ['silent', 'nothing more of okta/acme came since 2026-03-02T08:00:00.000Z'],
  ['no_sign_ins', 'of okta/acme records came, and no sign-in is among them since 2026-03-02T08:00:00.000Z, so'],
  ['other_tenant', "what came of okta/acme is of another tenant than the app's"],
] as const)('why: %s', (why, words) => {
  const last_time = Date.parse('2026-03-02T08:00:00Z');
  expect(unheardInWords({ side: 'provider', name: 'okta/acme', why, last_time, accounts: [], account_count: 0 })).toContain(words);
});

test('up to when each log has told is what the partition knows that has heard of it last', () => {
  expect(lastHeard([])).toEqual([]);
  const first = {
    'default/okta/acme': [
      [0, 10],
      [30, 40],
    ] as const,
    'default/entra': [[5, 6]] as const,
  };
  expect(lastHeard([first, { 'default/okta/acme': [[0, 55]] as const }])).toEqual([
    { log: 'default/entra', last: '1970-01-01T00:06:00.000Z' },
    { log: 'default/okta/acme', last: '1970-01-01T00:55:00.000Z' },
  ]);
});
