import type { Command } from 'commander';
import { type AppOptions, checkConfig, countJudgement, createApp, type Judgement } from '../app.js';
import { type Config, invalidConfig, type LoadedConfig } from '../config/config.js';
import { CONFIG_VARIABLE } from '../config/environment.js';
import { HeardAccounts } from '../core/detect/heard.js';
import type { Finding } from '../core/event/index.js';
import { RenamedIds, renamedBetween } from '../core/identity/absorbs.js';
import { DriftMeter } from '../core/normalize/drift/meter.js';
import { SessionvigilError } from '../errors.js';
import { createLog } from '../log.js';
import { Reload } from '../reload.js';
import { DriftReport } from '../runtime/drift-report.js';
import { type FollowOptions, follow } from '../runtime/follow/follow.js';
import { Health } from '../runtime/follow/health.js';
import { serve } from '../runtime/http.js';
import { countIdentities, tellConflict } from '../runtime/identities.js';
import { leaveSeats } from '../runtime/kafka/leave-seats.js';
import { STAGES, type Stage } from '../runtime/kafka/names.js';
import { SignOnReport } from '../runtime/sign-on-report.js';
import type { Context } from './context.js';
import { type CommonOptions, readWith, withFolders, withRules, withSources } from './options.js';
import { pagesOf } from './pages.js';
import { runOnKafka } from './run-kafka.js';

/** `run`: the service. Without Kafka it follows a folder. */
export function addRun(program: Command, { io, signal }: Context): void {
  withFolders(withRules(withSources(program.command('run'))))
    .summary('follow a folder and find stolen sessions as records come')
    .description(
      'Follows a folder that log shippers write NDJSON into, plain or gzip, and appends what it finds to files in another. It judges every record ' +
        'once: after a crash it takes up where it was, and no finding is lost or doubled. Serves /metrics, /healthz and /readyz.\n\n' +
        'Reads rules, lists and configuration again when they change, and on SIGHUP. SIGTERM ends it when what it works on is written.\n\n' +
        'Revocation commands are written down in shadow: nothing is carried out.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  sessionvigil run --config sessionvigil.yml\n  sessionvigil run --input /var/log/audit --output /var/lib/sessionvigil',
    )
    .option(
      '--stage <list>',
      'on Kafka: the stages to run, of normalize, detect and respond, with commas between; all by default',
      stagesOf,
    )
    .action(async (options: CommonOptions & { stage?: readonly Stage[] }) => {
      let onHangup = (): void => {};
      // before anything that takes time: a signal that nobody waits for would end the process
      io.onHangup?.(() => onHangup());
      const read = readWith(options, io);
      const stages = options.stage ?? STAGES;
      if (read.config?.kafka !== undefined) await leaveSeats(read.config.kafka, stages, createLog('silent', io.stderr));
      // a service is looked at when it starts: everything that it names has to be there and to hold
      const loaded = { config: checkConfig(read), locate: read.locate };
      const { run, log: logging, kafka } = loaded.config;
      const log = createLog(logging.level, io.stderr);
      if (kafka !== undefined) {
        await runOnKafka({ options, loaded, kafka, stages, log, io, signal, onHangup: (act) => (onHangup = act) });
        return;
      }
      // left out in silence, three processes of a stage each would judge everything three times
      if (options.stage !== undefined)
        throw new SessionvigilError(
          'SV_CLI_USAGE',
          '--stage: stages exist on Kafka only; give a configuration with a section kafka (--config), or leave --stage out to follow a folder',
        );
      const folders = foldersOf(loaded);
      const clock = { now: io.now() };
      const renamed = new RenamedIds();
      const onLink: AppOptions['onLink'] = (key, value) => {
        renamed.note(key);
        tellConflict(key, value, log);
      };
      const meter = new DriftMeter();
      const heard = new HeardAccounts();
      const shared = { source: options.source, clock: () => clock.now, log, warned: new Set<string>(), onLink, meter, heard };
      const { respond, detect, metrics, ...first } = createApp(loaded, { ...shared, now: clock.now });
      const drift = new DriftReport({ meter, metrics, log });
      const reload = new Reload({
        file: options.config ?? io.env[CONFIG_VARIABLE],
        read: () => readWith(options, io),
        first: { loaded, judgement: first },
        app: shared,
        now: io.now,
        elapsed,
        settle: run.poll_interval,
        metrics,
      });
      let judgement: Judgement = first;
      const signOn = new SignOnReport({ heard, enforced: () => judgement.detecting.enforced, metrics, log });
      const wake = new Wake(signal);
      onHangup = () => {
        reload.ask();
        wake.now();
      };
      const inForce: FollowOptions['inForce'] = () => {
        const next = reload.look();
        let said: readonly Finding[] = [];
        if (next !== undefined) {
          said = detect.configure(next.rules, next.detecting);
          countJudgement(metrics, next, io.now());
          for (const { tenant, id } of renamedBetween(judgement.identities, next.identities, next.tenants))
            renamed.note(`${tenant}\n${id}`);
          judgement = next;
        }
        countIdentities(metrics, judgement.identities);
        const { max_record_bytes } = reload.config.input;
        const { normalize, normalizeOnce, learn, suppress, joinOwners, detecting, rules } = judgement;
        const inForce = new Set(rules.filter(({ status }) => status !== 'deprecated').map(({ uid }) => uid));
        const { config_digest } = detecting;
        const moves = () => renamed.take(judgement.identities);
        return {
          reader: { normalize, normalizeOnce, learn, moves, max_record_bytes },
          suppress,
          joinOwners,
          config_digest,
          judges: (rule) => inForce.has(rule),
          said,
        };
      };
      const health = new Health(elapsed, run.poll_interval);
      const server =
        run.listen === 'none'
          ? undefined
          : await serve(
              run.listen,
              pagesOf({
                unready: () => health.unreadyReason,
                stuck: () => health.stuckReason,
                metrics: () => metrics.text(),
                status: () => ({
                  ready: health.unreadyReason === undefined,
                  reason: health.unreadyReason,
                  schema_drift: drift.status(),
                  sign_on_unheard: signOn.status(),
                }),
              }),
            );
      const where = server === undefined ? 'nowhere' : server.url;
      log.info(folders, `reading ${folders.input}, writing to ${folders.output}; metrics and health: ${where}`);
      try {
        await follow({
          ...run,
          ...folders,
          retention: retentionOf(loaded.config),
          allowed_lateness: loaded.config.state.allowed_lateness,
          session_idle: loaded.config.state.session_idle,
          detect,
          respond,
          inForce,
          setNow(time) {
            clock.now = time;
          },
          now: io.now,
          elapsed,
          pause: (ms) => wake.pause(ms),
          reports: [drift, signOn],
          metrics,
          health,
          log,
          signal,
        });
      } finally {
        await server?.close();
      }
      log.info('stopped; everything that was judged is written');
    });
}

/** @param before of the same option, given once more */
export function stagesOf(text: string, before: readonly Stage[] = []): readonly Stage[] {
  const words = [...before, ...text.split(',').map((word) => word.trim())];
  const wrong = words.find((word) => !STAGES.some((stage) => stage === word));
  if (wrong === undefined) return STAGES.filter((stage) => words.includes(stage));
  throw new SessionvigilError('SV_CLI_USAGE', `--stage "${wrong}": there are ${STAGES.join(', ')}`);
}

/** Habits decay in 60 days and people are forgotten after 30: what is older is known to nobody but those who were never away. */
const RETENTION_MS = 90 * 86_400_000;

/** How far back a restart reads again, ms on the arrival clock. */
export function retentionOf({ run, state }: Pick<Config, 'run' | 'state'>): number {
  return run.retention ?? Math.max(RETENTION_MS, state.person_idle + state.allowed_lateness);
}

/** A clock that nobody sets, ms. */
const elapsed = (): number => performance.now();

/** The folders, which have no default. @throws SV_CONFIG_INVALID */
function foldersOf({ config: { run }, locate }: LoadedConfig): { input: string; output: string } {
  const { input, output } = run;
  if (input !== undefined && output !== undefined) return { input, output };
  const keys: (keyof Config['run'])[] = ['input', 'output'];
  throw invalidConfig(
    keys
      .filter((key) => run[key] === undefined)
      .map((key) => ({
        ...locate(['run', key]),
        message: `is needed, or --${key}; a section kafka in a configuration file (--config) reads from Kafka instead`,
      })),
  );
}

/** Waits that something can cut short. */
class Wake {
  private end = (): void => {};

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener('abort', () => this.now(), { once: true });
  }

  now(): void {
    this.end();
  }

  pause(ms: number): Promise<void> {
    if (this.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
