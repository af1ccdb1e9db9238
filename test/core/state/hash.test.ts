import { hash53 } from '../../../src/core/state/hash.js';

describe('hash53', () => {
  // values of the published algorithm (cyrb53 with seed 0)
  test.each([
    ['a', 7929297801672961],
    ['b', 8684336938537663],
    ['revenge', 4051478007546757],
    ['revenue', 8309097637345594],
  ])('%s', (text, hash) => {
    expect(hash53(text)).toBe(hash);
  });

  test('fits a double exactly', () => {
    for (let i = 0; i < 2000; i++) expect(Number.isSafeInteger(hash53(`entra:t:${i}`))).toBe(true);
  });

  test('tells ids apart', () => {
    const hashes = new Set(Array.from({ length: 20_000 }, (_, i) => hash53(`entra:t:${i}`)));
    expect(hashes.size).toBe(20_000);
  });
});
