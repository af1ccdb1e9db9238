import type { Activity } from '../event/index.js';

/** What gives whoever does it, or somebody else, more than they were given, or hides what is done: what whoever takes over an agent or a partner is after. */
export const POWERS: readonly Activity[] = [
  'role_grant',
  'policy_change',
  'app_credential',
  'api_key',
  'oauth_consent',
  'mfa_change',
  'recovery',
  'credential_change',
  'session_revoke',
  'device_register',
  'impersonation',
  'audit_tamper',
  'mailbox_delegation',
  'mail_forwarding',
];
