import { Reader, transportTo } from '../../../helpers/kafka-client.js';

/** A process that is a member of a group: `member.ts BOOTSTRAP GROUP TOPIC SEAT`. Says what it has been assigned, a line each. */
async function main([bootstrap, group_id, topic, seat_file]: string[]): Promise<void> {
  const transport = await transportTo(bootstrap!, { session_timeout: 30_000 });
  const reader = new Reader(transport, [topic!], { group_id: group_id!, seat_file: seat_file! });
  reader.onAssigned = (partitions) => process.stdout.write(`${partitions.length}\n`);
  await reader.group.start();
}

void main(process.argv.slice(2));
