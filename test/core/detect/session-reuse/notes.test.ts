import {
  carriedPoints,
  deviates,
  isLaterNote,
  isOneOf,
  mintNote,
  mostOf,
  ownerOf,
} from '../../../../src/core/detect/session-reuse/notes.js';
import type { ReuseSettings } from '../../../../src/core/detect/session-reuse/settings.js';
import type { Dimension, Factor } from '../../../../src/core/event/index.js';
import type { Print } from '../../../../src/core/state/print.js';
import { sessionOf, told } from './judged.js';

const f = (dimension: Dimension, points: number): Factor => ({
  name: 'x',
  dimension,
  points,
  text: '',
  before: undefined,
  after: undefined,
});
const SETTINGS = { rule: 0 } as ReuseSettings;

/** A session at home, in another browser there, elsewhere, and twice without an address. */
function prints(): { session: ReturnType<typeof sessionOf>; prints: Print[] } {
  const session = sessionOf([
    told({ at: 0, n: 0 }),
    told({ at: 1, n: 1, agent: 2 }),
    told({ at: 2, n: 2, place: 6 }),
    told({ at: 3, n: 3, over: { src_endpoint: undefined } }),
    told({ at: 4, n: 4, agent: 2, over: { src_endpoint: undefined } }),
  ]);
  return { session, prints: session.prints };
}

test('the most points of a dimension, whatever stands beside them', () => {
  const factors = [f('device', 30), f('device', 35), f('device', -25), f('client', 40), f('device', 20)];
  expect(mostOf(factors, 'device')).toBe(35);
  expect(mostOf(factors, 'sequence')).toBe(0);
  expect(carriedPoints(factors)).toEqual([0, 35, 40]);
});

test('the mint deviates from nothing', () => {
  const note = mintNote(prints().prints[0]!, 7, 'u');
  expect(note).toMatchObject({ points: [0, 0, 0], factors: [], baseline: undefined, since_time: 7, since_uid: 'u', is_settled: false });
  expect(deviates(note)).toBe(false);
  expect(deviates({ ...note, points: [0, 20, 0] })).toBe(false);
  expect(deviates({ ...note, baseline: prints().prints[0]! })).toBe(false);
  expect(deviates({ ...note, baseline: prints().prints[0]!, points: [0, 20, 0] })).toBe(true);
  expect(deviates(undefined)).toBe(false);
});

test('which of two prints appeared later', () => {
  const at = (time: number, uid: string) => mintNote(prints().prints[0]!, time, uid);
  expect(isLaterNote(at(2, 'a'), at(1, 'b'))).toBe(true);
  expect(isLaterNote(at(1, 'b'), at(2, 'a'))).toBe(false);
  expect(isLaterNote(at(1, 'b'), at(1, 'a'))).toBe(true);
  expect(isLaterNote(at(1, 'a'), at(1, 'b'))).toBe(false);
  expect(isLaterNote(at(1, 'a'), undefined)).toBe(false);
});

describe("the newcomer's own", () => {
  const isOwn = (newcomer: number, other: number, suspectTime?: number): boolean => {
    const { session, prints: all } = prints();
    if (suspectTime !== undefined) {
      all[other]!.notes = [{ ...mintNote(all[other]!, 0, ''), is_suspect: true, suspect_time: suspectTime, suspect_uid: 'u' }];
    }
    return isOneOf(SETTINGS, all[newcomer]!, all[other]!, session.tail[4]!);
  };
  const now = sessionOf([told({ at: 4, n: 4 })]).tail[0]!.time;

  test('its very print, with an address or without', () => {
    expect(isOwn(2, 2)).toBe(true);
    expect(isOwn(3, 3)).toBe(true);
  });

  test('what sits behind the same address block', () => {
    expect(isOwn(0, 1)).toBe(true);
    expect(isOwn(0, 2)).toBe(false);
  });

  test('no address is no address block', () => {
    expect(isOwn(3, 4)).toBe(false);
    expect(isOwn(3, 0)).toBe(false);
    expect(isOwn(0, 3)).toBe(false);
  });

  test('what was suspected before', () => {
    expect(isOwn(0, 2, now - 1)).toBe(true);
    expect(isOwn(0, 2, now + 1)).toBe(false);
  });
});

describe('the owner, of the prints that a newcomer was compared with', () => {
  const [HOME, HOME_TOO, CAFE, NOWHERE, NOWHERE_ELSE] = [0, 1, 2, 3, 4] as const;

  /** Index of the owner's print, when the newcomer was compared with `step`, and that with the mint. */
  const owner = (step: number, theirs: readonly number[], newcomer: number, points: readonly number[]): number => {
    const { prints: all } = prints();
    const mint = step === HOME ? CAFE : HOME;
    all[mint]!.notes = [mintNote(all[mint]!, 0, '')];
    all[step]!.notes = [{ ...mintNote(all[step]!, 0, ''), baseline: all[mint]!, points: theirs }];
    const note = { ...mintNote(all[newcomer]!, 0, ''), baseline: all[step]!, points };
    return all.indexOf(ownerOf(SETTINGS, all[newcomer]!, note));
  };

  test('is the first that deviates by nothing', () => {
    expect(owner(CAFE, [0, 0, 0], HOME, [20, 0, 0])).toBe(CAFE);
  });

  test('is one that is nearer to home than the newcomer, elsewhere', () => {
    expect(owner(CAFE, [20, 0, 0], HOME_TOO, [40, 0, 0])).toBe(CAFE);
    expect(owner(CAFE, [20, 0, 0], NOWHERE, [40, 0, 0])).toBe(CAFE);
  });

  test('is not one that is as far as the newcomer, or further', () => {
    expect(owner(CAFE, [20, 0, 0], HOME_TOO, [20, 0, 0])).toBe(HOME);
    expect(owner(CAFE, [40, 0, 0], HOME_TOO, [20, 0, 0])).toBe(HOME);
  });

  test('is not one behind the newcomer’s address block', () => {
    expect(owner(HOME_TOO, [20, 0, 0], HOME, [40, 0, 0])).toBe(HOME);
    expect(owner(HOME, [0, 20, 0], HOME_TOO, [0, 40, 0])).toBe(CAFE);
  });

  test('is one at home too, when the newcomer did not move', () => {
    expect(owner(CAFE, [0, 20, 0], HOME_TOO, [0, 40, 0])).toBe(CAFE);
    expect(owner(NOWHERE, [0, 20, 0], HOME_TOO, [0, 40, 0])).toBe(NOWHERE);
  });

  test('is one without an address, when the newcomer has none: that is no address block', () => {
    expect(owner(NOWHERE, [0, 20, 0], NOWHERE_ELSE, [0, 40, 0])).toBe(NOWHERE);
  });

  test('is found however the prints were compared with each other', () => {
    const { prints: all } = prints();
    const away = (print: Print, baseline: Print) => ({ ...mintNote(print, 0, ''), baseline, points: [20, 0, 0] });
    all[HOME]!.notes = [away(all[HOME]!, all[CAFE]!)];
    all[CAFE]!.notes = [away(all[CAFE]!, all[HOME]!)];
    expect([HOME, CAFE]).toContain(all.indexOf(ownerOf(SETTINGS, all[HOME_TOO]!, away(all[HOME_TOO]!, all[CAFE]!))));
  });
});
