import { namesOf } from '../../../src/runtime/kafka/names.js';

const names = namesOf({ application_id: 'vigil', generation: 3, topics: { revocations: 'security.revocations' } });

test('topics begin with the deployment and its generation, but for those that have a name of their own', () => {
  expect(names.topics).toEqual({
    events: 'vigil.3.events',
    findings: 'vigil.3.findings',
    candidates: 'vigil.3.candidates',
    revocations: 'security.revocations',
    dead_letters: 'vigil.3.dead-letters',
    identities: 'vigil.3.identities',
    detect_changelog: 'vigil.3.detect-changelog',
    respond_changelog: 'vigil.3.respond-changelog',
  });
});

test('groups and writers', () => {
  expect(names.group('normalize')).toBe('vigil.3.normalize');
  expect(names.transactional('detect', 7)).toBe('vigil.3.detect.7');
  expect(names.transactional('respond', 0)).toBe('vigil.3.respond.0');
  expect(names.replay_group).toBe('vigil.3.dead-letters-replay');
});
