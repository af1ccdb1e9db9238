/**
 * How a property is tested: with how many stories, and from which seed. A mutation run tells every story to every mutant, so it sets
 * PROPERTY_RUNS to a few and always tells the same ones; PROPERTY_FACTOR in the environment asks for a multiple of the usual. CI tells the seed and
 * the path of what fails and does not look for a smaller one, which may take an hour: whoever mends it does that.
 */
export function runs(usual: number): { numRuns: number; seed?: number; endOnFailure?: boolean } {
  const few = (globalThis as { PROPERTY_RUNS?: number }).PROPERTY_RUNS;
  if (few !== undefined) return { numRuns: Math.min(usual, few), seed: 20_260_302 };
  const factor = Number(process.env['PROPERTY_FACTOR'] ?? 1);
  const isCI = !['', 'false', undefined].includes(process.env['CI']);
  return { numRuns: usual * factor, ...(isCI ? { endOnFailure: true } : {}) };
}
