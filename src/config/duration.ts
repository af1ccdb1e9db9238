const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNIT_MS;

const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/y;

/**
 * Reads `90s`, `1h30m`, `7d`, `-5m` or `0` as milliseconds; undefined when it is none. A bare number other than 0 has no unit and is refused.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const negative = text.startsWith('-');
  PART.lastIndex = negative ? 1 : 0;
  let total = 0;
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text);
    if (part === null) return undefined;
    total += Number(part[1]) * UNIT_MS[part[2] as Unit];
  }
  if (text.length <= (negative ? 1 : 0)) return undefined;
  const ms = Math.round(total);
  return negative && ms !== 0 ? -ms : ms;
}

/** The shortest text that `parseDuration` reads back to the same number of milliseconds. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0';
  let rest = Math.abs(ms);
  let text = ms < 0 ? '-' : '';
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const n = Math.floor(rest / UNIT_MS[unit]);
    if (n > 0) text += `${n}${unit}`;
    rest -= n * UNIT_MS[unit];
  }
  return text;
}
