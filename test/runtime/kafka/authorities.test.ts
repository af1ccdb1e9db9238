import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkAuthorities } from '../../../src/runtime/kafka/authorities.js';
import { makeAuthority } from '../../helpers/servers/certificates.mjs';

let folder: string;
let whole: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sessionvigil-authorities-'));
  whole = readFileSync((await makeAuthority(folder)).ca_file, 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true }));

const check = (text: string) => () => checkAuthorities(text, 'ca.pem', 'kafka.tls.ca_file', 'brokers');

test('certificates, one or several, with what people write between them', () => {
  expect(check(whole)).not.toThrow();
  expect(check(`# ours\n${whole}\n# theirs\n${whole}`)).not.toThrow();
});

test('none, and which of several cannot be read', () => {
  expect(check('')).toThrow('kafka.tls.ca_file: ca.pem holds no certificate, so none of the brokers could be believed');
  expect(check(`${whole}\n${whole.slice(0, whole.length / 2)}`)).toThrow(/certificate 2 of 2 in ca\.pem cannot be read/);
});
