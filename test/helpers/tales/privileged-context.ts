import { compare } from '../../../src/core/detect/compare.js';
import { type FactorName, factor, scoreOf } from '../../../src/core/detect/factors.js';
import type { Parameters } from '../../../src/core/detect/parameters.js';
import type { Endpoint, SessionEvent } from '../../../src/core/event/index.js';
import type { Judge, SessionTale, Use, Verdict } from '../oracle.js';

/** Who administers in a session is held against what the session was when it began. */
export class PrivilegedTale implements Judge {
  constructor(
    private readonly session: SessionTale,
    private readonly parameters: Parameters,
  ) {}

  suspects(): boolean {
    return false;
  }

  verdict(at: number): Verdict | undefined {
    const use = this.session.uses[at]!;
    const recent = this.session.uses.slice(0, at + 1).filter(({ time }) => time >= use.time - this.number('within'));
    if (!recent.some((other) => isPrivileged(this.session.person.eventOf(other)))) return undefined;
    const factors = this.changes(use);
    const device = use.device_uid;
    const states = recent.filter((other) => other !== use && other.device_uid === device && other.is_compliant !== undefined);
    if (device !== undefined && use.is_compliant === false && states.at(-1)?.is_compliant === true)
      factors.push(this.factor('posture_lost'));
    if (!factors.some(({ points }) => points > 0)) return undefined;
    return { score: scoreOf([...factors, this.factor('privileged')], true), episode: this.session.endBefore(use), about: use.look };
  }

  /** From the first use of this kind of program to this one. */
  private changes(use: Use) {
    const { person, uses } = this.session;
    const first = uses.find(({ look }) => look.lane === use.look.lane)!.look;
    if (first === use.look) return [];
    const settings = {
      points: (name: FactorName) => this.number(`points_${name}`),
      speed_kmh: this.number('speed_kmh'),
      distance_km: this.number('distance_km'),
    };
    const gap = use.time - this.session.lastUse(first, use.at)!.time;
    const isTheirs = (endpoint: Endpoint): boolean => person.isAccustomed(endpoint, use.time);
    const { factors } = compare(first.traits, use.look.traits, gap, settings, isTheirs, true);
    const isKnown = person.isKnown(use.time, this.number('learning_days'), this.number('learning_sign_ins'));
    const networks = person.lessonsBefore(use.time).map(({ look }) => look.traits.endpoint?.asn);
    const hasHabits = networks.some((asn) => asn !== undefined && person.isHabit('network', String(asn), use.time));
    return isKnown && hasHabits ? factors : factors.filter(({ name }) => name !== 'network_changed');
  }

  private number(name: string): number {
    return Number(this.parameters[name]);
  }

  private factor(name: FactorName) {
    return factor(name, this.number(`points_${name}`), name);
  }
}

function isPrivileged({ activity, details }: SessionEvent): boolean {
  if (activity === 'role_grant') return details?.['is_privileged'] === 'true' && details['assignment'] !== 'requested';
  if (activity === 'policy_change') return details?.['kind'] !== 'sharing';
  if (['sign_in', 'token_issue', 'session_use'].includes(activity)) return details?.['is_admin_surface'] === 'true';
  return ['app_credential', 'audit_tamper', 'impersonation'].includes(activity);
}
