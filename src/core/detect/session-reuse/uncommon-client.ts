import type { Factor } from '../../event/index.js';
import { isHabit } from '../../state/habits.js';
import type { PrintNote } from '../../state/print.js';
import { factor } from '../factors.js';
import type { Scene } from '../judgement.js';
import { deviates } from './notes.js';
import type { ReuseSettings } from './settings.js';

/** An OAuth client that few people use, in a session that moved, and that neither the person nor the session knew before. */
export function judgeClient(settings: ReuseSettings, scene: Scene, at: number, note: PrintNote, out: Factor[]): void {
  const { tail } = scene.session;
  const seen = tail[at]!;
  const client = seen.client_uid;
  if (client === undefined || (note.points[0] ?? 0) <= 0 || !settings.uncommonClients.has(client)) return;
  if (isHabit(scene.person.habits, 'client', client, seen.time)) return;
  const since = seen.time - settings.tokenWithin;
  for (let i = at - 1; i >= 0 && tail[i]!.time >= since; i--) {
    const other = tail[i]!;
    if (other.client_uid === client && !deviates(other.print.notes[settings.rule])) return;
  }
  out.push(
    factor('uncommon_client', settings.points('uncommon_client'), `An administrative client, ${client}, that this person never used.`),
  );
}
