import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadReach } from '../../../src/config/reach.js';
import type { RespondState } from '../../../src/core/event/index.js';
import type { DurableRespond } from '../../../src/core/pipeline.js';
import { createRespond } from '../../../src/core/respond/respond.js';
import { createRespondCodec } from '../../../src/runtime/store/respond-codec.js';
import { finding, MINUTE, T0 } from '../../core/respond/findings.js';

const schema = (name: string): unknown => JSON.parse(readFileSync(join(__dirname, '../../../schemas', name), 'utf8'));
const codec = createRespondCodec(schema('revocation_command.avsc'), schema('respond_state.avsc'));
const text = (value: unknown) => Buffer.from(JSON.stringify(value));

/** As version 1 wrote it: key and value of each record. Never made anew. */
const GOLDEN: [string, RespondState][] = JSON.parse(readFileSync(join(__dirname, 'respond-state-1.json'), 'utf8'));

function records(): { key: string; record: RespondState }[] {
  const respond = createRespond(loadReach(), { keeps_changes: true });
  respond.accept(finding());
  respond.accept(finding({ uid: 'f2', proposed: { action: 'step_up', scope: 'user' }, last_seen_time: T0 + MINUTE }));
  return [...respond.takeChanged()].flatMap(({ key, record }) => (record === undefined ? [] : { key, record }));
}

test('what is written is what is read, with the fields in the same order', () => {
  const all = records();
  expect(all).toHaveLength(2);
  for (const { key, record } of all) {
    const bytes = codec.encode(record);
    expect(codec.decode(key, bytes)).toEqual(record);
    expect(JSON.stringify(codec.decode(key, bytes))).toBe(JSON.stringify(record));
  }
});
function golden(): DurableRespond {
  const respond = createRespond(loadReach(), { keeps_changes: true });
  for (const [key, value] of GOLDEN) respond.restore(key, codec.decode(key, text(value)));
  respond.restored();
  return respond;
}

test('version 1 is read, and goes on', () => {
  const respond = golden();
  expect(respond.stats()).toMatchObject({ incidents: 1, seats: 1, open: 1 });
  const [cancel, ...more] = respond.accept(finding({ revision: 2, status: 'retracted' }));
  expect(cancel).toMatchObject({ action: 'cancel', supersedes: 'a1af0f10fc363e132337b70d81f08352' });
  expect(more).toMatchObject([{ action: 'step_up', finding_uid: 'f2', attempt: 1 }]);
});
test('version 1 is still what is written', () => {
  const respond = golden();
  // changes only who was touched last
  respond.accept(finding({ revision: 0 }));
  const wanted = GOLDEN.map(([key, { incident, clock, ...rest }]) => [
    key,
    { ...rest, clock: clock && { ...clock, serial: 5 }, incident: incident && { ...incident, serial: 4 } },
  ]);
  const written = [...respond.takeChanged()].map(({ key, record }) => [key, JSON.parse(Buffer.from(codec.encode(record!)).toString())]);
  expect(written).toEqual(wanted);
});
test('what an older release did not know it leaves alone', () => {
  const [{ key, record }] = records() as [{ key: string; record: RespondState }];
  const later = { ...record, incident: { ...record.incident, mode: 'auto' } };
  expect(codec.decode(key, text(later)).incident?.uid).toBe('i1');
});
test('a record of a newer version is refused, with both versions named', () => {
  const bytes = text({ schema_version: 2, whatever: true });
  expect(() => codec.decode('clock', bytes)).toThrow(
    expect.objectContaining({
      code: 'SV_STATE_VERSION',
      message: "respond's record clock is in version 2; this release reads up to 1",
    }),
  );
});
test.each<[string, Uint8Array, RegExp]>([
  ['no JSON', Buffer.from('{"schema_version":'), /clock cannot be read: no JSON$/],
  ['no text', Buffer.from([0xff, 0xfe]), /clock cannot be read: no JSON$/],
  ['no record', text(null), /clock cannot be read: the whole$/],
  ['no version', text({ clock: { time: 1, serial: 1 } }), /clock cannot be read: schema_version$/],
  ['a field of another kind', text({ schema_version: 1, clock: { time: 'now', serial: 1 } }), /clock cannot be read: clock/],
  ['a field missing', text({ schema_version: 1, clock: { time: 1 } }), /clock cannot be read: clock/],
])('%s is refused, and says where', (_, bytes, message) => {
  expect(() => codec.decode('clock', bytes)).toThrow(
    expect.objectContaining({ code: 'SV_STATE_DAMAGED', message: expect.stringMatching(message) }),
  );
});
