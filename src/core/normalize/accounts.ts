import type { Mapped } from './mapped.js';
import { detail } from './record.js';

/** What the vendors call it when somebody makes an account: a person's, a service's, or one for a guest. */
const MAKES_ACCOUNT: Readonly<Record<string, ReadonlySet<string>>> = {
  atlassian: new Set(['User created', 'user_created']),
  auth0: new Set(['Create a User']),
  // a role is one that whoever it trusts may use
  aws: new Set(['CreateUser', 'CreateRole']),
  box: new Set(['NEW_USER']),
  duo: new Set(['user_create']),
  entra: new Set(['Add user', 'Invite external user']),
  gcp: new Set(['google.iam.admin.v1.CreateServiceAccount', 'CreateServiceAccount', 'google.admin.AdminService.createUser']),
  gitlab: new Set(['user_created']),
  google_workspace: new Set(['CREATE_USER']),
  keycloak: new Set(['CREATE USER']),
  m365: new Set(['Add user']),
  okta: new Set(['user.lifecycle.create']),
  onelogin: new Set(['user_created', 'api_created_user', 'self_registration_approved']),
  pingone: new Set(['USER.CREATED']),
  salesforce: new Set(['createduser']),
  slack: new Set(['user_created']),
  snowflake: new Set(['CREATE_USER']),
  teleport: new Set(['user.create']),
};

/** Says of an act without a better word that it made an account: the same in all vendors, whose mappers know it by its name only. */
export function tellAccount(mapped: Mapped): void {
  if (mapped.activity !== 'other' || MAKES_ACCOUNT[mapped.vendor]?.has(mapped.action) !== true) return;
  mapped.details = detail(detail(mapped.details, 'kind', 'account'), 'effect', 'created');
}
