import type { Mapped, Mapper, Raw, SourceKeys } from '../../mapped.js';
import { mapAudit } from './entra-audit.js';
import { mapGraph } from './entra-graph.js';
import { mapProvisioning } from './entra-provisioning.js';
import { mapRisk } from './entra-risk.js';
import { entraRecord, isEntraRecord } from './entra-shapes.js';
import { mapSignIn } from './entra-sign-in.js';

const SIGN_IN = {
  session: [{ paths: ['properties.sessionId'], confidence: 'high' }],
  token: ['properties.uniqueTokenIdentifier'],
  device: ['properties.deviceDetail.deviceId'],
  address: ['properties.ipAddress'],
  user_agent: ['properties.userAgent'],
} as const;

const KEYS: readonly SourceKeys[] = [
  { product: 'sign_in', title: 'Entra sign-ins, interactive', ...SIGN_IN },
  { product: 'non_interactive_sign_in', title: 'Entra sign-ins, non-interactive', ...SIGN_IN },
  {
    product: 'service_principal_sign_in',
    title: 'Entra sign-ins of service principals',
    token: SIGN_IN.token,
    address: SIGN_IN.address,
    note: 'Applications have no session; the id of the credential (`servicePrincipalCredentialKeyId`) is in the details.',
  },
  {
    product: 'managed_identity_sign_in',
    title: 'Entra sign-ins of managed identities',
    token: SIGN_IN.token,
    note: 'Neither session nor address: the platform signs in for the workload.',
  },
  {
    product: 'graph_activity',
    title: 'Microsoft Graph activity',
    session: [{ paths: ['properties.c_Sid'], confidence: 'high' }],
    token: ['properties.signInActivityId'],
    device: ['properties.C_DeviceId'],
    address: ['properties.ipAddress'],
    user_agent: ['properties.userAgent'],
    note: 'The device is a claim that travels inside the token.',
  },
  {
    product: 'audit',
    title: 'Entra audit',
    address: ['properties.initiatedBy.user.ipAddress'],
    user_agent: ['properties.additionalDetails[key=User-Agent].value'],
    note: 'Acts carry no session: they are joined to one by person, address and time.',
  },
  {
    product: 'risk',
    title: 'Entra ID Protection',
    address: ['properties.ipAddress'],
    user_agent: ['properties.additionalInfo[Key=userAgent].Value'],
    note: 'Judges a sign-in by its request id.',
  },
  { product: 'provisioning', title: 'Entra provisioning', note: 'A service acts; it says whom it was done to.' },
];

/** Entra ID: sign-ins, audit, Graph activity, identity protection and provisioning logs in any of their shapes. */
export function createEntraMapper(): Mapper {
  return { vendor: 'entra', keys: KEYS, recognises: isEntraRecord, map: mapEntra };
}

function mapEntra(record: Raw): Mapped[] {
  const entra = entraRecord(record);
  if (entra === undefined) return [];
  switch (entra.kind) {
    case 'sign_in':
      return [mapSignIn(entra)];
    case 'audit':
      return [mapAudit(entra)];
    case 'graph':
      return [mapGraph(entra)];
    case 'risk':
      return [mapRisk(entra)];
    case 'provisioning':
      return [mapProvisioning(entra)];
    case 'no_event':
      return [];
  }
}
