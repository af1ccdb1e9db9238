/** What people call the vendors whose word in `source.vendor` is not their name. */
const NAMES: Readonly<Record<string, string>> = {
  entra: 'Entra',
  m365: 'Microsoft 365',
  okta: 'Okta',
  google_workspace: 'Google Workspace',
  github: 'GitHub',
  slack: 'Slack',
  gitlab: 'GitLab',
  aws: 'AWS',
  gcp: 'Google Cloud',
  salesforce: 'Salesforce',
  auth0: 'Auth0',
  duo: 'Duo',
  onelogin: 'OneLogin',
  box: 'Box',
  '1password': '1Password',
  cloudflare: 'Cloudflare',
  teleport: 'Teleport',
  pingone: 'PingOne',
  notion: 'Notion',
  asana: 'Asana',
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  snowflake: 'Snowflake',
  keycloak: 'Keycloak',
  zoom: 'Zoom',
  atlassian: 'Atlassian',
};

/** @param vendor as `source.vendor` says; one that is not known is called so */
export function nameOfVendor(vendor: string): string {
  return NAMES[vendor] ?? vendor;
}
