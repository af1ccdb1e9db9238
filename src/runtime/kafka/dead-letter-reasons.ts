import { REJECT_REASONS } from '../../core/normalize/outcome.js';

/** Why a record is among the dead letters: those of normalize, and those of the way there. Words of a closed set: they are metric labels. */
export const DEAD_LETTER_REASONS = {
  ...REJECT_REASONS,
  empty_value: 'a record without a value: nothing to read, and no topic of logs is compacted',
  batch_undecodable: 'the batch that the record came in is damaged, or packed in a way that cannot be unpacked',
  not_confluent_framed: 'not a zero byte and the id of a schema in front, as the source is set to have',
  schema_by_guid: 'names its schema by a GUID, which this version does not look up',
  schema_unknown: 'the registry does not have the schema of this id',
  schema_unsupported: 'the registry has the schema, but it is not Avro, or not one that can be read',
  avro_malformed: 'the bytes are not what their schema says, or nest or repeat beyond all bounds',
  event_malformed: 'an event that our own normalize wrote and that arrived damaged',
  event_version_unknown: 'an event in a layout of a newer version of the program',
  event_kind_unknown: 'a record of a kind that a newer version of the program writes',
  event_ahead_of_arrival: 'an event more than 10 minutes ahead of its own arrival',
  source_recreated:
    'an event of a raw record that stands where another stood and came later: the raw topic was made anew under the same generation of its source',
  tick_ahead: 'a tick more than 10 minutes ahead of its own arrival',
  detector_failed: 'a detector failed on it; please report it',
} as const;
export type DeadLetterReason = keyof typeof DEAD_LETTER_REASONS;
