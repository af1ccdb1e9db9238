import { runStory } from '../../../src/core/detect/run-story.js';
import type { Story, StoryStep, StorySuite } from '../../../src/core/detect/story.js';
import { STORY_START } from '../../../src/core/detect/story-event.js';
import type { SuppressionEntry } from '../../../src/core/detect/suppress.js';
import { parseUserAgent } from '../../../src/core/enrich/client.js';
import { bareRule } from '../../helpers/rules.js';

const RULE = bareRule('session_reuse');
const TOOLS = { userAgent: parseUserAgent, laneOfClient: () => undefined };
const MINUTE = 60_000;
const EDGE =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0';
const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

const SUITE: StorySuite = {
  places: {
    home: { ip: '84.208.20.110', country: 'NO', city: 'Oslo', asn: 2119, as_org: 'Telenor', as_class: 'access' },
    cafe: { ip: '85.19.7.33', country: 'NO', city: 'Oslo', asn: 15659, as_org: 'NextGenTel', as_class: 'access' },
    line: { ip: '2001:4640:10:20::5', country: 'NO', asn: 1, as_org: 'A', as_class: 'access' },
    same_line: { ip: '2001:4640:10:20::7', country: 'NO', asn: 2, as_org: 'B', as_class: 'access' },
    service: { ip: '40.1.2.3', class: 'vendor_service' },
  },
  clients: { edge: EDGE, chrome: CHROME },
  with: { place: 'home', client: 'edge' },
  stories: [],
};

function tell(story: Partial<Story> & Pick<Story, 'steps'>, rule = RULE, suite = SUITE) {
  return runStory(rule, suite, { name: 'a story', outcome: 'fires', ...story }, TOOLS);
}

const owner: StoryStep = { at: 0, activity: 'sign_in' };
const thief: StoryStep = { at: 5 * MINUTE, activity: 'session_use', place: 'cafe', client: 'chrome' };

test('detectors beside the rule are heard by it, and by nobody else', () => {
  const rule = bareRule('post_compromise');
  const act: StoryStep = { ...thief, at: 10 * MINUTE, activity: 'inbox_rule', details: { delete_message: 'true' } };
  const steps = [owner, thief, { ...act, expect: { level: 'high' as const, score: 73 } }];
  const suite = { ...SUITE, beside: ['session_reuse'] };
  expect(tell({ steps }, rule, suite)).toMatchObject({ passed: true, findings: [{ type: 'post_compromise' }] });
  expect(tell({ steps }, rule).passed).toBe(false);
  expect(tell({ outcome: 'quiet', steps: [owner, thief] }, rule, suite).passed).toBe(true);
});

describe('how a story ends', () => {
  test('fires: with a finding that stands', () => {
    expect(tell({ steps: [owner, thief] })).toMatchObject({ passed: true, message: '', findings: [{ score: 80, status: 'new' }] });
    expect(tell({ steps: [owner] })).toEqual({ passed: false, message: 'expected a finding at the end, got none', findings: [] });
  });

  test('quiet: nothing at any step', () => {
    expect(tell({ outcome: 'quiet', steps: [owner] }).passed).toBe(true);
    expect(tell({ outcome: 'quiet', steps: [owner, thief] })).toMatchObject({
      passed: false,
      message:
        'step 2 (session_use): expected nothing, got new high session_reuse 80 (network_changed 20, os_changed 35, browser_changed 25)',
    });
  });

  test('retracted: had one and took it back', () => {
    const firefox = EDGE.replace(/Edg.*/, '').replace('Windows NT 10.0', 'Windows NT 10.0; rv:140.0');
    const suite = { ...SUITE, clients: { ...SUITE.clients, other: firefox } };
    const steps: StoryStep[] = [
      owner,
      { at: 40 * MINUTE, activity: 'session_use', place: 'cafe', client: 'other' },
      { at: 10 * MINUTE, arrives: 50 * MINUTE, activity: 'session_use', client: 'other' },
    ];
    expect(tell({ outcome: 'retracted', steps }, RULE, suite).message).toBe('');
    expect(tell({ outcome: 'fires', steps }, RULE, suite).message).toBe('expected a finding at the end, got none');
    const expecting = [...steps.slice(0, 2), { ...steps[2]!, expect: { level: 'medium' as const } }];
    expect(tell({ outcome: 'retracted', steps: expecting }, RULE, suite).message).toMatch(
      /^step 3 \(session_use\): expected medium session_reuse, got retracted medium session_reuse 45/,
    );
    expect(tell({ outcome: 'retracted', steps: [owner] }).message).toBe('expected a finding that is taken back, got none at all');
    expect(tell({ outcome: 'retracted', steps: [owner, thief] }).message).toMatch(
      /^expected the finding to be taken back, but it stands: new high session_reuse 80/,
    );
  });
});

describe('what the rule hides itself', () => {
  const door = (over: Partial<SuppressionEntry>): SuppressionEntry => ({
    id: `${RULE.uid}/commuters`,
    owner: 'soc',
    reason: 'both lines are ours',
    from: 1,
    expires: 2,
    max_level: 'high',
    ends: 'both',
    rules: [RULE.uid],
    ...over,
  });
  const hiding = (over: Partial<SuppressionEntry>) => ({ ...RULE, suppress: [door(over)] });
  const steps = [owner, thief];

  test('suppressed: ends with a finding that is hidden, at whatever time the story is told', () => {
    const told = tell({ outcome: 'suppressed', steps }, hiding({ countries: ['NO'] }));
    expect(told).toMatchObject({
      passed: true,
      message: '',
      findings: [{ status: 'suppressed', suppressed: { by: `${RULE.uid}/commuters` } }],
    });
    expect(tell({ outcome: 'suppressed', steps: [owner] }, hiding({ countries: ['NO'] })).message).toBe(
      'expected a finding that is suppressed, got none',
    );
    expect(tell({ outcome: 'suppressed', steps }, hiding({ countries: ['SE'] })).message).toMatch(
      /^expected the finding to be suppressed, but it stands: new high session_reuse 80/,
    );
    expect(tell({ outcome: 'suppressed', steps }, hiding({ countries: ['NO'], max_level: 'medium' })).passed).toBe(false);
  });

  test('neither fires nor is quiet nor is taken back', () => {
    const rule = hiding({ countries: ['NO'] });
    expect(tell({ outcome: 'fires', steps }, rule).message).toMatch(
      /^expected a finding at the end, got suppressed high .* by .*\/commuters$/,
    );
    expect(tell({ outcome: 'quiet', steps }, rule).message).toMatch(/^step 2 \(session_use\): expected nothing, got suppressed high/);
    expect(tell({ outcome: 'retracted', steps }, rule).message).toMatch(/taken back, but it stands: suppressed high/);
  });

  test('can be expected at its step', () => {
    const expecting = [owner, { ...thief, expect: { level: 'high' as const, score: 80 } }];
    expect(tell({ outcome: 'suppressed', steps: expecting }, hiding({ countries: ['NO'] })).message).toBe('');
  });

  test('an app is known by its published name', () => {
    const rule = hiding({ app: ['backup tool'] });
    const through = [owner, { ...thief, app: 'c1' }];
    const tools = { ...TOOLS, nameOfClient: (uid: string) => (uid === 'c1' ? 'Backup Tool' : undefined) };
    expect(runStory(rule, SUITE, { name: 'a story', outcome: 'suppressed', steps: through }, tools).message).toBe('');
    expect(tell({ outcome: 'suppressed', steps: through }, rule).passed).toBe(false);
  });
});

describe('what a step expects', () => {
  const expecting = (expect: NonNullable<StoryStep['expect']>) => tell({ steps: [owner, { ...thief, expect }] });

  test('the level, the type, the score and the factors', () => {
    expect(expecting({ level: 'high', type: 'session_reuse', score: 80, factors: ['os_changed', 'browser_changed'] }).message).toBe('');
  });

  test.each<[NonNullable<StoryStep['expect']>, string]>([
    [{ level: 'medium' }, 'expected level medium, got new high session_reuse 80'],
    [{ level: 'high', score: 79 }, 'expected score 79, got new high session_reuse 80'],
    [{ level: 'high', factors: ['resumed'] }, 'expected the factor resumed, got new high session_reuse 80'],
    [{ level: 'high', type: 'other' }, 'expected high other, got new high session_reuse 80'],
  ])('%j', (expected, complaint) => {
    const { passed, message } = expecting(expected);
    expect(passed).toBe(false);
    expect(message.startsWith(`step 2 (session_use): ${complaint}`)).toBe(true);
  });

  test('a finding in this very step', () => {
    expect(tell({ steps: [{ ...owner, expect: { level: 'high' } }, thief] }).message).toBe(
      'step 1 (sign_in): expected high session_reuse, got nothing',
    );
  });

  test('of the type of the rule when it names none', () => {
    expect(tell({ steps: [owner, { ...thief, expect: { level: 'high' } }] }, { ...RULE, type: 'ours' }).message).toBe('');
  });

  test('the level that the finding has under the cap, and says what it would be without', () => {
    const capped = { ...RULE, level_cap: 'medium' as const };
    expect(tell({ steps: [owner, { ...thief, expect: { level: 'medium' } }] }, capped).message).toBe('');
    expect(tell({ steps: [owner, { ...thief, expect: { level: 'high' } }] }, capped).message).toMatch(/expected level high, got new high/);
  });

  test('and says every finding that it got', () => {
    const rule = bareRule('use_after_revocation');
    const revoked: StoryStep[] = ['s1', 's2'].flatMap((session) => [
      { ...owner, session },
      { ...owner, at: 200 * MINUTE, session, activity: 'token_issue' as const },
    ]);
    const revoke: StoryStep = { at: 60 * MINUTE, arrives: 210 * MINUTE, activity: 'session_revoke', role: 'target' };
    const { message } = tell({ outcome: 'quiet', steps: [...revoked, revoke] }, rule);
    expect(message).toMatch(/^step 5 \(session_revoke\): expected nothing, got new critical .*; new critical .*$/);
  });

  test('a complaint names which time of a step that repeats it is', () => {
    const { message } = tell({ outcome: 'quiet', steps: [owner, { ...thief, every: MINUTE, times: 2 }] });
    expect(message).toMatch(/^step 2\.1 \(session_use\): expected nothing, got new high .*/);
  });

  test('every complaint at once', () => {
    expect(expecting({ level: 'low', score: 1, factors: ['resumed', 'same_token'] }).message.split('\n')).toHaveLength(4);
  });
});

describe('how a step becomes an event', () => {
  test('what is absent comes from the story, then from the suite', () => {
    const [finding] = tell({
      with: { place: 'cafe' },
      steps: [
        { ...owner, place: 'home' },
        { at: MINUTE, activity: 'session_use', client: 'chrome' },
      ],
    }).findings;
    expect(finding?.factors.map(({ name }) => name)).toContain('network_changed');
  });

  test('steps are told in order of arrival, and arrival never goes back', () => {
    const steps: StoryStep[] = [
      { ...thief, arrives: 6 * MINUTE },
      { ...owner, arrives: 10 * MINUTE },
      { at: 7 * MINUTE, activity: 'session_use' },
    ];
    const [finding] = tell({ steps }).findings;
    expect(finding).toMatchObject({ trigger_event_uid: 'entra:story:1', time: STORY_START + 7 * MINUTE });
  });

  test('two at one moment in the order in which they stand', () => {
    const [finding] = tell({ steps: [owner, { ...thief, at: 0 }] }).findings;
    expect(finding?.trigger_event_uid).toBe('entra:story:2');
  });

  test('who, where, when and what', () => {
    const steps: StoryStep[] = [
      { ...owner, source: 'okta/system_log', session: 's9', root: 'r9', principal: 'kim@example.com' },
      { ...thief, source: 'okta/system_log', session: 's8', root: 'r9', principal: 'kim@example.com', action: 'user.session.use' },
    ];
    const [finding] = tell({ steps }).findings;
    expect(finding).toMatchObject({
      tenant: 'default',
      trigger_event_uid: 'okta:story:2',
      last_seen_time: STORY_START + 5 * MINUTE,
      principal: { key: 'default/kim@example.com', type: 'human', email: 'kim@example.com' },
      session: { uid: 's9', root_uid: 'r9', issuer: 'okta:story', confidence: 'high' },
      config_digest: 'story',
    });
    expect(finding?.evidence.at(-1)).toMatchObject({
      vendor: 'okta',
      action: 'user.session.use',
      src_endpoint: { ip: '85.19.7.33', prefix: '85.19.7', class: 'public', country: 'NO', city: 'Oslo', asn: 15659, as_class: 'access' },
      user_agent: CHROME,
    });
  });

  test('who and which session, when nothing is said', () => {
    expect(tell({ steps: [owner, thief] }).findings[0]).toMatchObject({
      principal: { key: 'default/alex@example.com', email: 'alex@example.com' },
      session: { uid: 's1', issuer: 'entra:story' },
      message: expect.stringMatching(/^alex@example\.com's entra session /),
    });
  });

  test('a source that names no product is the log of sign-ins', () => {
    const steps: StoryStep[] = [owner, { ...thief, client: 'none', activity: 'sign_in', source: 'entra' }];
    expect(tell({ steps }).findings[0]?.factors.map(({ name }) => name)).toContain('client_absent');
  });

  test('the action is the activity when nothing is said', () => {
    expect(tell({ steps: [owner, thief] }).findings[0]?.evidence.at(-1)?.action).toBe('session_use');
  });

  test('Microsoft 365 lives on the sessions of Entra', () => {
    const steps: StoryStep[] = [owner, { ...thief, source: 'm365/exchange' }];
    expect(tell({ steps }).findings[0]?.session?.issuer).toBe('entra:story');
  });

  test('IPv6 addresses are compared by their first four groups', () => {
    const steps: StoryStep[] = [
      { ...owner, place: 'line' },
      { ...thief, place: 'same_line' },
    ];
    expect(tell({ steps }).findings[0]?.factors.map(({ dimension }) => dimension)).not.toContain('place_network');
    const isSame = (ip: string): boolean => {
      const places = { ...SUITE.places, line: { ...SUITE.places['line']!, ip: '2001:4640:10:20:1::5' } };
      const suite = { ...SUITE, places: { ...places, same_line: { ...SUITE.places['same_line']!, ip } } };
      return !tell({ steps }, RULE, suite).findings[0]?.factors.some(({ dimension }) => dimension === 'place_network');
    };
    expect(isSame('2001:4640:10:20:2::7')).toBe(true);
    expect(isSame('2001:4640:10:21:1::5')).toBe(false);
    expect(isSame('2001:db8:10:20:1::5')).toBe(false);
    expect(isSame('2a01:4640:10:20:1::5')).toBe(false);
  });

  test('none is none', () => {
    const nowhere: StoryStep = { at: MINUTE, activity: 'session_use', source: 'entra/graph_activity', place: 'none', client: 'none' };
    expect(tell({ outcome: 'quiet', steps: [owner, nowhere] }).passed).toBe(true);
    expect(tell({ outcome: 'quiet', steps: [owner, { ...thief, session: 'none' }] }).passed).toBe(true);
  });

  test('an address of a service is no place', () => {
    expect(tell({ outcome: 'quiet', steps: [owner, { at: MINUTE, activity: 'session_use', place: 'service' }] }).passed).toBe(true);
  });

  test('failures, low confidence and other sessions are told as they are', () => {
    expect(tell({ outcome: 'quiet', steps: [owner, { ...thief, status: 'failure' }] }).passed).toBe(true);
    expect(tell({ outcome: 'quiet', with: { confidence: 'low' }, steps: [owner, thief] }).passed).toBe(true);
    expect(tell({ outcome: 'quiet', steps: [owner, { ...thief, session: 's2' }] }).passed).toBe(true);
  });

  test('an act on somebody else names who did it, and no session, place or program of theirs', () => {
    const rule = bareRule('use_after_revocation');
    const revoke: StoryStep = { at: 10 * MINUTE, activity: 'session_revoke', role: 'target', source: 'okta/system_log' };
    const use: StoryStep = { at: 20 * MINUTE, activity: 'session_use', source: 'okta/system_log' };
    const first = { ...owner, source: 'okta/system_log' };
    const message = (by?: string) =>
      tell({ steps: [first, by === undefined ? revoke : { ...revoke, by }, use] }, rule).findings[0]?.message;
    expect(message()).toContain('by admin@example.com');
    expect(message('help@example.com')).toContain('by help@example.com');
  });

  test('tokens, devices, TLS fingerprints, clients, details and methods reach the detectors', () => {
    const factors = (steps: StoryStep[]) => tell({ steps }).findings.flatMap((f) => f.factors.map(({ name }) => name));
    const graph = { source: 'entra/graph_activity', token: 't1' };
    expect(
      factors([
        { ...owner, ...graph },
        { ...thief, ...graph },
      ]),
    ).toContain('same_token_moved');
    expect(
      factors([
        { ...owner, device: 'd1' },
        { ...thief, device: 'd2' },
      ]),
    ).toContain('device_replaced');
    expect(
      factors([
        { ...owner, device: 'd1' },
        { ...thief, device: 'd2', device_evidence: 'claimed' },
      ]),
    ).toContain('device_absent');
    expect(
      factors([
        { ...owner, cookie: 'c1' },
        { ...thief, cookie: 'c1' },
      ]),
    ).toContain('cookie_two_systems');
    expect(
      factors([
        { ...owner, ja4: 'a' },
        { ...thief, client: 'edge', ja4: 'b' },
      ]),
    ).toContain('tls_changed');
    expect(factors([owner, { ...thief, app: '1950a258-227b-4e31-a9cf-717495945fc2' }])).toContain('uncommon_client');
    expect(factors([owner, { ...thief, details: { is_admin_surface: 'true' } }])).toContain('sensitive_act');
    expect(factors([owner, { ...thief, activity: 'sign_in', token: 't', is_bound: true }])).toContain('bound_token');
  });

  test('when a token was issued, and that it is under continuous evaluation', () => {
    const rule = bareRule('use_after_revocation');
    const of = (over: Partial<StoryStep>) =>
      tell(
        {
          steps: [
            { at: 0, activity: 'session_use', source: 'm365/exchange' },
            { at: 60 * MINUTE, activity: 'session_revoke', source: 'entra/audit', role: 'target' },
            { at: 80 * MINUTE, activity: 'mail_access', source: 'm365/exchange', token: 't', ...over },
          ],
        },
        rule,
      ).findings.length;
    expect(of({})).toBe(0);
    expect(of({ token_issued: 70 * MINUTE })).toBe(1);
    expect(of({ is_cae: true })).toBe(1);
  });
});
