/**
 * How a property is tested: with how many stories, and from which seed. A mutation run tells every story to every mutant, so it sets
 * PROPERTY_RUNS to a few and always tells the same ones; PROPERTY_FACTOR in the environment asks for a multiple of the usual.
 */
export function runs(usual: number): { numRuns: number; seed?: number } {
  const few = (globalThis as { PROPERTY_RUNS?: number }).PROPERTY_RUNS;
  if (few !== undefined) return { numRuns: Math.min(usual, few), seed: 20_260_302 };
  const factor = Number(process.env['PROPERTY_FACTOR'] ?? 1);
  return { numRuns: usual * factor };
}
