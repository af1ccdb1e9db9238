import { isOfSomeKey, type Mark } from './marks.js';
import type { Person } from './person.js';
import { keepEpisode, keepReports } from './session.js';

/**
 * A mark had to go for another: what was said because of it stands for good, since a judgement that does not know the mark would take it back. Of the
 * person's own findings these are all, where the mark was a key's or a session was found to outlive it; else nothing rests on it, and what comes late
 * can still explain what was said. Whoever signs out every day has a mark go every day.
 */
export function keepRestingOn({ sessions, story, marks }: Pick<Person, 'sessions' | 'story' | 'marks'>, gone: Mark): void {
  let isTold = isOfSomeKey(gone) || gone.kind === 'key_issue' || gone.kind === 'job_end';
  for (const session of sessions) {
    keepEpisode(session, gone, marks);
    isTold ||= session.reports.some(({ episode, finding }) => episode === gone.uid && finding.status !== 'retracted');
  }
  if (isTold) keepReports(story);
}
