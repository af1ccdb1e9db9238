import { Declared, NOTHING_DECLARED } from '../declared/declared.js';
import type { Finding, UserAgent } from '../event/index.js';
import type { LaneOfClient } from '../state/lane.js';
import { Enforced } from './enforced.js';
import { createDetect } from './index.js';
import { levelOf } from './levels.js';
import type { Rule } from './rule.js';
import type { Story, StoryStep, StorySuite } from './story.js';
import { eventsOf } from './story-event.js';
import { createSuppressor, type NameOfClient } from './suppress.js';

export interface StoryResult {
  passed: boolean;
  /** what was expected and what came; empty when it passed */
  message: string;
  /** final state of every finding of the story's rule */
  findings: Finding[];
}

export interface StoryTools {
  /** user agent string -> what the engine makes of it, as in production */
  userAgent: (raw: string) => UserAgent | undefined;
  /** lane of a published OAuth client */
  laneOfClient: LaneOfClient;
  /** published name of an OAuth client */
  nameOfClient?: NameOfClient;
}

const MINUTE_MS = 60_000;

/** Tells a story to its rule, event by event in order of arrival, and compares what comes with what the story says. */
export function runStory(rule: Rule, suite: StorySuite, story: Story, tools: StoryTools): StoryResult {
  const beside = (suite.beside ?? []).map(
    (detector): Rule => ({ ...rule, uid: `beside/${detector}`, detector, parameters: {}, suppress: [] }),
  );
  const options = {
    declared: suite.declared === undefined ? NOTHING_DECLARED : new Declared(suite.declared),
    ...(suite.sign_on === undefined ? {} : { enforced: new Enforced(suite.sign_on) }),
  };
  const detect = createDetect([rule, ...beside], { config_digest: 'story', laneOfClient: tools.laneOfClient, ...options });
  // a story proves what an entry speaks of, at whatever time it is told
  const suppress = createSuppressor(
    rule.suppress.map((entry) => ({ ...entry, from: Number.NEGATIVE_INFINITY, expires: Number.POSITIVE_INFINITY })),
    tools.nameOfClient,
  );
  const latest = new Map<string, Finding>();
  const complaints: string[] = [];
  for (const { step, name, event } of eventsOf(suite, story, tools.userAgent)) {
    // what waits is judged when time has passed: of that the step tells which comes next
    const passed = suite.sign_on === undefined ? [] : detect.tick(Math.floor(event.arrival_time / MINUTE_MS) * MINUTE_MS);
    const own = [...passed, ...detect.accept(event)].filter((finding) => finding.rule.uid === rule.uid);
    const said = own.map(suppress);
    for (const finding of said) latest.set(finding.uid, finding);
    const where = `step ${name} (${step.activity})`;
    if (story.outcome === 'quiet' && said.length > 0) complaints.push(`${where}: expected nothing, got ${describe(said)}`);
    if (step.expect !== undefined) complaints.push(...compareStep(where, step.expect, said, rule));
  }
  const findings = [...latest.values()];
  const open = findings.filter(({ status }) => status !== 'retracted' && status !== 'suppressed');
  const hidden = findings.filter(({ status }) => status === 'suppressed');
  if (story.outcome === 'fires' && open.length === 0) complaints.push(`expected a finding at the end, got ${describe(hidden, 'none')}`);
  if (story.outcome === 'retracted') {
    const standing = [...open, ...hidden];
    if (findings.length === 0) complaints.push('expected a finding that is taken back, got none at all');
    else if (standing.length > 0) complaints.push(`expected the finding to be taken back, but it stands: ${describe(standing)}`);
  }
  if (story.outcome === 'suppressed') {
    if (open.length > 0) complaints.push(`expected the finding to be suppressed, but it stands: ${describe(open)}`);
    else if (hidden.length === 0) complaints.push('expected a finding that is suppressed, got none');
  }
  return { passed: complaints.length === 0, message: complaints.join('\n'), findings };
}

function compareStep(where: string, expect: NonNullable<StoryStep['expect']>, said: readonly Finding[], rule: Rule): string[] {
  const wanted = said.find((finding) => finding.status !== 'retracted' && finding.type === (expect.type ?? rule.type));
  if (wanted === undefined) return [`${where}: expected ${expect.level} ${expect.type ?? rule.type}, got ${describe(said)}`];
  const complaints: string[] = [];
  if (wanted.level !== expect.level) complaints.push(`${where}: expected level ${expect.level}, got ${describe([wanted])}`);
  if (expect.score !== undefined && wanted.score !== expect.score)
    complaints.push(`${where}: expected score ${expect.score}, got ${describe([wanted])}`);
  const names = new Set(wanted.factors.map((f) => f.name));
  for (const name of expect.factors ?? [])
    if (!names.has(name)) complaints.push(`${where}: expected the factor ${name}, got ${describe([wanted])}`);
  return complaints;
}

function describe(findings: readonly Finding[], none = 'nothing'): string {
  if (findings.length === 0) return none;
  return findings
    .map(
      (finding) =>
        `${finding.status} ${levelOf(finding.score, 'critical')} ${finding.type} ${finding.score} (${finding.factors.map((f) => `${f.name} ${f.points}`).join(', ')})${finding.suppressed === undefined ? '' : ` by ${finding.suppressed.by}`}`,
    )
    .join('; ');
}
