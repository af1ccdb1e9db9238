/**
 * Every error that a person can meet, in one table. Codes are never reused; docs/errors.md lists the same rows (a test compares them).
 * `retry` says whether the same call can succeed later without a change by a person; what exits with 0 is a warning.
 */
export const ERRORS = {
  SV_CLI_USAGE: { exit: 2, retry: false, fix: 'See `sessionvigil --help` for the commands and their options.' },
  SV_INPUT_MISSING: {
    exit: 2,
    retry: false,
    fix: 'Check the path; a pattern that matches nothing is passed on by the shell as it stands.',
  },
  SV_INPUT_DIRECTORY: { exit: 2, retry: false, fix: 'Name the files in it, for example DIR/*.' },
  SV_INPUT_UNREADABLE: {
    exit: 2,
    retry: true,
    fix: 'Check the permissions of the file and that it is not being replaced while it is read.',
  },
  SV_INPUT_GZIP: {
    exit: 2,
    retry: false,
    fix: 'The file is damaged gzip, or ends in .gz and is none: get it again, or unpack it by hand to see where it breaks.',
  },
  SV_INPUT_EMPTY: {
    exit: 0,
    retry: false,
    fix: 'A warning only: a log that was just rotated is empty. If it should not be, check what writes or copies it.',
  },
  SV_OUTPUT_WRITE: {
    exit: 2,
    retry: true,
    fix: 'Check that the directory can be written and that the disk has room; nothing half-written was left in place.',
  },
  SV_OUTPUT_LOCKED: {
    exit: 2,
    retry: true,
    fix: 'Stop the other process, or give this one a folder of its own; after a crash on another machine wait a minute.',
  },
  SV_JOURNAL_DAMAGED: {
    exit: 2,
    retry: false,
    fix: 'Bring journal.ndjson back from a copy; without one move it away, and everything that is in the input folder is judged anew.',
  },
  SV_STATE_VERSION: {
    exit: 2,
    retry: false,
    fix: 'A newer release wrote this: run that one or a newer one; going back needs what it wrote to be in a version that this one knows.',
  },
  SV_STATE_DAMAGED: {
    exit: 2,
    retry: false,
    fix: 'Something else wrote to the changelog: bring the topic back from a copy, or begin a new generation, which reads everything anew.',
  },
  SV_LISTEN: {
    exit: 2,
    retry: true,
    fix: 'Check run.listen: the port is taken, not allowed, or the address is not one of this machine.',
  },
  SV_CONFIG_MISSING: { exit: 2, retry: false, fix: 'Check the path given with --config or SESSIONVIGIL_CONFIG.' },
  SV_CONFIG_INVALID: { exit: 2, retry: false, fix: 'Correct every line that is listed; docs/configuration.md describes each key.' },
  SV_RULE_INVALID: { exit: 2, retry: false, fix: 'Correct every line that is listed; docs/rules.md describes each key.' },
  SV_RULE_MISSING: { exit: 2, retry: false, fix: 'Check the path; `sessionvigil rules list` shows the rules that ship.' },
  SV_RULE_STORY_FAILED: { exit: 1, retry: false, fix: 'The rule does not do what its stories say: change the rule or the story.' },
  SV_IDENTITIES_INVALID: {
    exit: 2,
    retry: false,
    fix: 'Check the path, or correct every line that is listed; docs/identities.md shows the format.',
  },
  SV_DECLARATIONS_INVALID: {
    exit: 2,
    retry: false,
    fix: 'Check the path, or correct every line that is listed; docs/agents.md describes each key.',
  },
  SV_SUPPRESSIONS_INVALID: {
    exit: 2,
    retry: false,
    fix: 'Check the path, or correct every line that is listed; docs/suppress.md describes each key.',
  },
  SV_DATA_INVALID: { exit: 2, retry: false, fix: 'A file under data/ is damaged: reinstall, or correct the line that is named.' },
  SV_GEO_UNAVAILABLE: {
    exit: 2,
    retry: false,
    fix: 'Check geo.database and geo.networks_database (--geo, --networks), or leave them out to use the installed data.',
  },
  SV_TIME_INVALID: { exit: 2, retry: false, fix: 'Give --now as an ISO time such as 2026-03-02T12:00:00Z.' },
  SV_EXPLAIN_NOTHING: {
    exit: 1,
    retry: false,
    fix: 'Name the person as a finding or `sessionvigil normalize` shows them: address, name, vendor id or key; an event by its uid.',
  },
  SV_KAFKA_UNREACHABLE: {
    exit: 2,
    retry: true,
    fix: 'Check kafka.brokers, the network and that the brokers run; the service itself goes on trying and is not ready until then.',
  },
  SV_KAFKA_TLS: {
    exit: 2,
    retry: false,
    fix: "Check kafka.tls: who signs the brokers' certificates (ca_file), the name that they carry (servername), whether they want a certificate of ours (cert_file, key_file), and whether the port speaks TLS at all.",
  },
  SV_KAFKA_AUTH: {
    exit: 2,
    retry: false,
    fix: 'The brokers do not accept who this is: check kafka.sasl, the secret in its file, and that the account exists.',
  },
  SV_KAFKA_DENIED: { exit: 2, retry: false, fix: 'Give the account the right that is named; docs/kafka.md lists all that are needed.' },
  SV_KAFKA_TOPIC_MISSING: {
    exit: 2,
    retry: false,
    fix: 'Make our own topics with `sessionvigil topics create`; a raw topic is made by what delivers into it, so check kafka.sources for its name. A topic is missing, too, for whoever may not describe it.',
  },
  SV_KAFKA_TOPIC_WRONG: {
    exit: 2,
    retry: false,
    fix: 'Correct every topic that is listed; `sessionvigil topics check` says why each setting matters.',
  },
  SV_KAFKA_STATE_CONTRADICTS: {
    exit: 2,
    retry: false,
    fix: 'The changelog and the input do not belong together, as when one was deleted and made anew: begin another kafka.generation, which reads the raw topics again.',
  },
  SV_KAFKA_STATE_VERSION: {
    exit: 2,
    retry: false,
    fix: 'The state was written by a newer version: run that one, or pin kafka.state_write_version there before going back.',
  },
  SV_KAFKA_INPUT_LOST: {
    exit: 2,
    retry: false,
    fix: "Records were deleted before they were read: lengthen the topic's retention, and accept the gap with another kafka.generation.",
  },
  SV_KAFKA_SOURCE_RECREATED: {
    exit: 2,
    retry: false,
    fix: 'The raw topic was deleted and made anew: raise the generation of its entry under kafka.sources, so that it is read from its beginning and its records count as new.',
  },
  SV_KAFKA_DEFECT_RATE: {
    exit: 2,
    retry: false,
    fix: 'More than 1 % of the records of a window failed in a step of the program: the deployment is bad, not the data. Go back to the version before, then send the dead letters again with `sessionvigil dead-letters replay`.',
  },
  SV_KAFKA_RECORD_TOO_LARGE: {
    exit: 2,
    retry: false,
    fix: 'Raise max.message.bytes of the topic that is named; `sessionvigil topics check` says what it should be.',
  },
  SV_KAFKA_REFUSED: {
    exit: 2,
    retry: false,
    fix: 'The broker would give the answer that is named for ever: its version, its limits (group.max.session.timeout.ms, transaction.max.timeout.ms, group.max.size) or another program in the same consumer group do not go with kafka.*.',
  },
  SV_KAFKA_SHUTDOWN_TIMEOUT: {
    exit: 2,
    retry: true,
    fix: 'The work in hand was not finished within kafka.shutdown_grace; nothing is lost, the next owner does it again.',
  },
  SV_KAFKA_REPLAY_RUNNING: { exit: 2, retry: true, fix: 'Dead letters are being sent back by another process: wait for it, or stop it.' },
  SV_KAFKA_CLIENT: {
    exit: 2,
    retry: false,
    fix: 'The Kafka client is not the one that this version was made for: install the dependencies as package-lock.json names them.',
  },
  SV_REGISTRY_REFUSED: {
    exit: 2,
    retry: false,
    fix: 'Check kafka.registry (the secret in its file, the rights on the subject that is named), and that nobody registered another schema under that subject.',
  },
  SV_KAFKA_PACKAGE: {
    exit: 2,
    retry: false,
    fix: 'Install the package that is named, or use a compression or a mechanism that does not need it.',
  },
  SV_KAFKA_SECRET: {
    exit: 2,
    retry: true,
    fix: 'Check that the file is there, can be read by this user and holds what kafka.tls or kafka.sasl says of it.',
  },
  SV_KAFKA_TOKEN: {
    exit: 2,
    retry: true,
    fix: 'Check kafka.sasl.token_endpoint, client_id, client_secret and scope, and that the endpoint can be reached over https.',
  },
  SV_INTERNAL: { exit: 70, retry: false, fix: 'This is a defect: please report it with the message and the command.' },
} as const satisfies Record<string, { exit: number; retry: boolean; fix: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** One mistake in a file that a person wrote. Line and column start at 1. */
export interface Problem {
  file: string;
  line?: number | undefined;
  column?: number | undefined;
  /** where in the document, e.g. `rules.session-reuse.parameters.window` */
  path?: string | undefined;
  /** what is wrong and what would be right */
  message: string;
}

/** An error that a person can act on: a code of the table, what happened, and all problems at once. */
export class SessionvigilError extends Error {
  override readonly name = 'SessionvigilError';
  /** that of the table; 1 when the error is the answer to what was asked, as mistakes are to a lint */
  readonly exit: number;
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly problems: readonly Problem[] = [],
    { isAnswer = false, ...options }: { cause?: unknown; isAnswer?: boolean } = {},
  ) {
    super(message, options);
    this.exit = isAnswer ? 1 : ERRORS[code].exit;
  }

  /** The same as the answer to what was asked: exit status 1, without its problems, which have been shown. */
  asAnswer(): SessionvigilError {
    return new SessionvigilError(this.code, this.message, [], { isAnswer: true, cause: this });
  }
}
