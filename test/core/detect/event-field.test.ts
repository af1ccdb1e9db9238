import { fieldProblem, fieldSpec, readerOf } from '../../../src/core/detect/event-field.js';
import { say } from '../../helpers/world.js';

test('a field has a kind, and words where they are all that it can be', () => {
  expect(fieldSpec('src_endpoint.asn')).toEqual({ kind: 'number', range: { least: 0, most: 4_294_967_295, isWhole: true } });
  expect(fieldSpec('actor.src_endpoint.lat')?.range).toEqual({ least: -90, most: 90, isWhole: false });
  expect(fieldSpec('time')?.range).toEqual({ least: 0, most: Number.MAX_SAFE_INTEGER, isWhole: true });
  expect(fieldSpec('actor.device.os')?.words).toContain('chromeos');
  expect(fieldSpec('status')).toEqual({ kind: 'text', words: expect.arrayContaining(['failure']) });
  expect(fieldSpec('details.forward_to')).toEqual({ kind: 'text' });
});

test.each(['src_ip', 'details.forwardto', 'details.', 'details.constructor', 'constructor', 'principal.toString'])(
  '%s is none',
  (field) => {
    expect(fieldSpec(field)).toBeUndefined();
  },
);

test('what is read is what stands there, and nothing where something on the way is absent', () => {
  const event = say({ at: 0, n: 1, details: { role: 'x' } });
  expect(readerOf('activity')(event)).toBe('session_use');
  expect(readerOf('session.uid')(event)).toBe('s1');
  expect(readerOf('details.role')(event)).toBe('x');
  expect(readerOf('details.app')(event)).toBeUndefined();
  expect(readerOf('tls.ja4')(event)).toBeUndefined();
});

test('a field that there is not says which was meant, never one of the other side', () => {
  expect(fieldProblem('asn')).toBe('an event has no field `asn`; perhaps src_endpoint.asn; docs/fields.md lists them');
  expect(fieldProblem('whatever')).toBe('an event has no field `whatever`; docs/fields.md lists them');
});
