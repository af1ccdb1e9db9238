import type { Endpoint, PersonState, Principal, UserAgent } from '../../../src/core/event/index.js';
import { NO_AGENT } from '../../../src/core/state/print.js';

/** What a person's record says more than once, each thing once: written as its place, counted from 1; 0 is nothing. */
export class TablesToWrite {
  readonly words: string[] = [];
  readonly endpoints: Endpoint[] = [];
  readonly user_agents: UserAgent[] = [];
  readonly principals: Principal[] = [];
  private readonly places = new Map<string, number>();
  private readonly objects = new Map<object, number>();

  word(text: string | undefined): number {
    return text === undefined ? 0 : this.placeOf(this.words, text, `w${text}`);
  }

  endpoint(endpoint: Endpoint | undefined): number {
    return endpoint === undefined ? 0 : this.object(this.endpoints, endpoint, keyOfEndpoint);
  }

  agent(agent: UserAgent | undefined): number {
    return agent === undefined ? 0 : this.object(this.user_agents, agent, keyOfAgent);
  }

  principal(principal: Principal): number {
    return this.object(this.principals, principal, keyOfPrincipal);
  }

  /** Equal ones have one place, whether or not they are one object: what came in two records is two objects until it was written and read. */
  private object<T extends object>(list: T[], item: T, keyOf: (item: T) => string): number {
    const known = this.objects.get(item);
    if (known !== undefined) return known;
    const place = this.placeOf(list, item, keyOf(item));
    this.objects.set(item, place);
    return place;
  }

  private placeOf<T>(list: T[], item: T, key: string): number {
    const known = this.places.get(key);
    if (known !== undefined) return known;
    const place = list.push(item);
    this.places.set(key, place);
    return place;
  }
}

/** All of it: two that differ in anything are two. A line break stands in no field. */
function keyOfEndpoint(e: Endpoint): string {
  return `e${e.ip}\n${e.hostname}\n${e.class}\n${e.prefix}\n${e.country}\n${e.region}\n${e.city}\n${e.lat}\n${e.long}\n${e.radius_km}\n${e.asn}\n${e.as_org}\n${e.as_class}`;
}

function keyOfAgent(a: UserAgent): string {
  return `a${a.kind}\n${a.family}\n${a.major}\n${a.os}\n${a.form_factor}\n${a.original}`;
}

export function keyOfPrincipal(p: Principal): string {
  const { key, type, uid, email, name, on_behalf_of, tags } = p;
  return `p${JSON.stringify([key, type, uid ?? 0, email ?? 0, name ?? 0, on_behalf_of ?? 0, tags ?? 0])}`;
}

/** The same, read. */
export class TablesToRead {
  constructor(private readonly state: Pick<PersonState, 'words' | 'endpoints' | 'user_agents' | 'principals'>) {}

  word(place: number): string | undefined {
    return this.state.words[place - 1];
  }

  /** @throws when nothing stands there: whoever wrote it wrote something */
  wordAt(place: number): string {
    return this.at(this.state.words, place);
  }

  endpoint(place: number): Endpoint | undefined {
    return this.state.endpoints[place - 1];
  }

  agent(place: number): UserAgent | undefined {
    const agent = this.state.user_agents[place - 1];
    return agent?.original === NO_AGENT.original ? NO_AGENT : agent;
  }

  principal(place: number): Principal {
    return this.at(this.state.principals, place);
  }

  private at<T>(list: readonly T[], place: number): T {
    const item = list[place - 1];
    if (item === undefined) throw new Error(`a person's record has nothing at place ${place} of ${list.length}`);
    return item;
  }
}
