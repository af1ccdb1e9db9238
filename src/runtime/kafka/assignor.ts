import type { Assignor, Member, TopicPartition } from './transport.js';

/** What a member has of a unit: its state is complete, or still being restored. */
export type Claim = 'running' | 'restoring';

export interface Claims {
  /** of the group when they were given: a member that comes back from long ago has nothing any more */
  generation: number;
  units: ReadonlyMap<string, Claim>;
}

export interface AssignorOptions {
  name: string;
  /** what goes to one member as a whole: the partitions of one number of input and changelog, or each partition by itself */
  unitOf(topic: string, partition: number): string;
  /** of this member, asked before every join */
  claims(): Claims;
}

/**
 * Everybody gets as many units as everybody else, or one more; within that each stays with whoever has its state, then with whoever is
 * restoring it. A unit moves only to level the load: moving one costs a restore.
 */
export function createAssignor({ name, unitOf, claims }: AssignorOptions): Assignor {
  return {
    name,
    userData: () => encodeClaims(claims()),
    assign(members, partitions) {
      const units = new Map<string, TopicPartition[]>();
      // by number first: whoever gives some up, or gets some, has no topic as a whole
      const topics = [...partitions].sort(([a], [b]) => compare(a, b));
      for (let partition = 0; topics.some(([, count]) => partition < count); partition++) {
        for (const [topic, count] of topics) {
          if (partition >= count) continue;
          const unit = unitOf(topic, partition);
          const parts = units.get(unit);
          if (parts === undefined) units.set(unit, [{ topic, partition }]);
          else parts.push({ topic, partition });
        }
      }
      const assigned = new Map<string, TopicPartition[]>();
      const topicOf = (unit: string) => units.get(unit)![0]!.topic;
      for (const [id, mine] of share([...units.keys()], members, topicOf)) {
        assigned.set(
          id,
          mine.flatMap((unit) => units.get(unit) ?? []),
        );
      }
      return assigned;
    },
  };
}

/** Units by member. @param topicOf the first topic of a unit, of which nobody is to have more than need be */
function share(units: readonly string[], members: readonly Member[], topicOf: (unit: string) => string): Map<string, string[]> {
  const ids = members.map(({ id }) => id).sort(compare);
  const shares = new Map<string, string[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return shares;
  const least = Math.floor(units.length / ids.length);
  /** how many may have one more than the least */
  let extra = units.length % ids.length;
  const free = new Set(units);
  const take = (unit: string, id: string): void => {
    const mine = shares.get(id)!;
    if (mine.length >= least) {
      if (mine.length > least || extra === 0) return;
      extra--;
    }
    mine.push(unit);
    free.delete(unit);
  };
  const owners = ownersOf(members);
  for (const wanted of ['running', 'restoring'] as const) {
    for (const unit of units) {
      const owner = owners.get(unit);
      if (free.has(unit) && owner?.claim === wanted) take(unit, owner.id);
    }
  }
  for (const unit of [...free]) {
    const topic = topicOf(unit);
    const ofTopic = (id: string) => shares.get(id)!.filter((one) => topicOf(one) === topic).length;
    const hasRoom = (id: string) => shares.get(id)!.length < least || (shares.get(id)!.length === least && extra > 0);
    const fewer = (a: string, b: string) => ofTopic(b) - ofTopic(a) || shares.get(b)!.length - shares.get(a)!.length;
    const fittest = ids.filter(hasRoom).reduce((a, b) => (fewer(a, b) < 0 ? b : a));
    take(unit, fittest);
  }
  return shares;
}

interface Owner {
  id: string;
  claim: Claim;
  generation: number;
}

/** Of several that claim a unit: the latest generation's word, then who has it complete. */
function ownersOf(members: readonly Member[]): Map<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const { id, user_data } of members) {
    const { generation, units } = decodeClaims(user_data);
    for (const [unit, claim] of units) {
      const other = owners.get(unit);
      const mine = { id, claim, generation };
      if (other === undefined || rank(mine, other) < 0) owners.set(unit, mine);
    }
  }
  return owners;
}

function rank(a: Owner, b: Owner): number {
  if (a.generation !== b.generation) return b.generation - a.generation;
  if (a.claim !== b.claim) return a.claim === 'running' ? -1 : 1;
  return compare(a.id, b.id);
}

function encodeClaims({ generation, units }: Claims): Buffer {
  const of = (claim: Claim) => [...units].filter(([, held]) => held === claim).map(([unit]) => unit);
  return Buffer.from(JSON.stringify({ v: 1, generation, running: of('running'), restoring: of('restoring') }));
}

/** What cannot be read claims nothing: a member of another version is no reason for the group to stand still. */
function decodeClaims(data: Buffer): Claims {
  const units = new Map<string, Claim>();
  let generation = 0;
  try {
    const read = JSON.parse(data.toString('utf8')) as { generation?: unknown; running?: unknown; restoring?: unknown };
    if (typeof read.generation === 'number') generation = read.generation;
    for (const claim of ['restoring', 'running'] as const) {
      const named = read[claim];
      if (Array.isArray(named)) for (const unit of named) if (typeof unit === 'string') units.set(unit, claim);
    }
  } catch {}
  return { generation, units };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
