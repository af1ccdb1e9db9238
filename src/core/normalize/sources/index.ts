import type { Mapper } from '../mapped.js';
import { create1PasswordMapper } from './1password.js';
import { createAnthropicMapper } from './anthropic.js';
import { createAsanaMapper } from './asana.js';
import { createAtlassianMapper } from './atlassian.js';
import { createAuth0Mapper } from './auth0/auth0.js';
import { createAwsMapper } from './aws/aws.js';
import { createBoxMapper } from './box.js';
import { createCloudflareMapper } from './cloudflare/cloudflare.js';
import { createDuoMapper } from './duo/duo.js';
import { createGcpMapper } from './gcp/gcp.js';
import { createGithubMapper } from './github/github.js';
import { createGitlabMapper } from './gitlab/gitlab.js';
import { createGoogleMapper } from './google/google.js';
import { createKeycloakMapper } from './keycloak.js';
import { createEntraMapper } from './microsoft/entra.js';
import { createM365Mapper } from './microsoft/m365.js';
import { createNotionMapper } from './notion.js';
import { createOktaMapper } from './okta/okta.js';
import { createOneLoginMapper } from './onelogin.js';
import { createOpenaiMapper } from './openai.js';
import { createPingoneMapper } from './pingone.js';
import { createSalesforceMapper } from './salesforce/salesforce.js';
import { createSlackMapper } from './slack/slack.js';
import { createSnowflakeMapper } from './snowflake/snowflake.js';
import { createTeleportMapper } from './teleport.js';
import { createZoomMapper } from './zoom.js';

/** One source: a vendor's log, as far as `source` and `vendor` name it. */
export interface SourceEntry {
  readonly vendor: string;
  /** a key that nearly every record of this vendor has and few others: who has it is asked first, since a look-up that fails is dear */
  readonly marker: string;
  /** @param account what the vendor's own organisation is called where its records do not say it */
  readonly create: (account: string) => Mapper;
}

/** All sources, in the order in which they are asked; one line each. */
export const SOURCE_ENTRIES = [
  { vendor: 'entra', marker: 'category', create: createEntraMapper },
  { vendor: 'okta', marker: 'eventType', create: createOktaMapper },
  { vendor: 'm365', marker: 'CreationTime', create: createM365Mapper },
  { vendor: 'google_workspace', marker: 'kind', create: createGoogleMapper },
  { vendor: 'slack', marker: 'date_create', create: createSlackMapper },
  { vendor: 'github', marker: 'action', create: createGithubMapper },
  { vendor: 'gitlab', marker: 'author_id', create: createGitlabMapper },
  { vendor: 'aws', marker: 'eventSource', create: createAwsMapper },
  { vendor: 'gcp', marker: 'protoPayload', create: createGcpMapper },
  { vendor: 'salesforce', marker: 'EVENT_TYPE', create: createSalesforceMapper },
  { vendor: 'auth0', marker: 'log_id', create: createAuth0Mapper },
  { vendor: 'duo', marker: 'isotimestamp', create: createDuoMapper },
  { vendor: 'onelogin', marker: 'event_type_id', create: createOneLoginMapper },
  { vendor: 'box', marker: 'event_type', create: createBoxMapper },
  { vendor: '1password', marker: 'timestamp', create: create1PasswordMapper },
  { vendor: 'cloudflare', marker: 'RayID', create: createCloudflareMapper },
  { vendor: 'teleport', marker: 'cluster_name', create: createTeleportMapper },
  { vendor: 'pingone', marker: 'recordedAt', create: createPingoneMapper },
  { vendor: 'notion', marker: 'event', create: createNotionMapper },
  { vendor: 'asana', marker: 'event_category', create: createAsanaMapper },
  { vendor: 'openai', marker: 'effective_at', create: createOpenaiMapper },
  { vendor: 'anthropic', marker: 'organization_id', create: createAnthropicMapper },
  { vendor: 'snowflake', marker: 'USER_NAME', create: createSnowflakeMapper },
  { vendor: 'keycloak', marker: 'realmId', create: createKeycloakMapper },
  { vendor: 'zoom', marker: 'operation_detail', create: createZoomMapper },
  { vendor: 'atlassian', marker: 'affectedObjects', create: createAtlassianMapper },
] as const satisfies readonly SourceEntry[];

export type Vendor = (typeof SOURCE_ENTRIES)[number]['vendor'];
/** In the order in which people look for them. */
export const VENDORS: readonly Vendor[] = SOURCE_ENTRIES.map(({ vendor }) => vendor).sort();

/** What `source` may be: `auto` recognises records one by one. */
export type Source = 'auto' | Vendor;
export const SOURCES: readonly Source[] = ['auto', ...VENDORS];
