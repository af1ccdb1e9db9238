/** Why a record made no event. Words of a closed set: they are metric labels and stand in docs/outcomes.md (a test compares them). */

/** Not an event, and rightly so. */
export const DROP_REASONS = {
  blank: 'the line is empty',
  empty_batch: 'an envelope without records',
  no_subject: 'the record names neither a principal nor an address',
  not_an_audit_record: 'recognised, but of a kind that places or changes nobody (for example a message trace)',
} as const;
export type DropReason = keyof typeof DROP_REASONS;

/** Could not be read: goes to the rejected file or, on Kafka, to the dead letters with its original bytes. */
export const REJECT_REASONS = {
  invalid_json: 'the line is not JSON',
  invalid_utf8: 'the line is not UTF-8',
  not_an_object: 'JSON, but not an object',
  too_large: 'longer than the record limit',
  too_deep: 'nested deeper than 200 levels',
  unknown_source: 'no vendor recognises the record',
  wrong_source: 'the named vendor does not recognise the record',
  time_missing: 'no readable time',
  time_out_of_range: 'a time before 2000 or in the future',
  defect: 'a step of the program failed on it; please report it',
} as const;
export type RejectReason = keyof typeof REJECT_REASONS;

/** Could it not be read, or did it rightly make no event? */
export function isRejection(reason: DropReason | RejectReason): reason is RejectReason {
  return Object.hasOwn(REJECT_REASONS, reason);
}
