import type { Activity } from '../../event/index.js';
import { actionTable } from './action-table.js';

/** Acts of 1Password's audit log, as `<object>.<action>`: both are short words, and neither says enough alone. */
const byName = actionTable(
  {
    session_revoke: [
      ...[
        'user.suspend',
        'user.delete',
        'user.deolddev',
        'user.dealldev',
        'device.delete',
        'account.dlgsess',
        'user.dlgsess',
        'dlgdsess.delete',
      ],
      'dlgdsess.revoke',
    ],
    recovery: ['user.beginr', 'user.completr', 'user.begin', 'user.complete', 'account.beginr', 'account.completr', 'miguser.complete'],
    credential_change: [
      ...[
        'user.changemp',
        'user.changesk',
        'user.changeks',
        'account.changemp',
        'account.changesk',
        'ec.propose',
        'ec.verify',
        'ec.complete',
      ],
      ...['cred.create', 'cred.delete'],
    ],
    mfa_change: ['user.enblmfa', 'user.updatmfa', 'user.disblmfa', 'mfa.enblmfa', 'mfa.disblmfa', 'mfa.create', 'mfa.delete'],
    role_grant: [
      ...['gm.join', 'gm.role', 'uva.grant', 'uva.update', 'gva.grant', 'gva.update', 'user.role', 'user.upguest', 'account.upguest'],
      ...['sa.grant', 'vault.grant', 'group.update'],
    ],
    policy_change: [
      ...[
        'account.updatfw',
        'account.update',
        'account.enblduo',
        'account.updatduo',
        'account.disblduo',
        'account.enblmfa',
        'account.updatmfa',
      ],
      ...['account.disblmfa', 'account.vrfydmn', 'account.uvrfydmn', 'account.dvrfydmn', 'sso.enblsso', 'sso.disblsso', 'sso.chngpsso'],
      ...['sso.chngasso', 'sso.chngdsso', 'sso.addgsso', 'sso.delgsso', 'account.updatea', 'account.patch'],
    ],
    device_register: [
      'device.create',
      'device.add',
      'device.reauth',
      'user.reauth',
      'user.tdvcsso',
      'user.sdvcsso',
      'sso.tdvcsso',
      'sso.sdvcsso',
    ],
    api_key: ['sa.create', 'satoken.create', 'ssotkn.create', 'satoken.trename'],
    oauth_consent: ['slackapp.create', 'slackapp.update', 'app.create'],
    data_export: ['vault.export', 'items.export', 'report.export', 'item.export', 'account.export', 'user.export'],
    session_use: [
      ...[
        'item.create',
        'item.update',
        'item.delete',
        'item.view',
        'item.share',
        'item.patch',
        'items.create',
        'items.update',
        'items.delete',
      ],
      ...[
        'items.purge',
        'items.patch',
        'itemhist.delete',
        'item.hide',
        'item.unhide',
        'item.delshare',
        'file.create',
        'file.delete',
        'vault.view',
      ],
      ...['report.view', 'vault.create', 'vault.update', 'template.create', 'template.update', 'template.delete'],
    ],
  },
  [
    [/\.[st]dvcsso$/, 'device_register'],
    [/\.(?:\w*sso|\w*dmn|\w*duo|updatfw)$/, 'policy_change'],
    [/\.export$/, 'data_export'],
    // who is made, changed and taken out by a directory
    [/^provsn\./, 'policy_change'],
    [/^(?:item|items|itemhist|file|template|report)\./, 'session_use'],
    [/^(?:sa|satoken|token|integration|eventtok\w*)\.(?:create|grant)$/, 'api_key'],
    [/\.\w*mfa$/, 'mfa_change'],
  ],
);

/** @param object type of what was acted on @param action what was done to it */
export function auditActivity(object: string, action: string): Activity {
  return byName(`${object}.${action}`);
}

export function policyKind(action: string): string {
  if (/sso$/.test(action)) return 'idp';
  if (/mfa$|duo$/.test(action)) return 'mfa';
  return action === 'updatfw' ? 'zone' : /dmn$/.test(action) ? 'domain' : 'account';
}

export function policyEffect(action: string): string {
  if (/^disbl/.test(action)) return 'disabled';
  if (/^enbl|^vrfy/.test(action)) return 'enabled';
  return /^(?:del|dvrfy|uvrfy)/.test(action) ? 'deleted' : /^add/.test(action) ? 'created' : 'changed';
}

export function factorChange(action: string): string {
  return /^disbl|^delete/.test(action) ? 'removed' : /^updat/.test(action) ? 'changed' : 'added';
}
