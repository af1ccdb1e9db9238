import fc from 'fast-check';
import type { OutRecord } from '../../../src/runtime/kafka/transport.js';
import { MarkRecords } from '../../../src/runtime/stages/mark-records.js';
import { isMovedKey } from '../../../src/runtime/stages/moved-keys.js';
import { feedRecords } from '../../../src/runtime/stages/named-records.js';
import { SourceMarks } from '../../../src/runtime/stages/source-marks.js';
import { isWaitKey } from '../../../src/runtime/stages/waits.js';
import { isWordsKey } from '../../../src/runtime/stages/words.js';
import { runs } from '../../helpers/runs.js';

const RECENT = 1024;
const IN_BLOCK = 32;
const DAY = 24 * 3_600_000;

type Place = readonly [offset: number, index: number];
type Sent = [source: number, place: Place];

const at = ([offset, index]: Place, source = 0) => ({ topic: 'raw', partition: source, generation: 1, offset, index });
const nameOf = (source: number) => `raw/${source}/1`;

/** A compacted changelog. */
class Changelog extends Map<string, string> {
  write(records: readonly OutRecord[]): void {
    for (const { key, value } of records) {
      if (value === null) this.delete(String(key));
      else this.set(String(key), String(value));
    }
  }
  /** Whoever starts on it. */
  read(): { records: MarkRecords; marks: SourceMarks } {
    const records = new MarkRecords();
    for (const [key, value] of this) records.load(Buffer.from(key), Buffer.from(value), 'changelog');
    const marks = new SourceMarks();
    marks.resume(records.standing());
    return { records, marks };
  }
  keys_of(name: string): string[] {
    return [...this.keys()].filter((key) => key.startsWith(`\u0000source/${name}`) || key.startsWith(`\u0000source-block/${name}`));
  }
}

/** What is to be said of one source, with everything in one list; and as the earlier version has read and written it, which had one, too. */
class Listed {
  private mark: [number, number, number] | undefined;
  private floor: Place = [-1, 0];
  private places: Place[] = [];
  private readonly known = new Set<string>();

  meet(place: Place, arrival: number): number | 'next' | 'late' {
    const { mark } = this;
    if (mark === undefined) {
      this.mark = [...place, arrival];
      this.add(place);
      return 'next';
    }
    const isNext = isAbove(place, mark);
    if (!isNext && (!isAbove(place, this.floor) || this.known.has(place.join()))) return mark[2];
    this.add(place);
    if (this.places.length > RECENT) {
      const gone = this.places.shift()!;
      this.known.delete(gone.join());
      if (isAbove(gone, this.floor)) this.floor = gone;
    }
    if (isNext) [mark[0], mark[1]] = place;
    mark[2] = Math.max(mark[2], arrival);
    return isNext ? 'next' : 'late';
  }

  private add(place: Place): void {
    this.places.push(place);
    this.known.add(place.join());
  }

  text(): string {
    let [before] = this.mark!;
    const texts = [this.floor, ...this.places].map(([offset, index]) => {
      const far = offset - before;
      before = offset;
      return index === 0 ? String(far) : `${far}:${index}`;
    });
    return JSON.stringify({ format: 1, events: [this.mark!.join(':'), ...texts].join(' ') });
  }

  static read(text: string): Listed {
    const listed = new Listed();
    const { events } = JSON.parse(text) as { events: string };
    const [mark = '', ...parts] = events.split(' ');
    listed.mark = mark.split(':').map(Number) as [number, number, number];
    let [before] = listed.mark;
    const [floor, ...places] = parts.map((part): Place => {
      const [far, index = 0] = part.split(':').map(Number);
      before += far!;
      return [before, index];
    });
    listed.floor = floor!;
    for (const place of places) listed.add(place);
    return listed;
  }
}

function isAbove([offset, index]: Place, than: readonly number[]): boolean {
  return offset > than[0]! || (offset === than[0] && index > than[1]!);
}

test('golden: what is written of a source, and of its full blocks', () => {
  const marks = new SourceMarks();
  const records = new MarkRecords();
  for (const place of [
    [7, 0],
    [9, 0],
    [9, 2],
    [8, 0],
  ] as const)
    marks.meet(at(place), 1767225600000);
  const written = new Changelog();
  written.write(records.take('changelog', 3, marks.standing()));
  expect([...written]).toEqual([['\u0000source/raw/0/1', '{"format":1,"events":"9:2:1767225600000 -10 8 2 0:2 -1"}']]);
  for (let offset = 20; offset < 50; offset++) marks.meet(at([offset, offset % 10 === 0 ? 1 : 0]), 1767225600001);
  written.write(records.take('changelog', 3, marks.standing()));
  const block = '7 2 0:2 -1 12:1 1 1 1 1 1 1 1 1 1 1:1 1 1 1 1 1 1 1 1 1 1:1 1 1 1 1 1 1 1';
  expect([...written]).toEqual([
    ['\u0000source/raw/0/1', '{"format":1,"events":"49:0:1767225600001 -2 1 1","block":1,"floor":"-1"}'],
    ['\u0000source-block/raw/0/1/0', `{"format":1,"events":"0 ${block}"}`],
  ]);
});

test('golden: as an earlier version has written it, all in one, it is read', () => {
  const text =
    '{"format":1,"events":"49:0:1767225600001 -50 8 2 0:2 -1 12:1 1 1 1 1 1 1 1 1 1 1:1 1 1 1 1 1 1 1 1 1 1:1 1 1 1 1 1 1 1 1 1"}';
  const changelog = new Changelog([['\u0000source/raw/0/1', text]]);
  const known: Place[] = [
    [7, 0],
    [9, 2],
    [8, 0],
    [20, 1],
    [47, 0],
    [49, 0],
  ];
  const news: Place[] = [
    [6, 0],
    [9, 1],
    [20, 0],
    [50, 0],
  ];
  const answers = () => [...known, ...news].map((place) => changelog.read().marks.meet(at(place), 1767225600002));
  const expected = [...known.map(() => 1767225600001), 'late', 'late', 'late', 'next'];
  expect(answers()).toEqual(expected);
  const { records, marks } = changelog.read();
  changelog.write(records.take('changelog', 0, marks.standing()));
  expect([...changelog.keys()]).toEqual(['\u0000source/raw/0/1', '\u0000source-block/raw/0/1/0']);
  expect(changelog.get('\u0000source/raw/0/1')).not.toBe(text);
  expect(answers()).toEqual(expected);
});

test('to an earlier version all that stands in full blocks counts as known, however low the latest of them is', () => {
  const changelog = new Changelog();
  const { records, marks } = changelog.read();
  for (const first of [100, 0]) for (let offset = 0; offset < 32; offset++) marks.meet(at([first + offset, 0]), 1);
  marks.meet(at([140, 0]), 1);
  changelog.write(records.take('changelog', 0, marks.standing()));
  const earlier = Listed.read(changelog.get('\u0000source/raw/0/1')!);
  expect([31, 99, 131, 132, 140].map((offset) => earlier.meet([offset, 0], 1))).toEqual([1, 1, 1, 'late', 1]);
});

test('it has keys of its own, and an earlier version those of the sources only', () => {
  const marks = new SourceMarks();
  for (let offset = 0; offset < 40; offset++) marks.meet(at([offset, 0]), 1);
  const written = new MarkRecords().take('changelog', 3, marks.standing());
  const keys = written.map(({ key }) => Buffer.from(key as Buffer));
  expect(written.map(({ topic, partition }) => [topic, partition])).toEqual(Array(2).fill(['changelog', 3]));
  expect(keys.map((key) => new MarkRecords().isKey(key))).toEqual([true, true]);
  for (const isOther of [isWaitKey, isMovedKey, isWordsKey, (key: Buffer) => feedRecords().isKey(key)])
    expect(keys.some((key) => isOther(key))).toBe(false);
  expect(keys.map((key) => key.toString().startsWith('\u0000source/'))).toEqual([true, false]);
  for (const key of ['\u0000position', 'raw/0/1', '\u0000source/', '\u0000feed/raw'])
    expect(new MarkRecords().isKey(Buffer.from(key))).toBe(false);
});

test('of another format it is not guessed at', () => {
  for (const key of ['\u0000source/raw/0/1', '\u0000source-block/raw/0/1/0'])
    expect(() => new MarkRecords().load(Buffer.from(key), Buffer.from('{"format":2}'), 'changelog')).toThrow(
      /in format 2; this version reads format 1/,
    );
});

test('what is the same is not written again, and after a restore neither', () => {
  const changelog = new Changelog();
  const { records, marks } = changelog.read();
  for (let offset = 0; offset < 3000; offset++) marks.meet(at([offset, 0], offset % 2), 1);
  changelog.write(records.take('changelog', 0, marks.standing()));
  expect(changelog.size).toBe(2 * 33);
  expect(records.take('changelog', 0, marks.standing())).toEqual([]);
  const next = changelog.read();
  expect(next.records.take('changelog', 0, next.marks.standing())).toEqual([]);
  next.marks.meet(at([3000, 0], 1), 1);
  expect(next.records.take('changelog', 0, next.marks.standing()).map(({ key }) => String(key))).toEqual([`\u0000source/${nameOf(1)}`]);
});

test('what is forgotten goes with all of its blocks, also of one that was read', () => {
  const changelog = new Changelog();
  const first = changelog.read();
  for (let offset = 0; offset < 1100; offset++) first.marks.meet(at([offset, 0]), DAY);
  changelog.write(first.records.take('changelog', 0, first.marks.standing()));
  expect(changelog.keys_of(nameOf(0))).toHaveLength(33);
  const { records, marks } = changelog.read();
  marks.meet(at([0, 0], 1), 32 * DAY);
  changelog.write(records.take('changelog', 0, marks.standing()));
  expect([...changelog.keys()]).toEqual([`\u0000source/${nameOf(1)}`]);
});

test('what is written is what came: little more with hundreds of sources than with few', () => {
  const perEvent = (sources: number): number => {
    const marks = new SourceMarks();
    const records = new MarkRecords();
    let bytes = 0;
    for (let n = 0; n < 1100 * sources + 10_000; n++) {
      marks.meet(at([1_000_000 + 60 * Math.floor(n / sources), 0], n % sources), 1767225600000 + n);
      if (n % 625 !== 0) continue;
      const written = records.take('changelog', 0, marks.standing());
      if (n >= 1100 * sources) for (const { key, value } of written) bytes += key!.length + (value?.length ?? 0);
    }
    return bytes / 10_000;
  };
  expect(perEvent(8)).toBeLessThan(8);
  expect(perEvent(80)).toBeLessThan(40);
});

/** Events of some sources: most of them next, some behind, some sent again. Of most so many have come first that the blocks go round. */
const sent = fc
  .tuple(
    fc.array(fc.constantFrom(0, 900, 1000, 1024), { minLength: 1, maxLength: 4 }),
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 3 }), fc.nat()), {
      minLength: 1,
      maxLength: 20,
    }),
  )
  .map(([first, stretches]) => {
    const next = [...first];
    const events = first.flatMap((count, source) => Array.from({ length: count }, (_, offset): Sent => [source, [offset, 0]]));
    for (const [pick, count, step, seed] of stretches) {
      const source = pick % first.length;
      for (let n = 0, far = seed; n < count; n++) {
        far = (far * 48_271 + 11) % 0x7fffffff;
        if (far % 4 > 0) next[source]! += step;
        // there are as many places behind as are known, and some more
        const behind = far % 4 > 0 ? 0 : (far >> 2) % 1200;
        events.push([source, [Math.max(0, next[source]! - behind), (far >> 13) % 2]]);
      }
    }
    return events;
  });

/** As detect does it: what stands where each generation begins, written some generations later, and read again from there after a restore. */
const plans = fc.record({
  generation: fc.integer({ min: 1, max: 150 }),
  behind: fc.integer({ min: 0, max: 8 }),
  crashes: fc.array(fc.nat(5000), { maxLength: 8 }).map((all) => new Set(all)),
});

test('whoever crashes at any point says of each event what one says that never stopped, and leaves the same behind', () => {
  fc.assert(
    fc.property(sent, plans, (events, { generation, behind, crashes }) => {
      const oracles = new Map<number, Listed>();
      const expected = events.map(([source, place], n) => {
        const oracle = oracles.get(source) ?? new Listed();
        oracles.set(source, oracle);
        return oracle.meet(place, n);
      });
      const run = (crashes: ReadonlySet<number>): Changelog => {
        const changelog = new Changelog();
        const left = new Set(crashes);
        const answers: (number | string)[] = [];
        let from = 0;
        let { records, marks } = changelog.read();
        let generations = [{ from, standing: marks.standing() }];
        for (let n = 0; n < events.length; n++) {
          if (left.delete(n)) {
            ({ records, marks } = changelog.read());
            generations = [{ from, standing: marks.standing() }];
            n = from;
          }
          const [source, place] = events[n]!;
          if (n % generation === 0 && n > generations.at(-1)!.from) {
            generations.push({ from: n, standing: marks.standing() });
            const oldest = generations.splice(0, Math.max(0, generations.length - 1 - behind)).length > 0;
            if (oldest) {
              from = generations[0]!.from;
              changelog.write(records.take('changelog', 0, generations[0]!.standing));
            }
          }
          const answer = marks.meet(at(place, source), n);
          if (n < answers.length && answer !== answers[n])
            throw new Error(`at ${n} it says ${answer} when it is read again, and said ${answers[n]}`);
          answers[n] = answer;
        }
        changelog.write(records.take('changelog', 0, marks.standing()));
        expect(answers).toEqual(expected);
        return changelog;
      };
      expect(new Map(run(crashes))).toEqual(new Map(run(new Set())));
    }),
    runs(60),
  );
});

test('an earlier version in between: nothing counts twice, and what it has written counts, not what is left from before', () => {
  fc.assert(
    fc.property(
      sent,
      fc.integer({ min: 150, max: 1500 }),
      fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      (events, turn, turns) => {
        const changelog = new Changelog();
        const came = new Map<number, Set<string>>();
        for (let begin = 0, k = 0; begin < events.length; begin += turn, k++) {
          const part = events.slice(begin, begin + turn);
          const isEarlier = turns[k % turns.length]!;
          const meets = (meet: (source: number, place: Place, n: number) => number | string) =>
            part.forEach(([source, place], i) => {
              const seen = came.get(source) ?? new Set();
              came.set(source, seen);
              const isNews = typeof meet(source, place, begin + i) === 'string';
              if (isNews && seen.has(place.join())) throw new Error(`${source}: ${place} counts twice`);
              seen.add(place.join());
            });
          if (isEarlier) {
            // it writes all that it has read, in its own way, and leaves alone what it does not know of
            const listed = new Map<number, Listed>();
            for (let source = 0; source < 5; source++) {
              const text = changelog.get(`\u0000source/${nameOf(source)}`);
              if (text !== undefined) listed.set(source, Listed.read(text));
            }
            meets((source, place, n) => {
              const one = listed.get(source) ?? new Listed();
              listed.set(source, one);
              return one.meet(place, n);
            });
            for (const [source, one] of listed) changelog.set(`\u0000source/${nameOf(source)}`, one.text());
          } else {
            const { records, marks } = changelog.read();
            const before = [...came.keys()].map((source) => changelog.get(`\u0000source/${nameOf(source)}`));
            const oracles = new Map<number, Listed>();
            // behind an earlier one all is as that one says
            if (k > 0 && turns[(k - 1) % turns.length])
              [...came.keys()].forEach((source, i) => void oracles.set(source, Listed.read(before[i]!)));
            meets((source, place, n) => {
              const said = marks.meet(at(place, source), n);
              const oracle = oracles.get(source);
              if (oracle !== undefined && said !== oracle.meet(place, n)) throw new Error(`${source}: ${place} is ${said}`);
              return said;
            });
            changelog.write(records.take('changelog', 0, marks.standing()));
            // nothing is left that it does not vouch for
            const again = changelog.read();
            expect(again.marks.standing()).toEqual(marks.standing());
            for (const source of came.keys()) {
              const { before: at, blocks } = marks.standing().get(nameOf(source))!;
              expect(changelog.keys_of(nameOf(source))).toHaveLength(1 + blocks.filter((block) => block !== undefined).length);
              expect(Math.min(at?.block ?? 0, RECENT / IN_BLOCK)).toBe(blocks.filter((block) => block !== undefined).length);
            }
          }
        }
      },
    ),
    runs(60),
  );
});

test('a record of a source whose blocks are not those that it names is read as far as it goes', () => {
  const changelog = new Changelog();
  const { records, marks } = changelog.read();
  for (let offset = 0; offset < 100; offset += 2) marks.meet(at([offset, 0]), 1);
  changelog.write(records.take('changelog', 0, marks.standing()));
  const block = '\u0000source-block/raw/0/1/0';
  for (const other of [undefined, '{"format":1,"events":"32 5 1"}']) {
    if (other === undefined) changelog.delete(block);
    else changelog.set(block, other);
    const next = changelog.read();
    expect([1, 61, 62, 65, 66, 101].map((offset) => next.marks.meet(at([offset, 0]), 1))).toEqual([1, 1, 1, 'late', 1, 'next']);
    const fresh = new Changelog(changelog);
    fresh.write(next.records.take('changelog', 0, next.marks.standing()));
    expect([...fresh.keys()]).toEqual(['\u0000source/raw/0/1']);
  }
});
