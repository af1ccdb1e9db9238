import type { Activity } from '../../../event/index.js';
import type { Mapped, Raw } from '../../mapped.js';
import { clip, detail, id, list, object, text, texts } from '../../record.js';
import { type Call, policyEffect, policyKind } from './auth0-types.js';

/** What an entry says of its act beside who and where. */
export function detailsOf(activity: Activity, type: string, data: Raw, call: Call | undefined, answer: Raw | undefined): Mapped['details'] {
  const asked =
    call === undefined
      ? undefined
      : detail(detail(undefined, 'request_method', call.method || undefined), 'request_path', call.path || undefined);
  switch (activity) {
    case 'sign_in':
      return detail(asked, 'factor', type.startsWith('gd_send_pn') ? 'push' : /^gd_send_(\w+?)(?:_failure)?$/.exec(type)?.[1]);
    case 'token_issue':
      return detail(asked, 'scopes', scopesOf(data['scope']));
    case 'role_grant': {
      const role = text(call?.body['name']) ?? (texts(call?.body['roles']).join(' ') || undefined);
      const withRole = detail(
        detail(asked, 'role', role),
        'is_privileged',
        role !== undefined && /\b(?:admin|owner)/i.test(role) ? 'true' : undefined,
      );
      return detail(withRole, 'assignment', /invitation/.test(call?.path ?? '') ? 'requested' : undefined);
    }
    case 'mfa_change':
      return detail(
        detail(asked, 'change', factorChange(type, call)),
        'factor',
        /\((\w+)\)$/.exec(clip(text(data['description']) ?? '', 200))?.[1],
      );
    case 'recovery':
      return detail(asked, 'change', call === undefined || call.path.includes('recovery-code') ? 'factors' : 'password');
    case 'credential_change':
      return detail(asked, 'change', { e: 'email', u: 'username', p: type.endsWith('pn') ? 'phone' : 'password' }[type.charAt(2)]);
    case 'policy_change': {
      if (call === undefined) return detail(asked, 'kind', type.startsWith('gd_') ? 'mfa' : type.startsWith('ss_') ? 'idp' : 'tenant');
      const effect = policyEffect(call, answer?.['body']);
      return detail(detail(detail(asked, 'policy', call.description || undefined), 'kind', policyKind(call)), 'effect', effect);
    }
    case 'audit_tamper':
      return detail(detail(asked, 'kind', 'log_stream'), 'effect', call?.method === 'delete' ? 'deleted' : 'changed');
    case 'oauth_consent': {
      const app = text(call?.body['name']) ?? text(call?.body['integration_id']);
      const made = object(answer?.['body']);
      const uid = id(call?.body['client_id']) ?? id(made?.['client_id']);
      return detail(detail(detail(detail(asked, 'kind', 'app'), 'scopes', scopesOf(call?.body['scope'])), 'app', app), 'app_uid', uid);
    }
    case 'app_credential':
      return detail(
        detail(asked, 'kind', call?.path.startsWith('/keys') ? 'certificate' : 'secret'),
        'app_uid',
        id(/^\/clients\/([^/]+)/.exec(call?.path ?? '')?.[1]),
      );
    case 'api_key':
      return detail(asked, 'kind', 'api_token');
    case 'data_export':
      return detail(asked, 'kind', 'users');
    case 'session_revoke':
      return detail(asked, 'scope', type === 'srrt' || /^\/(?:sessions|refresh-tokens)\//.test(call?.path ?? '') ? 'session' : undefined);
    case 'vendor_risk':
      return detail(asked, 'alert_name', type);
    default:
      return asked;
  }
}

function scopesOf(value: unknown): string | undefined {
  const scopes = Array.isArray(value)
    ? texts(list(value)).join(' ')
    : text(value)
        ?.split(/[\s,]+/)
        .join(' ');
  return scopes || undefined;
}

function factorChange(type: string, call: Call | undefined): string {
  if (type === 'gd_unenroll' || type === 'gd_user_delete' || call?.method === 'delete') return 'removed';
  return type === 'gd_update_device_account' || call?.method === 'patch' || call?.method === 'put' ? 'changed' : 'added';
}
