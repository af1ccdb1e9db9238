import { PassThrough } from 'node:stream';
import { ProgressLine } from '../../src/cli/progress.js';

function line(isTTY: boolean) {
  let time = 0;
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const progress = new ProgressLine({ stderr, now: () => time });
  return {
    at(ms: number, pass: 'identities' | 'events', records: number, bytes: number) {
      time = ms;
      progress.update({ pass, records, bytes, total_bytes: 1000 });
    },
    clear: () => progress.clear(),
    said: () => (stderr.read() as Buffer | null)?.toString() ?? '',
  };
}

test('says how far it is, no more than a few times a second', () => {
  const { at, said, clear } = line(true);
  at(0, 'identities', 0, 0);
  at(100, 'identities', 50, 50);
  expect(said()).toBe('');
  at(300, 'identities', 150, 100);
  at(400, 'identities', 200, 150);
  expect(said()).toBe('\r\u001b[2Klearning who is who: 150 records, 500/s, 10 %');
  at(1000, 'events', 0, 500);
  at(2000, 'events', 4000, 1000);
  expect(said()).toContain('replaying: 4000 records, 4000/s, 100 %');
  clear();
  expect(said()).toBe('\r\u001b[2K');
  clear();
  expect(said()).toBe('');
});

test('is silent where nobody looks', () => {
  const { at, said, clear } = line(false);
  at(5000, 'events', 1, 1);
  clear();
  expect(said()).toBe('');
});
