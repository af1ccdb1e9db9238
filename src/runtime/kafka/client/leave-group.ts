import { accept, CODE, isCoordinatorAway } from './answers.js';
import { livingHolder, readSeat } from './seat.js';
import type { Wire } from './wire.js';

/** Gives up a member's place, so that its partitions go to others at once. Whoever has none any more has left. */
export async function leaveGroup(wire: Wire, group_id: string, member_id: string): Promise<void> {
  const broker = await wire.coordinator('group', group_id);
  const answer = (await wire.ask(broker, 'LeaveGroup', { groupId: group_id, memberId: member_id })) as {
    errorCode: number;
    members?: { errorCode: number }[];
  };
  const code = answer.errorCode || (answer.members?.[0]?.errorCode ?? 0);
  if (isCoordinatorAway(code)) wire.forgetCoordinator('group', group_id);
  if (code !== CODE.UNKNOWN_MEMBER_ID) accept(code, `leaving group ${group_id}`);
}

/** The same for the process before this one, whose place stands in a file. The file stays: whoever joins writes another place into it. */
export async function leaveSeat(wire: Wire, group_id: string, seat_file: string): Promise<void> {
  const seat = readSeat(seat_file, group_id);
  if (seat === undefined || livingHolder(seat) !== undefined) return;
  await wire.cluster.connect();
  await leaveGroup(wire, group_id, seat.member_id);
}
