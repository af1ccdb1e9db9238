import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SessionEvent } from '../../src/core/event/index.js';
import { command, lines } from './command.js';
import { ndjson, oktaRecord, START } from './okta-record.js';

interface Line {
  file: string;
  line: number;
  outcome: string;
  reason?: string;
  events: SessionEvent[];
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-normalize-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}
async function normalize(args: string[], stdin = ''): Promise<Line[]> {
  const { status, stdout, stderr } = await command(['normalize', '--geo', 'none', ...args], { stdin });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return lines<Line>(stdout);
}

test('one line for every line of every file, in order', async () => {
  const a = write('a.ndjson', `${oktaRecord({ id: '1', at: 0 })}\n\n{"no":"body"}\nnonsense`);
  const b = write('b.ndjson.gz', gzipSync(ndjson([{ id: '2', at: 1 }])));
  const found = await normalize([a, b]);
  expect(found.map(({ file, line, outcome, reason, events }) => [file, line, outcome, reason, events.map((e) => e.uid)])).toEqual([
    [a, 1, 'events', undefined, ['okta:default:1']],
    [a, 2, 'dropped', 'blank', []],
    [a, 3, 'rejected', 'unknown_source', []],
    [a, 4, 'rejected', 'invalid_json', []],
    [b, 1, 'events', undefined, ['okta:default:2']],
  ]);
  expect(found[0]!.events[0]).toMatchObject({ time: START, principal: { key: 'default/ana@example.com' }, session: { uid: '102ana' } });
});

test('keys of a line stand in the order of the contract', async () => {
  const { stdout } = await command(['normalize', '--geo', 'none', '-'], { stdin: '\n' });
  expect(stdout).toBe('{"file":"-","line":1,"outcome":"dropped","reason":"blank","events":[]}\n');
});

test('an envelope of several records is one line with all events', async () => {
  const [line, ...rest] = await normalize(['-'], `[${oktaRecord({ id: '1', at: 0 })},${oktaRecord({ id: '2', at: 1 })}]\n`);
  expect(line!.events.map((event) => event.uid)).toEqual(['okta:default:1', 'okta:default:2']);
  expect(rest).toEqual([]);
});

test('who is who is learned from all files first, from stdin not', async () => {
  const nameless = oktaRecord({ id: '1', at: 0 }).replace('"alternateId":"ana@example.com"', '"alternateId":null');
  const named = oktaRecord({ id: '2', at: 1 });
  const both = [write('a', nameless), write('b', named)];
  expect((await normalize(both))[0]!.events[0]!.principal.key).toBe('default/ana@example.com');
  expect((await normalize(['-'], `${nameless}\n${named}\n`))[0]!.events[0]!.principal.key).toBe('default/okta:default:00uana');
  const identities = write('ids.ndjson', '{"person":"ana@example.com","aliases":["okta:default:00uana"]}\n');
  expect((await normalize(['--identities', identities, '-'], nameless))[0]!.events[0]!.principal.key).toBe('default/ana@example.com');
});

test('a named source rejects the records of others', async () => {
  expect((await normalize(['--source', 'entra', '-'], oktaRecord({ id: '1', at: 0 })))[0]).toMatchObject({
    outcome: 'rejected',
    reason: 'wrong_source',
  });
});

test('tenant and account come from the configuration', async () => {
  const config = write('c.yml', 'accounts: {okta: acme}\ntenants: {"okta:acme": blue}\n');
  const [line] = await normalize(['--config', config, '-'], oktaRecord({ id: '1', at: 0 }));
  expect(line!.events[0]).toMatchObject({ tenant: 'blue', uid: 'okta:acme:1', principal: { key: 'blue/ana@example.com' } });
});

test('what lies ahead of now and its tolerance is rejected', async () => {
  const at = (now: string) => normalize(['--now', now, '-'], oktaRecord({ id: '1', at: 0 }));
  expect((await at('2026-03-02T07:50:00Z'))[0]!.outcome).toBe('events');
  expect((await at('2026-03-02T07:49:59Z'))[0]).toMatchObject({ outcome: 'rejected', reason: 'time_out_of_range' });
});

test('a hundred thousand lines are no more than the reader takes at a time', async () => {
  const { stdout } = await command(['normalize', '--geo', 'none', '-'], { stdin: '\n'.repeat(100_000) });
  expect(stdout.split('\n')).toHaveLength(100_001);
});

test('a damaged archive is shown as far as it goes, and so are the other files', async () => {
  const packed = gzipSync(ndjson(Array.from({ length: 100 }, (_, i) => ({ id: `d${i}`, at: i }))));
  const bad = write('bad.gz', packed.subarray(0, packed.length >> 1));
  const good = write('good', oktaRecord({ id: 'good', at: 0 }));
  const { status, stdout, stderr } = await command(['normalize', '--geo', 'none', bad, good]);
  expect(status).toBe(2);
  const shown = lines<Line>(stdout);
  const ofBad = shown.filter(({ file }) => file === bad);
  expect(ofBad.length).toBeGreaterThan(20);
  expect(ofBad.slice(0, -1).every(({ outcome }) => outcome === 'events')).toBe(true);
  expect(shown.at(-1)).toMatchObject({ file: good, outcome: 'events' });
  expect(stderr).toMatch(/^error SV_INPUT_GZIP: one input was not read to the end/);
  expect(stderr).toContain(`  ${bad}: SV_INPUT_GZIP: damaged gzip: unexpected end of file; ${ofBad.length} lines of it were read\n`);
});
