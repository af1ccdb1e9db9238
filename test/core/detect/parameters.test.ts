import { mistakesIn, numberOf, type ParameterSpec, type ParameterSpecs, resolve, stringsOf } from '../../../src/core/detect/parameters.js';

const SPECS: ParameterSpecs = {
  grace: { kind: 'duration', default: 60_000, doc: '' },
  clients: { kind: 'strings', default: ['a', 'b'], doc: '' },
};

test("the rule's values over the detector's own", () => {
  expect(resolve(SPECS, {})).toEqual({ grace: 60_000, clients: ['a', 'b'] });
  expect(resolve(SPECS, { grace: 0 })).toEqual({ grace: 0, clients: ['a', 'b'] });
});

test('nothing that the detector does not know, and nothing that changes later', () => {
  const values = resolve(SPECS, { other: 1 });
  expect(values).not.toHaveProperty('other');
  expect(Object.isFrozen(values)).toBe(true);
});

test('numbers and lists, or a mistake of the programmer', () => {
  const values = resolve(SPECS, {});
  expect(numberOf(values, 'grace')).toBe(60_000);
  expect(stringsOf(values, 'clients')).toEqual(new Set(['a', 'b']));
  expect(() => numberOf(values, 'clients')).toThrow('parameter clients is not a number');
  expect(() => stringsOf(values, 'grace')).toThrow('parameter grace is not a list');
});

test('what has no inside has no mistakes there', () => {
  for (const spec of Object.values(SPECS)) expect(mistakesIn({ any: 'thing' }, spec)).toEqual([]);
});

test('conditions, steps and fields tell their mistakes from the value down', () => {
  const paths = (kind: ParameterSpec['kind'], value: unknown) =>
    mistakesIn(value, { kind, default: undefined, doc: '' }).map(({ path, of }) => [path.join('.'), of]);
  expect(paths('conditions', { nope: 1, status: 'x' })).toEqual([
    ['nope', 'key'],
    ['status', 'value'],
  ]);
  expect(paths('steps', [{ where: { nope: 1 }, at_least: 1.5, distinct: 'nope', more: 1 }])).toEqual([
    ['0.more', 'key'],
    ['0.where.nope', 'key'],
    ['0.at_least', 'value'],
    ['0.distinct', 'value'],
  ]);
  expect(paths('field', 'nope')).toEqual([['', 'value']]);
  expect(paths('field', 'app.name')).toEqual([]);
});

test('words stand beside the fields', () => {
  const spec: ParameterSpec = { kind: 'field', default: 'day', words: ['day'], doc: '' };
  expect(mistakesIn('day', spec)).toEqual([]);
  expect(mistakesIn('night', spec)).toHaveLength(1);
});
