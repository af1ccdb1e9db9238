import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reach } from '../core/respond/reach.js';
import { type Problem, SessionvigilError } from '../errors.js';
import { PACKAGE_ROOT } from './package-root.js';
import { reasonOf } from './reason.js';
import { createChecker, type Schema } from './schema.js';
import { parseYaml } from './yaml-file.js';

const SHIPPED = join(PACKAGE_ROOT, 'data', 'vendor-reach.json');
const SCHEMA = join(PACKAGE_ROOT, 'schemas', 'vendor-reach.schema.json');

/** Reads the vendor reach table: checked whole, frozen, and trusted from here on. Fails with SV_DATA_INVALID and every mistake. */
export function loadReach(file: string = SHIPPED): Reach {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SessionvigilError('SV_DATA_INVALID', `${file} cannot be read: ${reasonOf(cause)}`, [], { cause });
  }
  // JSON is YAML, and the YAML reader knows where in the text each mistake stands
  const yaml = parseYaml(text, file);
  const checker = createChecker(JSON.parse(readFileSync(SCHEMA, 'utf8')) as Schema);
  const problems: Problem[] = yaml.problems.length > 0 ? yaml.problems : checker.check(yaml);
  if (problems.length > 0) throw new SessionvigilError('SV_DATA_INVALID', `${file} is no vendor reach table`, problems);
  const reach = yaml.value as Reach;
  const wrong = Object.entries(reach.vendors).flatMap(([name, vendor]) => {
    const found: Problem[] = [];
    const add = (key: string, message: string) =>
      found.push({ file, ...yaml.locate(['vendors', name, key]), path: `vendors.${name}.${key}`, message });
    if (vendor.identity_vendor !== undefined && !(vendor.identity_vendor in reach.vendors))
      add('identity_vendor', 'names a vendor that the table does not hold');
    if (vendor.user_uid !== undefined && !isRegExp(vendor.user_uid)) add('user_uid', 'is no regular expression');
    if (vendor.token_uid !== undefined && !isRegExp(vendor.token_uid)) add('token_uid', 'is no regular expression');
    for (const [action, { session_form, user_form }] of Object.entries(vendor.actions)) {
      for (const [key, form] of Object.entries({ session_form, user_form }))
        if (form !== undefined && !isRegExp(form)) add('actions', `${action}: ${key} "${form}" is no regular expression`);
    }
    return found;
  });
  if (wrong.length > 0) throw new SessionvigilError('SV_DATA_INVALID', `${file} is no vendor reach table`, wrong);
  return deepFreeze(reach);
}

function isRegExp(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
