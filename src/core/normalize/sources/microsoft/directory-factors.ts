import type { Raw } from '../../mapped.js';
import { clip, list, text } from '../../record.js';
import type { PropertyReader } from './directory-properties.js';

/** What was done to a person's factors. */
export interface FactorChange {
  /** `required` is that a second factor is asked for, not that one was added */
  change: 'added' | 'removed' | 'reset' | 'changed' | 'default' | 'required' | 'bypassed';
  factor: string | undefined;
}

/** Numbers of `MethodType` as the directory writes them. */
const METHODS = [
  'TwoWayVoiceMobile',
  'TwoWaySms',
  'TwoWayVoiceOffice',
  'TwoWayVoiceOtherMobile',
  'TwoWaySmsOtherMobile',
  'OneWaySms',
  'PhoneAppNotification',
  'PhoneAppOTP',
];

/**
 * What a directory operation that touches factors did. Registrations say it in their name and, in words for people, in the reason
 * (`User registered Mobile Phone SMS`); updates of a user only in the list of methods before and after.
 * @param action cleaned
 */
export function factorChange(action: string, changed: PropertyReader, reason: string | undefined): FactorChange {
  const name = action.toLowerCase();
  if (name === 'update user') return ofUser(changed);
  const factor = inName(name) ?? inReason(reason);
  if (name.includes('default security info')) return { change: 'default', factor };
  if (name.startsWith('delete all')) return { change: 'reset', factor: undefined };
  if (name.startsWith('bypass')) return { change: 'bypassed', factor: undefined };
  if (name.startsWith('update ')) return { change: 'changed', factor: undefined };
  if (name.startsWith('enable strong')) return { change: 'required', factor: undefined };
  if (/^(delete|remove|disable)\b|^(user|admin) deleted\b/.test(name)) return { change: 'removed', factor };
  if (name.includes(' updated ')) return { change: 'changed', factor };
  return { change: 'added', factor };
}

/** `Add FIDO2 security key` names the factor itself. */
function inName(name: string): string | undefined {
  const named = /^(?:add|delete|register|set user|remove users) (?!all )(.+)$/.exec(name)?.[1];
  return named?.replace(/ \(s\)$|\(s\)$/, '');
}

const TOLD = /^(?:user|admin|an admin)\s+(?:successfully\s+)?(?:registered|deleted|updated|changed)\s+(?:the\s+|an?\s+)?(.+)$/i;

function inReason(reason: string | undefined): string | undefined {
  const told = reason === undefined ? undefined : TOLD.exec(clip(reason, 200))?.[1];
  return told === undefined || /security info/i.test(told) ? undefined : told.replace(/ method for user\.?$|\.$/i, '');
}

function ofUser(changed: PropertyReader): FactorChange {
  const [before, after] = [
    methodsOf(changed('StrongAuthenticationMethod', 'old')),
    methodsOf(changed('StrongAuthenticationMethod', 'new')),
  ];
  const added = missingFrom(before.all, after.all);
  if (added.length > 0) return { change: 'added', factor: added.join(' ') };
  const removed = missingFrom(after.all, before.all);
  if (removed.length > 0) return { change: 'removed', factor: removed.join(' ') };
  if (before.preferred !== after.preferred) return { change: 'default', factor: after.preferred };
  if (changed('StrongAuthenticationRequirement') !== undefined) {
    return { change: changed('StrongAuthenticationRequirement', 'new') === undefined ? 'removed' : 'required', factor: undefined };
  }
  // the numbers themselves are nobody's business
  if (changed('StrongAuthenticationUserDetails') !== undefined) {
    return { change: changed('StrongAuthenticationUserDetails', 'old') === undefined ? 'added' : 'changed', factor: 'phone' };
  }
  return { change: 'changed', factor: undefined };
}

function methodsOf(value: string | undefined): { all: string[]; preferred: string | undefined } {
  const all: string[] = [];
  let preferred: string | undefined;
  for (const entry of list(value)) {
    const type = text((entry as Raw | null)?.['MethodType']);
    if (type === undefined) continue;
    const name = METHODS[Number(type)] ?? type;
    all.push(name);
    if ((entry as Raw)['Default'] === true) preferred = name;
  }
  return { all, preferred };
}

/** What is in the second list more often than in the first: a second telephone is a factor, too. */
function missingFrom(first: readonly string[], second: readonly string[]): string[] {
  const left = [...first];
  return second.filter((name) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
