import type { Factor, SessionEvent } from '../../event/index.js';
import { concerns, type Mark } from '../../state/marks.js';
import type { Fact, Observation } from '../../state/observation.js';
import { type Print, type PrintNote, setNote } from '../../state/print.js';
import type { Session } from '../../state/session.js';
import { watch } from '../../state/story.js';
import { isMachineType } from '../../state/usage.js';
import { isShellPrint } from '../../state/vendor-shell.js';
import { scoreOf } from '../factors.js';
import {
  type EvidenceSource,
  endBefore,
  evidenceOf,
  type Judgement,
  type Scene,
  type SessionDetector,
  type SessionJudge,
  UNREPORTED,
} from '../judgement.js';
import { LEVEL_FROM } from '../levels.js';
import { useName } from '../names.js';
import { heldOpenFact, isOwnShell } from '../own-shell.js';
import { evidenceFor } from '../recall.js';
import { doesElsewhere, isAppsOwn, isAtServer, isFirstThere } from './granted-app.js';
import { introduce } from './introduce.js';
import { deviates, isOneOf, mintNote, ownerOf } from './notes.js';
import { judgeAct, judgeSequence } from './sequence.js';
import { PARAMETERS, type ReuseSettings, readSettings } from './settings.js';
import { judgeReturn, judgeToken } from './token.js';
import { judgeClient } from './uncommon-client.js';

/** Events beside trigger and baseline that a finding names. */
const CONTEXT_EVENTS = 5;

export const sessionReuse: SessionDetector = {
  scope: 'session',
  name: 'session_reuse',
  doc: 'each event of a session against the fingerprints that the session is known by, lane by lane',
  keepsNotes: true,
  parameters: PARAMETERS,
  create: (parameters, rule) => new ReuseJudge(readSettings(parameters, rule)),
};

class ReuseJudge implements SessionJudge {
  readonly lookBack: number;
  readonly needsMarks = false;

  constructor(private readonly settings: ReuseSettings) {
    this.lookBack = settings.lookBack;
  }

  judge(scene: Scene, at: number): Judgement | undefined {
    const { settings } = this;
    const seen = scene.session.tail[at]!;
    if (isAtWork(scene, seen) || this.isOwnShell(scene, at)) return undefined;
    let note = seen.print.notes[settings.rule];
    if (note === undefined) {
      note = introduce(settings, scene, at);
      setNote(seen.print, settings.rule, note);
    }
    if (!deviates(note)) {
      const theft = judgeReturn(settings, scene, at);
      if (theft === undefined) return undefined;
      return conclude(settings, scene, at, theft.suspect, theft.suspect.notes[settings.rule]!, theft.factors);
    }
    if (isAppsOwn(settings, scene, seen)) return undefined;
    const factors = [...note.factors];
    // Servers take turns, rest and are many: of an app that works in another cloud the order of events says nothing, and an act only what it did nowhere else.
    if (isAtServer(seen.print)) {
      const isNewAct = seen.is_sensitive && !doesElsewhere(settings, scene, at);
      if (!isNewAct && !isFirstThere(settings, scene, seen)) return undefined;
      if (isNewAct) judgeAct(settings, seen, note, factors);
      return conclude(settings, scene, at, seen.print, note, factors);
    }
    judgeSequence(settings, scene, at, note, factors);
    judgeToken(settings, scene, at, note, factors);
    judgeClient(settings, scene, at, note, factors);
    return conclude(settings, scene, at, seen.print, note, factors);
  }

  factsOf(event: SessionEvent): readonly Fact[] | undefined {
    return heldOpenFact(this.settings.rule, event);
  }

  silence(scene: Scene, at: number): string {
    const { session } = scene;
    if (isAtWork(scene, session.tail[at]!)) return 'machines have no one place and no one program: rules of credentials look at them';
    if (this.isOwnShell(scene, at)) return "it is the vendor's shell, which the person's own browser holds open";
    const { print } = session.tail[at]!;
    if (isAppsOwn(this.settings, scene, session.tail[at]!))
      return 'an app that the person let in works where its servers are, or where it works by habit';
    const note = print.notes[this.settings.rule];
    if (isAtServer(print) && deviates(note))
      return 'an app that works in another cloud is told of once, and again only when it does there what it did nowhere else';
    if (note?.baseline === undefined) return 'it is the fingerprint that the session began with';
    return `it differs in nothing that counts from one that the session is known by: ${useName(note.baseline)}`;
  }

  adopt(print: Print, time: number, session: Session): void {
    if (print.notes[this.settings.rule] !== undefined || isShellPrint(print, session)) return;
    const note = mintNote(print, time, '');
    note.is_settled = true;
    setNote(print, this.settings.rule, note);
  }

  /** A shell is as suspect as the browser that it is open in. */
  private isOwnShell(scene: Scene, at: number): boolean {
    return isOwnShell(scene, scene.session.tail[at]!, (print) => {
      const note = print.notes[this.settings.rule];
      return note !== undefined && !note.is_suspect;
    });
  }
}

/** Is a machine at work, of which there may be many at once, and nobody at an account that is a machine's? */
function isAtWork({ person }: Scene, { is_presence }: Observation): boolean {
  return !is_presence && isMachineType(person.principal.type);
}

function conclude(settings: ReuseSettings, scene: Scene, at: number, suspect: Print, note: PrintNote, factors: Factor[]): Judgement {
  const seen = scene.session.tail[at]!;
  const score = scoreOf(factors, true);
  if (score >= LEVEL_FROM.medium && !note.is_suspect) {
    note.is_suspect = true;
    note.suspect_time = seen.time;
    note.suspect_uid = seen.uid;
    watch(scene.person.story, scene.session);
  }
  // Most judgements are not worth a word; only one that will be reported is put into words.
  if (score < settings.reportFrom) return { ...UNREPORTED, score };
  const owner = ownerOf(settings, suspect, note);
  const baseline = evidenceFor(scene.session, at, owner);
  const other = suspect === seen.print ? undefined : evidenceFor(scene.session, at, suspect);
  const end = endBefore(scene.person.marks, scene.session, seen, (mark: Mark) => concerns(mark, scene.session.issuer, scene.session.uid));
  return {
    score,
    factors,
    episode: `${end?.uid ?? ''}${isAtServer(suspect) ? `@${suspect.endpoint?.asn}` : ''}`,
    baseline: [baseline, other].filter((side) => side !== undefined),
    travel: note.travel,
    message: `is used ${useName(suspect)}, but was known ${useName(owner)}`,
    context: score >= LEVEL_FROM.medium ? contextOf(settings, scene.session, at, suspect) : [],
    session: undefined,
    stranger: { session: undefined, prefix: suspect.endpoint?.prefix },
  };
}

/** What else the newcomer did in the time before the event that is looked at: the first use, and the latest acts of consequence. */
function contextOf(settings: ReuseSettings, { tail }: Session, at: number, suspect: Print): EvidenceSource[] {
  const seen = tail[at]!;
  // What lies further back may be in memory or not, as events arrive: it says nothing.
  let from = at;
  while (from > 0 && tail[from - 1]!.time >= seen.time - settings.lookBack) from--;
  const acts: Observation[] = [];
  for (let i = at - 1; i >= from; i--) {
    const other = tail[i]!;
    if (!isOneOf(settings, suspect, other.print, seen)) continue;
    if (other.is_sensitive || !tail.slice(from, i).some((earlier) => earlier.print === other.print)) acts.push(other);
  }
  const first = acts.at(-1);
  const latest = acts.slice(0, CONTEXT_EVENTS - 1).reverse();
  return (first === undefined || latest.includes(first) ? latest : [first, ...latest]).map(evidenceOf);
}
