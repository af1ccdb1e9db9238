import type { SuppressionEntry } from '../../src/core/detect/suppress.js';
import type { Finding } from '../../src/core/event/index.js';
import { type Hiding, hiddenBelow, hiddenInWords, NOTHING_HIDDEN, summariseHidden } from '../../src/output/hidden.js';
import { createStyle } from '../../src/output/style.js';
import { aFinding } from './a-finding.js';

const SPAN = [1000, 2000] as const;
const entry = (id: string, over: Partial<SuppressionEntry> = {}): SuppressionEntry => ({
  id,
  owner: `owner of ${id}`,
  reason: 'r',
  from: 0,
  expires: 5000,
  max_level: 'medium',
  ends: 'both',
  ...over,
});
const hidden = (by: string, level: Finding['level'], over: Partial<Finding> = {}): Finding =>
  aFinding({
    level,
    incident_uid: `${by}-${level}`,
    status: 'suppressed',
    suppressed: { by, owner: `owner of ${by}`, reason: 'r', until_time: 5000, hides_high: level === 'high' || level === 'critical' },
    ...over,
  });
const hiding = (entries: SuppressionEntry[], wouldHide: Hiding['wouldHide'] = () => []): Hiding => ({ entries, wouldHide });

test('what each entry hid, and how high', () => {
  const findings = [hidden('b', 'low'), hidden('a', 'informational'), hidden('b', 'medium'), hidden('b', 'low'), aFinding()];
  const summary = summariseHidden(findings, hiding([entry('a'), entry('b')]), SPAN);
  expect(summary).toEqual({
    hidden: [
      { by: 'a', owner: 'owner of a', findings: 1, highest: 'informational', of_high_incidents: 0 },
      { by: 'b', owner: 'owner of b', findings: 3, highest: 'medium', of_high_incidents: 0 },
    ],
    above: [],
    unused: [],
  });
  expect(hiddenInWords(summary)).toEqual([
    'hidden    by a (owner of a): 1, highest informational',
    'hidden    by b (owner of b): 3, highest medium',
  ]);
});

describe('incidents of high or above', () => {
  const of = (...findings: Finding[]) => summariseHidden(findings, NOTHING_HIDDEN, SPAN);
  const count = (...findings: Finding[]) => of(...findings).hidden[0]!.of_high_incidents;

  test('because of what is hidden', () => {
    expect(count(hidden('a', 'high'), hidden('a', 'critical'), hidden('a', 'medium'))).toBe(2);
    expect(hiddenInWords(of(hidden('a', 'high')))).toContain(
      'warning   a (owner of a) hides one finding of incidents of high or above: read suppressed.ndjson (--out)',
    );
  });

  test('because of what is in sight', () => {
    const low = hidden('a', 'low', { incident_uid: 'i' });
    expect(count(low, aFinding({ incident_uid: 'i', level: 'high' }))).toBe(1);
    expect(count(low, aFinding({ incident_uid: 'i', level: 'medium' }))).toBe(0);
    expect(count(low, aFinding({ incident_uid: 'other', level: 'high' }))).toBe(0);
    expect(count(low, aFinding({ incident_uid: 'i', level: 'high', status: 'retracted' }))).toBe(0);
  });
});

test('what an entry means but may not hide', () => {
  const [a, b] = [entry('a'), entry('b\u001b')];
  const findings = [aFinding({ level: 'high' }), aFinding({ level: 'critical' }), aFinding({ level: 'low' })];
  const summary = summariseHidden(
    findings,
    hiding([a, b], ({ level }) => (level === 'low' ? [b] : [a])),
    SPAN,
  );
  expect(summary.above).toEqual([
    { by: 'a', owner: 'owner of a', findings: 2, highest: 'critical' },
    { by: 'b\u001b', owner: 'owner of b\u001b', findings: 1, highest: 'low' },
  ]);
  expect(hiddenInWords(summary)).toEqual([
    'shown     2 findings that a (owner of a) means, but above its max_level: highest critical',
    'shown     one finding that b\u25af (owner of b\u25af) means, but above its max_level: highest low',
  ]);
});

test('entries that were in force and hid nothing', () => {
  const entries = [
    entry('used'),
    entry('z'),
    entry('means', { max_level: 'low' }),
    entry('over', { expires: 1000 }),
    entry('later', { from: 2001 }),
    entry('a', { from: 2000 }),
  ];
  const means: Hiding['wouldHide'] = () => [entries[2]!];
  expect(summariseHidden([hidden('used', 'low'), aFinding()], hiding(entries, means), SPAN).unused).toEqual(['a', 'z']);
  expect(summariseHidden([], hiding(entries), undefined).unused).toEqual([]);
  expect(hiddenInWords({ hidden: [], above: [], unused: ['a', 'z'] })).toEqual([
    'unused    a, z: hid nothing here; remove what nobody needs',
  ]);
});

test('a line under the findings', () => {
  const [plain, color] = [createStyle(false), createStyle(true)];
  expect(hiddenBelow([aFinding()], plain)).toBeUndefined();
  expect(hiddenBelow([aFinding({ level: 'critical' }), hidden('a', 'low')], plain)).toBe('one finding hidden by suppressions, highest low');
  const loud = [hidden('a', 'high'), hidden('a', 'low')];
  expect(hiddenBelow(loud, plain)).toBe('2 findings hidden by suppressions, highest high');
  expect(hiddenBelow(loud, color)).toBe(color.level('high', '2 findings hidden by suppressions, highest high'));
  expect(hiddenBelow([hidden('a', 'medium')], color)).toBe(color.dim('one finding hidden by suppressions, highest medium'));
});
