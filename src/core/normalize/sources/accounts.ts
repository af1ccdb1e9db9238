import type { Vendor } from './index.js';

/** What `source.account` is at a source. */
export interface AccountOf {
  /** in the vendor's words */
  readonly what: string;
  /** where records have it, the first that is there; empty: nowhere, so that the configuration names it */
  readonly paths: readonly string[];
  readonly note?: string;
}

/** Of every source, so that whoever names an account under `sign_on` or `tenants` knows what to write. */
export const ACCOUNTS = {
  entra: {
    what: 'id of the tenant',
    paths: ['tenantId', 'resourceId (/tenants/<id>/)', 'properties.tenantId', 'properties.resourceTenantId', 'properties.homeTenantId'],
    note: 'In small letters.',
  },
  okta: { what: 'the org', paths: [] },
  m365: { what: 'id of the Entra tenant', paths: ['OrganizationId'], note: 'In small letters.' },
  google_workspace: { what: 'customer id (`C0...`)', paths: ['id.customerId', 'customer_id', 'customerId'] },
  slack: {
    what: 'id of the Enterprise Grid organisation (`E...`), else of the workspace (`T...`)',
    paths: ['context.location.id', 'actor.user.team'],
    note: 'In a Grid that is one account for all workspaces.',
  },
  github: {
    what: 'slug of the enterprise, else login of the organisation',
    paths: ['business', 'org', 'enterprise.slug', 'organization.login', 'installation.account.login', 'repository.owner.login'],
    note: "An organisation's own log says the organisation, the enterprise's log the enterprise.",
  },
  gitlab: { what: 'the instance', paths: [] },
  aws: { what: 'number of the account', paths: ['recipientAccountId', 'userIdentity.accountId'] },
  gcp: {
    what: 'project, folder or organisation whose log it is',
    paths: ['logName', 'resource.labels.project_id', 'resource.labels.organization_id'],
  },
  salesforce: {
    what: 'id of the org, its first 15 letters',
    paths: ['ORGANIZATION_ID'],
    note: 'Event monitoring objects and the setup audit trail do not have it: name the org so under `accounts`, or they are another account.',
  },
  auth0: { what: 'name of the tenant', paths: ['tenant_name', 'tenant'] },
  duo: { what: 'the account', paths: [] },
  onelogin: { what: 'number of the account', paths: ['account_id'] },
  box: { what: 'id of the enterprise', paths: ['created_by.enterprise.id', 'enterprise_id'], note: 'Most records do not have it.' },
  '1password': { what: 'id of the account', paths: ['account_uuid'] },
  cloudflare: {
    what: 'id of the account',
    paths: ['OwnerID', 'AccountID', 'owner.id', 'account.id'],
    note: 'Access and device logs have it when the field is exported.',
  },
  teleport: { what: 'name of the cluster', paths: ['cluster_name'] },
  pingone: {
    what: 'id of the environment',
    paths: ['actors.user.environment.id', 'actors.client.environment.id', 'resources[0].environment.id'],
  },
  notion: { what: 'id of the workspace', paths: ['workspace_id'] },
  asana: { what: 'the organisation', paths: [] },
  openai: { what: 'the organisation', paths: [] },
  anthropic: { what: 'id of the organisation', paths: ['organization_id', 'organization_uuid'] },
  snowflake: {
    what: 'locator or name of the account',
    paths: ['ACCOUNT_LOCATOR', 'ACCOUNT_NAME'],
    note: 'In views of ORGANIZATION_USAGE alone.',
  },
  keycloak: { what: 'id of the realm, else its name', paths: ['realmId', 'realmName'] },
  zoom: { what: 'id of the account', paths: ['account_id', 'payload.account_id'], note: 'The reports do not have it.' },
  atlassian: {
    what: 'address of the Data Center instance; the cloud site',
    paths: ['system'],
    note: 'Of the cloud logs it stands nowhere.',
  },
} as const satisfies Record<Vendor, AccountOf>;
