import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/config/package-root.js';
import { describeWithServers } from '../helpers/servers/describe.js';

/** Four minutes on two cores that nobody else uses. */
const LIMIT_MS = 15 * 60_000;

interface Summary {
  kills: number;
  zombies: number;
  broker_kills: number;
  registry_kills: number;
  in_avro: number;
  network: Record<string, number>;
  injected: string[];
  exits: number;
  produced: number;
  findings: number;
  commands: number;
  resent: number;
  mismatches: number;
  told: string[];
}

/** @returns what was written to stdout; the rest goes to a file, for when something is wrong */
function run(args: readonly string[], progress: { text: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: PACKAGE_ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      progress.text += text;
    });
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}

describeWithServers('chaos', () => {
  let logs: string;

  beforeAll(async () => {
    logs = mkdtempSync(join(tmpdir(), 'sv-chaos-'));
    // the processes run what is built, and that is to be what is here
    const { bin } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'node_modules/typescript/package.json'), 'utf8')) as {
      bin: { tsc: string };
    };
    await run([join(PACKAGE_ROOT, 'node_modules/typescript', bin.tsc), '-p', 'tsconfig.json'], { text: '' });
  });
  afterAll(() => rmSync(logs, { recursive: true }));

  test(
    'two processes, killed, stopped, cut off, with a broker that is killed: each thing is said once, and the state is what it should be',
    async () => {
      const progress = { text: '' };
      const output = await run(['bench/chaos.mjs', '--short', '--seed', '1', '--rate', '300', '--logs', logs], progress);
      // what it did is shown when it did not come to an end
      const summary = (output === '' ? { progress: progress.text } : JSON.parse(output)) as Summary;
      expect(summary).toMatchObject({ mismatches: 0, told: [], exits: 0, zombies: 1, broker_kills: 1, registry_kills: 1 });
      expect(summary.injected.sort()).toEqual(
        ['detect', 'respond'].flatMap((stage) => ['added', 'begun', 'committed', 'opened', 'sent'].map((step) => `${stage} ${step}`)),
      );
      expect(summary.kills).toBeGreaterThanOrEqual(15);
      expect(summary.network).toEqual({
        'EndTxn late': 1,
        'EndTxn unheard': 1,
        'Produce late': 1,
        'cut to_client': 1,
        jitter: 1,
        slow: 1,
      });
      // there was something to be said, and something to be recognised
      expect(summary.findings).toBeGreaterThan(50);
      expect(summary.commands).toBeGreaterThan(20);
      expect(summary.resent).toBeGreaterThan(0);
      expect(summary.in_avro).toBeGreaterThan(100);
    },
    LIMIT_MS,
  );
});
