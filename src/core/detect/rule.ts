import type { Action, Level } from '../event/index.js';
import type { Parameters } from './parameters.js';
import type { StorySuite } from './story.js';
import type { SuppressionEntry } from './suppress.js';

export const RULE_STATUSES = ['experimental', 'test', 'stable', 'deprecated'] as const;

/** One detection as a team writes it: rules/<what>/<uid>.yml, checked against schemas/rule.schema.json before it gets here. */
export interface Rule {
  uid: string;
  title: string;
  version: number;
  status: (typeof RULE_STATUSES)[number];
  /** finding type; one of the built-in words or a team's own */
  type: string;
  /** no finding of this rule goes above it */
  level_cap: Level;
  /** the code that judges: a name of detect/index.ts */
  detector: string;
  /** thresholds and points; the detector's own defaults where absent. Durations are milliseconds here (YAML: `30m`). */
  parameters: Parameters;
  /** what to propose from this level on; the highest entry that the finding reaches wins */
  response: Partial<Record<Level, Action>>;
  owners: readonly string[];
  tags: readonly string[];
  description: string;
  blind_spots: readonly string[];
  false_positives: readonly string[];
  runbook: string;
  /** its own suppressions, which speak of its findings only */
  suppress: readonly SuppressionEntry[];
  tests: StorySuite;
}
