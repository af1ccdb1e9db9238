import type { Level } from '../core/event/index.js';

/** How things look: colours on a terminal, nothing elsewhere. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  level(level: Level, text: string): string;
}

const LEVEL_CODES: Record<Level, string> = { informational: '2', low: '36', medium: '33', high: '31;1', critical: '37;41;1' };

export function createStyle(hasColor: boolean): Style {
  const sgr = (code: string, text: string) => (hasColor ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { bold: (text) => sgr('1', text), dim: (text) => sgr('2', text), level: (level, text) => sgr(LEVEL_CODES[level], text) };
}
