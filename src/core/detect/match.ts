import type { Activity, SessionEvent } from '../event/index.js';
import { type Fact, isDone } from '../state/observation.js';
import { compileConditions, type EventTest } from './conditions.js';
import type { Judgement, PersonDetector, PersonJudge, PersonScene } from './judgement.js';
import { useName } from './names.js';
import { checkScore, dayOf, factIn, keyReader, OWN_PARAMETERS, type ReadKey, Scoring } from './own-rule.js';
import type { Parameters } from './parameters.js';

export const match: PersonDetector = {
  scope: 'person',
  name: 'match',
  doc: 'one event at a time, by the conditions that the rule writes on its fields',
  parameters: {
    where: {
      kind: 'conditions',
      default: undefined,
      isNeeded: true,
      doc: 'the fields of the event and what is asked of each',
    },
    per: {
      kind: 'field',
      default: 'session',
      words: ['event', 'session', 'day'],
      doc: 'what has a finding of its own on each day (UTC): session (what has none is one), day for all of the person, a field for each of its values; or event',
    },
    ...OWN_PARAMETERS,
  },
  check: checkScore,
  create: (parameters, rule) => new MatchJudge(parameters, rule),
};

class MatchJudge implements PersonJudge {
  readonly lookBack = 0;
  readonly activities: ReadonlySet<Activity> | undefined;
  private readonly test: EventTest;
  private readonly isPerEvent: boolean;
  private readonly keyOf: ReadKey;
  private readonly scoring: Scoring;

  constructor(
    parameters: Parameters,
    private readonly rule: number,
  ) {
    const { test, activities } = compileConditions(parameters['where']);
    this.test = test;
    this.activities = activities;
    const per = String(parameters['per']);
    this.isPerEvent = per === 'event';
    this.keyOf = per === 'event' || per === 'day' ? () => '' : keyReader(per);
    this.scoring = new Scoring(parameters);
  }

  factsOf(event: SessionEvent): readonly Fact[] | undefined {
    if (!this.test(event)) return undefined;
    return [{ rule: this.rule, step: 0, by: this.keyOf(event) ?? '', value: roleOf(event) }];
  }

  judge(scene: PersonScene, at: number): Judgement | undefined {
    const seen = scene.person.story.tail[at]!;
    const fact = factIn(seen, this.rule, 0);
    if (fact === undefined) return undefined;
    const how = `${ROLES[fact.value as Role] ?? ROLES.did} ${seen.action}${seen.endpoint === undefined ? '' : ` ${useName(seen.print)}`}`;
    return {
      ...this.scoring.of(scene, seen, 'matched', `The person ${how}.`),
      episode: this.isPerEvent ? seen.uid : `${fact.by}@${dayOf(seen.time)}`,
      baseline: [],
      context: [],
      travel: undefined,
      message: this.scoring.message ?? how,
      session: seen.session,
      stranger: undefined,
    };
  }

  silence(): string {
    return 'its conditions do not hold';
  }
}

/** How the person had a part in it, in the words of the finding. */
const ROLES = { did: 'did', tried: 'tried and failed', had: 'was the subject of' } as const;
type Role = keyof typeof ROLES;

function roleOf(event: SessionEvent): Role {
  if (isDone(event)) return 'did';
  return event.subject_role === 'target' ? 'had' : 'tried';
}
