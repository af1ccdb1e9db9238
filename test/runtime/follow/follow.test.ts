import fs, {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Health } from '../../../src/runtime/follow/health.js';
import { ndjson, type OktaAct, oktaRecord, START, STOLEN } from '../../cli/okta-record.js';
import { Following, linesOf, NAMES, written } from './following.js';

jest.setTimeout(60_000);

let folder: string;
let running: Following[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-follow-'));
  mkdirSync(join(folder, 'in'));
});
afterEach(async () => {
  for (const one of running) await one.stop().catch(() => {});
  running = [];
  rmSync(folder, { recursive: true });
});

async function start(where = folder, options: Parameters<typeof Following.start>[1] = {}): Promise<Following> {
  const one = await Following.start(where, options);
  running.push(one);
  return one;
}

const input = (name: string, where = folder) => join(where, 'in', name);
const events = (where = folder) => linesOf<{ uid: string }>(where, 'events.ndjson').map(({ uid }) => uid.split(':').at(-1));
const findings = (where = folder) => linesOf<{ uid: string; revision: number; status: string }>(where, 'findings.ndjson');
const EVENTS = { write_events: true };
const acts = (count: number, from = 0, more: Partial<OktaAct> = {}): OktaAct[] =>
  Array.from({ length: count }, (_, i) => ({ id: `e${from + i}`, at: from + i, ...more }));
const ids = (count: number, from = 0) => acts(count, from).map(({ id }) => id);

/** What a service writes that is never disturbed, given the same records. */
async function undisturbed(steps: readonly ((where: string) => void)[]): Promise<Record<string, string>> {
  const where = mkdtempSync(join(tmpdir(), 'sv-follow-undisturbed-'));
  try {
    const one = await start(where);
    for (const step of steps) {
      step(where);
      await one.poll();
    }
    await one.stop();
    return written(where);
  } finally {
    rmSync(where, { recursive: true });
  }
}

describe('what stands in the folder', () => {
  test('is judged, and what comes is judged when it has come', async () => {
    writeFileSync(input('a.ndjson'), ndjson(STOLEN.slice(0, 3)));
    const one = await start();
    expect(findings()).toEqual([]);
    appendFileSync(input('a.ndjson'), ndjson(STOLEN.slice(3)));
    await one.poll();
    expect(findings()[0]).toMatchObject({ type: 'session_reuse', revision: 1 });
    expect(linesOf(folder, 'revocations.ndjson').length).toBeGreaterThan(0);
    expect(Object.keys(written(folder))).toEqual(NAMES);
  });

  test('a line is taken once its end has come', async () => {
    const line = `${oktaRecord({ id: 'e0', at: 0 })}\n`;
    writeFileSync(input('a.ndjson'), line.slice(0, 100));
    const one = await start(folder, EVENTS);
    expect(events()).toEqual([]);
    appendFileSync(input('a.ndjson'), line.slice(100, -1));
    await one.poll();
    expect(events()).toEqual([]);
    appendFileSync(input('a.ndjson'), '\n');
    await one.poll();
    expect(events()).toEqual(['e0']);
    expect(written(folder)['rejected.ndjson']).toBe('');
  });

  test('a last line whose end was left out is taken when nobody has written for long, half a line is not', async () => {
    writeFileSync(input('a.ndjson'), ndjson(acts(2)).trimEnd());
    writeFileSync(input('b.ndjson'), `${ndjson(acts(1, 5))}{"half":`);
    const one = await start(folder, EVENTS);
    expect(events()).toEqual(['e0', 'e5']);
    await one.poll(61_000);
    expect(events()).toEqual(['e0', 'e5', 'e1']);
    expect(one.words('warn')).toEqual([expect.stringContaining('b.ndjson: its last line has no end')]);
    await one.poll();
    expect(one.words('warn')).toHaveLength(1);
    appendFileSync(input('a.ndjson'), `\n${ndjson(acts(1, 2))}`);
    appendFileSync(input('b.ndjson'), `1}\n`);
    await one.poll();
    expect(events()).toEqual(['e0', 'e5', 'e1', 'e2']);
    expect(linesOf(folder, 'rejected.ndjson')).toEqual([expect.objectContaining({ file: 'b.ndjson', line: 2, start: '{"half":1}' })]);
  });

  test('several files are merged by time', async () => {
    writeFileSync(input('b.ndjson'), ndjson(acts(3).filter((_, i) => i % 2 === 0)));
    mkdirSync(input('sub'));
    writeFileSync(input('sub/a.log'), ndjson(acts(3).filter((_, i) => i % 2 === 1)));
    writeFileSync(input('c.txt'), ndjson(acts(1, 7)));
    writeFileSync(input('.d.ndjson'), ndjson(acts(1, 8)));
    await start(folder, EVENTS);
    expect(events()).toEqual(['e0', 'e1', 'e2']);
  });

  test('more than a chunk is judged in the order of time over all files', async () => {
    for (const day of [3, 1, 2]) writeFileSync(input(`z${9 - day}.ndjson`), ndjson(acts(20, day * 20)));
    const one = await start(folder, { ...EVENTS, chunk_bytes: 5_000 });
    expect(events()).toEqual(ids(60, 20));
    expect(await one.metric('sessionvigil_chunks_total')).toBeGreaterThanOrEqual(10);
    expect(await one.metric('sessionvigil_input_unread_bytes')).toBe(0);
  });

  test('what cannot be read is written down with its place', async () => {
    const first = Buffer.byteLength(ndjson(acts(1)));
    writeFileSync(input('a.ndjson'), `${ndjson(acts(1))}nonsense\n`);
    const one = await start();
    appendFileSync(input('a.ndjson'), 'more\n');
    await one.poll();
    expect(linesOf(folder, 'rejected.ndjson')).toEqual([
      {
        file: 'a.ndjson',
        line: 2,
        offset: first,
        reason: 'invalid_json',
        bytes: 8,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        start: 'nonsense',
      },
      {
        file: 'a.ndjson',
        line: 3,
        offset: first + 9,
        reason: 'invalid_json',
        bytes: 4,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        start: 'more',
      },
    ]);
  });

  test('a record that comes later than one that names its person reaches them', async () => {
    const nameless = (id: string, at: number) => oktaRecord({ id, at }).replace('"alternateId":"ana@example.com"', '"alternateId":null');
    writeFileSync(input('a.ndjson'), `${nameless('e0', 0)}\n`);
    const one = await start(folder, EVENTS);
    // learned from the whole chunk before any of it is judged
    appendFileSync(input('a.ndjson'), `${nameless('e1', 1)}\n${ndjson(acts(1, 2))}`);
    await one.poll();
    const keys = linesOf<{ principal: { key: string } }>(folder, 'events.ndjson').map(({ principal }) => principal.key);
    expect(keys).toEqual(['default/okta:default:00uana', 'default/ana@example.com', 'default/ana@example.com']);
  });
});

describe('rotation', () => {
  test('by a new name: the rest of the old file and the new one are read', async () => {
    writeFileSync(input('a.ndjson'), ndjson(acts(2)));
    const one = await start(folder, EVENTS);
    renameSync(input('a.ndjson'), input('a.ndjson.1'));
    appendFileSync(input('a.ndjson.1'), ndjson(acts(1, 2)));
    writeFileSync(input('a.ndjson'), ndjson(acts(2, 3)));
    await one.poll();
    expect(events()).toEqual(ids(5));
    await one.poll();
    expect(events()).toHaveLength(5);
  });

  test('by a copy: the copy is not read again, the file is read from its beginning', async () => {
    writeFileSync(input('a.ndjson'), ndjson(acts(3)));
    const one = await start(folder, EVENTS);
    copyFileSync(input('a.ndjson'), input('a-1.ndjson'));
    truncateSync(input('a.ndjson'));
    await one.poll();
    appendFileSync(input('a.ndjson'), ndjson(acts(2, 3)));
    await one.poll();
    expect(events()).toEqual(ids(5));
  });

  test('by a copy, between two looks, with more than was read in both', async () => {
    writeFileSync(input('a.ndjson'), ndjson(acts(3)));
    const one = await start(folder, EVENTS);
    appendFileSync(input('a.ndjson'), ndjson(acts(2, 3)));
    copyFileSync(input('a.ndjson'), input('a-1.ndjson'));
    writeFileSync(input('a.ndjson'), ndjson(acts(9, 5)));
    await one.poll();
    expect(events()).toEqual(ids(14));
  });

  test('cut and written again beyond its old length, with a beginning that all such files have', async () => {
    const opening = `{"about":"${'x'.repeat(2000)}"}\n`;
    writeFileSync(input('a.ndjson'), opening + ndjson(acts(3)));
    const one = await start(folder, EVENTS);
    writeFileSync(input('a.ndjson'), opening + ndjson(acts(9, 3)));
    await one.poll();
    await one.poll();
    expect(events()).toEqual(ids(12));
    await one.stop();
    writeFileSync(input('a.ndjson'), opening + ndjson(acts(15, 12)));
    const again = await start(folder, EVENTS);
    await again.poll();
    expect(events()).toEqual(ids(27));
  });

  test.each(['a.ndjson.1', '0.bak'])(
    'by a copy of a name that is not looked for, %s: what came since the last look is read',
    async (copy) => {
      writeFileSync(input('a.ndjson'), ndjson(acts(3)));
      writeFileSync(input('notes.txt'), 'not a log');
      const one = await start(folder, EVENTS);
      appendFileSync(input('a.ndjson'), ndjson(acts(2, 3)));
      copyFileSync(input('a.ndjson'), input(copy));
      truncateSync(input('a.ndjson'));
      await one.poll();
      appendFileSync(input('a.ndjson'), ndjson(acts(1, 5)));
      await one.poll();
      expect(events()).toEqual(ids(6));
      await one.stop();
      const again = await start(folder, EVENTS);
      expect([again.words('warn'), events()]).toEqual([[], ids(6)]);
    },
  );

  test('packed afterwards: an archive of what was read is not read again', async () => {
    writeFileSync(input('a.ndjson'), ndjson(acts(3)));
    const one = await start(folder, EVENTS);
    writeFileSync(input('a-1.ndjson.gz'), gzipSync(readFileSync(input('a.ndjson'))));
    unlinkSync(input('a.ndjson'));
    await one.poll();
    await one.poll();
    expect(events()).toEqual(ids(3));
    expect(await one.metric('sessionvigil_input_files')).toBe(1);
  });

  test('a copy that is still being made is waited for', async () => {
    const text = ndjson(acts(20));
    writeFileSync(input('a.ndjson'), text);
    const one = await start(folder, EVENTS);
    writeFileSync(input('a-1.ndjson'), text.slice(0, 5000));
    await one.poll();
    appendFileSync(input('a-1.ndjson'), text.slice(5000));
    await one.poll();
    expect(events()).toHaveLength(20);
  });

  test('a file that only begins like another is read when it is finished', async () => {
    const text = ndjson(acts(20));
    writeFileSync(input('a.ndjson'), text);
    const one = await start(folder, EVENTS);
    writeFileSync(input('b.ndjson'), ndjson([...acts(3), ...acts(1, 30)]));
    await one.poll();
    expect(events()).toHaveLength(20);
    await one.poll(61_000);
    expect(events().at(-1)).toBe('e30');
  });
});

describe('archives', () => {
  const packed = (count: number, from = 0) => gzipSync(ndjson(acts(count, from)));

  test('are read when they are whole', async () => {
    const bytes = packed(5);
    const one = await start(folder, EVENTS);
    writeFileSync(input('a.ndjson.gz'), bytes.subarray(0, 200));
    await one.poll();
    appendFileSync(input('a.ndjson.gz'), bytes.subarray(200));
    await one.poll();
    expect(events()).toEqual([]);
    await one.poll();
    expect(events()).toEqual(ids(5));
    expect(one.words('error')).toEqual([]);
  });

  test('may grow by another archive behind the first', async () => {
    const one = await start(folder, EVENTS);
    writeFileSync(input('a.ndjson.gz'), packed(3));
    await one.poll();
    await one.poll();
    appendFileSync(input('a.ndjson.gz'), packed(2, 3));
    await one.poll();
    await one.poll();
    expect(events()).toEqual(ids(5));
  });

  test('that break off are damaged once nobody has written for long: what stands before is read, the rest when it comes', async () => {
    const text = Array.from({ length: 400 }, (_, i) => oktaRecord({ id: `e${i}`, at: i, session: `s${(i * 7919) % 1009}` })).join('\n');
    const bytes = gzipSync(`${text}\n`);
    const one = await start(folder, EVENTS);
    writeFileSync(input('a.ndjson.gz'), bytes.subarray(0, bytes.length - 2000));
    await one.poll();
    await one.poll();
    expect([events().length, one.words('error')]).toEqual([0, []]);
    await one.poll(61_000);
    const before = events().length;
    expect(before).toBeGreaterThan(100);
    expect(before).toBeLessThan(400);
    expect(one.words('error')).toEqual([expect.stringContaining('SV_INPUT_GZIP: a.ndjson.gz: damaged gzip')]);
    expect(written(folder)['rejected.ndjson']).toBe('');
    expect(await one.metric('sessionvigil_inputs_damaged_total')).toBe(1);
    appendFileSync(input('a.ndjson.gz'), bytes.subarray(bytes.length - 2000));
    await one.poll();
    await one.poll();
    expect(events()).toEqual(ids(400));
  });

  test('that could not be read once are read when they can be, though nothing of them changes', async () => {
    const one = await start(folder, EVENTS);
    const refused = jest.spyOn(promises, 'open').mockRejectedValue(Object.assign(new Error('x'), { code: 'EACCES' }));
    writeFileSync(input('a.ndjson.gz'), packed(3));
    writeFileSync(input('b.log'), packed(2, 3));
    for (const ms of [1000, 61_000, 1000, 1000]) await one.poll(ms);
    expect(one.words('error')).toEqual(
      ['a.ndjson.gz', 'b.log'].map((name) => expect.stringContaining(`SV_INPUT_UNREADABLE: ${name}: cannot be read`)),
    );
    refused.mockRestore();
    await one.poll();
    await one.poll();
    expect([...events()].sort()).toEqual(ids(5));
    expect(one.words('error')).toHaveLength(2);
  });

  test('are read by a clock that nobody sets', async () => {
    const one = await start(folder, EVENTS);
    one.clock.now -= 3_600_000;
    writeFileSync(input('a.ndjson.gz'), packed(3));
    utimesSync(input('a.ndjson.gz'), one.clock.now / 1000 + 3600, one.clock.now / 1000 + 3600);
    await one.poll();
    one.clock.now -= 3_600_000;
    await one.poll();
    appendFileSync(input('a.ndjson.gz'), packed(1, 3));
    await one.poll();
    one.clock.now -= 3_600_000;
    await one.poll();
    expect(events()).toEqual(ids(4));
  });

  test('are a sign of life while they are looked at', async () => {
    for (let i = 0; i < 3; i++) writeFileSync(input(`${i}.ndjson.gz`), packed(400, i * 400));
    const health = new Health(() => 0, 1000);
    const one = await start(folder, { ...EVENTS, health });
    const beat = jest.spyOn(health, 'beat');
    await one.poll();
    expect(events()).toHaveLength(1200);
    // for every file, for every piece of what is in it, for the chunk and the look
    expect(beat.mock.calls.length).toBeGreaterThan(60);
  });

  test('more than a chunk in several of them', async () => {
    for (let i = 0; i < 4; i++) writeFileSync(input(`${i}.ndjson.gz`), packed(20, (3 - i) * 20));
    const one = await start(folder, { ...EVENTS, chunk_bytes: 5_000 });
    await one.poll();
    await one.poll();
    expect(events()).toEqual(ids(80));
  });
});

describe('a restart', () => {
  const parts = [STOLEN.slice(0, 3), STOLEN.slice(3, 5), STOLEN.slice(5)];
  const steps = parts.map((part, i) => (where: string) => {
    appendFileSync(input('a.ndjson', where), ndjson(part));
    if (i === 1) appendFileSync(input('b.ndjson', where), ndjson(acts(5, 72, { who: 'bo', session: '102bo' })));
  });

  test('between any two chunks changes no byte of what is written', async () => {
    const whole = await undisturbed(steps);
    expect(whole['findings.ndjson']).not.toBe('');
    for (const step of steps) {
      const one = await start();
      step(folder);
      await one.poll();
      await one.stop();
    }
    expect(written(folder)).toEqual(whole);
  });

  test.each([0, 1, 2])('after the process was killed between the results of chunk %i and its line in the journal', async (killed) => {
    const whole = await undisturbed(steps);
    for (const [i, step] of steps.entries()) {
      let one = await start();
      step(folder);
      const journal = readFileSync(join(folder, 'out/journal.ndjson'));
      await one.poll();
      await one.stop();
      if (i !== killed) continue;
      // as it was left: results are there and more of them than ever, torn, the journal does not know
      writeFileSync(join(folder, 'out/journal.ndjson'), Buffer.concat([journal, Buffer.from('{"chunk":')]));
      appendFileSync(join(folder, 'out/findings.ndjson'), '{"torn');
      one = await start();
      await one.stop();
    }
    expect(written(folder)).toEqual(whole);
  });

  test('what was written and not committed stays where it is when it comes again: whoever follows the file sees it grow', async () => {
    steps[0]!(folder);
    let one = await start();
    const journal = readFileSync(join(folder, 'out/journal.ndjson'));
    steps[1]!(folder);
    await one.poll();
    await one.stop();
    const before = written(folder)['findings.ndjson']!;
    writeFileSync(join(folder, 'out/journal.ndjson'), journal);
    const cut = jest.spyOn(fs, 'ftruncateSync');
    one = await start();
    expect(cut.mock.calls.filter(([, length]) => length !== journal.length)).toEqual([]);
    cut.mockRestore();
    expect(written(folder)['findings.ndjson']).toBe(before);
    await one.stop();
    // and what does not come again, since its file is gone, is taken away
    writeFileSync(join(folder, 'out/journal.ndjson'), journal);
    writeFileSync(input('a.ndjson'), ndjson(parts[0]!));
    await start();
    expect(written(folder)['findings.ndjson']).toBe('');
  });

  test.each(['before', 'after'])('with an output that was renamed %s a crash says nothing twice', async (when) => {
    const whole = await undisturbed(steps);
    let one = await start();
    for (const step of steps.slice(0, 2)) {
      step(folder);
      await one.poll();
    }
    const journal = readFileSync(join(folder, 'out/journal.ndjson'));
    const move = () => renameSync(join(folder, 'out/findings.ndjson'), join(folder, 'out/findings.ndjson.1'));
    if (when === 'before') move();
    steps[2]!(folder);
    await one.poll();
    await one.stop();
    // killed before the last chunk was committed; that another file was begun stands in the journal before anything is written to it
    const lines = readFileSync(join(folder, 'out/journal.ndjson'), 'utf8').trimEnd().split('\n');
    const kept = when === 'before' ? `${lines.slice(0, -1).join('\n')}\n` : journal;
    writeFileSync(join(folder, 'out/journal.ndjson'), kept);
    if (when === 'after') move();
    one = await start();
    await one.stop();
    const both = ['findings.ndjson.1', 'findings.ndjson'].map((name) => readFileSync(join(folder, 'out', name), 'utf8')).join('');
    expect(both).toBe(whole['findings.ndjson']);
  });

  test('after the folder was rotated by name, by copy and by packing', async () => {
    const whole = await undisturbed(steps);
    for (const [i, step] of steps.entries()) {
      const one = await start();
      step(folder);
      await one.poll();
      await one.stop();
      if (i === 0) renameSync(input('a.ndjson'), input('a.ndjson.1'));
      if (i === 1) {
        cpSync(input('b.ndjson'), input('b.copy'));
        truncateSync(input('b.ndjson'));
        writeFileSync(input('c.ndjson.gz'), gzipSync(readFileSync(input('a.ndjson'))));
        unlinkSync(input('a.ndjson'));
      }
    }
    expect(written(folder)).toEqual(whole);
  });

  test('with files gone says what that means, and goes on', async () => {
    steps[0]!(folder);
    steps[1]!(folder);
    await (await start()).stop();
    expect(findings()).toHaveLength(1);
    unlinkSync(input('a.ndjson'));
    const one = await start();
    expect(one.words('warn')).toEqual([expect.stringContaining('of one file that were judged before are gone from the folder')]);
    expect(await one.metric('sessionvigil_rebuild_missing_bytes')).toBeGreaterThan(1000);
    expect(one.health.unreadyReason).toBeUndefined();
    writeFileSync(input('new.ndjson'), ndjson(acts(1, 200, { who: 'bo', session: '102bo' })));
    await one.poll();
    expect(one.words('error')).toEqual([]);
  });

  test('rebuilds chunk by chunk, as they were judged, also those of a folder of old files', async () => {
    for (const day of [3, 1]) writeFileSync(input(`z${9 - day}.ndjson`), ndjson(acts(20, day * 20)));
    writeFileSync(input('z7.ndjson.gz'), gzipSync(ndjson(acts(20, 40))));
    utimesSync(input('z7.ndjson.gz'), START / 1000, START / 1000);
    const small = { ...EVENTS, chunk_bytes: 5_000 };
    const first = await start(folder, small);
    await first.poll();
    await first.stop();
    const state = await first.metrics.text();
    const second = await start(folder, small);
    expect(second.words('info')).toContainEqual(expect.stringMatching(/^rebuilt: \d\d chunks, 0\.1 MB$/));
    const gauges = (text: string) =>
      text.split('\n').filter((line) => /^sessionvigil_(principals|sessions|observations|arrival)/.test(line));
    expect(gauges(await second.metrics.text())).toEqual(gauges(state));
    expect(events()).toEqual(ids(60, 20));
  });

  test('tells that rules have changed since', async () => {
    steps[0]!(folder);
    await (await start()).stop();
    const path = join(folder, 'out/journal.ndjson');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"config_digest":"[^"]+"/, '"config_digest":"0123456789abcdef"'));
    const one = await start();
    expect(one.words('warn')).toEqual([expect.stringContaining('have changed since records were judged')]);
  });

  test('with an output that somebody cut appends to it as it is', async () => {
    steps[0]!(folder);
    steps[1]!(folder);
    await (await start()).stop();
    truncateSync(join(folder, 'out/findings.ndjson'), 0);
    const one = await start();
    expect(one.words('warn')).toEqual(['findings.ndjson is not as it was left; it is appended to as it is']);
    expect(findings()).toEqual([]);
    steps[2]!(folder);
    await one.poll();
    expect(findings()[0]).toMatchObject({ revision: 2 });
  });

  test('is refused by a journal that is broken in its middle', async () => {
    steps[0]!(folder);
    await (await start()).stop();
    appendFileSync(join(folder, 'out/journal.ndjson'), 'nonsense\n{}\n');
    await expect(start()).rejects.toMatchObject({ code: 'SV_JOURNAL_DAMAGED' });
    expect(readdirSync(join(folder, 'out'))).not.toContain('run.lock');
  });
});

describe('the journal', () => {
  test('keeps what can be remembered and no more, and files are not read again for that', async () => {
    const day = 24 * 60;
    const one = await start(folder, { ...EVENTS, retention: 10 * 86_400_000 });
    for (let i = 0; i < 29; i++) {
      appendFileSync(input(i < 5 ? 'old.ndjson' : 'a.ndjson'), ndjson([{ id: `e${i}`, at: i * day, session: `s${i}` }]));
      if (i === 6) writeFileSync(input('b.ndjson'), ndjson([{ id: 'b', at: i * day }]));
      if (i === 7) unlinkSync(input('old.ndjson'));
      await one.poll();
    }
    await one.stop();
    const [base, ...entries] = journalOf(folder);
    expect(entries.length).toBeLessThan(14);
    expect((base as { cursors: { path: string }[] }).cursors.map(({ path }) => path).sort()).toEqual(['a.ndjson', 'b.ndjson']);
    const again = await start(folder, { ...EVENTS, retention: 10 * 86_400_000 });
    expect(again.words('warn')).toEqual([]);
    await again.poll();
    expect(events()).toHaveLength(30);
  });
});

function journalOf(where: string): unknown[] {
  return readFileSync(join(where, 'out/journal.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('what goes wrong', () => {
  test('a full disk ends it with its code, and nothing is lost after a restart', async () => {
    const steps = [(where: string) => appendFileSync(input('a.ndjson', where), ndjson(STOLEN))];
    const whole = await undisturbed(steps);
    const one = await start();
    steps[0]!(folder);
    const write = fs.writeSync;
    let calls = 0;
    const full = jest.spyOn(fs, 'writeSync').mockImplementation(((descriptor: number, bytes: Buffer, at: number, ...rest: never[]) => {
      calls++;
      if (calls === 1) return write(descriptor, bytes.subarray(0, 100), ...([] as never[]));
      if (calls > 1) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      return write(descriptor, bytes, at, ...rest);
    }) as typeof fs.writeSync);
    await expect(one.poll()).rejects.toMatchObject({
      code: 'SV_OUTPUT_WRITE',
      exit: 2,
      message: expect.stringContaining('the disk is full'),
    });
    full.mockRestore();
    expect(written(folder)['findings.ndjson']).toHaveLength(100);
    await start();
    expect(written(folder)).toEqual(whole);
  });

  test('an output that cannot be written is told at the start', async () => {
    mkdirSync(join(folder, 'out/findings.ndjson'), { recursive: true });
    await expect(start()).rejects.toMatchObject({ code: 'SV_OUTPUT_WRITE' });
    expect(existsSync(join(folder, 'out/run.lock'))).toBe(false);
  });

  test('two on one folder: the second is refused', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'SV_OUTPUT_LOCKED' });
  });

  test('one that lost its folder to another stops before it writes', async () => {
    const one = await start();
    unlinkSync(join(folder, 'out/run.lock'));
    const other = await start(folder, { input: join(folder, 'out') });
    const before = written(folder);
    writeFileSync(input('a.ndjson'), 'nonsense\n');
    await expect(one.poll().then(() => one.stop())).rejects.toMatchObject({ code: 'SV_OUTPUT_LOCKED' });
    expect(written(folder)).toEqual(before);
    expect(existsSync(join(folder, 'out/run.lock'))).toBe(true);
    await other.stop();
  });

  test('a folder that goes away is waited for', async () => {
    const one = await start(folder, EVENTS);
    renameSync(join(folder, 'in'), join(folder, 'elsewhere'));
    await one.poll();
    await one.poll();
    expect(one.health.unreadyReason).toBe('the input folder cannot be read: ENOENT');
    expect(one.words('error')).toHaveLength(1);
    renameSync(join(folder, 'elsewhere'), join(folder, 'in'));
    writeFileSync(input('a.ndjson'), ndjson(acts(1)));
    await one.poll();
    expect([one.health.unreadyReason, events()]).toEqual([undefined, ['e0']]);
  });

  test('a subfolder that may not be looked into is told once, and the rest is read', async () => {
    writeFileSync(input('a.ndjson'), ndjson(acts(1)));
    mkdirSync(input('lost+found'));
    const { readdir } = promises;
    let code = 'EACCES';
    jest
      .spyOn(promises, 'readdir')
      .mockImplementation(((path: string, ...rest: []) =>
        path === input('lost+found') ? Promise.reject(Object.assign(new Error('x'), { code })) : readdir(path, ...rest)) as typeof readdir);
    const one = await start(folder, EVENTS);
    await one.poll();
    expect([one.health.unreadyReason, events(), one.words('error')]).toEqual([undefined, ['e0'], []]);
    expect(one.words('warn')).toEqual([`${input('lost+found')} is left out: EACCES; the rest is read`]);
    code = 'EIO';
    await one.poll();
    expect(one.words('warn')).toHaveLength(2);
    jest.restoreAllMocks();
  });

  test('what is written is not read again, whatever leads there', async () => {
    writeFileSync(input('a.ndjson'), 'nonsense\n');
    symlinkSync('../out/rejected.ndjson', input('r.ndjson'));
    const one = await start();
    for (let i = 0; i < 3; i++) await one.poll();
    expect(linesOf(folder, 'rejected.ndjson')).toHaveLength(1);
    expect(one.words('warn')).toEqual([`${input('r.ndjson')} is left out: it is a link into the output folder; the rest is read`]);
  });

  test('a link to a file of the folder is one file with it', async () => {
    writeFileSync(input('b.ndjson'), ndjson(acts(2)));
    symlinkSync('b.ndjson', input('a.ndjson'));
    const one = await start(folder, EVENTS);
    await one.poll();
    expect([events(), await one.metric('sessionvigil_input_files'), one.words('warn')]).toEqual([ids(2), 1, []]);
  });

  test('a file that may not be read is told once it stays so, and read when it may be', async () => {
    const one = await start(folder, EVENTS);
    const refused = jest.spyOn(promises, 'open').mockRejectedValue(Object.assign(new Error('x'), { code: 'EACCES' }));
    writeFileSync(input('a.ndjson'), ndjson(acts(2)));
    await one.poll();
    expect(one.words('error')).toEqual([]);
    await one.poll(61_000);
    await one.poll();
    expect(one.words('error')).toEqual([expect.stringContaining('SV_INPUT_UNREADABLE: a.ndjson: cannot be read')]);
    expect(await one.metric('sessionvigil_inputs_damaged_total')).toBe(1);
    refused.mockRestore();
    await one.poll();
    expect(events()).toEqual(ids(2));
  });

  test('a file that is taken away while it is read is no error', async () => {
    symlinkSync('nowhere.ndjson', input('link.ndjson'));
    writeFileSync(input('a.ndjson'), ndjson(acts(2)));
    const one = await start(folder, EVENTS);
    unlinkSync(input('a.ndjson'));
    await one.poll();
    expect([events(), one.words('error'), await one.metric('sessionvigil_input_files')]).toEqual([ids(2), [], 0]);
  });

  test('an output that was moved away, as log rotation does, is begun anew', async () => {
    writeFileSync(input('a.ndjson'), ndjson(acts(1)));
    const one = await start(folder, EVENTS);
    renameSync(join(folder, 'out/events.ndjson'), join(folder, 'out/events.ndjson.1'));
    appendFileSync(input('a.ndjson'), ndjson(acts(1, 1)));
    await one.poll();
    expect(events()).toEqual(['e1']);
    await one.stop();
    const again = await start(folder, EVENTS);
    expect([again.words('warn'), events()]).toEqual([[], ['e1']]);
  });
});

const SEEDS = [2, 18];

describe('whatever happens to the files, and whenever it is killed', () => {
  test.each(SEEDS)('every record is judged once: %i', async (seed) => {
    let state = seed * 7919;
    const pick = (n: number) => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return Math.floor((state / 2147483648) * n);
    };
    let made = 0;
    let rest = '';
    let copies = 0;
    const more = () => {
      made += 4;
      return ndjson(acts(1 + pick(3), made));
    };
    const all: string[] = [];
    const note = (text: string) => {
      all.push(...[...text.matchAll(/"uuid":"(e\d+)"/g)].map(([, id]) => id!));
      return text;
    };
    const append = (name: string) => appendFileSync(input(name), note(more()));
    /** a file that is rotated away was seen once under its name, and has more by then */
    const known = async () => {
      append('b.ndjson');
      await one.poll();
      append('b.ndjson');
    };
    const options = { ...EVENTS, chunk_bytes: 4000 };
    let one = await start(folder, options);
    const deeds: (() => unknown)[] = [
      () => append('b.ndjson'),
      () => append(`c${made}.ndjson`),
      () => {
        // half a line, and its other half
        const text = rest === '' ? note(more()) : rest;
        const half = rest === '' ? pick(text.length) : text.length;
        appendFileSync(input('a.ndjson'), text.slice(0, half));
        rest = text.slice(half);
      },
      async () => {
        await known();
        renameSync(input('b.ndjson'), input(`b.ndjson.${++copies}`));
      },
      async () => {
        await known();
        copyFileSync(input('b.ndjson'), input(`b-${++copies}${pick(2) === 0 ? '.ndjson' : '.old'}`));
        truncateSync(input('b.ndjson'));
      },
      () => writeFileSync(input(`d${made}.ndjson.gz`), gzipSync(note(more()))),
      () => one.poll(),
      () => one.poll(),
      async () => {
        const journal = readFileSync(join(folder, 'out/journal.ndjson'));
        await one.poll();
        await one.stop();
        // killed before what was judged last was committed
        if (pick(2) === 0) writeFileSync(join(folder, 'out/journal.ndjson'), journal);
        one = await start(folder, options);
      },
    ];
    for (let i = 0; i < 40; i++) await deeds[pick(deeds.length)]!();
    appendFileSync(input('a.ndjson'), rest);
    for (let i = 0; i < 4; i++) await one.poll();
    expect([...events()].sort()).toEqual([...all].sort());
    expect(written(folder)['rejected.ndjson']).toBe('');
  });
});
