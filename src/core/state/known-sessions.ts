import type { Person } from './person.js';
import type { Session } from './session.js';

/** Sessions that the person's record lost, and of which the story, or what was said of it, still speaks; in the order in which it does. */
export function goneSessions({ sessions, story }: Person): Session[] {
  const known = new Set(sessions);
  const gone: Session[] = [];
  const add = (session: Session | undefined): void => {
    if (session === undefined || known.has(session)) return;
    known.add(session);
    gone.push(session);
  };
  for (const { session } of story.tail) add(session);
  for (const { judgement } of story.verdicts) {
    add(judgement.session);
    add(judgement.stranger?.session);
  }
  return gone;
}
