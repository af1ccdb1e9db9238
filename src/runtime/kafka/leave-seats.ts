import { join } from 'node:path';
import type { KafkaConfig } from '../../config/kafka.js';
import type { Log } from '../../log.js';
import { openTransport } from './connect.js';
import { namesOf, type Stage } from './names.js';

/** More time is not given to it: the coordinator frees the seats by itself when their session times out, ms. */
const PATIENCE = 2000;

/** Where a stage's place in its group is written down; undefined when nowhere. */
export function seatFile({ seat_dir }: Pick<KafkaConfig, 'seat_dir'>, stage: Stage): string | undefined {
  return seat_dir === undefined ? undefined : join(seat_dir, `${stage}.json`);
}

/**
 * Gives up what a process that died has left in its groups, before anything that takes time is read or checked: until then its partitions stand still.
 * Never throws: who joins tries it once more.
 */
export async function leaveSeats(kafka: KafkaConfig, stages: readonly Stage[], log: Log): Promise<void> {
  if (kafka.seat_dir === undefined) return;
  const names = namesOf(kafka);
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE);
  });
  try {
    const transport = await openTransport(kafka, log);
    const left = Promise.all(stages.map((stage) => transport.leaveSeat(names.group(stage), seatFile(kafka, stage)!)));
    await Promise.race([left, patience]).finally(() => transport.close());
  } catch (error) {
    log.debug({ error: String(error) }, 'the seats of the process before this one were not left');
  } finally {
    clearTimeout(timer);
  }
}
