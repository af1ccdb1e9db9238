import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from './command.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sv-with-kafka-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('what works on Kafka only, without a section kafka', () => {
  const needed = 'a section kafka is needed: the brokers and sources of this command';

  test.each([[['topics', 'check']], [['topics', 'create']], [['dead-letters', 'list']]])(
    '%j says what is needed, and how it is given',
    async (args) => {
      const { status, stderr } = await command(args);
      expect(status).toBe(2);
      expect(stderr).toContain(`error SV_CONFIG_INVALID: the configuration has one mistake
  no configuration: ${needed}; give the file that has it with --config or SESSIONVIGIL_CONFIG
`);
    },
  );

  test('says in which file it is missing', async () => {
    const file = join(folder, 'c.yml');
    writeFileSync(file, 'tenant: acme\n');
    const { status, stderr } = await command(['topics', 'check', '--config', file]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`${file}:1:1: kafka: ${needed}\n`)]);
  });
});
