import type { Activity, NetworkClass } from '../event/index.js';

/** Where somebody may come from: whoever is in one of these is inside. */
export interface DeclaredEgress {
  cidr?: readonly string[];
  asn?: readonly number[];
  /** names of network organisations, as findings print them */
  network?: readonly string[];
  network_class?: readonly NetworkClass[];
  /** the operator's own ways out as well (`lists.egress`) */
  own?: boolean;
}

/** One span of the day on some days of the week, by the clock of a place. */
export interface DeclaredHours {
  /** IANA name, for people */
  zone: string;
  /** 0 is Sunday; of a span that goes past midnight the day on which it begins */
  days: readonly number[];
  /** minutes after midnight; `to` is the first that lies outside, and below `from` when the span goes past midnight */
  from: number;
  to: number;
  /** what the zone's clock is ahead of UTC, ms, from each time on; the first holds for all that is earlier */
  offsets: readonly { from: number; ms: number }[];
}

/** What an agent is for, by its operator's word. What is absent is not asked. */
export interface AgentDeclaration {
  name: string;
  /** the team that answers for it */
  owner: string;
  /** it holds in this tenant only; absent: in all */
  tenant?: string;
  /** ids and addresses of the agent's own principals, as keys have them */
  ids: readonly string[];
  /** OAuth clients through which it acts for people */
  clients: readonly string[];
  /** patterns of those for whom it may act; empty: nobody */
  acts_for?: readonly string[];
  egress?: DeclaredEgress;
  /** patterns of ids and names of what it may reach */
  resources?: readonly string[];
  activities?: readonly Activity[];
  /** patterns of the vendors' own names of what it may do */
  actions?: readonly string[];
  hours?: readonly DeclaredHours[];
}

/** An organisation whose people administer for the operator, and where these come from. */
export interface PartnerDeclaration {
  name: string;
  owner: string;
  tenant?: string;
  /** its own directories, as the vendor names them */
  directories: readonly string[];
  /** the domains of its people's addresses */
  domains: readonly string[];
  /** ids and addresses of single principals of its */
  ids: readonly string[];
  egress: DeclaredEgress;
}

/** What an operator declares, checked. */
export interface Declarations {
  agents: readonly AgentDeclaration[];
  partners: readonly PartnerDeclaration[];
}

export const NO_DECLARATIONS: Declarations = Object.freeze({ agents: [], partners: [] });
