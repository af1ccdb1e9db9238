import { loadReach } from '../../../src/config/reach.js';
import type { Action, PrincipalType } from '../../../src/core/event/index.js';
import { planOf } from '../../../src/core/respond/plan.js';
import { evidence, finding, OID, OKTA_ID, oktaFinding, T0 } from './findings.js';

const reach = loadReach();

describe('when there is a plan', () => {
  test.each(['medium', 'high', 'critical'] as const)('%s with a proposal: yes', (level) => {
    expect(planOf(finding({ level }), reach)).toBeDefined();
  });
  test.each(['informational', 'low'] as const)('%s: no, whatever is proposed', (level) => {
    expect(planOf(finding({ level }), reach)).toBeUndefined();
  });
  test('nothing proposed: no', () => {
    expect(planOf(finding({ proposed: undefined }), reach)).toBeUndefined();
  });
  test.each(['retracted', 'suppressed'] as const)('%s: no', (status) => {
    expect(planOf(finding({ status }), reach)).toBeUndefined();
  });
  test('a vendor that the table does not hold: no', () => {
    const strange = { trigger_event_uid: 'acme:a:1', session: { uid: 's', issuer: 'acme:a', confidence: 'high' as const } };
    expect(planOf(finding(strange), reach)).toBeUndefined();
  });
  test('nobody to aim at: no', () => {
    const nobody = { principal: { key: 'default/session:sid-1', type: 'unknown' as const } };
    expect(planOf(finding(nobody), reach)).toBeUndefined();
  });
  test('nobody to aim at, but a session that can be ended alone: yes', () => {
    const plan = planOf(oktaFinding({ principal: { key: 'default/session:root', type: 'unknown' } }), reach);
    expect(plan?.action).toBe('revoke_session');
    expect(plan?.target.user).toEqual({});
  });
  test('never wider than one principal: a role of AWS is everybody who assumes it', () => {
    const role = finding({
      trigger_event_uid: 'aws:1234:e',
      principal: { key: 'default/aws:role', type: 'unknown', uid: 'AROA1:ada' },
      session: { uid: 'AROA1:ada@1', issuer: 'aws:1234', confidence: 'high' },
    });
    expect(reach.vendors.aws!.actions.revoke_session!.scope_effective).toBe('tenant');
    // whoever is behind it can still be asked
    expect(planOf(role, reach)).toMatchObject({ action: 'step_up', scope_requested: 'session' });
    const person = { ...role.principal, type: 'human' as const, uid: 'role/Admin/ada', email: 'ada@fjordlight.example' };
    expect(planOf({ ...role, principal: person }, reach)).toMatchObject({ action: 'step_up' });
    expect(planOf({ ...role, principal: { ...person, uid: 'federated-user/ada' } }, reach)).toMatchObject({ action: 'step_up' });
  });
  test('to ask the person is the least, and only where no vendor of the finding can do more', () => {
    const github = finding({ trigger_event_uid: 'github:fjordlight:e', session: undefined });
    const asked = (action: Action, of = github) => planOf({ ...of, proposed: { action, scope: 'user' } }, reach)?.action;
    for (const action of ['revoke_session', 'revoke_user_sessions', 'require_reauth', 'step_up'] as const)
      expect(asked(action)).toBe('step_up');
    // it ends nothing of a key
    for (const action of ['revoke_token', 'disable_credential', 'block_sign_in'] as const) expect(asked(action)).toBeUndefined();
    const entra = { uid: 's1', issuer: 'entra:contoso', confidence: 'high' as const };
    expect(asked('revoke_user_sessions', finding({ trigger_event_uid: 'github:fjordlight:e', session: entra }))).toBe(
      'revoke_user_sessions',
    );
    const behind = { uid: 's1', issuer: 'github:fjordlight', confidence: 'high' as const };
    expect(asked('revoke_user_sessions', finding({ trigger_event_uid: 'entra:contoso:e', session: behind }))).toBe('revoke_user_sessions');
    const machine = { ...github.principal, type: 'service' as const };
    expect(asked('revoke_session', finding({ ...github, principal: machine }))).toBeUndefined();
  });
  test('what an app does with a grant that a person gave is ended with the grant, that of this app alone', () => {
    const grant = (client: string) => {
      const token = { uid: client, kind: 'oauth_client' };
      const principal = {
        key: 'default/ada@fjordlight.example',
        type: 'human' as const,
        uid: '107000000000000000001',
        email: 'ada@fjordlight.example',
      };
      const of = { trigger_event_uid: 'google_workspace:C1:e', session: undefined, principal, token };
      return planOf(finding({ ...of, proposed: { action: 'disable_credential', scope: 'token' } }), reach)!;
    };
    const one = grant('1.apps.googleusercontent.com');
    expect([one.action, one.scope_requested, one.row.scope_effective]).toEqual(['revoke_grant', 'token', 'client']);
    expect(one.target).toMatchObject({ client_uid: '1.apps.googleusercontent.com', user: { uid: '107000000000000000001' } });
    expect(grant('2.apps.googleusercontent.com').key).not.toBe(one.key);
    const nobodys = finding({
      trigger_event_uid: 'google_workspace:C1:e',
      session: undefined,
      proposed: { action: 'disable_credential', scope: 'token' },
    });
    expect(planOf(nobodys, reach)).toBeUndefined();
    const machine = { key: 'default/google_workspace:1', type: 'service' as const, uid: '1.apps.googleusercontent.com' };
    expect(planOf({ ...nobodys, principal: machine }, reach)).toBeUndefined();
    expect(
      planOf({ ...nobodys, principal: machine, proposed: { action: 'revoke_grant', scope: 'client' } }, reach)?.target.client_uid,
    ).toBe(machine.uid);
  });
  test('where a vendor ends single sessions only, that one is ended', () => {
    const session = { uid: '0Ak5g000001abcd', issuer: 'salesforce:fjordlight', confidence: 'high' as const };
    const of = finding({
      trigger_event_uid: 'salesforce:fjordlight:e',
      session,
      proposed: { action: 'revoke_user_sessions', scope: 'user' },
    });
    const plan = planOf(of, reach)!;
    expect([plan.action, plan.scope_requested, plan.row.scope_effective, plan.target.session]).toEqual([
      'revoke_session',
      'user',
      'session',
      session.uid,
    ]);
  });
});

describe('the narrowest that the vendor can do', () => {
  test('a session whose id is of a form that no call takes is ended with all others of the person', () => {
    const session = { uid: '102child', root_uid: 'idxRoot', issuer: 'okta:fjordlight', confidence: 'high' } as const;
    expect(planOf(oktaFinding({ session }), reach)).toMatchObject({ action: 'revoke_user_sessions', scope_requested: 'session' });
    expect(planOf(oktaFinding({ session: { ...session, root_uid: '102root' } }), reach)).toMatchObject({ action: 'revoke_session' });
  });

  test('AWS ends no single session of a user, but all that were made before, and says so', () => {
    const session = { uid: 'AIDA1/2026-03-02T08:00:00Z', issuer: 'aws:1234', confidence: 'high' } as const;
    const principal = { key: 'default/aws:1234:user/ada', type: 'human' as const, uid: 'user/ada' };
    const plan = planOf(finding({ trigger_event_uid: 'aws:1234:e', principal, session }), reach)!;
    expect([plan.action, plan.scope_requested, plan.row.scope_effective]).toEqual(['revoke_user_sessions', 'session', 'user']);
    expect(plan.target).toEqual({ vendor: 'aws', account: '1234', user: { uid: 'user/ada' }, session: session.uid });
  });

  test('Okta ends one session, by the root id when there is one', () => {
    const plan = planOf(oktaFinding(), reach)!;
    expect([plan.action, plan.scope_requested, plan.row.scope_effective]).toEqual(['revoke_session', 'session', 'session']);
    expect(plan.target).toEqual({
      vendor: 'okta',
      account: 'fjordlight',
      user: { uid: OKTA_ID, email: 'ada@fjordlight.example', iss_sub: `https://fjordlight.okta.com ${OKTA_ID}` },
      session: 'root',
    });
    const rootless = oktaFinding({ session: { uid: 'child', issuer: 'okta:fjordlight', confidence: 'high' } });
    expect(planOf(rootless, reach)!.target.session).toBe('child');
  });
  test('Entra signs the whole person out, says so, and still names the session', () => {
    const plan = planOf(finding(), reach)!;
    expect([plan.action, plan.scope_requested, plan.row.scope_effective]).toEqual(['revoke_user_sessions', 'session', 'user']);
    expect(plan.target).toEqual({
      vendor: 'entra',
      account: 'dir-1',
      user: { uid: OID, email: 'ada@fjordlight.example', iss_sub: `https://login.microsoftonline.com/dir-1/v2.0 ${OID}` },
      session: 'sid-1',
    });
  });
  test('what happens in Microsoft 365 is ended at Entra, with or without a session', () => {
    const inMailbox = { trigger_event_uid: 'm365:dir-1:e9' };
    expect(planOf(finding(inMailbox), reach)!.target).toMatchObject({
      vendor: 'entra',
      account: 'dir-1',
      session: 'sid-1',
      user: { uid: OID },
    });
    expect(planOf(finding({ ...inMailbox, session: undefined }), reach)!.target).toMatchObject({
      vendor: 'entra',
      account: 'dir-1',
      user: { uid: OID },
    });
  });
  test.each(['low', 'surrogate'] as const)('a session id of our own making is never sent to a vendor: %s', (confidence) => {
    const plan = planOf(oktaFinding({ session: { uid: 'made-up', issuer: 'okta:fjordlight', confidence } }), reach)!;
    expect(plan.action).toBe('revoke_user_sessions');
    expect(plan.target.session).toBeUndefined();
  });
  test('a token that the vendor cannot end alone falls to the session or the person', () => {
    const token = { token: { uid: 'uti-1', kind: 'uti' }, proposed: { action: 'revoke_token' as Action, scope: 'token' as const } };
    expect(planOf(finding(token), reach)).toMatchObject({ action: 'revoke_user_sessions', scope_requested: 'token' });
    expect(planOf(oktaFinding(token), reach)).toMatchObject({ action: 'revoke_session', scope_requested: 'token' });
    const slack = { ...token, trigger_event_uid: 'slack:T1:e', session: undefined };
    const plan = planOf(finding(slack), reach)!;
    expect([plan.action, plan.target.token]).toEqual(['revoke_token', 'uti-1']);
  });
  test('step-up exists everywhere, at the identity provider in front if nowhere else', () => {
    const stepUp = { level: 'medium' as const, proposed: { action: 'step_up' as Action, scope: 'user' as const } };
    for (const plan of [
      planOf(finding(stepUp), reach),
      planOf(oktaFinding(stepUp), reach),
      planOf(finding({ ...stepUp, session: undefined, trigger_event_uid: 'github:acme:1' }), reach),
    ]) {
      expect(plan).toMatchObject({ action: 'step_up', row: { scope_effective: 'user' } });
    }
  });
  test("the rule's own response wins over what the level would ask for", () => {
    const plan = planOf(finding({ level: 'medium', proposed: { action: 'block_sign_in', scope: 'user' } }), reach);
    expect(plan?.action).toBe('block_sign_in');
  });
  test('an act on a mailbox is undone where the mailbox is', () => {
    const plan = planOf(finding({ trigger_event_uid: 'm365:dir-1:e9', proposed: { action: 'remove_mail_rule', scope: 'user' } }), reach)!;
    expect([plan.action, plan.target.vendor]).toEqual(['remove_mail_rule', 'm365']);
  });
});

describe('ids', () => {
  test("a uid of another vendor's is not used", () => {
    const plan = planOf(finding({ trigger_event_uid: 'okta:fjordlight:e1' }), reach)!;
    expect(plan.target.user).toEqual({ email: 'ada@fjordlight.example' });
    const mixed = planOf(finding({ principal: { ...finding().principal, uid: OKTA_ID } }), reach)!;
    expect(mixed.target.user).toEqual({ email: 'ada@fjordlight.example' });
    const elsewhere = planOf(finding({ trigger_event_uid: 'entra:dir-2:e1' }), reach)!;
    expect(elsewhere.target.user).toEqual({ email: 'ada@fjordlight.example' });
  });
  test('no issuer of subjects without the name of the organisation', () => {
    const nameless = oktaFinding({
      trigger_event_uid: 'okta:default:e1',
      session: { uid: 's', issuer: 'okta:default', confidence: 'high' },
    });
    expect(planOf(nameless, reach)!.target.user).toEqual({ uid: OKTA_ID, email: 'ada@fjordlight.example' });
  });
  test('two findings that reach the same person have one key, two sessions that can be ended alone have two', () => {
    const other = { uid: 'sid-2', issuer: 'entra:dir-1', confidence: 'high' as const };
    expect(planOf(finding({ session: other }), reach)!.key).toBe(planOf(finding(), reach)!.key);
    const otherOkta = { uid: 'x', root_uid: 'root-2', issuer: 'okta:fjordlight', confidence: 'high' as const };
    expect(planOf(oktaFinding({ session: otherOkta }), reach)!.key).not.toBe(planOf(oktaFinding(), reach)!.key);
    expect(
      planOf(
        finding({ principal: { key: 'default/bo@fjordlight.example', type: 'human', uid: '6b1f0c52-9a37-4f0e-8d1c-2f5f3a7c9e12' } }),
        reach,
      )!.key,
    ).not.toBe(planOf(finding(), reach)!.key);
  });
});

describe('ids that look like something else', () => {
  const okta = (account: string, id: string, session = 'child') =>
    oktaFinding({
      trigger_event_uid: `okta:${account}:${id}`,
      session: { uid: session, root_uid: `${session}:root`, issuer: `okta:${account}`, confidence: 'high' },
    });
  test('an account with a colon is one account', () => {
    const plan = planOf(okta('fjord:light', 'e1'), reach)!;
    expect(plan.target).toEqual({
      vendor: 'okta',
      account: 'fjord:light',
      session: 'child:root',
      user: { uid: OKTA_ID, email: 'ada@fjordlight.example', iss_sub: `https://fjord:light.okta.com ${OKTA_ID}` },
    });
    const mailbox = { trigger_event_uid: 'm365:dir:1:e9', session: { uid: 'sid-1', issuer: 'entra:dir:1', confidence: 'high' as const } };
    expect(planOf(finding(mailbox), reach)!.target).toMatchObject({ vendor: 'entra', account: 'dir:1', user: { uid: OID } });
  });
  test('an event id with a colon is no part of the account', () => {
    expect(planOf(okta('fjordlight', 'sha256:e1'), reach)!.target.account).toBe('fjordlight');
    expect(planOf({ ...okta('fjordlight', 'sha256:e1'), session: undefined }, reach)!.target.account).toBe('fjordlight');
  });
  test('no two targets have one key, however colons and brackets fall', () => {
    const odd = [
      okta('a', 'e', 'b:c'),
      okta('a:b', 'e', 'c'),
      okta('a', 'e', 'b'),
      okta('a', 'e', 'c'),
      okta('a', 'e', '","b'),
      { ...okta('a', 'e', 'c'), principal: { ...okta('a', 'e').principal, key: 'default/a:b' } },
      { ...okta('a', 'e', 'b:c'), principal: { ...okta('a', 'e').principal, key: 'default/a' } },
    ];
    expect(new Set(odd.map((one) => planOf(one, reach)!.key)).size).toBe(odd.length);
  });
  test('what a record names is taken letter by letter', () => {
    expect(planOf(okta('$&{account}', 'e'), reach)!.target.user.iss_sub).toBe(`https://$&{account}.okta.com ${OKTA_ID}`);
    const act = evidence("m365:dir-1:$'{action}", 'trigger', { action: 'New-InboxRule' });
    expect(planOf(finding({ evidence: [act] }), reach)!.acts[0]).toContain("(New-InboxRule, event m365:dir-1:$'{action}).");
  });
});

describe('machines', () => {
  const machine = (type: PrincipalType, action: Action) =>
    finding({
      principal: { key: 'default/entra:sp', type, uid: 'sp-1', name: 'Backup' },
      session: undefined,
      token: { uid: 'key-1', kind: 'secret' },
      proposed: { action, scope: 'client' },
    });
  test.each(['service', 'workload', 'system', 'agent'] as const)('a %s is never signed out or asked for a factor', (type) => {
    for (const action of [
      'revoke_session',
      'revoke_user_sessions',
      'step_up',
      'require_reauth',
      'block_sign_in',
      'mark_user_risky',
      'notify_user',
    ] as const) {
      expect(planOf(machine(type, action), reach)).toBeUndefined();
    }
  });
  test('its credential is rotated or disabled when the rule says so', () => {
    for (const action of ['rotate_credential', 'disable_credential'] as const) {
      expect(planOf(machine('service', action), reach)).toMatchObject({ action, target: { client_uid: 'sp-1', user: { uid: 'sp-1' } } });
    }
    expect(planOf(machine('agent', 'suspend_agent'), reach)).toMatchObject({ action: 'suspend_agent', target: { client_uid: 'sp-1' } });
  });
  test('a token that cannot be revoked alone does not become a sign-out of the machine', () => {
    expect(planOf(machine('service', 'revoke_token'), reach)).toBeUndefined();
  });
});

describe('follow-up', () => {
  test('each act of the session in order of time, once', () => {
    const rule = (uid: string, time: number, action: string) => evidence(`m365:dir-1:${uid}`, 'context', { time, action });
    const plan = planOf(
      finding({
        evidence: [
          rule('b', T0 + 2, 'Set-Mailbox'),
          rule('a', T0 + 1, 'New-InboxRule'),
          rule('a', T0 + 1, 'New-InboxRule'),
          rule('c', T0, 'MailItemsAccessed'),
        ],
      }),
      reach,
    )!;
    expect(plan.acts).toEqual([
      expect.stringMatching(/inbox rule.*New-InboxRule, event m365:dir-1:a/),
      expect.stringMatching(/mailbox.*Set-Mailbox, event m365:dir-1:b/),
    ]);
  });
  test("what the person did before is not the thief's, and other vendors' words are not mixed up", () => {
    const quiet = finding({
      evidence: [
        evidence('m365:dir-1:a', 'baseline', { action: 'New-InboxRule' }),
        evidence('okta:o:b', 'context', { action: 'New-InboxRule' }),
      ],
    });
    expect(planOf(quiet, reach)!.acts).toEqual([]);
  });
});
