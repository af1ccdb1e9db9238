import { type AppOptions, countJudgement, createJudgement } from '../app.js';
import type { LoadedConfig } from '../config/config.js';
import { CONFIG_VARIABLE } from '../config/environment.js';
import { type KafkaConfig, warningsOfKafka } from '../config/kafka.js';
import { loadReach } from '../config/reach.js';
import { HeardAccounts } from '../core/detect/heard.js';
import { DriftMeter } from '../core/normalize/drift/meter.js';
import type { Log } from '../log.js';
import { Metrics } from '../metrics.js';
import { Reload } from '../reload.js';
import { serve } from '../runtime/http.js';
import { openTransport } from '../runtime/kafka/connect.js';
import type { Stage } from '../runtime/kafka/names.js';
import { type Look, letterLimit, lookAtTopics } from '../runtime/kafka/prepare-topics.js';
import { openOutputs, openRegistry, readJson } from '../runtime/kafka/registry/open-registry.js';
import { RegistryClosed } from '../runtime/kafka/registry/registry.js';
import { isPassing, toldError } from '../runtime/kafka/told-error.js';
import { refusalOf } from '../runtime/kafka/topic-problems.js';
import type { Transport } from '../runtime/kafka/transport.js';
import { inForceOf, Service } from '../runtime/service.js';
import { openPersonCodec, openRespondCodec } from '../runtime/store/open-codecs.js';
import type { Io } from './io.js';
import { type CommonOptions, readWith } from './options.js';
import { pagesOf } from './pages.js';

export interface RunOnKafka {
  options: CommonOptions;
  loaded: LoadedConfig;
  kafka: KafkaConfig;
  stages: readonly Stage[];
  log: Log;
  io: Io;
  signal: AbortSignal;
  /** what a hangup is to do from now on */
  onHangup(act: () => void): void;
}

/** `run` with a section `kafka`: the stages on Kafka, until it is told to stop. */
export async function runOnKafka({ options, loaded, kafka, stages, log, io, signal, onHangup }: RunOnKafka): Promise<void> {
  const { config } = loaded;
  const metrics = new Metrics();
  let service: Service | undefined;
  const meter = new DriftMeter();
  const heard = new HeardAccounts();
  const shared: Pick<AppOptions, 'source' | 'clock' | 'log' | 'warned' | 'onLink' | 'meter' | 'heard'> = {
    source: 'auto',
    clock: io.now,
    log,
    warned: new Set<string>(),
    onLink: (key, value) => service?.onLink(key, value),
    meter,
    heard,
  };
  const judgement = createJudgement(loaded, { ...shared, now: io.now() });
  countJudgement(metrics, judgement, io.now());
  const reload = new Reload({
    file: options.config ?? io.env[CONFIG_VARIABLE],
    read: () => readWith(options, io),
    first: { loaded, judgement },
    app: shared,
    now: io.now,
    elapsed,
    settle: config.run.poll_interval,
    metrics,
  });
  onHangup(() => reload.ask());
  let starting = 'waiting for Kafka';
  const registry = openRegistry(kafka, { metrics, log, elapsed });
  const server =
    config.run.listen === 'none'
      ? undefined
      : await serve(
          config.run.listen,
          pagesOf({
            unready: () => registry?.unreadyReason ?? (service === undefined ? starting : service.unreadyReason),
            stuck: () => service?.stuckReason,
            metrics: () => metrics.text(),
            status: () => service?.status() ?? { ready: false, reason: starting },
          }),
        );
  const transport = await openTransport(kafka, log, (kind) => metrics.add('sessionvigil_kafka_errors_total', 1, { kind }));
  const stopWaiting = () => registry?.close();
  signal.addEventListener('abort', stopWaiting, { once: true });
  try {
    for (const warning of warningsOfKafka(config)) log.warn(warning);
    log.info({ stages }, `${stages.join(', ')} on ${kafka.brokers.join(', ')}; metrics and health: ${server?.url ?? 'nowhere'}`);
    // brokers that are away keep a question waiting for many seconds
    const cut = () => void transport.close();
    signal.addEventListener('abort', cut, { once: true });
    const look = await checkTopics({ transport, kafka, log, signal });
    signal.removeEventListener('abort', cut);
    if (look === undefined) return;
    starting = 'the schemas of what is written are being registered';
    const outputs = await openOutputs(kafka, stages, registry);
    starting = 'starting';
    service = new Service({
      kafka,
      stages,
      transport,
      judgement,
      reach: loadReach(),
      meter,
      heard,
      reload() {
        const next = reload.look();
        if (next !== undefined) countJudgement(metrics, next, io.now());
        return next;
      },
      personCodec: (of) => openPersonCodec(inForceOf(of), kafka.state_write_version),
      respondCodec: openRespondCodec(),
      readValue: ({ format }) => (format === 'avro' ? registry!.read : readJson),
      ...outputs,
      max_record_bytes: config.input.max_record_bytes,
      letter_limit: letterLimit(look),
      future_tolerance: config.input.future_tolerance,
      isRegistryAway: () => registry?.unreadyReason !== undefined,
      metrics,
      log,
      now: io.now,
      elapsed,
    });
    await untilEnd(service, signal, log);
  } catch (error) {
    // what waited for the registry when it was told to stop
    if (error instanceof RegistryClosed && signal.aborted) return;
    throw toldError(error, { brokers: kafka.brokers, act: 'the service on Kafka has ended' });
  } finally {
    signal.removeEventListener('abort', stopWaiting);
    registry?.close();
    await server?.close();
    await transport.close();
  }
  log.info('stopped; everything that was read is committed, or left for the next owner');
}

async function untilEnd(service: Service, signal: AbortSignal, log: Log): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    await untilTold(service, ended, log);
    await service.stop();
  } catch (error) {
    // its tasks and timers would go on, and the process with them
    await service.abandon();
    throw error;
  }
}

async function untilTold(service: Service, ended: Promise<void>, log: Log): Promise<void> {
  await Promise.race([service.start(), service.failure, ended]);
  const announce = setInterval(() => {
    if (service.unreadyReason !== undefined) return;
    log.info('ready');
    clearInterval(announce);
  }, 100);
  try {
    await Promise.race([ended, service.failure]);
  } finally {
    clearInterval(announce);
  }
}

/** First and longest pause between two looks for brokers, ms. */
const PAUSE = { first: 500, most: 10_000 };

/**
 * Waits for the brokers, and refuses to start on topics that would lose something.
 * @returns undefined when it was told to stop first
 * @throws SV_KAFKA_TOPIC_MISSING, SV_KAFKA_TOPIC_WRONG
 */
async function checkTopics({
  transport,
  kafka,
  log,
  signal,
}: Pick<RunOnKafka, 'kafka' | 'log' | 'signal'> & { transport: Transport }): Promise<Look | undefined> {
  for (let pause = PAUSE.first; !signal.aborted; pause = Math.min(PAUSE.most, pause * 2)) {
    try {
      const admin = await transport.admin();
      const look = await lookAtTopics(admin, kafka).finally(() => admin.close());
      const { problems } = look;
      const refusal = refusalOf(problems);
      if (refusal !== undefined) throw refusal;
      for (const { severity, topic, key, found, why, right } of problems)
        if (severity === 'warning') log.warn({ topic, key }, `${topic}: ${key} is ${found}: ${why}; ${right}`);
      return look;
    } catch (error) {
      if (signal.aborted) return undefined;
      const told = toldError(error, { brokers: kafka.brokers, act: 'no answer from Kafka', security: kafka });
      if (!isPassing(told)) throw told;
      log.warn({ code: told.code }, `${told.message}; trying again`);
      await pauseFor(pause, signal);
    }
  }
  return undefined;
}

function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** A clock that nobody sets, ms. */
const elapsed = (): number => performance.now();
