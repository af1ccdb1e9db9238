import type { EventStatus } from '../../../event/index.js';
import type { Raw } from '../../mapped.js';
import { clip, number, text } from '../../record.js';
import { BACKGROUND } from './salesforce-event-types.js';

const INTERRUPTED = /activation.?required|challenge.?(?:issued|pending)|two.?factor.?req|verification.?(?:required|pending)|mfa.?required/i;

export function rowStatus(row: Raw, type: string): EventStatus {
  const login = text(row['LOGIN_STATUS']);
  if (type === 'Login' && login !== undefined) {
    if (login === 'LOGIN_NO_ERROR' || /^success$/i.test(login)) return 'success';
    return INTERRUPTED.test(clip(login, 200)) ? 'interrupted' : 'failure';
  }
  if (/Failed$/.test(type)) return 'failure';
  const status = text(row['STATUS']) ?? text(row['OPERATION_STATUS']) ?? text(row['REQUEST_STATUS']);
  if (status !== undefined) {
    if (/^(?:s|success|r|completed?)$/i.test(status)) return 'success';
    if (/^(?:f|a|n|fail(?:ed|ure)?|error|denied|blocked)$/i.test(status)) return 'failure';
  }
  const code = number(row['STATUS_CODE']);
  if (code !== undefined) return code >= 400 ? 'failure' : 'success';
  if (text(row['SUCCESS']) === '0') return 'failure';
  return BACKGROUND.has(type) ? 'unknown' : 'success';
}

export function eventStatus(event: Raw, outcome: string | undefined): EventStatus {
  if (outcome === 'Block' || outcome === 'TwoFAFailed' || outcome === 'FailedInvalidPassword' || outcome === 'EndSession') return 'failure';
  if (outcome === 'TwoFAInitiated' || outcome === 'TwoFAInProgress') return 'interrupted';
  const status = text(event['Status']) ?? text(event['OperationStatus']);
  if (status === undefined || /^(?:success|succeeded|initiated)/i.test(status)) return 'success';
  return INTERRUPTED.test(clip(status, 200)) || /^(?:in ?progress|denied - retry)/i.test(status) ? 'interrupted' : 'failure';
}
