import { loadReach } from '../../../src/config/reach.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Finding, RevocationCommand, SessionEvent } from '../../../src/core/event/index.js';
import { judge, type Stages } from '../../../src/core/pipeline.js';
import { createRespond } from '../../../src/core/respond/respond.js';
import { allRules } from '../../helpers/rules.js';
import { type Line, say } from '../../helpers/world.js';
import { finding } from './findings.js';

const reach = loadReach();
const ADDRESS = 'default/alex@example.com';
const ID = 'default/entra:46ad0f7f';

/** Detect and respond behind one another, as events come under one key and another. */
class World {
  readonly findings: Finding[] = [];
  readonly commands: RevocationCommand[] = [];
  private n = 0;
  readonly stages: Stages = {
    detect: createDetect(allRules(), { config_digest: 'test' }),
    suppress: (one) => one,
    respond: createRespond(reach),
  };
  private readonly said = {
    finding: (one: Finding) => void this.findings.push(one),
    command: (one: RevocationCommand) => void this.commands.push(one),
  };

  tell(key: string, line: Omit<Line, 'n'>): void {
    const event = say({ n: this.n++, ...line });
    const under: SessionEvent = { ...event, principal: { ...event.principal, key } };
    judge(under, this.stages, this.said);
  }

  link(): void {
    for (const one of this.stages.detect.absorb(ID, ADDRESS) ?? []) {
      this.said.finding(one);
      for (const command of this.stages.respond.accept(one)) this.said.command(command);
    }
  }
}

/** A session is stolen: the owner in Oslo, a library in a rented server, and again. */
function theft(world: World, key: string, at: number): void {
  world.tell(key, { at, place: 0, agent: 0, activity: 'sign_in', fresh: true });
  world.tell(key, { at: at + 5, place: 3, agent: 4 });
  world.tell(key, { at: at + 6, place: 0, agent: 0 });
}

test('a theft that was answered under the old key is answered once: what was said goes on under its uid, and its command stays open', () => {
  const world = new World();
  theft(world, ID, 0);
  const before = world.commands.length;
  expect(before).toBeGreaterThan(0);
  const uids = new Set(world.findings.map(({ uid }) => uid));
  world.link();
  expect(world.commands.slice(before)).toEqual([]);
  const moved = world.findings.filter(({ principal }) => principal.key === ADDRESS);
  expect(new Set(moved.map(({ uid }) => uid))).toEqual(uids);
  expect(moved.every(({ status, revision }) => status === 'updated' && revision > 1)).toBe(true);
  // it goes on a little, under the address: the same finding, and the same command is enough
  world.tell(ADDRESS, { at: 8, place: 3, agent: 4 });
  world.tell(ADDRESS, { at: 9, place: 0, agent: 0 });
  expect(world.commands.slice(before)).toEqual([]);
  expect(new Set(world.findings.map(({ uid }) => uid))).toEqual(uids);
});

test('what is taken back under the new key cancels the command that was sent under the old one', () => {
  const respond = createRespond(reach);
  const told = finding();
  const [command] = respond.accept(told);
  const under = { ...told.principal, key: `${told.tenant}/another` };
  expect(respond.accept({ ...told, revision: 2, status: 'updated', principal: under })).toEqual([]);
  const [cancel, ...more] = respond.accept({ ...told, revision: 3, status: 'retracted', principal: under });
  expect(more).toEqual([]);
  expect(cancel).toMatchObject({ action: 'cancel', supersedes: command!.uid });
});

test('a theft that was told under both keys: one of its findings ends, and of two commands for one person one stays', () => {
  const world = new World();
  theft(world, ID, 0);
  theft(world, ADDRESS, 20);
  const before = world.commands.length;
  const told = world.findings.map(({ uid }) => uid);
  world.link();
  const ended = world.findings.filter(({ status }) => status === 'closed');
  expect(ended.length).toBeGreaterThan(0);
  for (const { message, principal } of ended) {
    expect(principal.key).toBe(ADDRESS);
    expect(told).toContain(/as finding (\w+)\./.exec(message)![1]);
  }
  // nothing is ended twice, and nothing is taken back that no other command does
  const after = world.commands.slice(before);
  expect(after.every(({ action, reason }) => action === 'cancel' && reason.startsWith('Another command does this as well'))).toBe(true);
  const cancelled = new Set(after.map(({ supersedes }) => supersedes));
  expect(world.commands.slice(0, before).some(({ uid }) => !cancelled.has(uid))).toBe(true);
});

test('what was handed over is written down, and read back as it is', () => {
  const first = createRespond(reach, { keeps_changes: true });
  const told = finding();
  first.accept(told);
  const written = new Map(first.takeChanged().map(({ key, record }) => [key, record]));
  const under = { ...told.principal, key: `${told.tenant}/another` };
  first.accept({ ...told, revision: 2, status: 'updated', principal: under });
  for (const { key, record } of first.takeChanged()) {
    if (record === undefined) written.delete(key);
    else written.set(key, record);
  }
  const next = createRespond(reach, { keeps_changes: true });
  for (const [key, record] of written) next.restore(key, record);
  next.restored();
  expect(next.stats()).toEqual(first.stats());
  const gone: Finding = { ...told, revision: 3, status: 'retracted', principal: under };
  expect(next.accept(gone)).toEqual(first.accept(gone));
});
