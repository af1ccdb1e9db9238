import { loadLists } from '../../../src/config/data.js';
import { readRules } from '../../../src/config/rules.js';
import { DETECTORS } from '../../../src/core/detect/index.js';
import { runStory } from '../../../src/core/detect/run-story.js';
import { parseUserAgent } from '../../../src/core/enrich/client.js';

const { clients } = loadLists();
const tools = { userAgent: parseUserAgent, laneOfClient: (uid: string) => clients.get(uid)?.lane };
const { rules, problems } = readRules(['rules'], DETECTORS);

test('every rule that ships can be read', () => {
  expect(problems).toEqual([]);
});

describe.each(rules.map(({ rule }) => [rule.uid, rule] as const))('%s', (_uid, rule) => {
  test.each(rule.tests.stories.map((story) => [story.name, story] as const))('%s', (_name, story) => {
    const { message, findings } = runStory(rule, rule.tests, story, tools);
    expect(message).toBe('');
    // whoever reads a finding reads why
    for (const { factors } of findings) for (const { text } of factors) expect(text).toMatch(/^\S.*\w.*\.$/);
  });
});
