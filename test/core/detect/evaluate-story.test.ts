import type { PersonRule } from '../../../src/core/detect/evaluate.js';
import { evaluateStory, rulesByActivity, strongestOf } from '../../../src/core/detect/evaluate-story.js';
import { evidenceOf, type PersonScene, UNREPORTED } from '../../../src/core/detect/judgement.js';
import { observe } from '../../../src/core/state/observation.js';
import { newPerson } from '../../../src/core/state/person.js';
import { newPrint, traitsOf } from '../../../src/core/state/print.js';
import { addToStory } from '../../../src/core/state/story.js';
import { bareRule } from '../../helpers/rules.js';
import { PLACES, say } from '../../helpers/world.js';

/** A rule that gives each event the minute of its time as score, and remembers for which events it was asked. */
function ruleOf(index: number, asked: number[], activities?: PersonRule['judge']['activities']): PersonRule {
  return {
    rule: bareRule('new_country'),
    index,
    report_from: 20,
    judge: {
      lookBack: 0,
      activities,
      judge: ({ person }: PersonScene, at: number) => {
        const score = (person.story.tail[at]!.time / 60_000) % 100;
        asked.push(score);
        return score === 99 ? undefined : { ...UNREPORTED, score, episode: String(score), message: 'did it' };
      },
    },
  } as unknown as PersonRule;
}

const MINUTE_OF_T0 = (say({ at: 0, n: 0 }).time / 60_000) % 100;
const at = (minute: number) => {
  const event = say({ at: minute - MINUTE_OF_T0, n: minute });
  return observe(event, newPrint('browser', traitsOf(event)));
};

function tellerOf() {
  const person = newPerson(say({ at: 0, n: 0 }));
  const asked: number[] = [];
  const rules = [ruleOf(3, asked)];
  const rulesFor = rulesByActivity(rules);
  const scene: PersonScene = { person, isOperatorEgress: () => false };
  const evaluate = () => evaluateStory(scene, rulesFor, rules);
  const tell = (minute: number) => {
    addToStory(person.story, at(minute));
    const { strongest, isComplete } = evaluate();
    return { scores: strongest.map(({ judgement }) => judgement.score), isComplete, asked: asked.splice(0) };
  };
  return { person, tell, evaluate };
}

test('what comes in its order is judged alone, and told alone', () => {
  const { tell, person } = tellerOf();
  expect(tell(30)).toEqual({ scores: [30], isComplete: false, asked: [30] });
  expect(tell(40)).toEqual({ scores: [40], isComplete: false, asked: [40] });
  expect(tell(45).scores).toEqual([45]);
  expect(person.story).toMatchObject({ judged: 3, is_stale: false });
  expect(person.story.verdicts.map(({ rule, judgement }) => [rule, judgement.score])).toEqual([
    [3, 30],
    [3, 40],
    [3, 45],
  ]);
});

test('what is late has all from it on judged anew, and everything told', () => {
  const { tell, person } = tellerOf();
  for (const minute of [30, 50, 60]) tell(minute);
  expect(tell(40)).toEqual({ scores: [30, 40, 50, 60], isComplete: true, asked: [40, 50, 60] });
  expect(person.story.is_stale).toBe(false);
  expect(tell(70)).toEqual({ scores: [70], isComplete: false, asked: [70] });
});

test('what is not worth a report is not told, and two things at once are told at once', () => {
  const { tell, person } = tellerOf();
  expect(tell(19)).toEqual({ scores: [], isComplete: false, asked: [19] });
  expect(tell(20).scores).toEqual([20]);
  for (const minute of [40, 50]) addToStory(person.story, at(minute));
  expect(tell(60).scores).toEqual([20, 40, 50, 60]);
});

test('with nothing new nothing is told, and nobody who never had anything is told that it no longer holds', () => {
  const { tell, evaluate } = tellerOf();
  expect(tell(10).isComplete).toBe(false);
  expect(tell(5)).toEqual({ scores: [], isComplete: false, asked: [5, 10] });
  expect(evaluate()).toEqual({ strongest: [], isComplete: false });
});

test('whoever had something is', () => {
  const { tell, person } = tellerOf();
  tell(99);
  person.story.reports = [{} as never];
  expect(tell(98).isComplete).toBe(true);
});

test('a rule is asked of what it has something to say of', () => {
  const [all, some] = [ruleOf(0, []), ruleOf(1, [], new Set(['sign_in']))];
  const rulesFor = rulesByActivity([all, some]);
  expect(rulesFor('session_use')).toEqual([all]);
  expect(rulesFor('sign_in')).toEqual([all, some]);
  expect(rulesFor('sign_in')).toBe(rulesFor('sign_in'));
});

test('a verdict of a rule that is not there is a mistake', () => {
  const seen = at(30);
  const judgement = { ...UNREPORTED, score: 30 };
  expect(strongestOf(seen, [{ rule: 3, judgement }], [ruleOf(3, [])])).toMatchObject([{ judgement }]);
  expect(() => strongestOf(seen, [{ rule: 4, judgement }], [ruleOf(3, [])])).toThrow('no rule of people has place 4');
});

describe('a verdict that is outdone', () => {
  const end = (n: number) => ({ ...evidenceOf(at(n)), uid: `e${n}`, endpoint: { ...PLACES[0]!, ip: `192.0.2.${n}` } });
  /** What each verdict is kept with, of events that rest on these ends. */
  const kept = (...rests: number[][]) => {
    const rule = ruleOf(3, []);
    const judge = ({ person: { story } }: PersonScene, i: number) => {
      const context = rests[(story.tail[i]!.time / 60_000) % 100]!.map(end);
      return { ...UNREPORTED, score: 50, context, message: 'did it' };
    };
    const rules = [{ ...rule, judge: { ...rule.judge, judge } }];
    const person = newPerson(say({ at: 0, n: 0 }));
    rests.forEach((_, minute) => {
      addToStory(person.story, at(minute));
      evaluateStory({ person, isOperatorEgress: () => false }, rulesByActivity(rules), rules);
    });
    return person.story.verdicts.map(({ judgement: { context, message } }) => [message, context.map(({ uid }) => uid).join()]);
  };

  test('loses its words, and keeps of what it rests on what lies elsewhere and none before it rests on', () => {
    expect(kept([1], [1, 2], [2, 1, 3, 3], [])).toEqual([
      ['did it', 'e1'],
      ['', 'e2'],
      ['', 'e3'],
      ['', ''],
    ]);
  });

  test('keeps nothing of it when that is more than is looked at', () => {
    expect(kept([1], [2, 3, 4, 5], [6, 7, 8, 9], [10], [11]).map(([, context]) => context)).toEqual([
      'e1',
      'e2,e3,e4,e5',
      'e6,e7,e8,e9',
      'e10',
      '',
    ]);
  });
});
