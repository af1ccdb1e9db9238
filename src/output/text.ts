/** Characters that move the cursor, change colours or turn the direction of writing: user agents and names are written by strangers. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{Mn}/u;

/** The text as it may go to a terminal: what could act on it is shown as a box. */
export function clean(text: string): string {
  return text.replace(UNSAFE, '\u25af');
}

/** Columns that a cleaned text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** The text in lines of at most `width` columns, broken at blanks where there are any. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    while (widthOf(word) > width) {
      if (line !== '') lines.push(line);
      line = '';
      const piece = cut(word, width);
      lines.push(piece);
      word = word.slice(piece.length);
    }
    if (line === '') line = word;
    else if (widthOf(line) + 1 + widthOf(word) <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

/** The text in one line of at most `width` columns. */
export function clip(text: string, width: number): string {
  return widthOf(text) <= width ? text : `${cut(text, Math.max(1, width - 1))}\u2026`;
}

export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** The beginning of a text that fits, at least one character. */
function cut(text: string, width: number): string {
  let piece = '';
  let used = 0;
  for (const character of text) {
    used += widthOf(character);
    if (used > width && piece !== '') break;
    piece += character;
  }
  return piece;
}
