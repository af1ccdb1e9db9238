import type { ActName } from '../../../src/core/detect/acts.js';
import { createDetect } from '../../../src/core/detect/index.js';
import { isByOwnKey, isRoutine } from '../../../src/core/detect/own-key.js';
import type { SessionEvent } from '../../../src/core/event/index.js';
import type { Observation } from '../../../src/core/state/observation.js';
import { peopleOf } from '../../helpers/codec.js';
import type { MachineLine } from '../../helpers/machine-stories.js';
import { bareRule } from '../../helpers/rules.js';
import { DAY, tenDays, useAt } from '../../helpers/uses.js';

const LATER = 10 * DAY;
const ACT: Partial<MachineLine> = { act: 'CreateAccessKey' };

const persons = (event: SessionEvent): SessionEvent => ({
  ...event,
  is_presence: false,
  principal: { key: 'default/ana@example.com', type: 'human', email: 'ana@example.com' },
});

/** The act with the number 99, where it is held, and the person whose it is. */
function told(...events: readonly SessionEvent[]) {
  const detect = createDetect([bareRule('nhi_egress'), bareRule('post_compromise')], { config_digest: 'test' });
  for (const event of events) detect.accept(event);
  const [person] = peopleOf(detect).values();
  const seen: Observation = person!.story.tail.find(({ uid }) => uid.endsWith('0099'))!;
  return { person: person!, seen };
}

function isOwn(...events: readonly SessionEvent[]): boolean {
  const { person, seen } = told(...events);
  return isByOwnKey(person, seen);
}

const act = persons(useAt(99, LATER, ACT));
const elsewhere = persons(useAt(99, LATER + 30, { ...ACT, place: 0 }));

describe('by a key of the person`s own', () => {
  test.each<[string, readonly SessionEvent[]]>([
    ['from where it always is, and so not held as a use', [...tenDays().map(persons), act]],
    ['from elsewhere', [...tenDays().map(persons), elsewhere]],
    ['again in the same hour', [...tenDays().map(persons), persons(useAt(98, LATER, { ...ACT, place: 0 })), elsewhere]],
    ['the first that is heard of it', [act]],
  ])('%s', (_, events) => {
    expect(isOwn(...events)).toBe(true);
  });

  test('that of a user of AWS, which the log tells as a program`s, once the user has signed in', () => {
    const program = useAt(99, LATER, ACT);
    expect(program.token!.uid).toMatch(/^AKIA/);
    const console: SessionEvent = { ...act, uid: 'aws:1:e-98', activity: 'sign_in', is_presence: true, token: undefined };
    const user: SessionEvent = { ...console, principal: { ...console.principal, key: program.principal.key } };
    expect(isOwn(program)).toBe(false);
    expect(isOwn(user, program)).toBe(true);
    expect(isOwn(program, user)).toBe(true);
  });

  test('nobody else`s, no key of hours, and nothing that the person was there for', () => {
    expect(isOwn(useAt(99, LATER, ACT))).toBe(false);
    expect(isOwn({ ...act, token: { uid: 'ASIA1', kind: 'access_key_id' } })).toBe(false);
    expect(isOwn({ ...act, token: undefined })).toBe(false);
    expect(isOwn({ ...act, is_presence: true })).toBe(false);
  });
});

test('what a key does by habit, wherever it does it', () => {
  const everyDay = tenDays(ACT).map(persons);
  for (const last of [act, elsewhere]) {
    const { person, seen } = told(...everyDay, last);
    expect(isRoutine(person, seen, 'audit_switched_off')).toBe(false);
    expect(isRoutine(person, seen, seen.more!.facts!.find(({ rule }) => rule === 1)!.value as ActName)).toBe(true);
  }
  const { person, seen } = told(...tenDays().map(persons), elsewhere);
  expect(isRoutine(person, seen, seen.more!.facts!.find(({ rule }) => rule === 1)!.value as ActName)).toBe(false);
});
