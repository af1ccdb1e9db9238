import { endOfKey, keysBehind, lent } from '../state/key-marks.js';
import type { Mark } from '../state/marks.js';
import { comparedParameters, GoesOnJudge, GRACE_OF_KEYS } from './after-end.js';
import type { Scene, SessionDetector } from './judgement.js';
import { numberOf, type Parameters } from './parameters.js';

/** Of AWS: `GetSessionToken` gives a session of a day and a half for a key, and no end of that key reaches it. */
export const outlivedKey: SessionDetector = {
  scope: 'session',
  name: 'outlived_key',
  doc: 'a session that was made with a key, and goes on after the key was deleted or switched off',
  parameters: {
    ...GRACE_OF_KEYS,
    ...comparedParameters(['outlived_key']),
  },
  create: (parameters) => new OutlivedKeyJudge(parameters),
};

class OutlivedKeyJudge extends GoesOnJudge {
  private readonly grace: number;

  constructor(parameters: Parameters) {
    super({ factorOf: () => 'outlived_key', verb: 'was made with a key that was taken away' }, parameters);
    this.grace = numberOf(parameters, 'grace_of_keys');
  }

  silence(scene: Scene, at: number): string {
    const { vendor, time, token_uid } = scene.session.tail[at]!;
    if (token_uid === undefined || keysBehind(scene.person.marks, token_uid, vendor, time).length === 0)
      return 'nothing tells with which key it was made';
    const end = this.endBehind(scene, at);
    return end === undefined
      ? 'the key that it was made with was not taken away before it'
      : 'so soon after the end it may have been under way';
  }

  protected brokenEnd(scene: Scene, at: number): Mark | undefined {
    const end = this.endBehind(scene, at);
    return end !== undefined && scene.session.tail[at]!.time - end.time > this.grace ? end : undefined;
  }

  /** The first end of a key that is behind the session's own. */
  private endBehind({ person, session }: Scene, at: number): Mark | undefined {
    const { vendor, time, token_uid } = session.tail[at]!;
    if (token_uid === undefined) return undefined;
    let first: Mark | undefined;
    for (const uid of keysBehind(person.marks, token_uid, vendor, time)) {
      const end = endOfKey(person.marks, lent(uid), vendor, time);
      if (end !== undefined && (first === undefined || end.time < first.time)) first = end;
    }
    return first;
  }
}
