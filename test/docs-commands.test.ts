import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { run } from '../src/cli/program.js';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Lines of shell blocks and commands in running text. */
function commandsOf(page: string): string[] {
  const text = readFileSync(page, 'utf8');
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => block!.trim().split('\n'));
  const spans = [...text.matchAll(/`((?:npm run|node|npx) [^`\n]+)`/g)].map(([, span]) => span!);
  return [...blocks, ...spans].flatMap((line) => line.split('&&')).map((line) => line.trim());
}

const commands = PAGES.flatMap((page) =>
  commandsOf(page)
    .filter((command) => /^(npm|node) /.test(command))
    .map((command) => ({ page, command })),
);

async function helpOf(words: readonly string[]): Promise<{ status: number; text: string }> {
  const stdout = new PassThrough();
  const chunks: string[] = [];
  stdout.on('data', (chunk) => chunks.push(String(chunk)));
  const io = { stdin: new PassThrough(), stdout, stderr: new PassThrough(), env: {}, now: () => 0, signal: new AbortController().signal };
  const status = await run([...words, '--help'], io);
  return { status, text: chunks.join('') };
}

test('there are commands to look at', () => {
  expect(commands.length).toBeGreaterThan(10);
});

test.each(commands)('$page: $command', async ({ command }) => {
  const words = command.split(/\s+/);
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  if (words[0] === 'npm') {
    if (words[1] === 'run') expect(Object.keys(scripts)).toContain(words[2]);
    else expect(['ci', 'test']).toContain(words[1]);
  } else if (words[0] === 'node' && words[1] === 'dist/main.js') {
    const isWord = (word: string) => /^[a-z]+$/.test(word);
    const path = words.slice(2).slice(0, isWord(words[3] ?? '') ? 2 : 1);
    const { status, text } = await helpOf(path);
    expect(status).toBe(0);
    expect(text).toContain(`sessionvigil ${path.join(' ')}`);
    for (const option of words.filter((word) => word.startsWith('--'))) expect(text).toContain(option);
  } else expect(existsSync(words[1]!)).toBe(true);
});

test('links between the documents lead somewhere', () => {
  for (const page of PAGES) {
    for (const [, target] of readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
      expect({ page, target, there: existsSync(join(dirname(page), target!)) }).toEqual({ page, target, there: true });
    }
  }
});
