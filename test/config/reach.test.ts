import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadReach } from '../../src/config/reach.js';
import { ACTION, SCOPE } from '../../src/core/event/index.js';
import { VENDORS } from '../../src/core/normalize/sources/index.js';
import { SessionvigilError } from '../../src/errors.js';
import { FIXTURES } from '../core/normalize/fixtures.js';

const dir = mkdtempSync(join(tmpdir(), 'reach-'));
afterAll(() => rmSync(dir, { recursive: true }));

function load(text: string): SessionvigilError {
  const file = join(dir, 'reach.json');
  writeFileSync(file, text);
  try {
    loadReach(file);
  } catch (e) {
    if (e instanceof SessionvigilError) return e;
    throw e;
  }
  throw new Error('was taken');
}
const empty = { version: '2026-01-01', vendors: {}, everywhere: {}, acts: [] };

test('the table that ships is whole and cannot be changed', () => {
  const reach = loadReach();
  // every source that is read, and nothing that is not
  expect(Object.keys(reach.vendors).sort()).toEqual([...VENDORS].sort());
  expect(() => Object.assign(reach.vendors.okta!.actions.revoke_session!.residual_access[0]!, { what: 'nothing' })).toThrow(TypeError);
});

test('every call says what it leaves alive, and one that takes away says what', () => {
  for (const [name, vendor] of Object.entries(loadReach().vendors)) {
    for (const [action, row] of Object.entries(vendor.actions)) {
      const asks = ['step_up', 'mark_user_risky'].includes(action);
      expect({ name, action, revokes: row.revokes.length > 0 || asks }).toEqual({ name, action, revokes: true });
      // the session scope must say which of the two ids it takes
      expect({ name, action, named: row.scope_effective !== 'session' || row.session_id !== undefined }).toEqual({
        name,
        action,
        named: true,
      });
    }
  }
});

test('Entra: live access tokens for an hour, up to 28 hours with continuous access evaluation', () => {
  const row = loadReach().vendors.entra!.actions.revoke_user_sessions!;
  const lives = row.residual_access.flatMap((r) => (r.what.includes('live access tokens') ? [r.max_lifetime_s] : []));
  expect(lives).toEqual([5400, 28 * 3600]);
});

test('the words of the schema are the words of the vocabulary', () => {
  const schema = JSON.parse(readFileSync('schemas/vendor-reach.schema.json', 'utf8'));
  expect(schema.$defs.actions.propertyNames.enum).toEqual(ACTION);
  expect(schema.$defs.row.properties.scope_effective.enum).toEqual(SCOPE);
});

test('every mistake at once, each with its line', () => {
  const error = load(`{
  "version": "2026-01-01",
  "vendors": { "okta": {
    "title": "",
    "actions": { "revoke_everything": {} } } },
  "everywhere": {},
  "acts": "none"
}`);
  expect(error.code).toBe('SV_DATA_INVALID');
  expect(error.problems.map((p) => p.line)).toEqual(expect.arrayContaining([4, 5, 7]));
});

test('damage, a missing file and a vendor that leads nowhere are told', () => {
  expect(load('{ "version": ').problems).not.toHaveLength(0);
  expect(() => loadReach(join(dir, 'nowhere.json'))).toThrow(/cannot be read/);
  const lost = load(JSON.stringify({ ...empty, vendors: { m365: { title: 'M', identity_vendor: 'entra', actions: {} } } }));
  const form = load(JSON.stringify({ ...empty, vendors: { okta: { title: 'O', user_uid: '(', actions: {} } } }));
  expect(form.problems).toEqual([expect.objectContaining({ path: 'vendors.okta.user_uid' })]);
  const token = load(JSON.stringify({ ...empty, vendors: { aws: { title: 'A', token_uid: '(', actions: {} } } }));
  expect(token.problems).toEqual([expect.objectContaining({ path: 'vendors.aws.token_uid' })]);
  const row = { ...loadReach().vendors.aws!.actions.revoke_token!, user_form: '(', session_form: '(' };
  const rows = load(JSON.stringify({ ...empty, vendors: { aws: { title: 'A', actions: { revoke_token: row } } } }));
  expect(rows.problems.map(({ message }) => message)).toEqual([
    'revoke_token: session_form "(" is no regular expression',
    'revoke_token: user_form "(" is no regular expression',
  ]);
  expect(lost.problems).toEqual([expect.objectContaining({ path: 'vendors.m365.identity_vendor' })]);
});

describe('acts that outlive a session', () => {
  const { acts } = loadReach();
  const hasLine = (vendor: string, action: string) => acts.some((act) => act.vendors.includes(vendor) && act.actions.includes(action));

  const ACTS: Record<string, string> = JSON.parse(readFileSync(join(__dirname, '..', 'core', 'detect', 'acts-of-fixtures.json'), 'utf8'));

  /** What lasts until somebody takes it away. */
  const LASTING = new Set([
    ...[
      'inbox_rule_forwards_out',
      'inbox_rule_hides',
      'inbox_rule_archives',
      'inbox_rule_made',
      'transport_rule_out',
      'mailbox_forwarding_out',
    ],
    ...['mail_forwarded', 'mailbox_delegated', 'consent_for_all', 'consent_wide', 'consent_given', 'app_made', 'app_credential_added'],
    ...[
      'api_token_made',
      'factor_added',
      'device_registered',
      'privileged_role_granted',
      'role_granted',
      'app_owner_added',
      'webhook_made',
    ],
    'account_made',
  ]);
  /** Their names are those of many other acts as well, so that the name alone does not say what is to be done. */
  const OF_MANY = new Set(['cloudflare create', 'cloudflare update', 'zoom user batch update', 'duo user_update', 'm365 update user']);

  const kept = Object.entries(ACTS).filter(([, act]) => LASTING.has(act));

  test.each(kept)('%s, %s: it is said how it is taken away', (fixture) => {
    const [folder, name] = fixture.split('/') as [string, string];
    const { expected } = FIXTURES.find((one) => one.vendor === folder && one.name === name)!;
    const told = expected.map(({ vendor, action }) => [String(vendor), String(action).toLowerCase()] as const);
    expect(told.filter(([vendor, action]) => !hasLine(vendor, action) && !OF_MANY.has(`${vendor} ${action}`))).toEqual([]);
  });

  test('each is told once, of a vendor that there is', () => {
    const all = acts.flatMap(({ vendors, actions }) => vendors.flatMap((vendor) => actions.map((action) => `${vendor} ${action}`)));
    expect(all.filter((one, i) => all.indexOf(one) !== i)).toEqual([]);
    expect(all.filter((one) => one !== one.toLowerCase())).toEqual([]);
    expect(acts.flatMap(({ vendors }) => vendors).filter((vendor) => !VENDORS.includes(vendor as never))).toEqual([]);
  });

  test('of every vendor whose log tells such acts', () => {
    const told = new Set(acts.flatMap(({ vendors }) => vendors));
    // of Zoom's log only a text tells what was changed
    expect(VENDORS.filter((vendor) => !told.has(vendor))).toEqual(['zoom']);
  });
});
