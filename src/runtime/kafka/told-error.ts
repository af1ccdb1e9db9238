import { type ErrorCode, SessionvigilError } from '../../errors.js';

/** Where and what was tried, for the message. */
export interface Tried {
  brokers: readonly string[];
  /** as in `cannot list topics` */
  act: string;
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
const AUTH = new Set<unknown>([33, 34, 58, 'UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE', 'SASL_AUTHENTICATION_FAILED']);
/** What Node says of a certificate or of a port that speaks something else. */
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|EPROTO$|ERR_OSSL|HOSTNAME_MISMATCH)/;
const NETWORK = /^(E(CONN|HOST|NET|ADDR|PIPE|TIMEDOUT|AI_)|ENOTFOUND)/;
const NETWORK_NAMES = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNumberOfRetriesExceeded',
  'KafkaJSRequestTimeoutError',
  'KafkaJSLockTimeout',
]);

/**
 * What a person is told of an error of the Kafka client; of one that is none of its own, itself. The client wraps what it has given up on, so the
 * whole chain is looked at, and the most telling link decides.
 */
export function toldError(error: unknown, { brokers, act }: Tried): unknown {
  if (error instanceof SessionvigilError) return error;
  const links = chainOf(error);
  const code = codeOf(links);
  if (code === undefined) return error;
  const at = brokers.length > 3 ? `${brokers.slice(0, 3).join(', ')} and others` : brokers.join(', ');
  return new SessionvigilError(code, `${act}: ${wordsOf(links)} (${at})`, [], { cause: error });
}

function codeOf(links: readonly Link[]): ErrorCode | undefined {
  const says = (test: (link: Link) => boolean) => links.some(test);
  if (says(({ code, type, name }) => AUTH.has(code) || AUTH.has(type) || name.startsWith('KafkaJSSASL'))) return 'SV_KAFKA_AUTH';
  if (says(({ code, type }) => DENIED.has(code) || DENIED.has(type))) return 'SV_KAFKA_DENIED';
  if (says(({ code, message }) => (typeof code === 'string' && TLS.test(code)) || /\bself.signed|certificate|SSL routines/i.test(message)))
    return 'SV_KAFKA_TLS';
  if (says(({ code, name }) => (typeof code === 'string' && NETWORK.test(code)) || NETWORK_NAMES.has(name))) return 'SV_KAFKA_UNREACHABLE';
  return undefined;
}

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
  const { message, code } = links.at(-1)!;
  return typeof code !== 'string' || message.includes(code) ? message : `${message} (${code})`;
}
