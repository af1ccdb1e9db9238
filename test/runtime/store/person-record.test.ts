import fc from 'fast-check';
import { rulesInForce } from '../../../src/core/detect/detectors.js';
import { createDetect, type DetectOptions } from '../../../src/core/detect/index.js';
import { codecFor, ownCodec, peopleOf } from '../../helpers/codec.js';
import { avroOf, stateIn } from '../../helpers/record/avro.js';
import { personFrom } from '../../helpers/record/person-from.js';
import { stateOf } from '../../helpers/record/state-of.js';
import { allRules, eagerRules } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { bursts, byArrival, mornings } from '../../helpers/stories.js';
import { MINUTE, say } from '../../helpers/world.js';

/** What is written and read field by field has to be what avsc makes of the schema. */

const LATENESS = 120;
const ROOMY = { allowed_lateness: LATENESS * MINUTE };
const NARROW = { ...ROOMY, sessions_per_person: 3, observations_per_session: 8, observations_per_person: 12 };

describe.each([
  ['bursts', allRules(), bursts({ lateness: LATENESS, days: 6 })],
  ['people who are soon known', eagerRules(), bursts({ lateness: LATENESS, days: 9 })],
  ['mornings', eagerRules(), mornings({ lateness: LATENESS, days: 9 })],
])('%s', (_, rules, stories) => {
  test('the same bytes, the same person', () => {
    const inForce = rulesInForce(rules, 'test');
    const codec = codecFor(rules);
    const latest = ownCodec(rules);
    fc.assert(
      fc.property(stories, fc.constantFrom(ROOMY, NARROW), (lines, limits) => {
        const options: DetectOptions = { config_digest: 'test', limits };
        const detect = createDetect(rules, options);
        byArrival(lines.map(say)).forEach((event, n) => {
          detect.accept(event);
          if (n % 5 !== 0) return;
          for (const person of peopleOf(detect).values()) {
            const bytes = Buffer.from(codec.encode(person));
            const state = stateOf(person, inForce);
            expect(stateIn(bytes)).toEqual(state);
            const avro = avroOf(state);
            expect(bytes.toString('base64')).toBe(avro.toString('base64'));
            expect(codec.decode(avro)).toEqual(personFrom(stateIn(bytes), inForce));
            // the latest version says the same, and is smaller
            const compact = latest.encode(person);
            expect(compact.length).toBeLessThan(bytes.length);
            expect(latest.decode(compact)).toEqual(codec.decode(bytes));
          }
        });
      }),
      runs(40),
    );
  });
});
