import { harden, mend } from '../../../../src/runtime/kafka/client/harden.js';
import { internals } from '../../../../src/runtime/kafka/client/internals.js';

const NAMES = [
  'timer of the request queue',
  'connection on which a request timed out',
  'half an answer of a connection that broke',
  'connections of a client that is closed',
  'connection of which the authentication failed',
  'broker that connects and answers nothing',
  'metadata of a partition without a leader',
  'reading of fetched records',
];

test('every defect is in the installed kafkajs, and gone afterwards; the second time nothing is done', async () => {
  const first = harden();
  expect(await first).toEqual(NAMES.map((patch) => ({ patch, outcome: 'applied' })));
  const { scheduleCheckPendingRequests } = internals().RequestQueue.prototype;
  expect(harden()).toBe(first);
  expect(await harden({ most_unpacked: 1024 * 1024 })).toEqual(NAMES.map((patch) => ({ patch, outcome: 'absent' })));
  expect(internals().RequestQueue.prototype['scheduleCheckPendingRequests']).toBe(scheduleCheckPendingRequests);
});

test('a kafkajs without the defect is left alone', async () => {
  const apply = jest.fn();
  expect(await mend({ name: 'x', hasDefect: () => false, apply })).toBe('absent');
  expect(apply).not.toHaveBeenCalled();
});

test('a cure that does not help is an error', async () => {
  await expect(mend({ name: 'x', hasDefect: () => true, apply() {} })).rejects.toMatchObject({
    code: 'SV_KAFKA_CLIENT',
    message: `kafkajs ${internals().version} cannot be mended (x): it is still there after it was mended`,
  });
});

test('a kafkajs that is built differently is an error, and nothing is put into it', async () => {
  const apply = jest.fn();
  const hasDefect = () => {
    throw new Error('there is no joinAndSync');
  };
  await expect(mend({ name: 'x', hasDefect, apply })).rejects.toMatchObject({ code: 'SV_KAFKA_CLIENT' });
  expect(apply).not.toHaveBeenCalled();
});
