import { LEVEL, type Level } from '../event/index.js';

/** Lowest score of each level above informational; the one table of the project. */
export const LEVEL_FROM: Readonly<Record<Exclude<Level, 'informational'>, number>> = { low: 20, medium: 40, high: 65, critical: 85 };

export function levelOf(score: number, cap: Level): Level {
  let level: Level = 'informational';
  if (score >= LEVEL_FROM.critical) level = 'critical';
  else if (score >= LEVEL_FROM.high) level = 'high';
  else if (score >= LEVEL_FROM.medium) level = 'medium';
  else if (score >= LEVEL_FROM.low) level = 'low';
  return rankOf(level) > rankOf(cap) ? cap : level;
}

/** 0 for informational to 4 for critical. */
export function rankOf(level: Level): number {
  return LEVEL.indexOf(level);
}
