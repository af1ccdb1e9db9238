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

function configFile(more: string): string {
  const file = join(folder, 'c.yml');
  writeFileSync(file, `kafka:\n  brokers: ['127.0.0.1:1']\n  sources: [{topic: okta}]\n${more}`);
  return file;
}

const COMMANDS = [['topics', 'check'], ['topics', 'create'], ['dead-letters', 'list'], ['dead-letters', 'replay'], ['run']];

test.each(COMMANDS.map((words) => [words.join(' '), words] as const))(
  '%s says of every file that is missing where it is named, as config check does',
  async (_, words) => {
    const missing =
      '  sasl: {mechanism: plain, username: vigil, password_file: pw}\n  tls: {ca_file: nowhere.pem}\nrules: {paths: [no-rules]}\n';
    const file = configFile(missing);
    const { status, stdout, stderr } = await command([...words, '--config', file]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error SV_CONFIG_INVALID: .* has 3 mistakes/);
    expect(stderr).toMatch(/c\.yml:4:60: kafka\.sasl\.password_file: cannot read .*pw: no such file/);
    expect(stderr).toMatch(/c\.yml:5:18: kafka\.tls\.ca_file: cannot read .*nowhere\.pem: no such file/);
    const { stderr: checked } = await command(['config', 'check', '--config', file]);
    expect(stderr).toBe(checked);
  },
);

test('files that are of no use to a command keep it from nothing', async () => {
  const stray = "  registry: {urls: ['https://r'], token_file: nowhere}\n  tls: {ca_file: empty.pem}\nrules: {paths: [no-rules]}\n";
  writeFileSync(join(folder, 'empty.pem'), '');
  const { status, stderr } = await command(['topics', 'check', '--config', configFile(stray)]);
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/^error SV_KAFKA_TLS: .*kafka\.tls\.ca_file: .*empty\.pem holds no certificate/),
  ]);
});
