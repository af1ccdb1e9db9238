import { internals } from '../internals.js';
import { methodOf, type Patch, SILENT } from './patch.js';

interface Authenticator {
  connection: { disconnect(): Promise<unknown> };
}

/**
 * Who it is comes after the handshake. When that fails, because no token is to be had or the broker refuses it, kafkajs keeps the connection, and its
 * next request finds a broker that waits for the proof still: what is told is that answer, and not what failed. Here the next begins anew.
 */
export const failedAuthentication: Patch = {
  name: 'connection of which the authentication failed',
  async hasDefect() {
    const { SaslAuthenticator } = internals();
    let isKept = true;
    const failure = new Error('tried');
    const connection = {
      host: '',
      port: 0,
      sasl: {
        mechanism: 'X',
        authenticationProvider: () => ({ authenticate: () => Promise.reject(failure) }),
      },
      send: async () => ({ enabledMechanisms: ['X'] }),
      disconnect: async () => {
        isKept = false;
      },
    };
    // 17 is the handshake
    const authenticator = new SaslAuthenticator(connection, SILENT, { 17: { minVersion: 0, maxVersion: 1 } }, false);
    const error = await authenticator.authenticate().catch((reason: unknown) => reason);
    if (error !== failure) throw new Error(`a failure is told as something else: ${error}`);
    return isKept;
  },
  apply() {
    const { prototype } = internals().SaslAuthenticator;
    const authenticate = methodOf(prototype, 'authenticate');
    prototype['authenticate'] = async function (this: Authenticator) {
      try {
        await authenticate.call(this);
      } catch (error) {
        await this.connection.disconnect().catch(() => undefined);
        throw error;
      }
    };
  },
};
