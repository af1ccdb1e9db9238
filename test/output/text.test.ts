import fc from 'fast-check';
import { clean, clip, pad, widthOf, wrap } from '../../src/output/text.js';

test('what could act on a terminal is shown as a box', () => {
  expect(clean('a\u001b[31mred\u0007\r\nb\u202egnp.exe\u200b')).toBe('a▯[31mred▯▯▯b▯gnp.exe▯');
  expect(clean('José 日本 🙂')).toBe('José 日本 🙂');
});

test.each([
  ['abc', 3],
  ['日本', 4],
  ['e\u0301', 1],
  ['🙂', 2],
])('%s takes %d columns', (text, width) => {
  expect(widthOf(text)).toBe(width);
});

test.each<[string, number, string[]]>([
  ['one two three', 7, ['one two', 'three']],
  ['abcdefgh ij', 3, ['abc', 'def', 'gh', 'ij']],
  ['日本語', 4, ['日本', '語']],
  ['', 5, ['']],
])('wraps %j at %d', (text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines);
});

test('wrapping loses nothing and keeps to the width', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 })), fc.integer({ min: 2, max: 30 }), (words, width) => {
      const text = clean(words.join(' ').replace(/ +/g, ' ').trim());
      const lines = wrap(text, width);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }),
  );
});

test('clips and pads', () => {
  expect(clip('abcdef', 4)).toBe('abc…');
  expect(clip('abcd', 4)).toBe('abcd');
  expect(pad('日', 4)).toBe('日  ');
});
