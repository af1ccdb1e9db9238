import type { Raw } from '../../mapped.js';
import { list, text, texts } from '../../record.js';

/** Reads what an event says under a name, whatever form the collector gave it: a plain value, a list, or an object for a message. */
export type ParameterReader = (name: string) => unknown;

const NONE: ParameterReader = () => undefined;

/** The forms in which Google writes the value of one parameter; a parameter has one of them. */
const FORMS = ['value', 'intValue', 'boolValue', 'multiValue', 'multiIntValue', 'messageValue', 'multiMessageValue'] as const;

function formOf(parameter: Raw): unknown {
  for (const form of FORMS) {
    const value = parameter[form];
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** @param parameters list of `{name, value | intValue | ...}` as the API writes it, or a map of names to values */
export function parameterReader(parameters: unknown): ParameterReader {
  if (parameters === undefined || parameters === null) return NONE;
  if (Array.isArray(parameters) || typeof parameters === 'string') {
    const entries = list(parameters) as readonly (Raw | null)[];
    return (name) => {
      for (const entry of entries) if (entry?.['name'] === name) return formOf(entry);
      return undefined;
    };
  }
  return typeof parameters === 'object' ? (name) => own(parameters as Raw, name) : NONE;
}

/** Letters that a table puts behind its columns to say their type. */
const COLUMN_TYPES = ['_s', '_g', '_b', '_d', '_t'] as const;

/** Parameters as columns of a table: `USER_EMAIL_s`. */
export function columnReader(record: Raw): ParameterReader {
  return (name) => {
    for (const type of COLUMN_TYPES) {
      const value = record[name + type];
      if (value !== undefined && value !== null && value !== '') return value;
    }
    return undefined;
  };
}

function own(map: Raw, name: string): unknown {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** A member of a message: `{parameter: [{name, value}]}` as the API writes it, or an object with its members by name. */
export function member(message: unknown, name: string): unknown {
  if (typeof message !== 'object' || message === null) return undefined;
  const parameter = (message as Raw)['parameter'];
  return parameterReader(Array.isArray(parameter) ? parameter : message)(name);
}

/** The texts of a parameter, which is one value in some collectors and a list in others. */
export function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return texts(value);
  // a list as text; what only begins like one is a text
  if (typeof value === 'string' && value.charCodeAt(0) === 91) {
    const found = list(value);
    if (found.length > 0) return texts(found);
  }
  const one = text(value);
  return one === undefined ? [] : [one];
}

/** The first text of a parameter. */
export function textOf(value: unknown): string | undefined {
  return Array.isArray(value) ? texts(value)[0] : text(value);
}
