import { setTimeout as sleep } from 'node:timers/promises';
import { SessionvigilError } from '../../../errors.js';
import type { RegistryApi } from './connect.js';

/** First wait after a failure, ms; each next is twice as long. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;
/** Schemas that name one another deeper than this do so in a circle. */
const MAX_REFERENCES = 100;

/** A schema as it was written, and those that it names types of, each after those that it names itself; parsed JSON. */
export interface FoundSchema {
  schema: unknown;
  references: readonly unknown[];
}

/** What was found out for good: there is none, or none that can be used. */
export type NoSchema = 'schema_unknown' | 'schema_unsupported';

export interface RegistryWatch {
  /** one question was answered, or was not and is asked again */
  asked(outcome: 'found' | 'unknown' | 'failed'): void;
  /** @param why what is in the way, without secrets; undefined when the registry answers again */
  trouble(why: string | undefined): void;
}

export interface RegistryOptions {
  /** a client for one question, which is given up when the signal says so */
  connect(signal: AbortSignal): RegistryApi;
  watch: RegistryWatch;
  /** @throws when the signal says so; a timer by default */
  wait?(ms: number, signal: AbortSignal): Promise<unknown>;
}

/** What waited when the registry was closed. */
export class RegistryClosed extends Error {
  override readonly name = 'RegistryClosed';
}

/**
 * Asks the schema registry, and goes on asking while it is away or does not let us in: an answer is what it says, never what a failure looks like.
 */
export class Registry {
  private readonly closing = new AbortController();
  private failing = 0;
  private why: string | undefined;

  constructor(private readonly options: RegistryOptions) {}

  /** What is in the way while somebody waits for an answer. */
  get unreadyReason(): string | undefined {
    return this.why === undefined ? undefined : `registry: ${this.why}`;
  }

  /** Resolves with what is true of the id. @throws RegistryClosed */
  schema(id: number): Promise<FoundSchema | NoSchema> {
    return this.ask(async (api) => {
      const { schema, schemaType, references } = await api.getBySubjectAndId('', id);
      if (schemaType !== undefined && schemaType !== 'AVRO') return 'schema_unsupported';
      const named = new Map<string, unknown>();
      for (const reference of references ?? []) await collect(api, reference, named, 1);
      const parsed = parse(schema);
      return parsed === undefined || [...named.values()].includes(undefined)
        ? 'schema_unsupported'
        : { schema: parsed, references: [...named.values()] };
    });
  }

  /**
   * The id of a schema, which is registered when it is not.
   * @throws SessionvigilError SV_REGISTRY_REFUSED when the registry does not want it; RegistryClosed
   */
  async register(subject: string, schema: unknown): Promise<number> {
    const id = await this.ask(
      (api) => api.register(subject, { schema: JSON.stringify(schema), schemaType: 'AVRO' }, false),
      refusalOf(subject),
    );
    if (typeof id === 'number') return id;
    throw new SessionvigilError('SV_REGISTRY_REFUSED', `the registry does not know the subject ${subject}`);
  }

  /** Whoever waits gets RegistryClosed. */
  close(): void {
    this.closing.abort();
  }

  private async ask<T>(question: (api: RegistryApi) => Promise<T>, refusal?: (error: unknown) => Error | undefined): Promise<T | NoSchema> {
    const { connect, watch, wait = defaultWait } = this.options;
    let ms = FIRST_WAIT_MS;
    let hasFailed = false;
    try {
      for (;;) {
        if (this.closing.signal.aborted) throw new RegistryClosed('the registry is closed');
        try {
          const answer = await question(connect(this.closing.signal));
          watch.asked(answer === 'schema_unsupported' ? 'unknown' : 'found');
          this.answered();
          return answer;
        } catch (error) {
          if (this.closing.signal.aborted) continue;
          if (isUnknown(error)) {
            watch.asked('unknown');
            this.answered();
            return 'schema_unknown';
          }
          const refused = refusal?.(error);
          if (refused !== undefined) throw refused;
          watch.asked('failed');
          if (!hasFailed) this.failing++;
          hasFailed = true;
          this.say(describe(error));
        }
        // up to a half more or less, so that many processes do not come back at once
        await wait(ms * (0.5 + Math.random()), this.closing.signal).catch(() => {});
        ms = Math.min(ms * 2, LONGEST_WAIT_MS);
      }
    } finally {
      if (hasFailed && --this.failing === 0) this.say(undefined);
    }
  }

  private answered(): void {
    this.say(undefined);
  }

  private say(why: string | undefined): void {
    if (this.why === why) return;
    this.why = why;
    this.options.watch.trouble(why);
  }
}

const defaultWait = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });

async function collect(
  api: RegistryApi,
  { subject, version }: { subject: string; version: number },
  named: Map<string, unknown>,
  depth: number,
): Promise<void> {
  const key = `${subject}/${version}`;
  if (named.has(key)) return;
  // a circle ends here as a schema that cannot be used
  if (depth > MAX_REFERENCES) {
    named.set(key, undefined);
    return;
  }
  // also one that was deleted since: records written with it remain
  const { schema, references } = await api.getSchemaMetadata(subject, version, true);
  for (const reference of references ?? []) await collect(api, reference, named, depth + 1);
  if (!named.has(key)) named.set(key, parse(schema));
}

/** undefined when it is no JSON; a bare name such as `string` is the name of a type */
function parse(schema: string): unknown {
  try {
    return JSON.parse(schema);
  } catch {
    return /^[A-Za-z_][\w.]*$/.test(schema) ? schema : undefined;
  }
}

/** Errors of the registry itself carry a status, and a code of five digits that begins with it; a proxy's page in its place carries none. */
function statusOf(error: unknown): { status?: number; code?: number } {
  const { status, errorCode } = error as { status?: unknown; errorCode?: unknown };
  return {
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof errorCode === 'number' ? { code: errorCode } : {}),
  };
}

/** 40401 no subject, 40402 no version, 40403 no schema. Any other "not found" is a wrong address, and waits for a person. */
function isUnknown(error: unknown): boolean {
  const { status, code = 0 } = statusOf(error);
  return status === 404 && code >= 40_401 && code <= 40_403;
}

/** Answers to `register` that asking again does not change. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 409, 422]);

function refusalOf(subject: string): (error: unknown) => Error | undefined {
  return (error) => {
    const { status } = statusOf(error);
    if (status === undefined || !REFUSALS.has(status)) return undefined;
    return new SessionvigilError('SV_REGISTRY_REFUSED', `the registry refuses the schema of ${subject}: ${describe(error)}`);
  };
}

/** What happened, from words that hold no secret: the error itself carries the request with its password. */
function describe(error: unknown): string {
  const { status, code } = statusOf(error);
  if (status !== undefined) return code === undefined || code < 0 ? `it answers ${status}` : `it answers ${status} (${code})`;
  const { code: word } = error as { code?: unknown };
  if (typeof word === 'string' && /^[A-Z_0-9]{1,60}$/.test(word)) return word;
  return 'no answer that can be read';
}
