import type { Endpoint, PersonState, Principal, UserAgent } from '../../event/index.js';
import { NO_AGENT } from '../print.js';

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
    return this.object(this.endpoints, endpoint, 'e');
  }

  agent(agent: UserAgent | undefined): number {
    return this.object(this.user_agents, agent, 'a');
  }

  principal(principal: Principal): number {
    return this.object(this.principals, principal, 'p');
  }

  /** Equal ones have one place, whether or not they are one object: what came in two records is two objects until it was written and read. */
  private object<T extends object>(list: T[], item: T | undefined, kind: string): number {
    if (item === undefined) return 0;
    const known = this.objects.get(item);
    if (known !== undefined) return known;
    const place = this.placeOf(list, item, kind + JSON.stringify(Object.entries(item).filter(isThere).sort(byName)));
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

/** A field that is absent and one that is undefined are one and the same, and so is whatever order they come in. */
function isThere([, value]: [string, unknown]): boolean {
  return value !== undefined;
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
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
