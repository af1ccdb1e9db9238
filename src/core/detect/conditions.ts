import { parseAddress } from '../enrich/address.js';
import { PrefixTable, parsePrefix } from '../enrich/prefixes.js';
import { ACTIVITY, type Activity, type SessionEvent } from '../event/index.js';
import { allFields, type FieldSpec, fieldProblem, fieldSpec, isAddressField, type NumberRange, readerOf } from './event-field.js';

/**
 * Conditions on one event, as a rule writes them: field paths with what is asked of the field, all of which must hold. `any`, `all` and `none`
 * take lists of conditions.
 */
export type Conditions = Readonly<Record<string, unknown>>;

/** What is wrong with a condition, where, and what would be right. */
export interface ConditionProblem {
  /** keys and places from the top of the conditions */
  path: readonly (string | number)[];
  /** the key itself is wrong, or what stands there */
  of: 'key' | 'value';
  message: string;
  /** what was written, and what may have been meant */
  meant?: { word: string; known: readonly string[] };
}

export interface CompiledConditions {
  /** means nothing when there are problems */
  test: EventTest;
  /** no event of another activity fulfils them; undefined: any may */
  activities: ReadonlySet<Activity> | undefined;
  problems: readonly ConditionProblem[];
}

export type EventTest = (event: SessionEvent) => boolean;
type ValueTest = (value: string | number | boolean) => boolean;
type Scalar = string | number | boolean;

/** Conditions nest no deeper; nobody could read more. */
const MAX_NESTING = 8;

const GROUPS = ['all', 'any', 'none'] as const;
type Group = (typeof GROUPS)[number];

/** What may be asked of a field beside being equal to a value or to one of a list. */
export const OPERATORS = {
  is: 'equal to the value, or to one of the list',
  not: 'the opposite of a value, a list or another question; true when the field is absent',
  contains: 'the text holds it',
  starts_with: 'the text begins with it',
  ends_with: 'the text ends with it',
  like: 'the whole text, where * stands for any characters and ? for one',
  cidr: 'the address lies in the network',
  above: 'the number is greater',
  below: 'the number is less',
  at_least: 'the number is not less',
  at_most: 'the number is not greater',
  exists: 'true: the field is there; false: it is absent',
} as const;

/** Compiles conditions once, when rules are loaded. Texts are compared without regard to case, since vendors spell one thing in several ways. */
export function compileConditions(conditions: unknown): CompiledConditions {
  const problems: ConditionProblem[] = [];
  const test = compileAll(conditions, [], problems);
  return { test, activities: problems.length > 0 ? undefined : activitiesOf(conditions as Conditions), problems };
}

/** What the condition on `activity` at the top lets through: a rule that has one costs nothing on all other events. */
function activitiesOf({ activity: asked }: Conditions): ReadonlySet<Activity> | undefined {
  if (asked === undefined) return undefined;
  const test = compileQuestion(asked, { ...fieldSpec('activity')!, isAddress: false }, [], []);
  return new Set(ACTIVITY.filter((activity) => test(activity)));
}

function compileAll(conditions: unknown, path: readonly (string | number)[], problems: ConditionProblem[]): EventTest {
  const wrong = (message: string): EventTest => {
    problems.push({ path, of: 'value', message });
    return () => false;
  };
  if (typeof conditions !== 'object' || conditions === null || Array.isArray(conditions))
    return wrong('write field paths with what is asked of each, such as `activity: inbox_rule`');
  if (path.length > 2 * MAX_NESTING) return wrong(`conditions nest at most ${MAX_NESTING} deep`);
  const entries = Object.entries(conditions);
  if (entries.length === 0) return wrong('a condition asks for at least one field');
  const tests = entries.map(([key, asked]) => {
    const place = [...path, key];
    return isGroup(key) ? compileGroup(key, asked, place, problems) : compileField(key, asked, place, problems);
  });
  return tests.length === 1 ? tests[0]! : (event) => tests.every((test) => test(event));
}

function isGroup(key: string): key is Group {
  return (GROUPS as readonly string[]).includes(key);
}

function compileGroup(group: Group, asked: unknown, path: readonly (string | number)[], problems: ConditionProblem[]): EventTest {
  if (!Array.isArray(asked) || asked.length === 0) {
    problems.push({ path, of: 'value', message: `\`${group}\` takes a list of conditions` });
    return () => false;
  }
  const tests = asked.map((inner, i) => compileAll(inner, [...path, i], problems));
  if (group === 'all') return (event) => tests.every((test) => test(event));
  if (group === 'any') return (event) => tests.some((test) => test(event));
  return (event) => !tests.some((test) => test(event));
}

function compileField(field: string, asked: unknown, path: readonly (string | number)[], problems: ConditionProblem[]): EventTest {
  const spec = fieldSpec(field);
  if (spec === undefined) {
    problems.push({ path, of: 'key', message: fieldProblem(field), meant: { word: field, known: allFields() } });
    return () => false;
  }
  const read = readerOf(field);
  const test = compileQuestion(asked, { ...spec, isAddress: isAddressField(field) }, path, problems);
  return (event) => test(read(event));
}

type FieldTest = (value: unknown) => boolean;
/** What a field can hold. */
type Asked = FieldSpec & { isAddress: boolean };

function compileQuestion(asked: unknown, spec: Asked, path: readonly (string | number)[], problems: ConditionProblem[]): FieldTest {
  if (typeof asked !== 'object' || asked === null || Array.isArray(asked)) return anyValue(equalTo(asked, spec, path, problems));
  const entries = Object.entries(asked);
  if (entries.length === 0)
    problems.push({ path, of: 'value', message: `ask something of the field: ${Object.keys(OPERATORS).join(', ')}` });
  const tests = entries.map(([operator, value]) => compileOperator(operator, value, spec, [...path, operator], problems));
  const never = neverTogether(asked as Conditions, spec);
  if (never !== undefined) problems.push({ path, of: 'value', message: never });
  return (value) => tests.every((test) => test(value));
}

/** What each question asks may be there, and all of it together never. */
function neverTogether(asked: Conditions, { range, kind }: Asked): string | undefined {
  const other = Object.keys(asked).find((operator) => operator !== 'exists' && operator !== 'not');
  if (asked['exists'] === false && other !== undefined) return `a field that is absent answers nothing to \`${other}\``;
  const bounds = Object.entries(asked).filter((bound): bound is [Bound, number] => isBound(bound[0]) && typeof bound[1] === 'number');
  if (range === undefined || kind !== 'number' || bounds.length === 0) return undefined;
  let { least, most } = range;
  for (const [operator, value] of bounds) {
    if (operator === 'above') least = Math.max(least, range.isWhole ? Math.floor(value) + 1 : value);
    else if (operator === 'at_least') least = Math.max(least, range.isWhole ? Math.ceil(value) : value);
    else if (operator === 'below') most = Math.min(most, range.isWhole ? Math.ceil(value) - 1 : value);
    else most = Math.min(most, range.isWhole ? Math.floor(value) : value);
  }
  if (least < most || (least === most && bounds.every(([operator, value]) => numberTest(operator, value)(least)))) return undefined;
  const said = bounds.map(([operator, value]) => `${operator.replace('_', ' ')} ${value}`).join(' and ');
  return `no value of this field is ${said}; it holds ${rangeText(range)}`;
}

type Bound = 'above' | 'below' | 'at_least' | 'at_most';

function isBound(operator: string): operator is Bound {
  return operator === 'above' || operator === 'below' || operator === 'at_least' || operator === 'at_most';
}

function rangeText({ least, most, isWhole }: NumberRange): string {
  return `${isWhole ? 'whole ' : ''}numbers from ${least}${most === Number.MAX_SAFE_INTEGER ? ' on' : ` to ${most}`}`;
}

function compileOperator(
  operator: string,
  asked: unknown,
  spec: Asked,
  path: readonly (string | number)[],
  problems: ConditionProblem[],
): FieldTest {
  const wrong = (message: string, of: 'key' | 'value' = 'value'): FieldTest => {
    problems.push({ path, of, message });
    return () => false;
  };
  switch (operator) {
    case 'is':
      return anyValue(equalTo(asked, spec, path, problems));
    case 'not': {
      const test = compileQuestion(asked, spec, path, problems);
      return (value) => !test(value);
    }
    case 'exists':
      if (typeof asked !== 'boolean') return wrong('`exists` is true or false');
      return (value) => (value !== undefined) === asked;
    case 'contains':
    case 'starts_with':
    case 'ends_with':
    case 'like': {
      if (spec.kind !== 'text' && spec.kind !== 'texts')
        return wrong(`\`${operator}\` is asked of texts; this field holds ${KINDS[spec.kind]}`, 'key');
      const texts = listOf(asked);
      if (texts === undefined || texts.length === 0 || !texts.every((text) => typeof text === 'string' && text !== ''))
        return wrong(`\`${operator}\` takes a text or a list of texts, none of them empty`);
      const tests = texts.map((text) => textTest(operator, String(text).toLowerCase()));
      const { words } = spec;
      if (words !== undefined) {
        for (const [i, test] of tests.entries()) {
          if (words.some((word) => test(word.toLowerCase()))) continue;
          const message = `no value of this field fits ${JSON.stringify(texts[i])}${listed(words)}`;
          problems.push({ path: placeOf(path, asked, i), of: 'value', message });
        }
      }
      return anyValue((value) => typeof value === 'string' && tests.some((test) => test(value.toLowerCase())));
    }
    case 'cidr': {
      if (!spec.isAddress) return wrong('`cidr` is asked of an address such as src_endpoint.ip', 'key');
      const texts = listOf(asked);
      const prefixes = texts?.map((text) => (typeof text === 'string' ? parsePrefix(text) : undefined));
      if (prefixes === undefined || prefixes.length === 0 || prefixes.includes(undefined))
        return wrong('`cidr` takes networks such as 192.0.2.0/24 or 2001:db8::/32');
      const table = new PrefixTable<true>(prefixes.map((prefix) => [prefix!, true] as const));
      return anyValue((value) => typeof value === 'string' && table.find(parseAddress(value).words) !== undefined);
    }
    case 'above':
    case 'below':
    case 'at_least':
    case 'at_most': {
      if (spec.kind !== 'number') return wrong(`\`${operator}\` is asked of numbers; this field holds ${KINDS[spec.kind]}`, 'key');
      if (typeof asked !== 'number' || !Number.isFinite(asked)) return wrong(`\`${operator}\` takes a number`);
      return anyValue(numberTest(operator, asked));
    }
    default:
      return wrong(`there is no question \`${operator}\`; ask one of ${Object.keys(OPERATORS).join(', ')}`, 'key');
  }
}

const KINDS: Readonly<Record<FieldSpec['kind'], string>> = {
  text: 'a text',
  texts: 'a list of texts',
  number: 'a number',
  flag: 'true or false',
  map: 'texts by name',
};

function textTest(operator: 'contains' | 'starts_with' | 'ends_with' | 'like', text: string): (value: string) => boolean {
  if (operator === 'contains') return (value) => value.includes(text);
  if (operator === 'starts_with') return (value) => value.startsWith(text);
  if (operator === 'ends_with') return (value) => value.endsWith(text);
  return (value) => isLike(value, text);
}

/** Wildcards by two fingers: at worst the product of both lengths, both of which are bounded, and never more. */
export function isLike(text: string, pattern: string): boolean {
  let t = 0;
  let p = 0;
  let star = -1;
  let from = 0;
  while (t < text.length) {
    if (p < pattern.length && pattern[p] !== '*' && (pattern[p] === '?' || pattern[p] === text[t])) {
      t++;
      p++;
    } else if (pattern[p] === '*') {
      star = p++;
      from = t;
    } else if (star >= 0) {
      p = star + 1;
      t = ++from;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

function numberTest(operator: Bound, asked: number): ValueTest {
  if (operator === 'above') return (value) => typeof value === 'number' && value > asked;
  if (operator === 'below') return (value) => typeof value === 'number' && value < asked;
  if (operator === 'at_least') return (value) => typeof value === 'number' && value >= asked;
  return (value) => typeof value === 'number' && value <= asked;
}

function equalTo(asked: unknown, spec: Asked, path: readonly (string | number)[], problems: ConditionProblem[]): ValueTest {
  const wrong = (message: string): ValueTest => {
    problems.push({ path, of: 'value', message });
    return () => false;
  };
  const values = listOf(asked);
  if (values === undefined || values.length === 0) return wrong('write a value, or a list of values of which one must be there');
  const type = spec.kind === 'number' ? 'number' : spec.kind === 'flag' ? 'boolean' : 'string';
  if (spec.kind === 'map') return wrong('name one of its texts, such as details.role');
  for (const [i, value] of values.entries()) {
    const problem =
      typeof value === type ? neverThere(value as Scalar, spec) : { message: `${JSON.stringify(value)} is not ${KINDS[spec.kind]}` };
    if (problem !== undefined) problems.push({ path: placeOf(path, asked, i), of: 'value', ...problem });
  }
  const { words } = spec;
  if (words !== undefined) {
    // words of a vocabulary have one spelling in events: it is folded here, once, and not there
    const set = new Set<Scalar>(values.map((value) => wordOf(String(value), words) ?? String(value)));
    return (value) => set.has(value);
  }
  if (type !== 'string') {
    const set = new Set<Scalar>(values as Scalar[]);
    return (value) => set.has(value);
  }
  const texts = new Set(values.map((value) => String(value).toLowerCase()));
  return (value) => typeof value === 'string' && texts.has(value.toLowerCase());
}

/** The word of a vocabulary that was written, however its letters are. */
function wordOf(written: string, words: readonly string[]): string | undefined {
  if (words.includes(written)) return written;
  const lower = written.toLowerCase();
  return words.find((word) => word.toLowerCase() === lower);
}

/** Why a value of the right kind cannot stand in a field. */
function neverThere(
  value: Scalar,
  { words, isAddress, range, wordMeant, wordsAre }: Asked,
): Pick<ConditionProblem, 'message' | 'meant'> | undefined {
  const never = `${JSON.stringify(value)} is never there`;
  if (typeof value === 'number') {
    if (range === undefined || (value >= range.least && value <= range.most && (!range.isWhole || Number.isInteger(value))))
      return undefined;
    return { message: `${never}; the field holds ${rangeText(range)}` };
  }
  if (value === '') return { message: `${never}: what is empty is absent; ask \`exists: false\`` };
  if (words !== undefined && wordOf(String(value), words) === undefined) {
    const what = wordsAre === undefined ? listed(words) : `: it is no ${wordsAre}`;
    const meant = wordMeant?.(String(value));
    if (meant !== undefined) return { message: `${never}${what}; did you mean "${meant}"?` };
    return { message: `${never}${what}`, ...(wordsAre === undefined ? { meant: { word: String(value), known: words } } : {}) };
  }
  if (!isAddress) return undefined;
  const { ip } = parseAddress(String(value));
  if (ip === undefined) return { message: `${never}: it is no address; of a network ask \`cidr\`` };
  return ip === String(value).toLowerCase() ? undefined : { message: `${never}: addresses stand in their shortest form, here "${ip}"` };
}

/** More words than these say nothing to a reader. */
const WORDS_SHOWN = 30;

function listed(words: readonly string[]): string {
  return words.length > WORDS_SHOWN ? `; it is one of ${words.length} such as ${words[0]}` : `; it is one of ${words.join(', ')}`;
}

/** Where the one of a list, or the only value, stands. */
function placeOf(path: readonly (string | number)[], asked: unknown, i: number): readonly (string | number)[] {
  return Array.isArray(asked) ? [...path, i] : path;
}

/** Of a list of texts one is enough; an absent field answers nothing. */
function anyValue(test: ValueTest): FieldTest {
  return (value) => {
    if (Array.isArray(value)) return value.some((one) => test(one as string));
    return value !== undefined && test(value as Scalar);
  };
}

function listOf(asked: unknown): readonly unknown[] | undefined {
  if (Array.isArray(asked)) return asked;
  return typeof asked === 'object' ? undefined : [asked];
}
