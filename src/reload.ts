import { type AppOptions, checkConfig, createJudgement, type Judgement } from './app.js';
import { renderProblem } from './cli/report-error.js';
import type { LoadedConfig, ReadConfig } from './config/config.js';
import { namedFiles, stateOf } from './config/named-files.js';
import { reasonOf } from './config/reason.js';
import { SessionvigilError } from './errors.js';
import type { Metrics } from './metrics.js';

export interface ReloadOptions {
  /** path of the configuration file, when there is one */
  file: string | undefined;
  /** reads it once more, with the environment and the command line over it */
  read(): ReadConfig;
  /** what is in force when the service starts */
  first: { loaded: LoadedConfig; judgement: Judgement };
  app: Pick<AppOptions, 'source' | 'clock' | 'log' | 'warned' | 'onLink' | 'meter' | 'heard'>;
  now(): number;
  /** ms since some beginning, by a clock that is never set */
  elapsed(): number;
  /** how long files have to stay as they are before they are read, ms: an editor may be in the middle of writing them */
  settle: number;
  metrics: Metrics;
}

/** Keys of the configuration that count when the service starts and not later. */
const FIXED = ['run', 'state', 'kafka'] as const;

/**
 * Looks whether the configuration, a rule or a list has changed, and makes what would judge by it. Everything is read and checked before anything
 * changes; when there is a mistake, it is told and what was in force stays.
 */
export class Reload {
  private loaded: LoadedConfig;
  private judgement: Judgement;
  private watched: readonly string[];
  private state: string;
  /** another state than the one in force, and since when it was seen */
  private next: { state: string; since: number } | undefined;
  private isAsked = false;
  /** when entries of lists were last looked at, ms */
  private time: number;

  constructor(private readonly options: ReloadOptions) {
    this.loaded = options.first.loaded;
    this.judgement = options.first.judgement;
    this.watched = this.named(options.read());
    this.state = stateOf(this.watched);
    this.time = options.now();
  }

  /** Reads everything at the next look, changed or not. */
  ask(): void {
    this.isAsked = true;
  }

  get config(): LoadedConfig['config'] {
    return this.loaded.config;
  }

  /** @returns what is to judge from now on, when something has changed and holds no mistake */
  look(): Judgement | undefined {
    if (!this.isAsked && !this.hasChanged() && !this.hasExpired()) return undefined;
    this.isAsked = false;
    this.time = this.options.now();
    const { log } = this.options.app;
    const { metrics } = this.options;
    const before = this.watched;
    const state = stateOf(before);
    // what is written while it is read is another state, to be read in its turn
    const settled = () => (before.join('\n') === this.watched.join('\n') ? state : stateOf(this.watched));
    try {
      const judgement = this.make();
      this.state = settled();
      metrics.add('sessionvigil_config_reloads_total', 1, { outcome: 'done' });
      metrics.set('sessionvigil_config_refused', 0);
      log.info({ config_digest: judgement.detecting.config_digest }, `configuration read again: ${judgement.rules.length} rules judge`);
      return judgement;
    } catch (cause) {
      const error = refusal(cause);
      this.state = settled();
      metrics.add('sessionvigil_config_reloads_total', 1, { outcome: 'refused' });
      metrics.set('sessionvigil_config_refused', 1);
      log.error({ code: error.code }, `${error.code}: ${error.message}; what was in force stays in force`);
      for (const problem of error.problems) log.error({ code: error.code, ...problem }, renderProblem(problem));
      return undefined;
    }
  }

  /** The files are others than those in force, and nobody is writing to them. */
  private hasChanged(): boolean {
    const state = stateOf(this.watched);
    const now = this.options.elapsed();
    if (state === this.state) this.next = undefined;
    else if (this.next?.state !== state) this.next = { state, since: now };
    return this.next !== undefined && now - this.next.since >= this.options.settle;
  }

  private make(): Judgement {
    const { app, read, now } = this.options;
    const found = read();
    // what a mistaken configuration names is watched too: the mistake may be corrected there
    this.watched = [...new Set([...this.named(found), ...namedFiles(found)])];
    const config = checkConfig(found);
    const before = this.loaded.config;
    const fixed = FIXED.filter((key) => JSON.stringify(config[key]) !== JSON.stringify(before[key]));
    const { kafka: _, ...rest } = config;
    const kept = { run: before.run, state: before.state, ...(before.kafka === undefined ? {} : { kafka: before.kafka }) };
    const loaded = { ...found, config: { ...rest, ...kept } };
    const judgement = createJudgement(loaded, { ...app, now: now(), identities: this.judgement.identities });
    if (fixed.length > 0) app.log.warn({ keys: fixed }, `what has changed under ${fixed.join(' and ')} counts from the next start on`);
    app.log.level = config.log.level;
    this.loaded = loaded;
    this.judgement = judgement;
    return judgement;
  }

  private named(found: ReadConfig): string[] {
    const { file } = this.options;
    return [...(file === undefined ? [] : [file]), ...namedFiles(found)];
  }

  /** An entry of a list has come to its end since it was last looked at. */
  private hasExpired(): boolean {
    const now = this.options.now();
    const { egress, hiding } = this.judgement;
    return [...egress, ...hiding.entries].some(({ expires }) => expires !== undefined && this.time < expires && expires <= now);
  }
}

/** Why nothing changes: a mistake, or what the system says of a file that cannot be read. Anything else is thrown. */
function refusal(error: unknown): SessionvigilError {
  if (error instanceof SessionvigilError) return error;
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (syscall === undefined) throw error;
  return new SessionvigilError('SV_CONFIG_INVALID', `${path ?? 'a file'} cannot be read: ${reasonOf(error)}`, [], { cause: error });
}
