import type { EventStatus } from '../../../event/index.js';

/**
 * Sign-in error numbers that are a prompt in the middle of a sign-in and no failure: the person is asked for something and goes on.
 * Counting them as failures would read every second factor as an attack. A session or grant that was ended under somebody (50132, 50133,
 * 50173) is no prompt: what is refused there may be a stolen token.
 */
const INTERRUPTS: ReadonlySet<number> = new Set([
  16000, // several accounts or an interaction needed
  16001, // account picked is not valid here
  16002, // session picked is not valid here
  16003, // account not in this directory: choose another
  17003, // device key is being provisioned
  50055, // password expired, must be changed
  50058, // silent sign-in without a session: ask
  50072, // must enrol a second factor
  50074, // second factor required
  50076, // second factor required by policy or place
  50078, // second factor has expired
  50079, // must enrol a second factor
  50097, // device must authenticate
  50125, // password reset or registration prompt
  50127, // broker app to be installed
  50129, // device to be joined
  50135, // password must be changed: account at risk
  50136, // redirected to a personal account session
  50140, // keep me signed in?
  50142, // password must be changed by policy
  50143, // session of another account
  50144, // password of the local directory expired
  50158, // challenge by another provider
  50168, // browser extension for device sign-in needed
  50180, // integrated Windows sign-in missing
  50187, // device information missing
  50199, // confirm which app you sign in to
  51006, // sign in afresh: too weak so far
  65001, // consent needed
  70043, // sign-in frequency: ask again
  70044, // session expired by policy: ask again
  70046, // session expired or not valid after a policy change
  81010, // seamless sign-on: ticket not valid
  81011, // seamless sign-on: user not found
  81012, // seamless sign-on: another user
  81013, // seamless sign-on: user not found
  81014, // seamless sign-on: token not valid
  90094, // administrator has to consent
  90095, // administrator consent requested
  399218, // keep me signed in, newer form
  399284, // inbound token without the expected claim: ask again
  502031, // sign-in frequency check
  9002341, // single sign-on to be permitted
]);

/** @param code error number; 0 is a success */
export function entraStatus(code: number): EventStatus {
  if (code === 0) return 'success';
  return INTERRUPTS.has(code) ? 'interrupted' : 'failure';
}
