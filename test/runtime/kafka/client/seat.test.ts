import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearSeat, livingHolder, readSeat, writeSeat } from '../../../../src/runtime/kafka/client/seat.js';
import type { Transport } from '../../../../src/runtime/kafka/transport.js';
import { createTopics, Reader, transportTo } from '../../../helpers/kafka-client.js';
import { type KafkaServers, startKafka } from '../../../helpers/servers/kafka.mjs';
import { until } from '../../../helpers/servers/ports.mjs';

jest.setTimeout(120_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a seat is read by its own group, and damage counts as none', () => {
  const file = join(folder, 'deep', 'seat');
  expect(readSeat(file, 'g')).toBeUndefined();
  writeSeat(file, { group_id: 'g', member_id: 'm' });
  expect(readSeat(file, 'g')).toMatchObject({ group_id: 'g', member_id: 'm' });
  expect(readSeat(file, 'another')).toBeUndefined();
  for (const damaged of ['', '{"group_id":"g"', 'null', '{"group_id":"g","member_id":""}', '{"group_id":"g","member_id":5}']) {
    writeFileSync(file, damaged);
    expect(readSeat(file, 'g')).toBeUndefined();
  }
});

test('who leaves removes its own seat, and none that another one has written there since', () => {
  const file = join(folder, 'seat');
  const mine = { group_id: 'g', member_id: 'mine' };
  writeSeat(file, mine);
  for (const other of [
    { group_id: 'g', member_id: 'of another' },
    { group_id: 'another', member_id: 'mine' },
  ]) {
    writeSeat(file, other);
    clearSeat(file, mine);
    expect(readSeat(file, other.group_id)).toMatchObject(other);
  }
  writeSeat(file, mine);
  clearSeat(file, mine);
  clearSeat(file, mine);
  expect(existsSync(file)).toBe(false);
});

describe('who sits on it', () => {
  const seatOf = (holder: object | undefined) => {
    const file = join(folder, 'seat');
    writeFileSync(file, JSON.stringify({ group_id: 'g', member_id: 'm', holder }));
    return readSeat(file, 'g')!;
  };
  const began = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19]!;
  // whoever runs the tests
  const { ppid } = process;
  const HOST = hostname();

  test('another process of this machine that lives is named, however often it is asked', () => {
    const seat = seatOf({ host: HOST, pid: ppid, began: began(ppid) });
    expect([livingHolder(seat), livingHolder(seat)]).toEqual([ppid, ppid]);
  });

  test.each([
    ['nobody knows who', undefined],
    ['one of another machine', { host: 'elsewhere', pid: ppid, began: began(ppid) }],
    ['one that was there before, under the same number', { host: HOST, pid: ppid, began: '1' }],
    ['one of our own number, as in a container that was started again', { host: HOST, pid: process.pid, began: '1' }],
    ['one that is gone', { host: HOST, pid: 2 ** 22 + 1, began: '5' }],
  ])('%s is not', (_, holder) => {
    expect(livingHolder(seatOf(holder))).toBeUndefined();
  });

  test('a process writes itself down', () => {
    const file = join(folder, 'seat');
    writeSeat(file, { group_id: 'g', member_id: 'm' });
    expect(readSeat(file, 'g')!.holder).toEqual({ host: HOST, pid: process.pid, began: began(process.pid) });
  });
});

describe('in a group', () => {
  let kafka: KafkaServers;
  let transport: Transport;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka?.stop());
  beforeEach(async () => {
    transport = await transportTo(kafka.bootstrap, { session_timeout: 30_000 });
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await transport.close();
  });

  /** @returns lines that it says, as they come */
  function startMember(group: string, topic: string, seat: string): { child: ChildProcess; lines: string[] } {
    const args = ['-r', join(__dirname, '../../../helpers/run-ts.cjs'), join(__dirname, 'member.ts'), kafka.bootstrap, group, topic, seat];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    child.stdout!.setEncoding('utf8').on('data', (text: string) => lines.push(...text.split('\n').filter((line) => line !== '')));
    children.push(child);
    return { child, lines };
  }

  test('who comes after a killed process has its partitions long before the session times out, and the others hardly wait', async () => {
    await createTopics(transport, { seats: 4 });
    const seat = join(folder, 'seat');
    const survivor = new Reader(transport, ['seats'], { group_id: 'seats' });
    await survivor.group.start();
    const first = startMember('seats', 'seats', seat);
    await until('both in', () => first.lines.at(-1) === '2' && survivor.assignedNow.length === 2);
    expect(readSeat(seat, 'seats')).toBeDefined();
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const killed = performance.now();
    const second = startMember('seats', 'seats', seat);
    await until('taken over', () => second.lines.at(-1) === '2' && survivor.assignedNow.length === 2);
    // the session of the dead one lasts for 30 s
    expect(performance.now() - killed).toBeLessThan(15_000);
    expect(survivor.lostFor).toEqual([]);
  });

  test('the place of a killed process is given up before another one joins: the others take over', async () => {
    await createTopics(transport, { early: 4 });
    const seat = join(folder, 'seat');
    const survivor = new Reader(transport, ['early'], { group_id: 'early' });
    await survivor.group.start();
    const first = startMember('early', 'early', seat);
    await until('both in', () => first.lines.at(-1) === '2' && survivor.assignedNow.length === 2);
    // somebody lives as long as the system has not ended them
    await transport.leaveSeat('early', seat);
    expect(survivor.assignedNow).toHaveLength(2);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    await transport.leaveSeat('early', seat);
    // the session of the dead one lasts for 30 s, and the test not as long
    await until('taken over', () => survivor.assignedNow.length === 4, { deadline_ms: 15_000 });
    await transport.leaveSeat('early', seat);
    await transport.leaveSeat('another group', seat);
    await transport.leaveSeat('early', join(folder, 'none'));
  });

  test('a clean end leaves no seat, neither the file nor in the group', async () => {
    await createTopics(transport, { clean: 2 });
    const seat_file = join(folder, 'seat');
    const one = new Reader(transport, ['clean'], { group_id: 'clean', seat_file });
    await one.group.start();
    const other_transport = await transportTo(kafka.bootstrap, { session_timeout: 30_000 });
    const other = new Reader(other_transport, ['clean'], { group_id: 'clean' });
    await other.group.start();
    await until('shared', () => one.assignedNow.length === 1 && other.assignedNow.length === 1);
    expect(readFileSync(seat_file, 'utf8')).toContain('"group_id":"clean"');
    const stopped = performance.now();
    await one.group.stop();
    expect(existsSync(seat_file)).toBe(false);
    await until('alone', () => other.assignedNow.length === 2);
    expect(performance.now() - stopped).toBeLessThan(15_000);
    await other_transport.close();
  });

  test('a clean end leaves the seat of who has taken the file over', async () => {
    await createTopics(transport, { taken: 1 });
    const seat_file = join(folder, 'seat');
    const one = new Reader(transport, ['taken'], { group_id: 'taken', seat_file });
    await one.group.start();
    writeSeat(seat_file, { group_id: 'taken', member_id: 'of another' });
    await one.group.stop();
    expect(readSeat(seat_file, 'taken')).toMatchObject({ member_id: 'of another' });
  });

  test('a process that stood still longer than its session is told that it is out, and comes back', async () => {
    await createTopics(transport, { zombie: 2 });
    const brief = await transportTo(kafka.bootstrap, { session_timeout: 6000 });
    const sleeper = new Reader(brief, ['zombie'], { group_id: 'zombie' });
    await sleeper.group.start();
    await until('in', () => sleeper.assignedNow.length === 2);
    // out of the group by somebody else's word, as after a session that has timed out
    const seat = (sleeper.group as unknown as { member_id: string }).member_id;
    const file = join(folder, 'seat');
    writeSeat(file, { group_id: 'zombie', member_id: seat });
    const other = new Reader(transport, ['zombie'], { group_id: 'zombie', seat_file: file });
    await other.group.start();
    await until('told', () => sleeper.lostFor.length === 1);
    await until('both in', () => sleeper.assignedNow.length === 1 && other.assignedNow.length === 1);
    expect(sleeper.failures).toEqual([]);
    await brief.close();
  });
});

test('a seat that cannot be removed is no reason to fail', () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  clearSeat(join(file, 'seat'), { group_id: 'g', member_id: 'm' });
});
