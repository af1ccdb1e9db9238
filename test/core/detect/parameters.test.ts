import { numberOf, type ParameterSpecs, resolve, stringsOf } from '../../../src/core/detect/parameters.js';

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
