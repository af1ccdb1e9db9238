import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ndjson, type OktaAct } from '../../cli/okta-record.js';
import { Following } from './following.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-drift-'));
  mkdirSync(join(folder, 'in'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** One an hour. */
const acts = (from: number, count: number): OktaAct[] =>
  Array.from({ length: count }, (_, n) => ({ id: `a${from + n}`, at: (from + n) * 60 }));

/** The session is in the records under another name. */
const renamed = (text: string) => text.replaceAll('externalSessionId', 'sessionReference');

test('a folder: a session that is gone is on the metrics page and in the log, also after a restart', async () => {
  const file = join(folder, 'in', 'okta.ndjson');
  writeFileSync(file, ndjson(acts(0, 60)));
  const first = await Following.start(folder);
  await first.poll();
  await first.poll();
  expect(await first.metric('sessionvigil_schema_drift_fields')).toBeNaN();
  appendFileSync(file, renamed(ndjson(acts(60, 40))));
  await first.poll();
  await first.poll();
  await first.poll();
  expect(await first.metric('sessionvigil_schema_drift_fields')).toBe(1);
  expect(first.words('error')).toEqual([
    expect.stringMatching(
      /^okta system_log: authenticationContext.externalSessionId \(read as the session\) has vanished: .*; new beside it: authenticationContext.sessionReference$/,
    ),
  ]);
  await first.stop();
  const again = await Following.start(folder);
  expect(await again.metric('sessionvigil_schema_drift_fields')).toBe(1);
  expect(again.words('error')).toHaveLength(1);
  await again.stop();
});
