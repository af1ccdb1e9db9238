import type { Device, Endpoint, Factor, FormFactor, Lane, SessionEvent, Travel, UserAgent } from '../event/index.js';

/** Logs that always name the device when there is one, so that its absence is evidence. */
const NAMES_ITS_DEVICE: ReadonlySet<string> = new Set(['entra/sign_in', 'entra/non_interactive_sign_in']);

/** Logs that always name the program when it names itself, so that its absence is evidence. */
const NAMES_ITS_CLIENT: ReadonlySet<string> = new Set(['entra/sign_in', 'okta/system_log']);

/** What stands where such a log should name a program and does not. */
export const NO_AGENT: UserAgent = Object.freeze({
  original: '',
  kind: 'unknown',
  family: undefined,
  major: undefined,
  os: undefined,
  form_factor: undefined,
});

/** What a judgement may compare; undefined is unknown and proves nothing. */
export interface Traits {
  /** public addresses only: a vendor's own or a private address says nothing about where the person is */
  endpoint: Endpoint | undefined;
  user_agent: UserAgent | undefined;
  /** a device id that the log observed; `none` when the log would have named one; undefined when it cannot tell */
  device_uid: string | undefined;
  device_os: string | undefined;
  cookie_uid: string | undefined;
  ja4: string | undefined;
}

/** One fingerprint inside a session: from which network, on what device and with what program it is used, in one lane. */
export interface Print extends Traits {
  lane: Lane;
  /** observations in the session's tail */
  held_count: number;
  /** observations that are no longer held one by one */
  folded_count: number;
  folded_first_time: number;
  folded_last: FoldedEvent | undefined;
  /** what each rule concluded when the print first appeared; index is the rule's place in the rule set */
  notes: (PrintNote | undefined)[];
}

/** Enough of an event for it to stand as evidence. */
export interface FoldedEvent {
  uid: string;
  time: number;
  vendor: string;
  action: string;
  endpoint: Endpoint | undefined;
}

/** A rule's memory of a print. Detectors define what is in it; the state only keeps it. */
export interface PrintNote {
  /** points of place and network, device, client; inherited along the chain of prints back to the mint */
  points: readonly number[];
  /** the event with which the print first appeared can no longer be re-ordered, and so the note stands */
  is_settled: boolean;
  /** judged as somebody else's: never a baseline */
  is_suspect: boolean;
  /** the event whose judgement made it so: no judgement of an earlier event may know of it */
  suspect_time: number;
  suspect_uid: string;
  /** suspected by an event that can no longer be re-ordered */
  was_suspect: boolean;
  /** what is known of the print, unknown traits taken from the print that it was compared with */
  known: Traits;
  /** why it is not quite the mint; empty for the mint and what equals it */
  factors: readonly Factor[];
  baseline: Print | undefined;
  /** the event with which it first appeared: prints have the order of the story, not of arrival */
  since_time: number;
  since_uid: string;
  travel: Travel | undefined;
}

/** Shared by all prints that no rule has judged: most sessions have one print and no notes. */
const NO_NOTES: (PrintNote | undefined)[] = [];

/** A note as it begins: nothing settled, nobody suspected. */
export function newNote(
  known: Traits,
  baseline: Print | undefined,
  since_time: number,
  since_uid: string,
  factors: readonly Factor[],
  points: readonly number[],
): PrintNote {
  return {
    points,
    is_settled: false,
    is_suspect: false,
    suspect_time: 0,
    suspect_uid: '',
    was_suspect: false,
    known,
    factors,
    baseline,
    since_time,
    since_uid,
    travel: undefined,
  };
}

/** Keeps a rule's note of a print. @param rule the rule's place in the rule set */
export function setNote(print: Print, rule: number, note: PrintNote): void {
  if (print.notes === NO_NOTES) print.notes = [];
  print.notes[rule] = note;
}

export function traitsOf(event: SessionEvent): Traits {
  const device = event.device;
  const source = event.source;
  return {
    endpoint: event.src_endpoint?.class === 'public' ? event.src_endpoint : undefined,
    user_agent:
      event.user_agent ?? (event.is_presence && NAMES_ITS_CLIENT.has(`${source.vendor}/${source.product}`) ? NO_AGENT : undefined),
    device_uid: observedDevice(device) ?? (NAMES_ITS_DEVICE.has(`${source.vendor}/${source.product}`) ? 'none' : undefined),
    device_os: device?.os,
    cookie_uid: device?.cookie_uid,
    ja4: event.tls?.ja4,
  };
}

/** A claimed id travels inside the token and comes along when that is stolen: it says nothing about the device. */
export function observedDevice(device: Device | undefined): string | undefined {
  return device?.evidence === 'observed' ? device.uid : undefined;
}

export function newPrint(lane: Lane, traits: Traits): Print {
  return {
    lane,
    endpoint: traits.endpoint,
    user_agent: traits.user_agent,
    device_uid: traits.device_uid,
    device_os: traits.device_os,
    cookie_uid: traits.cookie_uid,
    ja4: traits.ja4,
    held_count: 0,
    folded_count: 0,
    folded_first_time: 0,
    folded_last: undefined,
    notes: NO_NOTES,
  };
}

/** The same network prefix, program and device: one row of the session's table. */
export function samePrint(a: Traits, b: Traits): boolean {
  return (
    (a.endpoint === b.endpoint || (a.endpoint?.prefix === b.endpoint?.prefix && a.endpoint?.asn === b.endpoint?.asn)) &&
    sameAgent(a.user_agent, b.user_agent) &&
    a.device_uid === b.device_uid &&
    a.cookie_uid === b.cookie_uid &&
    a.ja4 === b.ja4 &&
    a.device_os === b.device_os
  );
}

function sameAgent(a: UserAgent | undefined, b: UserAgent | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return a.kind === b.kind && a.family === b.family && a.major === b.major && a.os === b.os && a.form_factor === b.form_factor;
}

/** Is it carried about, or does it stand on a desk? Undefined when the program does not say. */
export function isHandheld(form: FormFactor | undefined): boolean | undefined {
  if (form === 'mobile' || form === 'tablet') return true;
  return form === 'desktop' ? false : undefined;
}

/** A print that can be compared with nothing places nobody and is not kept. */
export function isBlank(traits: Traits): boolean {
  return (
    traits.endpoint === undefined &&
    (traits.user_agent === undefined || traits.user_agent === NO_AGENT) &&
    (traits.device_uid === undefined || traits.device_uid === 'none') &&
    traits.cookie_uid === undefined &&
    traits.ja4 === undefined
  );
}
