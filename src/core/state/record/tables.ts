import type { Endpoint, Principal, UserAgent } from '../../event/index.js';
import { NO_AGENT } from '../print.js';
import { isSameAgent, isSameEndpoint, isSamePrincipal } from './same.js';

/** What a person's record says more than once, each thing once: written as its place, counted from 1; 0 is nothing. */
export class TablesToWrite {
  readonly words: string[] = [];
  readonly endpoints: Endpoint[] = [];
  readonly user_agents: UserAgent[] = [];
  readonly principals: Principal[] = [];
  private readonly places = new Map<string, number>();
  private readonly ofEndpoints = new PlacesOf<Endpoint>(this.endpoints, ({ ip }) => ip, isSameEndpoint);
  private readonly ofAgents = new PlacesOf<UserAgent>(this.user_agents, ({ original }) => original, isSameAgent);
  private readonly ofPrincipals = new PlacesOf<Principal>(this.principals, ({ key }) => key, isSamePrincipal);

  word(text: string | undefined): number {
    if (text === undefined) return 0;
    const known = this.places.get(text);
    if (known !== undefined) return known;
    const place = this.words.push(text);
    this.places.set(text, place);
    return place;
  }

  endpoint(endpoint: Endpoint | undefined): number {
    return endpoint === undefined ? 0 : this.ofEndpoints.placeOf(endpoint);
  }

  agent(agent: UserAgent | undefined): number {
    return agent === undefined ? 0 : this.ofAgents.placeOf(agent);
  }

  principal(principal: Principal): number {
    return this.ofPrincipals.placeOf(principal);
  }
}

/** Equal ones have one place, whether or not they are one object: what came in two records is two objects until it was written and read. */
class PlacesOf<T extends object> {
  private readonly objects = new Map<T, number>();
  private readonly alike = new Map<string | undefined, number[]>();

  /** @param keyOf the same for those that are the same */
  constructor(
    private readonly list: T[],
    private readonly keyOf: (item: T) => string | undefined,
    private readonly isSame: (a: T, b: T) => boolean,
  ) {}

  placeOf(item: T): number {
    let place = this.objects.get(item);
    if (place === undefined) {
      place = this.find(item);
      this.objects.set(item, place);
    }
    return place;
  }

  private find(item: T): number {
    const key = this.keyOf(item);
    const places = this.alike.get(key);
    if (places !== undefined) {
      for (const place of places) if (this.isSame(this.list[place - 1]!, item)) return place;
      places.push(this.list.push(item));
      return this.list.length;
    }
    this.alike.set(key, [this.list.push(item)]);
    return this.list.length;
  }
}

/** The same, read. */
export class TablesToRead {
  constructor(
    private readonly words: readonly string[],
    private readonly endpoints: readonly Endpoint[],
    private readonly user_agents: readonly UserAgent[],
    private readonly principals: readonly Principal[],
  ) {}

  word(place: number): string | undefined {
    return this.words[place - 1];
  }

  /** @throws when nothing stands there: whoever wrote it wrote something */
  wordAt(place: number): string {
    return at(this.words, place);
  }

  endpoint(place: number): Endpoint | undefined {
    return this.endpoints[place - 1];
  }

  agent(place: number): UserAgent | undefined {
    const agent = this.user_agents[place - 1];
    return agent?.original === NO_AGENT.original ? NO_AGENT : agent;
  }

  principal(place: number): Principal {
    return at(this.principals, place);
  }
}

function at<T>(list: readonly T[], place: number): T {
  const item = list[place - 1];
  if (item === undefined) throw new Error(`a person's record has nothing at place ${place} of ${list.length}`);
  return item;
}
