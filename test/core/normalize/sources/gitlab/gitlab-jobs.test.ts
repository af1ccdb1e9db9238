import { endedJob, jobTokenUid } from '../../../../../src/core/normalize/sources/gitlab/gitlab-jobs.js';
import { fixture } from '../../fixtures.js';

const done = fixture('gitlab', 'job-done').input;
const ended = (more: Record<string, unknown>, path = '/api/v4/jobs/90417') => endedJob({ ...done, ...more }, path);
const state = (value: string) => ({ params: [{ key: 'state', value }] });

test.each([
  ['success', '90417'],
  ['failed', '90417'],
  ['running', undefined],
  ['pending', undefined],
])('a job is done when its runner says %s', (said, job) => {
  expect(ended(state(said))).toBe(job);
  expect(ended({ params: { state: said } })).toBe(job);
});

test('only the last word on the job itself ends it', () => {
  expect(ended({ method: 'PATCH' })).toBeUndefined();
  expect(ended({}, '/api/v4/jobs/90417/trace')).toBeUndefined();
  expect(ended({}, '/api/v4/projects/7/jobs/90417')).toBeUndefined();
  expect(endedJob(done, undefined)).toBeUndefined();
  expect(ended({ 'meta.job_id': 5 })).toBeUndefined();
  expect(ended({ 'meta.job_id': undefined, meta: { job_id: 90417 } })).toBe('90417');
  expect(ended({ 'meta.job_id': undefined })).toBe('90417');
  expect(ended({ params: [] })).toBeUndefined();
});

test('the token of a job is not the number of another token', () => {
  expect(jobTokenUid('42')).not.toBe('42');
});
