import { parseYaml } from '../../src/config/yaml-file.js';

const TEXT = `a: 1
b:
  - c: &x {d: 2}
  - c: *x
e: "three"
`;

test('finds keys and values by path, through aliases, and the nearest parent of what is not there', () => {
  const yaml = parseYaml(TEXT, 'f.yml');
  expect(yaml.value).toEqual({ a: 1, b: [{ c: { d: 2 } }, { c: { d: 2 } }], e: 'three' });
  expect(yaml.locate(['a'], 'key')).toEqual({ line: 1, column: 1 });
  expect(yaml.locate(['a'])).toEqual({ line: 1, column: 4 });
  expect(yaml.locate(['b', 0, 'c', 'd'])).toEqual({ line: 3, column: 15 });
  expect(yaml.locate(['b', 1, 'c', 'd'])).toEqual({ line: 3, column: 15 });
  expect(yaml.locate(['e', 'nothing'])).toEqual({ line: 5, column: 4 });
  expect(yaml.locate(['nothing'])).toEqual({ line: 1, column: 1 });
});

test.each([
  ['a: 1\na: 2\n', 2, /stands twice/],
  ['a: [1, 2\nb: 3\n', 2, /not YAML/],
  ['a: 1\n---\nb: 2\n', 2, /second document/],
  ['a: *nobody\n', 1, /alias/i],
])('%j is a problem on line %d', (text, line, message) => {
  const [problem] = parseYaml(text, 'f.yml').problems;
  expect(problem).toMatchObject({ file: 'f.yml', line });
  expect(problem?.message).toMatch(message);
});

test('only a key that stands twice leaves the rest readable; its last value counts', () => {
  const yaml = parseYaml('a: 1\nb: {c: x}\nb: {c: y}\n', 'f.yml');
  expect([yaml.isReadable, yaml.value, yaml.problems.length]).toEqual([true, { a: 1, b: { c: 'y' } }, 1]);
  expect(yaml.locate(['b', 'c'])).toEqual({ line: 3, column: 8 });
  expect(parseYaml('a: [1\nb: 2\n', 'f.yml')).toMatchObject({ isReadable: false, value: null });
  expect(parseYaml('a: *b\n', 'f.yml')).toMatchObject({ isReadable: false, value: null });
});

test('an alias bomb is a problem and not an end of memory', () => {
  const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`);
  expect(parseYaml(['l0: &l0 x', ...levels].join('\n'), 'f.yml').problems).toHaveLength(1);
});

test.each(['a: &a\n- *a\n', '&a {b: *a}\n', 'a: &a {b: [{c: *a}]}\n'])(
  'what stands inside of itself is a problem and not an end of the stack: %j',
  (text) => {
    const { isReadable, value, problems } = parseYaml(text, 'f.yml');
    expect({ isReadable, value }).toEqual({ isReadable: false, value: null });
    expect(problems).toEqual([expect.objectContaining({ line: 1, message: expect.stringContaining('inside of what it names') })]);
  },
);

test('one that is named twice is read twice', () => {
  expect(parseYaml('a: &a [1]\nb: [*a, *a]\n', 'f.yml')).toMatchObject({ problems: [], value: { b: [[1], [1]] } });
});

test('a key named __proto__ is a key like another', () => {
  const { value } = parseYaml('__proto__: {polluted: true}\n', 'f.yml');
  expect(Object.keys(value as object)).toEqual(['__proto__']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
