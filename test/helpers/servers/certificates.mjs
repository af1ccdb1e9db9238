// @ts-check
/** Certificates made with openssl when a test asks for them. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './artefacts.mjs';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/**
 * @typedef {object} Issued
 * @property {string} cert_file PEM
 * @property {string} key_file PEM, PKCS 8
 */

/**
 * @typedef {object} Authority
 * @property {string} ca_file PEM
 * @property {(name: string) => Promise<Issued>} issue a certificate of this common name, for 127.0.0.1 and localhost; a name that was issued before is issued anew
 */

/**
 * A certificate authority whose files lie in this folder.
 * @param {string} folder
 * @returns {Promise<Authority>}
 */
export async function makeAuthority(folder) {
  const ca_file = join(folder, 'ca.pem');
  const ca_key = join(folder, 'ca.key');
  await run('openssl', ['req', '-x509', ...KEY, '-subj', '/CN=sessionvigil-test-ca', '-days', '2', '-keyout', ca_key, '-out', ca_file]);
  return {
    ca_file,
    async issue(name) {
      const [cert_file, key_file, request, extensions] = /** @type {[string, string, string, string]} */ (
        ['pem', 'key', 'csr', 'ext'].map((kind) => join(folder, `${name}.${kind}`))
      );
      writeFileSync(extensions, 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n');
      await run('openssl', ['req', ...KEY, '-subj', `/CN=${name}`, '-keyout', key_file, '-out', request]);
      const by = ['-CA', ca_file, '-CAkey', ca_key, '-CAcreateserial', '-extfile', extensions];
      await run('openssl', ['x509', '-req', '-in', request, ...by, '-days', '2', '-out', cert_file]);
      return { cert_file, key_file };
    },
  };
}

/** Key and certificate in one file, as Kafka wants them. @param {Issued} issued @param {string} file */
export function joinPem({ cert_file, key_file }, file) {
  writeFileSync(file, readFileSync(key_file, 'utf8') + readFileSync(cert_file, 'utf8'));
}
