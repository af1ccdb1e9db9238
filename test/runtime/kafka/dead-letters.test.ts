import { deadLetter } from '../../../src/runtime/kafka/dead-letter.js';
import { readLetters } from '../../../src/runtime/kafka/dead-letters.js';
import type { InRecord } from '../../../src/runtime/kafka/transport.js';
import { MemoryKafka } from '../../helpers/memory-kafka.js';

const RECORD: InRecord = { topic: 'okta', partition: 0, offset: 7, timestamp: 1, key: null, value: Buffer.from('{'), headers: {} };

test('a letter without a part of its original is stuck, and says which', async () => {
  const kafka = new MemoryKafka();
  kafka.topic('dead', 1);
  const put = (over: Partial<InRecord>) =>
    kafka.write([
      deadLetter({
        record: { ...RECORD, ...over },
        reason: 'invalid_json',
        stage: 'normalize',
        time: 1,
        to: { topic: 'dead', partition: 0 },
      }),
    ]);
  put({});
  put({ key: Buffer.alloc(3_000_000) });
  put({ key: Buffer.alloc(3_000_000), headers: { trace: Buffer.alloc(3_000_000) } });
  put({ value: Buffer.alloc(3_000_000) });
  put({ topic: 'payroll' });
  const transport = kafka.client();
  const letters = await readLetters({
    transport,
    admin: await transport.admin(),
    topic: 'dead',
    back_to: ['okta'],
    id: 'replay',
    signal: new AbortController().signal,
  });
  expect(letters.map(({ state, why }) => why ?? state)).toEqual([
    'waiting',
    'too long to be kept: key',
    'too long to be kept: key, headers',
    'only its beginning was kept',
    'its topic is none that the configuration reads',
  ]);
});
