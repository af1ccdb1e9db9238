import { ACT_NAMES } from '../../../src/core/detect/act-names.js';
import { ACTS, type ActName } from '../../../src/core/detect/acts.js';
import { nameOfVendor } from '../../../src/core/detect/vendor-names.js';
import { githubActivity } from '../../../src/core/normalize/sources/github/github-actions.js';
import { adminActivity } from '../../../src/core/normalize/sources/google/google-admin-events.js';
import { googleActivity } from '../../../src/core/normalize/sources/google/google-events.js';
import { slackActivity } from '../../../src/core/normalize/sources/slack/slack-actions.js';

const APPS = ['login', 'token', 'drive', 'mobile'];
const none = () => undefined;
/** What a mapper makes of a name, whichever of the vendor's logs it stands in. */
const READERS: Readonly<Record<string, (name: string) => readonly string[]>> = {
  google_workspace: (name) => [
    adminActivity(name, 'EMAIL_ROUTE'),
    ...APPS.map((app) => googleActivity({ app, name, type: undefined, parameter: none })),
  ],
  slack: (name) => [slackActivity(name)],
  github: (name) => [githubActivity(name)],
};

const claims = Object.entries(ACT_NAMES).flatMap(([act, byVendor]) =>
  Object.entries(byVendor).flatMap(([vendor, names]) => names.map((name) => [act as ActName, vendor, name] as const)),
);

test.each(claims.filter(([, vendor]) => vendor in READERS))('%s: what %s calls %s is of its activity', (act, vendor, name) => {
  expect(READERS[vendor]!(name)).toContain(ACTS[act].activity);
});

test('every vendor has a name that people call it by', () => {
  for (const [, vendor] of claims) expect(nameOfVendor(vendor)).not.toBe(vendor);
});
