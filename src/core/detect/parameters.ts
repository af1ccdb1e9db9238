/** A parameter that a rule may set. Durations are milliseconds in code and `30m`, `8h`, `7d` in YAML. */
export interface ParameterSpec {
  kind: 'duration' | 'integer' | 'number' | 'points' | 'boolean' | 'string' | 'strings';
  default: number | boolean | string | readonly string[];
  min?: number;
  max?: number;
  doc: string;
}
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;
export type Parameters = Readonly<Record<string, number | boolean | string | readonly string[]>>;

/** The rule's values over the detector's defaults; frozen, read once when rules are loaded. */
export function resolve(specs: ParameterSpecs, given: Parameters): Parameters {
  const values: Record<string, number | boolean | string | readonly string[]> = {};
  for (const [name, spec] of Object.entries(specs)) values[name] = given[name] ?? spec.default;
  return Object.freeze(values);
}

export function numberOf(parameters: Parameters, name: string): number {
  const value = parameters[name];
  if (typeof value !== 'number') throw new Error(`parameter ${name} is not a number`);
  return value;
}

export function stringsOf(parameters: Parameters, name: string): ReadonlySet<string> {
  const value = parameters[name];
  if (!Array.isArray(value)) throw new Error(`parameter ${name} is not a list`);
  return new Set(value as string[]);
}
