import { SessionvigilError } from '../../../src/errors.js';
import { isPassing, type Tried, toldError } from '../../../src/runtime/kafka/told-error.js';

const TRIED = { brokers: ['a:1', 'b:1', 'c:1', 'd:1'], act: 'no answer from Kafka' };

/** An error as the client's look. */
function error(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

const refused = error('KafkaJSConnectionError', 'Connection error: connect ECONNREFUSED 127.0.0.1:1', { code: 'ECONNREFUSED' });

test.each<[string, Error, string]>([
  ['nobody listens', refused, 'SV_KAFKA_UNREACHABLE'],
  ['given up after trying again', error('KafkaJSNumberOfRetriesExceeded', 'x', { cause: refused }), 'SV_KAFKA_UNREACHABLE'],
  ['no such host', error('Error', 'getaddrinfo ENOTFOUND kafka', { code: 'ENOTFOUND' }), 'SV_KAFKA_UNREACHABLE'],
  ['no answer in time', error('KafkaJSRequestTimeoutError', 'Request Metadata timed out'), 'SV_KAFKA_UNREACHABLE'],
  [
    'a wrong password',
    error('KafkaJSNumberOfRetriesExceeded', 'x', { cause: error('KafkaJSSASLAuthenticationError', 'SASL PLAIN failed') }),
    'SV_KAFKA_AUTH',
  ],
  ['an answer of the protocol', error('Refused', 'x', { code: 58 }), 'SV_KAFKA_AUTH'],
  [
    'a right that is missing',
    error('KafkaJSProtocolError', 'Not authorized', { code: 29, type: 'TOPIC_AUTHORIZATION_FAILED' }),
    'SV_KAFKA_DENIED',
  ],
  [
    'one of several',
    error('KafkaJSAggregateError', 'x', { errors: [error('E', 'y', { type: 'CLUSTER_AUTHORIZATION_FAILED' })] }),
    'SV_KAFKA_DENIED',
  ],
  [
    'a certificate of somebody else',
    error('KafkaJSConnectionError', 'Connection error: self-signed certificate in certificate chain', {
      code: 'SELF_SIGNED_CERT_IN_CHAIN',
    }),
    'SV_KAFKA_TLS',
  ],
  [
    'another name',
    error('KafkaJSConnectionError', 'x', { cause: error('Error', 'y', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }) }),
    'SV_KAFKA_TLS',
  ],
  ['a port without TLS', error('KafkaJSConnectionError', 'x', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }), 'SV_KAFKA_TLS'],
])('%s', (_, cause, code) => {
  expect(toldError(cause, TRIED)).toMatchObject({ code, cause });
});

test('says what was tried, why it failed, and where', () => {
  const told = toldError(error('KafkaJSNumberOfRetriesExceeded', 'given up', { cause: refused }), TRIED) as SessionvigilError;
  expect(told.message).toBe('no answer from Kafka: Connection error: connect ECONNREFUSED 127.0.0.1:1 (a:1, b:1, c:1 and others)');
});

test('what is none of the client stays what it is', () => {
  const mine = new TypeError('x is not a function');
  expect(toldError(mine, TRIED)).toBe(mine);
  const ours = new SessionvigilError('SV_KAFKA_TOPIC_MISSING', 'x');
  expect(toldError(ours, TRIED)).toBe(ours);
  expect(toldError('text', TRIED)).toBe('text');
});

test('who starts waits for what comes back by itself, and for nothing else', () => {
  const codes = ['SV_KAFKA_UNREACHABLE', 'SV_KAFKA_TOKEN', 'SV_KAFKA_SECRET', 'SV_KAFKA_AUTH', 'SV_KAFKA_DENIED', 'SV_KAFKA_TLS'] as const;
  expect(codes.filter((code) => isPassing(new SessionvigilError(code, 'x')))).toEqual(codes.slice(0, 3));
  expect(isPassing(new TypeError('x'))).toBe(false);
});

test('an error that comes of itself', () => {
  const loop = error('E', 'x');
  Object.assign(loop, { cause: loop });
  expect(toldError(loop, TRIED)).toBe(loop);
});

describe('a first connection that is closed from there', () => {
  const closed = error('KafkaJSConnectionClosedError', 'Closed connection');
  const reset = error(
    'KafkaJSConnectionError',
    'Connection error: Client network socket disconnected before secure TLS connection was established',
    { code: 'ECONNRESET' },
  );
  const state = error('KafkaJSProtocolError', 'Request is not valid given the current SASL state', {
    code: 34,
    type: 'ILLEGAL_SASL_STATE',
  });
  const tls = { enabled: true, insecure_skip_verify: false };
  const sasl = { mechanism: 'plain' } as const;
  const WITHOUT_TLS = 'want TLS, which kafka.tls does not ask for';
  const WITHOUT_SASL = 'want SASL, for which kafka.sasl names nobody';
  const CLOSED = '; the connection was closed from there: the port may';

  test.each<[string, Error, Tried['security'], string]>([
    ['without TLS and SASL', closed, {}, `${CLOSED} ${WITHOUT_TLS}, or ${WITHOUT_SASL}`],
    ['with TLS that is turned off', closed, { tls: { ...tls, enabled: false }, sasl }, `${CLOSED} ${WITHOUT_TLS}`],
    ['with SASL alone', closed, { sasl }, `${CLOSED} ${WITHOUT_TLS}`],
    ['with TLS alone', closed, { tls }, `${CLOSED} ${WITHOUT_SASL}`],
    ['with both, which says nothing of either', closed, { tls, sasl }, ''],
    ['while TLS begins', reset, { tls }, `${CLOSED} be one without TLS, which kafka.tls asks for`],
    ['while TLS begins, with SASL', reset, { tls, sasl }, `${CLOSED} be one without TLS, which kafka.tls asks for`],
    ['since it knows no SASL', state, { sasl }, '; the port may be one without SASL, which kafka.sasl asks for'],
    ['where nobody listens', refused, {}, ''],
    ['later than that', closed, undefined, ''],
  ])('%s', (_, cause, security, guess) => {
    const wrapped = error('KafkaJSNumberOfRetriesExceeded', 'given up', { cause });
    const told = toldError(wrapped, { brokers: ['a:1'], act: 'no answer', ...(security === undefined ? {} : { security }) });
    expect(told).toMatchObject({ code: cause === state ? 'SV_KAFKA_AUTH' : 'SV_KAFKA_UNREACHABLE' });
    expect((told as Error).message.replace(/^.* \(a:1\)/, '')).toBe(guess);
  });
});

test('what OpenSSL says is one line', () => {
  const alert = error('KafkaJSConnectionError', 'Connection error: SSL routines:bad certificate:SSL alert number 42\u0000\n');
  expect((toldError(alert, TRIED) as SessionvigilError).message).toBe(
    'no answer from Kafka: Connection error: SSL routines:bad certificate:SSL alert number 42 (a:1, b:1, c:1 and others)',
  );
});
