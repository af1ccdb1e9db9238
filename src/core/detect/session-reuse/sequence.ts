import type { Factor } from '../../event/index.js';
import type { Observation } from '../../state/observation.js';
import type { PrintNote } from '../../state/print.js';
import type { Session } from '../../state/session.js';
import { factor } from '../factors.js';
import type { Scene } from '../judgement.js';
import { durationText, printName } from '../names.js';
import { isAtServer, runsOnMachines } from './granted-app.js';
import { deviatesByMore, isOneOf, isSameLog, isSwitch, ownerOf } from './notes.js';
import type { ReuseSettings } from './settings.js';

/** What the order of events says of a print that deviates: turns, many networks, a rest before, an act of consequence. */
export function judgeSequence(settings: ReuseSettings, scene: Scene, at: number, note: PrintNote, out: Factor[]): void {
  const { tail } = scene.session;
  const seen = tail[at]!;
  const turns = turnsBefore(settings, scene.session, at, note);
  const isMore = deviatesByMore(note);
  if (turns >= settings.alternationTurns && !isSwitch(note)) {
    const name = isMore ? 'alternation' : 'alternation_same_client';
    const owner = printName(ownerOf(settings, seen.print, note));
    out.push(
      factor(
        name,
        settings.points(name),
        `They take turns: ${turns} changes between ${owner} and ${printName(seen.print)} within ${durationText(settings.alternationWithin)}.`,
      ),
    );
    const device = seen.print.device_uid;
    if (isMore && device !== undefined && device !== 'none' && device === note.baseline?.device_uid) {
      out.push(
        factor('device_shared', settings.points('device_shared'), `The device id ${device} alternates on two networks with two clients.`),
      );
    }
  }
  const hasMoved = (note.points[0] ?? 0) > 0;
  if (hasMoved) {
    const networks = networksBefore(settings, scene.session, at);
    if (networks >= settings.networksCount) {
      out.push(
        factor(
          'networks_in_an_hour',
          settings.points('networks_in_an_hour'),
          `${networks} networks within ${durationText(settings.networksWithin)}.`,
        ),
      );
    }
    // Every morning takes up yesterday's session, in the office or abroad; few do so from a rented server.
    const kind = note.known.endpoint?.as_class;
    const before = at > 0 ? tail[at - 1]!.time : scene.session.folded_time;
    const rest = seen.time - before;
    if ((kind === 'hosting' || kind === 'tor') && before > 0 && rest >= settings.resumedAfter) {
      out.push(factor('resumed', settings.points('resumed'), `Taken up from a rented server after ${durationText(rest)} of rest.`));
    }
  }
  judgeAct(settings, seen, note, out);
}

/** A plain change of network is everybody's evening; an act of consequence weighs only on top of more than that. */
export function judgeAct(settings: ReuseSettings, seen: Observation, note: PrintNote, out: Factor[]): void {
  const isMoreThanMoved = deviatesByMore(note) || (note.points[0] ?? 0) > settings.points('network_changed');
  if (seen.is_sensitive && isMoreThanMoved) {
    out.push(factor('sensitive_act', settings.points('sensitive_act'), `The newcomer did what thieves do first: ${seen.action}.`));
  }
}

/** Changes of side between the newcomer and everybody else, in this lane and log, up to the event. */
function turnsBefore(settings: ReuseSettings, session: Session, at: number, note: PrintNote): number {
  // A program of a kind that the session did not have takes turns with all of it.
  const isNewLane = note.factors.some((f) => f.name === 'library_new_lane');
  const seen = session.tail[at]!;
  // An app has servers, and may run on its user's machine as well: what comes from another machine takes no turns with the servers.
  const hasServersBeside = runsOnMachines(settings, session, seen.print);
  const since = seen.time - settings.alternationWithin;
  let turns = 0;
  let wasNewcomer = true;
  for (let i = at - 1; i >= 0; i--) {
    const other = session.tail[i]!;
    if (other.time < since) break;
    if (!isSameLog(other, seen) || (other.print.lane !== seen.print.lane && !isNewLane)) continue;
    if (hasServersBeside && isAtServer(other.print)) continue;
    const isNewcomer = isOneOf(settings, seen.print, other.print, seen);
    if (isNewcomer !== wasNewcomer) turns++;
    wasNewcomer = isNewcomer;
  }
  return turns;
}

function networksBefore(settings: ReuseSettings, session: Session, at: number): number {
  const since = session.tail[at]!.time - settings.networksWithin;
  const networks = new Set<number>();
  for (let i = at; i >= 0; i--) {
    const other = session.tail[i]!;
    if (other.time < since) break;
    const endpoint = other.print.endpoint;
    if (isAtServer(other.print)) continue;
    if (endpoint?.asn !== undefined && endpoint.as_class !== 'relay' && endpoint.as_class !== 'mobile') networks.add(endpoint.asn);
  }
  return networks.size;
}
