import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readerOf } from '../../../src/runtime/kafka/registry/foreign.js';
import { encodeJson, openOutputSchema } from '../../../src/runtime/wire/output.js';
import { aCommand, aFinding } from '../../output/a-finding.js';

const schema = (name: string): unknown => JSON.parse(readFileSync(join(__dirname, '../../../schemas', name), 'utf8'));

test('a finding as JSON', () => {
  const one = aFinding();
  expect(JSON.parse(encodeJson(one).toString())).toEqual(JSON.parse(JSON.stringify(one)));
});

test('a finding as Avro with the id in front, read with what was registered', () => {
  const { schema: registered, framed } = openOutputSchema([schema('finding.avsc')]);
  const one = aFinding();
  const bytes = framed(258)(one);
  expect([...bytes.subarray(0, 5)]).toEqual([0, 0, 0, 1, 2]);
  const read = readerOf(JSON.parse(JSON.stringify(registered)));
  expect(read(bytes.subarray(5))).toEqual(JSON.parse(JSON.stringify(one)));
});

test('a command as Avro; its schema stands alone', () => {
  const { schema: registered, framed } = openOutputSchema([schema('revocation_command.avsc')]);
  const one = aCommand();
  expect(readerOf(JSON.parse(JSON.stringify(registered)))(framed(1)(one).subarray(5))).toEqual(JSON.parse(JSON.stringify(one)));
  expect(JSON.stringify(registered)).toContain('"name":"io.sessionvigil.RevocationCommand"');
});

test('what is no finding is not written', () => {
  const { framed } = openOutputSchema([schema('finding.avsc')]);
  expect(() => framed(1)({ uid: 'x' })).toThrow();
});
