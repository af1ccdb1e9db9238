import fc from 'fast-check';
import { loadReach } from '../../../src/config/reach.js';
import { ACTION } from '../../../src/core/event/index.js';
import { replaces } from '../../../src/core/respond/cover.js';
import { createRespond } from '../../../src/core/respond/respond.js';
import { runs } from '../../helpers/runs.js';
import { MINUTE } from './findings.js';
import { createPlainRespond } from './plain.js';
import { DENSE, lives, steps } from './steps.js';

const reach = loadReach();
const HOUR = 60 * MINUTE;

test('what an action replaces replaces nothing that it does not: whoever takes its place covers what it covered', () => {
  for (const wide of ACTION) {
    for (const narrow of replaces(wide) ?? []) {
      expect(replaces(wide)).toEqual(expect.arrayContaining([...(replaces(narrow) ?? [])]));
      if (narrow !== wide) expect(replaces(wide)!.length).toBeGreaterThan(replaces(narrow)!.length);
    }
  }
});

describe('looking only at what a change can reach', () => {
  test.each([
    ['one incident', steps(1)],
    ['several incidents', steps(3)],
    ['several people', lives()],
    ['one person, many findings', lives({ people: 1, findings: 12, maxLength: 80 })],
    ['one person, much that overlaps', lives(DENSE)],
  ])('says what looking at everything says: %s', (_, findings) => {
    fc.assert(
      fc.property(
        findings,
        fc.constantFrom(HOUR, 5 * HOUR, 10 * HOUR, 1000 * HOUR),
        fc.infiniteStream(fc.nat(9)),
        (all, memory_ms, choices) => {
          const respond = createRespond(reach, { memory_ms });
          const plain = createPlainRespond(reach, { memory_ms });
          for (const one of all) {
            if (choices.next().value === 0) for (const each of [respond, plain]) each.advance(one.last_seen_time + HOUR);
            expect(JSON.stringify(respond.accept(one))).toBe(JSON.stringify(plain.accept(one)));
            const { open, exhausted } = respond.stats();
            expect({ open, exhausted }).toEqual(plain.stats());
          }
        },
      ),
      runs(1000),
    );
  });
});
