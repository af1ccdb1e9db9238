import type { Principal, SessionEvent } from '../event/index.js';
import { namespaceOf } from '../identity/resolve.js';
import { type AgentDeclaration, type Declarations, NO_DECLARATIONS, type PartnerDeclaration } from './declarations.js';
import { type EgressTest, egressTest, type IsOwn } from './egress.js';

export interface DeclaredAgent {
  declaration: AgentDeclaration;
  /** it acts as itself; else with the rights of a person, through its OAuth client */
  isItself: boolean;
  /** undefined: it may come from anywhere */
  isInEgress: EgressTest | undefined;
}

export interface DeclaredPartner {
  declaration: PartnerDeclaration;
  isInEgress: EgressTest;
}

/**
 * Finds what is declared of an event. By the key of the principal, which is what vendor and identities say of it, the vendor's own id, the address and
 * the OAuth client alone: nothing that a client says of itself makes it anybody.
 */
export class Declared {
  readonly hasAgents: boolean;
  readonly hasPartners: boolean;
  private readonly agents = new Index<DeclaredAgent>();
  private readonly partners = new Index<DeclaredPartner>();
  private readonly clients = new Index<DeclaredAgent>();
  private readonly directories = new Index<DeclaredPartner>();
  private readonly domains = new Index<DeclaredPartner>();
  private readonly agentNames = new Map<string, DeclaredAgent>();
  private readonly partnerNames = new Map<string, DeclaredPartner>();

  constructor({ agents, partners }: Declarations, isOwn: IsOwn = () => false) {
    this.hasAgents = agents.length > 0;
    this.hasPartners = partners.length > 0;
    for (const declaration of agents) {
      const { name, tenant, ids, clients, egress } = declaration;
      const isInEgress = egress === undefined ? undefined : egressTest(egress, isOwn);
      const agent = { declaration, isItself: true, isInEgress };
      this.agentNames.set(name, agent);
      for (const id of ids) this.agents.add(id, tenant, agent);
      for (const client of clients) this.clients.add(client, tenant, { ...agent, isItself: false });
    }
    for (const declaration of partners) {
      const { name, tenant, ids, directories, domains, egress } = declaration;
      const partner = { declaration, isInEgress: egressTest(egress, isOwn) };
      this.partnerNames.set(name, partner);
      for (const id of ids) this.partners.add(id, tenant, partner);
      for (const directory of directories) this.directories.add(directory, tenant, partner);
      for (const domain of domains) this.domains.add(domain, tenant, partner);
    }
  }

  /** The agent that acts in an event: as itself, else through its OAuth client with somebody else's rights. */
  agentOf(event: SessionEvent): DeclaredAgent | undefined {
    if (!this.hasAgents) return undefined;
    const { tenant, principal, source, client } = event;
    const own = this.agents.ofPrincipal(tenant, principal, source);
    if (own !== undefined || client?.uid === undefined) return own;
    return this.clients.find(client.uid, tenant);
  }

  /** The partner whose person, or service, acts in an event. */
  partnerOf({ tenant, principal, source, details }: SessionEvent): DeclaredPartner | undefined {
    if (!this.hasPartners) return undefined;
    const home = details?.['home_tenant'];
    const { email } = principal;
    return (
      this.partners.ofPrincipal(tenant, principal, source) ??
      (home === undefined ? undefined : this.directories.find(home.toLowerCase(), tenant)) ??
      (email === undefined ? undefined : this.domains.find(email.slice(email.lastIndexOf('@') + 1), tenant))
    );
  }

  /**
   * Does an agent act through somebody else's rights in an event, from a way out that is declared? What it does is nothing that the person is known by. Of
   * one that may come from anywhere nobody could tell a thief, so that stays with the person.
   */
  isAgentsHand({ tenant, client }: SessionEvent): boolean {
    if (client?.uid === undefined || !this.clients.hasAny) return false;
    return this.clients.find(client.uid, tenant)?.isInEgress !== undefined;
  }

  /** @param tenant of whom was held to it: the name may be of another one's by now, whose declaration is nobody else's business */
  agentNamed(name: string, tenant: string): DeclaredAgent | undefined {
    return ofTenant(this.agentNames.get(name), tenant);
  }

  partnerNamed(name: string, tenant: string): DeclaredPartner | undefined {
    return ofTenant(this.partnerNames.get(name), tenant);
  }

  /** The declaration of whom a finding is about, by what is left of the event in it. @param client OAuth client of its trigger */
  declarationOf(tenant: string, principal: Principal, client: string | undefined): AgentDeclaration | PartnerDeclaration | undefined {
    const own = this.agents.ofKey(tenant, principal) ?? (client === undefined ? undefined : this.clients.find(client, tenant));
    if (own !== undefined) return own.declaration;
    const { email } = principal;
    const partner =
      this.partners.ofKey(tenant, principal) ??
      (email === undefined ? undefined : this.domains.find(email.slice(email.lastIndexOf('@') + 1), tenant));
    return partner?.declaration;
  }
}

function ofTenant<T extends { declaration: { tenant?: string } }>(found: T | undefined, tenant: string): T | undefined {
  return found?.declaration.tenant === undefined || found.declaration.tenant === tenant ? found : undefined;
}

/** Declarations by a name; one of a tenant stands over one of all. */
class Index<T> {
  private readonly everywhere = new Map<string, T>();
  private readonly byTenant = new Map<string, Map<string, T>>();
  hasAny = false;

  add(name: string, tenant: string | undefined, value: T): void {
    this.hasAny = true;
    if (tenant === undefined) {
      this.everywhere.set(name, value);
      return;
    }
    const own = this.byTenant.get(tenant) ?? new Map<string, T>();
    this.byTenant.set(tenant, own);
    own.set(name, value);
  }

  find(name: string, tenant: string): T | undefined {
    return this.byTenant.get(tenant)?.get(name) ?? this.everywhere.get(name);
  }

  ofKey(tenant: string, { key, email }: Principal): T | undefined {
    if (!this.hasAny) return undefined;
    const found = this.find(key.slice(key.indexOf('/') + 1), tenant);
    return found ?? (email === undefined ? undefined : this.find(email, tenant));
  }

  ofPrincipal(tenant: string, principal: Principal, { vendor, account }: SessionEvent['source']): T | undefined {
    const found = this.ofKey(tenant, principal);
    if (found !== undefined || !this.hasAny || principal.uid === undefined) return found;
    return this.find(`${namespaceOf(vendor, account)}:${principal.uid}`, tenant);
  }
}

/** Below what it is made of. */
export const NOTHING_DECLARED = new Declared(NO_DECLARATIONS);
