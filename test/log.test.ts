import { PassThrough } from 'node:stream';
import { createLog } from '../src/log.js';

function written(isTTY: boolean, level: 'info' | 'silent' = 'info'): string {
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const log = createLog(level, stderr);
  log.debug('unseen');
  log.warn({ geo: 'x' }, 'the data are old');
  return (stderr.read() as Buffer | null)?.toString() ?? '';
}

test('JSON lines for machines', () => {
  expect(JSON.parse(written(false))).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    geo: 'x',
    msg: 'the data are old',
  });
});

test('no secret, wherever a library has put it', () => {
  const stderr = Object.assign(new PassThrough(), { isTTY: false });
  const error = Object.assign(new Error('refused'), { config: { headers: { authorization: 'Bearer s3cret' }, password: 's3cret' } });
  createLog('info', stderr).error({ err: error, token: 's3cret', sasl: { username: 'u', password: 's3cret' } }, 'no');
  const line = (stderr.read() as Buffer).toString();
  expect(line).not.toContain('s3cret');
  expect(JSON.parse(line)).toMatchObject({ token: '[not logged]', sasl: { username: 'u', password: '[not logged]' }, msg: 'no' });
});

test('plain lines for people', () => {
  expect(written(true)).toBe('warn: the data are old\n');
});

test('silence', () => {
  expect(written(false, 'silent')).toBe('');
});
