import { actionTable } from './action-table.js';

/** Box's event types by what they mean to a session: of the enterprise, and of a single user's stream, whose items begin with `ITEM_`. */
export const boxActivity = actionTable(
  {
    sign_in: ['LOGIN', 'ADMIN_LOGIN', 'FAILED_LOGIN', 'DEVICE_TRUST_CHECK_FAILED', 'ADD_LOGIN_ACTIVITY_DEVICE'],
    token_issue: ['USER_AUTHENTICATE_OAUTH2_ACCESS_TOKEN_CREATE', 'USER_AUTHENTICATE_OAUTH2_TOKEN_REFRESH'],
    session_revoke: [
      ...['REMOVE_LOGIN_ACTIVITY_DEVICE', 'OAUTH2_ACCESS_TOKEN_REVOKE', 'OAUTH2_REFRESH_TOKEN_REVOKE', 'DELETE_USER'],
      'EDR_CROWDSTRIKE_ACCESS_REVOKED',
    ],
    mfa_change: ['ENABLE_TWO_FACTOR_AUTH', 'DISABLE_TWO_FACTOR_AUTH'],
    credential_change: ['EMAIL_ALIAS_CONFIRM', 'EMAIL_ALIAS_ADD', 'CHANGE_PASSWORD', 'USER_PASSWORD_CHANGE'],
    impersonation: ['ACCESS_GRANTED'],
    oauth_consent: ['ENTERPRISE_APP_AUTHORIZATION_UPDATE', 'APPLICATION_CREATED'],
    app_credential: ['APPLICATION_PUBLIC_KEY_ADDED'],
    role_grant: [
      ...['CHANGE_ADMIN_ROLE', 'GROUP_ADMIN_CREATED', 'GROUP_ADD_USER', 'CHANGE_FOLDER_PERMISSION'],
      ...['COLLABORATION_ROLE_CHANGE', 'COLLAB_ROLE_CHANGE', 'GROUP_ADD_ITEM', 'GROUP_ADD_FOLDER'],
    ],
    policy_change: [
      ...[
        'EXTERNAL_COLLAB_SECURITY_SETTINGS',
        'CONTENT_WORKFLOW_POLICY_ADD',
        'CONTENT_WORKFLOW_AUTOMATION_ADD',
        'CONTENT_WORKFLOW_AUTOMATION_DELETE',
      ],
      ...['LEGAL_HOLD_POLICY_CREATE', 'LEGAL_HOLD_POLICY_DELETE', 'LEGAL_HOLD_POLICY_UPDATE', 'LEGAL_HOLD_ASSIGNMENT_CREATE'],
      ...[
        'LEGAL_HOLD_ASSIGNMENT_DELETE',
        'RETENTION_POLICY_ASSIGNMENT_ADD',
        'DATA_RETENTION_CREATE_RETENTION',
        'DATA_RETENTION_REMOVE_RETENTION',
      ],
    ],
    device_register: ['ADD_DEVICE_ASSOCIATION'],
    data_export: ['DOWNLOAD', 'ITEM_DOWNLOAD', 'ITEM_SYNC', 'FILE_WATERMARKED_DOWNLOAD', 'SIGN_DOCUMENT_DOWNLOADED'],
    vendor_risk: [
      ...['SHIELD_ALERT', 'CONTENT_WORKFLOW_ABNORMAL_DOWNLOAD_ACTIVITY', 'CONTENT_WORKFLOW_SHARING_POLICY_VIOLATION'],
      ...['CONTENT_WORKFLOW_UPLOAD_POLICY_VIOLATION', 'FILE_MARKED_MALICIOUS'],
    ],
    session_use: [
      ...[
        'UPLOAD',
        'ITEM_UPLOAD',
        'PREVIEW',
        'ITEM_PREVIEW',
        'CONTENT_ACCESS',
        'COPY',
        'ITEM_COPY',
        'ITEM_CREATE',
        'EDIT',
        'ITEM_MODIFY',
        'ITEM_OPEN',
      ],
      ...['MOVE', 'ITEM_MOVE', 'RENAME', 'ITEM_RENAME', 'DELETE', 'ITEM_TRASH', 'UNDELETE', 'ITEM_UNDELETE_VIA_TRASH', 'ITEM_UNSYNC'],
      ...['ITEM_MAKE_CURRENT_VERSION', 'LOCK', 'UNLOCK', 'LOCK_CREATE', 'LOCK_DESTROY', 'SHARE', 'UNSHARE', 'SHARE_EXPIRATION'],
      ...[
        'UPDATE_SHARE_EXPIRATION',
        'STORAGE_EXPIRATION',
        'ITEM_SHARED',
        'ITEM_SHARED_CREATE',
        'ITEM_SHARED_UNSHARE',
        'ITEM_SHARED_UPDATE',
      ],
      ...[
        'COLLABORATION_INVITE',
        'COLLABORATION_ACCEPT',
        'COLLABORATION_REMOVE',
        'COLLABORATION_EXPIRATION',
        'UPDATE_COLLABORATION_EXPIRATION',
      ],
      ...['COLLAB_ADD_COLLABORATOR', 'COLLAB_INVITE_COLLABORATOR', 'COLLAB_REMOVE_COLLABORATOR', 'COMMENT_CREATE', 'COMMENT_DELETE'],
      ...['TAG_ITEM_CREATE', 'TASK_CREATE', 'TASK_UPDATE', 'TASK_ASSIGNMENT_CREATE', 'TASK_ASSIGNMENT_UPDATE', 'TASK_ASSIGNMENT_DELETE'],
      ...[
        'TASK_ASSIGNMENT_COMPLETE',
        'METADATA_INSTANCE_CREATE',
        'METADATA_INSTANCE_UPDATE',
        'METADATA_INSTANCE_DELETE',
        'ITEM_EMAIL_SEND',
      ],
      ...['SHARED_LINK_SEND', 'SHIELD_EXTERNAL_COLLAB_ACCESS_BLOCKED', 'SHIELD_EXTERNAL_COLLAB_INVITE_BLOCKED', 'SHIELD_DOWNLOAD_BLOCKED'],
      ...['SHIELD_EXTERNAL_COLLAB_ACCESS_BLOCKED_MISSING_JUSTIFICATION', 'SHIELD_EXTERNAL_COLLAB_INVITE_BLOCKED_MISSING_JUSTIFICATION'],
      ...['SHIELD_SHARED_LINK_ACCESS_BLOCKED', 'WATERMARK_LABEL_CREATE', 'WATERMARK_LABEL_DELETE'],
    ],
    other: [
      ...['ACCESS_REVOKED', 'NEW_USER', 'EDIT_USER', 'EMAIL_ALIAS_REMOVE', 'REMOVE_DEVICE_ASSOCIATION', 'APPLICATION_PUBLIC_KEY_DELETED'],
      ...[
        'GROUP_CREATION',
        'GROUP_DELETION',
        'GROUP_EDITED',
        'GROUP_REMOVE_USER',
        'GROUP_REMOVE_ITEM',
        'GROUP_REMOVE_FOLDER',
        'GROUP_ADMIN_DELETED',
      ],
      ...[
        'MASTER_INVITE_ACCEPT',
        'MASTER_INVITE_REJECT',
        'TERMS_OF_SERVICE_ACCEPT',
        'TERMS_OF_SERVICE_REJECT',
        'SHIELD_JUSTIFICATION_APPROVAL',
      ],
      ...['METADATA_TEMPLATE_CREATE', 'METADATA_TEMPLATE_UPDATE', 'METADATA_TEMPLATE_DELETE'],
    ],
  },
  [
    [/LOGIN/, 'sign_in'],
    [/LOGOUT/, 'sign_out'],
    [/TWO_FACTOR|MULTI_FACTOR|MFA|2FA/, 'mfa_change'],
    [/RESET_PASSWORD|PASSWORD_RESET/, 'recovery'],
    [/PASSWORD/, 'credential_change'],
    [/TOKEN.*REVOKE|SESSION.*(?:REVOKE|TERMINAT)/, 'session_revoke'],
    [/TOKEN/, 'token_issue'],
    [/(?:MALICIOUS|ANOMAL|ABNORMAL|VIOLATION|ALERT)/, 'vendor_risk'],
    [/BLOCKED/, 'session_use'],
    [/APP(?:LICATION)?_(?:AUTHORIZ|CREATED|INSTALL|ENABLED)/, 'oauth_consent'],
    [/_KEY_ADDED$|SECRET/, 'app_credential'],
    [/ADMIN_ROLE|ADMIN_(?:ADD|CREATED)|OWNERSHIP/, 'role_grant'],
    [/POLICY|SETTING|BARRIER|SMART_ACCESS|CLASSIFICATION_RULE/, 'policy_change'],
    [/DOWNLOAD|EXPORT/, 'data_export'],
    [/^(?:ITEM|COLLAB\w*|SHARED?|COMMENT|TASK|SIGN|FILE|FOLDER|NOTES?|CANVAS|HUBS?|METADATA_INSTANCE)(?:_|$)/, 'session_use'],
  ],
);

export function isRefused(type: string): boolean {
  return type === 'FAILED_LOGIN' || type === 'DEVICE_TRUST_CHECK_FAILED' || type.includes('_BLOCKED');
}

const EFFECTS: readonly (readonly [RegExp, string])[] = [
  [/DELETE|REMOVE/, 'deleted'],
  [/ADD|CREATE/, 'created'],
];

export function policyEffect(type: string): string {
  return EFFECTS.find(([pattern]) => pattern.test(type))?.[1] ?? 'changed';
}

export function policyKind(type: string): string {
  return /LEGAL_HOLD|RETENTION/.test(type) ? 'retention' : /COLLAB/.test(type) ? 'sharing' : 'content';
}
