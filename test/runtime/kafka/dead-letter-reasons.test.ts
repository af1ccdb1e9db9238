import { REJECT_REASONS } from '../../../src/core/normalize/outcome.js';
import { DEAD_LETTER_REASONS, type DeadLetterReason } from '../../../src/runtime/kafka/dead-letter-reasons.js';
import type { UnreadableReason } from '../../../src/runtime/wire/stream-record.js';

test('every reason of normalize is one, in the same words', () => {
  expect(DEAD_LETTER_REASONS).toMatchObject(REJECT_REASONS);
});

test('every reason of the events topic is one', () => {
  const reasons: Record<UnreadableReason, DeadLetterReason> = {
    event_malformed: 'event_malformed',
    event_version_unknown: 'event_version_unknown',
    event_kind_unknown: 'event_kind_unknown',
  };
  for (const reason of Object.values(reasons)) expect(DEAD_LETTER_REASONS[reason]).toBeTruthy();
});

test('reasons are words, told in a sentence', () => {
  for (const [reason, when] of Object.entries(DEAD_LETTER_REASONS)) {
    expect(reason).toMatch(/^[a-z]+(_[a-z0-9]+)*$/);
    expect(when).toMatch(/^\S.*[^.\s]$/);
  }
});
