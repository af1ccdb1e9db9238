import { DETECTORS } from '../../../src/core/detect/detectors.js';
import { FACTORS, type FactorName, factor, ONE_DIMENSION_MAX, pointParameters, scoreOf } from '../../../src/core/detect/factors.js';
import { LEVEL_FROM } from '../../../src/core/detect/levels.js';

const of = (name: FactorName, points: number = FACTORS[name].points) => factor(name, points, name);

test('another form factor counts for less than the other system that always stands beside it', () => {
  expect(FACTORS.form_factor_changed.points).toBe(30);
  expect(FACTORS.os_changed.points).toBeGreaterThan(FACTORS.form_factor_changed.points);
});

describe('the score of a set of factors', () => {
  test('of nothing is nothing', () => {
    expect(scoreOf([], true)).toBe(0);
  });

  test('counts the largest of each dimension', () => {
    expect(scoreOf([of('network_changed', 20), of('country_changed', 30), of('network_hosting', 25)], true)).toBe(30);
  });

  test('adds dimensions up', () => {
    expect(scoreOf([of('country_changed', 30), of('os_changed', 35), of('browser_changed', 25)], true)).toBe(90);
  });

  test('takes the largest relief away once, whatever its dimension', () => {
    const more = [of('country_changed', 30), of('browser_changed', 25)];
    expect(scoreOf([...more, of('same_device', -25)], true)).toBe(30);
    expect(scoreOf([...more, of('same_device', -25), of('bound_token', -20)], true)).toBe(30);
    expect(scoreOf([...more, of('bound_token', -20), of('same_device', -25)], true)).toBe(30);
  });

  test('is never below nothing nor above a hundred, and whole', () => {
    expect(scoreOf([of('same_device', -25)], true)).toBe(0);
    expect(scoreOf([of('country_changed', 80), of('os_changed', 80)], true)).toBe(100);
    expect(scoreOf([of('country_changed', 20.4), of('os_changed', 20.2)], true)).toBe(41);
  });

  test('of one dimension alone stays low, however much it says', () => {
    expect(ONE_DIMENSION_MAX).toBe(LEVEL_FROM.medium - 1);
    expect(scoreOf([of('library_client', 40)], true)).toBe(39);
    expect(scoreOf([of('library_client', 90), of('same_device', -25)], true)).toBe(39);
    expect(scoreOf([of('library_client', 20)], true)).toBe(20);
  });

  test('of one dimension counts in full where the evidence is certain by itself', () => {
    expect(scoreOf([of('used_after_revocation', 65)], false)).toBe(65);
  });

  test('a factor without points is no second dimension', () => {
    expect(scoreOf([of('library_client', 60), of('os_changed', 0)], true)).toBe(39);
  });
});

test('a factor knows its dimension', () => {
  expect(factor('os_changed', 7, 'text', 'a', 'b')).toEqual({
    name: 'os_changed',
    dimension: 'device',
    points: 7,
    before: 'a',
    after: 'b',
    text: 'text',
  });
});

test('points are parameters of the detectors that use them', () => {
  expect(pointParameters(['os_changed', 'same_device'])).toEqual({
    points_os_changed: { kind: 'points', default: 35, min: -100, max: 100, doc: 'points when another operating system family' },
    points_same_device: {
      kind: 'points',
      default: -25,
      min: -100,
      max: 100,
      doc: 'points when the same device id, observed at the sign-in',
    },
  });
});

test('the table: one dimension alone never carries a finding of session reuse', () => {
  const used = Object.keys(DETECTORS['session_reuse']!.parameters).filter((name) => name.startsWith('points_'));
  expect(used.length).toBeGreaterThan(20);
  for (const name of used) expect(FACTORS[name.slice('points_'.length) as FactorName].dimension).not.toBe('credential');
  for (const { points } of used.map((name) => FACTORS[name.slice('points_'.length) as FactorName]))
    expect(Math.abs(points)).toBeLessThan(LEVEL_FROM.high);
});
