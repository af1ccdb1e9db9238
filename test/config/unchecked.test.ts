import { list, mapping, text } from '../../src/config/unchecked.js';

test('what has the shape is itself', () => {
  const [object, array] = [{ a: 1 }, [1]];
  expect([mapping(object), list(array), text('a')]).toEqual([object, array, 'a']);
});

test.each([null, undefined, 1, true])('%s is nothing', (value) => {
  expect([mapping(value), list(value), text(value)]).toEqual([{}, [], undefined]);
});

test('nor is one shape another', () => {
  expect([mapping([1]), mapping('a'), list({ a: 1 }), list('a'), text(['a'])]).toEqual([{}, {}, [], [], undefined]);
});
