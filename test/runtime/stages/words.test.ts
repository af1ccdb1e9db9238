import fc from 'fast-check';
import { isWordsKey, readWords, wordsRecords } from '../../../src/runtime/stages/words.js';
import { runs } from '../../helpers/runs.js';

test('words come back in order, each once, however many', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 900 }), fc.nat(70_000), (words, first) => {
      const records = wordsRecords('changelog', 3, { first, words });
      const keys = records.map(({ key }) => String(key));
      expect(new Set(keys).size).toBe(keys.length);
      const read: string[] = [];
      for (const { topic, partition, key, value } of records) {
        expect([topic, partition, isWordsKey(key as Buffer)]).toEqual(['changelog', 3, true]);
        const part = readWords(value!, 'changelog');
        expect(part.first).toBe(first + read.length);
        read.push(...part.words);
      }
      expect(read).toEqual(words);
    }),
    runs(100),
  );
});

test('no other key of a changelog is one of words', () => {
  for (const key of ['\u0000position', '\u0000marker', '\u0000words/', 'words/1', 'default/words/1'])
    expect(isWordsKey(Buffer.from(key))).toBe(false);
});

test.each(['{"format":2,"first":0,"words":[]}', '{"format":1,"first":"0","words":[]}', '{"format":1,"first":0}'])(
  'of another version: %s',
  (text) => {
    expect(() => readWords(Buffer.from(text), 'changelog')).toThrow(expect.objectContaining({ code: 'SV_KAFKA_STATE_VERSION' }));
  },
);
