import type { Mapped } from '../../mapped.js';
import { guid, object, text, word } from '../../record.js';
import { directoryRecord } from './directory-record.js';
import type { EntraRecord } from './entra-shapes.js';

/** Provisioning log: what the synchronisation service did with an account. Places nobody; kept so that it can be read beside the rest. */
export function mapProvisioning(entra: EntraRecord): Mapped {
  const { envelope, properties: p } = entra;
  const by = object(p['initiatedBy']);
  const status = word(
    object(p['provisioningStatusInfo'])?.['Status'] ?? object(p['provisioningStatusInfo'])?.['status'] ?? envelope['resultType'],
  );
  const source = object(p['sourceIdentity']);
  const target = text(source?.['Name'] ?? source?.['name'] ?? source?.['displayName']);
  return {
    ...directoryRecord(entra, 'provisioning'),
    action: `Provisioning ${text(p['provisioningAction']) ?? text(p['action'])?.toLowerCase() ?? 'activity'}`,
    activity: 'other',
    status: status === 'success' ? 'success' : status === 'failure' ? 'failure' : 'unknown',
    status_detail: undefined,
    is_presence: false,
    principal: {
      type: 'system',
      uid: guid(by?.['Id'] ?? by?.['id']),
      name: text(by?.['Name'] ?? by?.['name'] ?? by?.['displayName']) ?? 'Azure AD Provisioning Service',
    },
    targets: undefined,
    session: undefined,
    token: undefined,
    device: undefined,
    client: undefined,
    app: undefined,
    resource: undefined,
    auth: undefined,
    details: target === undefined ? undefined : { target },
    risk: undefined,
    ja4: undefined,
    ip: undefined,
    user_agent: undefined,
    network: undefined,
  };
}
