import { readFileSync } from 'node:fs';

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

test('CONTRIBUTING.md lists every runtime dependency with its licence', () => {
  const { dependencies, optionalDependencies, peerDependencies } = read('package.json');
  const licenceOf = (name: string): string => {
    // peers are not installed here
    if (name in peerDependencies) return 'Apache-2.0';
    const { license } = read(`node_modules/${name}/package.json`);
    return /CC-BY-4\.0/.exec(license)?.[0] ?? license;
  };
  const wanted = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
    .sort()
    .map((name) => [name, licenceOf(name)]);
  const section = readFileSync('CONTRIBUTING.md', 'utf8').split('## Dependencies')[1]!;
  const rows = [...section.matchAll(/^\| `([^`]+)` \| ([^|(]+?) *(?:\([^)]*\) )?\| .+ \|$/gm)].map(([, name, licence]) => [
    name,
    licence!.trim(),
  ]);
  expect(rows).toEqual(wanted);
});

test('the package that tokens for MSK come from is a peer that nobody must have', () => {
  const { peerDependencies, peerDependenciesMeta } = read('package.json');
  const [, name = ''] = /^const PACKAGE = '(.+)';$/m.exec(readFileSync('src/runtime/kafka/client/aws-token.ts', 'utf8')) ?? [];
  expect(Object.keys(peerDependencies)).toEqual([name]);
  expect(peerDependenciesMeta).toEqual({ [name]: { optional: true } });
  expect(read('package-lock.json').packages['']).toMatchObject({ peerDependencies, peerDependenciesMeta });
  expect(readFileSync('docs/kafka.md', 'utf8')).toContain(`\`${name}\``);
});
