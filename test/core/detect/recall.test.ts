import { evidenceFor, foldedEvidence, lastTimeOf } from '../../../src/core/detect/recall.js';
import { foldOldest } from '../../../src/core/state/session.js';
import { AGENTS, MINUTE, PLACES, T0 } from '../../helpers/world.js';
import { sessionOf, told } from './session-reuse/judged.js';

/** At home, in a café, at home again, in the café again. */
const session = () => sessionOf([0, 6, 0, 6].map((place, n) => told({ at: n, n, place, device: 'd1' })));

test('the latest use of a print before an event', () => {
  const { prints, ...rest } = session();
  const [home, cafe] = prints as [(typeof prints)[0], (typeof prints)[0]];
  expect(evidenceFor({ prints, ...rest }, 3, home)?.uid).toBe('entra:t:0002');
  expect(evidenceFor({ prints, ...rest }, 2, home)?.uid).toBe('entra:t:0000');
  expect(evidenceFor({ prints, ...rest }, 3, cafe)?.uid).toBe('entra:t:0001');
  expect(evidenceFor({ prints, ...rest }, 1, cafe)).toBeUndefined();
  expect(lastTimeOf({ prints, ...rest }, 3, home, 7)).toBe(T0 + 2 * MINUTE);
  expect(lastTimeOf({ prints, ...rest }, 1, home, 7)).toBe(T0);
  expect(lastTimeOf({ prints, ...rest }, 1, cafe, 7)).toBe(7);
});

test('of a use that left the tail', () => {
  const told = session();
  const [home] = told.prints;
  foldOldest(told);
  expect(evidenceFor(told, 0, home!)).toEqual({
    uid: 'entra:t:0000',
    time: T0,
    vendor: 'entra',
    action: 'session_use',
    endpoint: PLACES[0],
    user_agent: AGENTS[0]?.original,
    device: 'd1',
  });
  expect(lastTimeOf(told, 0, home!, 7)).toBe(T0);
  expect(foldedEvidence(told.prints[1]!)).toBeUndefined();
});
