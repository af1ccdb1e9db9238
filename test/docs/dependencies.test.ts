import { readFileSync } from 'node:fs';

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

test('CONTRIBUTING.md lists every runtime dependency with its licence', () => {
  const { dependencies, optionalDependencies } = read('package.json');
  const wanted = Object.keys({ ...dependencies, ...optionalDependencies })
    .sort()
    .map((name) => [
      name,
      /CC-BY-4\.0/.exec(read(`node_modules/${name}/package.json`).license)?.[0] ?? read(`node_modules/${name}/package.json`).license,
    ]);
  const section = readFileSync('CONTRIBUTING.md', 'utf8').split('## Dependencies')[1]!;
  const rows = [...section.matchAll(/^\| `([^`]+)` \| ([^|(]+?) *(?:\([^)]*\) )?\| .+ \|$/gm)].map(([, name, licence]) => [
    name,
    licence!.trim(),
  ]);
  expect(rows).toEqual(wanted);
});
