import type { KafkaConfig } from '../../config/kafka.js';
import { ERRORS, type ErrorCode, SessionvigilError } from '../../errors.js';

/** Where and what was tried, for the message. */
export interface Tried {
  brokers: readonly string[];
  /** as in `cannot list topics` */
  act: string;
  /** how the first connection was protected: a port that expects something else closes it without a word. Absent when one has worked before */
  security?: Pick<KafkaConfig, 'tls' | 'sasl'>;
}

/** Numbers and names of the protocol's answers. https://kafka.apache.org/protocol#protocol_error_codes */
const DENIED = new Set<unknown>([
  29,
  30,
  31,
  53,
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
]);
const TOO_LARGE = new Set<unknown>([10, 18, 'MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
const AUTH = new Set<unknown>([33, 34, 58, 'UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE', 'SASL_AUTHENTICATION_FAILED']);
/** What Node says of a certificate or of a port that speaks something else. */
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|EPROTO$|ERR_OSSL|HOSTNAME_MISMATCH)/;
const NETWORK = /^(E(CONN|HOST|NET|ADDR|PIPE|TIMEDOUT|AI_)|ENOTFOUND)/;
const NO_COORDINATOR = 'KafkaJSGroupCoordinatorNotFound';
const NETWORK_NAMES = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNumberOfRetriesExceeded',
  'KafkaJSRequestTimeoutError',
  'KafkaJSLockTimeout',
  // of all brokers none has named it, and why is not told: they have just started, or the right to describe the group is missing
  NO_COORDINATOR,
]);

/**
 * What a person is told of an error of the Kafka client; of one that is none of its own, itself. The client wraps what it has given up on, so the
 * whole chain is looked at, and the most telling link decides.
 */
export function toldError(error: unknown, { brokers, act, security }: Tried): unknown {
  const links = chainOf(error);
  // as when no token was to be had: the client hands on what it was given, or wraps it
  const own = links.find((link) => link instanceof SessionvigilError);
  if (own !== undefined) return own;
  const code = codeOf(links);
  if (code === undefined) return error;
  const at = brokers.length > 3 ? `${brokers.slice(0, 3).join(', ')} and others` : brokers.join(', ');
  const guess = security === undefined ? undefined : guessOf(links, security);
  return new SessionvigilError(code, `${act}: ${wordsOf(links)} (${at})${guess === undefined ? '' : `; ${guess}`}`, [], { cause: error });
}

/** May the account not see the group's positions? With the right they are told by the first broker that is asked. */
export function isUnseen(error: unknown): boolean {
  return codeOf(chainOf(error)) === 'SV_KAFKA_DENIED' || chainOf(error).some(({ name }) => name === NO_COORDINATOR);
}

/** Whether to wait: brokers, the endpoint of tokens and a secret that is just being replaced come back without a change by a person here. */
export function isPassing(told: unknown): told is SessionvigilError {
  return told instanceof SessionvigilError && ERRORS[told.code].retry;
}

function codeOf(links: readonly Link[]): ErrorCode | undefined {
  const says = (test: (link: Link) => boolean) => links.some(test);
  if (says(({ code, type, name }) => AUTH.has(code) || AUTH.has(type) || name.startsWith('KafkaJSSASL'))) return 'SV_KAFKA_AUTH';
  if (says(({ code, type }) => DENIED.has(code) || DENIED.has(type))) return 'SV_KAFKA_DENIED';
  if (says(({ code, message }) => (typeof code === 'string' && TLS.test(code)) || /\bself.signed|certificate|SSL routines/i.test(message)))
    return 'SV_KAFKA_TLS';
  if (says(({ code, name }) => (typeof code === 'string' && NETWORK.test(code)) || NETWORK_NAMES.has(name))) return 'SV_KAFKA_UNREACHABLE';
  if (says(({ code, type }) => TOO_LARGE.has(code) || TOO_LARGE.has(type))) return 'SV_KAFKA_RECORD_TOO_LARGE';
  if (says(({ name }) => name === 'Refused')) return 'SV_KAFKA_REFUSED';
  return undefined;
}

/**
 * What may be the cause when a broker hangs up on whoever has just come, or does not know what to do with a name. It says no more by itself, and one
 * that is being stopped does the same.
 */
function guessOf(links: readonly Link[], { tls, sasl }: NonNullable<Tried['security']>): string | undefined {
  const isEncrypted = tls?.enabled === true;
  if (links.some(({ code, type }) => code === 34 || type === 'ILLEGAL_SASL_STATE'))
    return 'the port may be one without SASL, which kafka.sasl asks for';
  const closed = links.find(({ name, code }) => name === 'KafkaJSConnectionClosedError' || code === 'ECONNRESET' || code === 'EPIPE');
  if (closed === undefined) return undefined;
  const causes = [
    isEncrypted && IN_HANDSHAKE.test(closed.message) && 'be one without TLS, which kafka.tls asks for',
    !isEncrypted && 'want TLS, which kafka.tls does not ask for',
    sasl === undefined && !IN_HANDSHAKE.test(closed.message) && 'want SASL, for which kafka.sasl names nobody',
  ].filter((cause) => cause !== false);
  return causes.length === 0 ? undefined : `the connection was closed from there: the port may ${causes.join(', or ')}`;
}

/** What Node says when it is closed while TLS begins. */
const IN_HANDSHAKE = /before secure TLS connection/;

type Link = Error & { code?: unknown; type?: unknown; originalError?: unknown; errors?: readonly unknown[] };

/** The error and what it came of, outermost first. */
function chainOf(error: unknown): Link[] {
  const links: Link[] = [];
  const visit = (at: unknown): void => {
    if (!(at instanceof Error) || links.includes(at) || links.length > 16) return;
    const link = at as Link;
    links.push(link);
    for (const next of [link.originalError, link.cause, ...(link.errors ?? [])]) visit(next);
  };
  visit(error);
  return links;
}

/** What the innermost link says, with its code when the message does not hold it. */
function wordsOf(links: readonly Link[]): string {
  const { code } = links.at(-1)!;
  // OpenSSL ends its lines with characters that no terminal shows
  const message = links
    .at(-1)!
    .message.replace(/\p{Cc}+/gu, ' ')
    .trim();
  return typeof code !== 'string' || message.includes(code) ? message : `${message} (${code})`;
}
