import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWithServers } from '../helpers/servers/describe.js';

const ROOT = join(__dirname, '..', '..');
/** Five starts of the service, one after the other, on a machine that does other things. */
const LIMIT_MS = 600_000;

/** As small as it gets: that it runs to its end and says what it is asked for, not how fast anything is. */
const TINY = [
  ['--only', 'ratio,latency,restore,recovery'],
  ['--partitions', '2'],
  ['--count', '1000', '--people', '500', '--rounds', '1', '--passes', '1'],
  ['--rate', '100', '--seconds', '4', '--warm-up', '2', '--stream-people', '100'],
  ['--restore-people', '50', '--restores', '1'],
  ['--kills', '1', '--recovery-rate', '50'],
].flat();

describeWithServers('npm run bench:kafka', () => {
  it(
    'runs to its end, and prints one object of numbers',
    async () => {
      // the bench measures what was built
      expect(existsSync(join(ROOT, 'dist', 'main.js'))).toBe(true);
      const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'bench', 'kafka.mjs'), '--json', ...TINY], {
        env: { ...process.env, JEST_WORKER_ID: '' },
      });
      const result = JSON.parse(stdout) as Record<string, unknown>;
      for (const figure of ['ratio_to_bare_consumer', 'latency_p50_ms', 'latency_p99_ms', 'restore_1m_s', 'recovery_s'])
        expect(result[figure]).toBeGreaterThan(0);
      // everybody who was written is there again
      expect(result['restore']).toMatchObject({ records: 150, runs: [{ people: 50, sessions: 250 }] });
      expect(result['ratio']).toMatchObject({ records: 1000, passes: [{ events: expect.any(Number) as number }] });
    },
    LIMIT_MS,
  );

  it('says which parts there are', async () => {
    const run = promisify(execFile)(process.execPath, [join(ROOT, 'bench', 'kafka.mjs'), '--only', 'speed']);
    await expect(run).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('ratio, latency') as string });
  });
});
