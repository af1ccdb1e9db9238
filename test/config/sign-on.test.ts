import { resolveConfig } from '../../src/config/config.js';
import { openSchema } from '../../src/config/schema.js';
import { parseAccount, toSignOn } from '../../src/config/sign-on.js';
import type { SessionvigilError } from '../../src/errors.js';

const resolve = (text: string) => resolveConfig({ file: 'sv.yml', text }, {}, openSchema('config')).config;
const mistakes = (text: string): string[] => {
  try {
    resolve(text);
  } catch (error) {
    return (error as SessionvigilError).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
  return [];
};

test('an account may have a stroke in its name, and may be left out', () => {
  expect(parseAccount('slack')).toEqual({ vendor: 'slack' });
  expect(parseAccount('okta/acme')).toEqual({ vendor: 'okta', account: 'acme' });
  expect(parseAccount('keycloak/realms/acme')).toEqual({ vendor: 'keycloak', account: 'realms/acme' });
});

test('entries as the core takes them', () => {
  const { sign_on } = resolve('sign_on:\n  - { app: slack/T1, provider: okta/acme, wait: 45m }\n  - { app: github, provider: entra }\n');
  expect(sign_on.map(toSignOn)).toEqual([
    { app: { vendor: 'slack', account: 'T1' }, provider: { vendor: 'okta', account: 'acme' }, wait: 45 * 60_000 },
    { app: { vendor: 'github' }, provider: { vendor: 'entra' } },
  ]);
  expect(resolve('').sign_on).toEqual([]);
});

test.each([
  ['sign_on:\n  - { app: slak, provider: okta }\n', ['2:12 "slak" is no source; did you mean "slack"? (sources: ']],
  ['sign_on:\n  - { app: slack, provider: adfs }\n', ['2:29 "adfs" is no source']],
  ['sign_on:\n  - { app: okta, provider: okta }\n', ['2:28 "okta" would explain its own sessions; expected the identity provider of okta']],
  ['sign_on:\n  - { app: slack, provider: okta, wait: 5m }\n', ['2:41 "5m" is shorter than clocks differ; expected 10m or longer']],
  [
    'sign_on:\n  - { app: slack, provider: okta, wait: 30h }\n',
    ['2:41 after "30h" nothing is judged any more; expected less than state.allowed_lateness, 1d6h'],
  ],
  [
    'state: { allowed_lateness: 2h }\nsign_on:\n  - { app: slack, provider: okta, wait: 2h }\n',
    ['3:41 after "2h" nothing is judged any more'],
  ],
  [
    'state: { allowed_lateness: 2h }\nsign_on:\n  - { app: slack, provider: google_workspace }\n  - { app: slack, provider: okta }\n',
    ['3:5 after "4h" nothing is judged any more; expected less than state.allowed_lateness, 2h'],
  ],
  ['sign_on:\n  - { app: slack }\n', ['2:5 "provider" is missing: Through whom.']],
  [
    'sign_on:\n  - { app: "slack/", provider: okta }\n',
    ['2:12 "slack/" does not fit; expected a source such as slack, or a source and its account such as slack/T0123ABCD'],
  ],
  ['sign_on: okta\n', ['1:10 "okta" is a text; expected a list']],
])('%j', (text, wanted) => {
  expect(mistakes(text)).toEqual(wanted.map((start) => expect.stringContaining(start)));
});
