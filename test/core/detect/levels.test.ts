import { LEVEL_FROM, levelOf, rankOf } from '../../../src/core/detect/levels.js';

test.each([
  [0, 'informational'],
  [19, 'informational'],
  [20, 'low'],
  [39, 'low'],
  [40, 'medium'],
  [64, 'medium'],
  [65, 'high'],
  [84, 'high'],
  [85, 'critical'],
  [100, 'critical'],
] as const)('%i is %s', (score, level) => {
  expect(levelOf(score, 'critical')).toBe(level);
});

test('no level above the cap of its rule', () => {
  expect(levelOf(100, 'high')).toBe('high');
  expect(levelOf(85, 'medium')).toBe('medium');
  expect(levelOf(40, 'high')).toBe('medium');
  expect(levelOf(65, 'high')).toBe('high');
});

test('ranks rise with the level, and so does the table', () => {
  expect((['informational', 'low', 'medium', 'high', 'critical'] as const).map(rankOf)).toEqual([0, 1, 2, 3, 4]);
  expect(LEVEL_FROM).toEqual({ low: 20, medium: 40, high: 65, critical: 85 });
});
