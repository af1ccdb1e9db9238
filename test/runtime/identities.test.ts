import pino from 'pino';
import { createIdentityTable } from '../../src/core/identity/table.js';
import { Metrics } from '../../src/metrics.js';
import { conflictsIn, countIdentities, tellConflict } from '../../src/runtime/identities.js';

test('a conflict is said once, by its id and without an address, and counted', async () => {
  const said: { level: number; msg: string }[] = [];
  const log = pino({ base: null }, { write: (line: string) => void said.push(JSON.parse(line)) });
  const table = createIdentityTable([], undefined, (key, value) => tellConflict(key, value, log as never));
  const learn = (uid: string, email: string) =>
    table.learn('acme', { vendor: 'okta', account: 'org', principal: { type: 'human', uid, email } } as never);
  learn('00u1', 'ada@x.example');
  learn('00u2', 'bob@x.example');
  expect(said).toEqual([]);
  for (const email of ['bob@x.example', 'ada@x.example', 'cy@x.example']) learn('00u1', email);
  expect(said).toMatchObject([{ tenant: 'acme', id: 'okta:org:00u1' }]);
  expect(JSON.stringify(said)).not.toContain('@');
  expect(conflictsIn(table)).toEqual([{ tenant: 'acme', id: 'okta:org:00u1' }]);
  // whoever says in the file whose it is has nothing more to say
  const after = createIdentityTable([{ person: 'ada@x.example', aliases: ['okta:org:00u1'] }], table);
  expect(conflictsIn(after)).toEqual([]);
  const metrics = new Metrics();
  countIdentities(metrics, table);
  const text = await metrics.text();
  expect(text).toContain('sessionvigil_identities{state="linked"} 1');
  expect(text).toContain('sessionvigil_identities{state="conflict"} 1');
});
