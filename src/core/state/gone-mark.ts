import type { MarkKind } from '../event/index.js';
import type { Mark } from './marks.js';
import type { Person } from './person.js';
import { keepEpisode, keepReports } from './session.js';

/** Of these the person's own rules count with what sessions are said to have done after them; with all others they count themselves. */
const ENDS_OF_SESSIONS: ReadonlySet<MarkKind> = new Set<MarkKind>(['sign_out', 'session_revoke']);

/**
 * A mark had to go for another: what was said because of it stands for good, since a judgement that does not know the mark would take it back. Of the
 * person's own findings these are all, unless the mark is an end of sessions that none was found to outlive: nothing rests on that, and what comes late
 * can still explain what was said. Whoever signs out every day has a mark go every day.
 */
export function keepRestingOn({ sessions, story, marks }: Pick<Person, 'sessions' | 'story' | 'marks'>, gone: Mark): void {
  let isTold = !ENDS_OF_SESSIONS.has(gone.kind);
  for (const session of sessions) {
    keepEpisode(session, gone, marks);
    isTold ||= session.reports.some(({ episode, finding }) => episode === gone.uid && finding.status !== 'retracted');
  }
  if (isTold) keepReports(story);
}
