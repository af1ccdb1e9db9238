import { mapAudit } from './entra-audit.js';
import { mapGraph } from './entra-graph.js';
import { mapProvisioning } from './entra-provisioning.js';
import { mapRisk } from './entra-risk.js';
import { entraRecord, isEntraRecord } from './entra-shapes.js';
import { mapSignIn } from './entra-sign-in.js';
import type { Mapped, Mapper, Raw } from './mapped.js';

/** Entra ID: sign-ins, audit, Graph activity, identity protection and provisioning logs in any of their shapes. */
export function createEntraMapper(): Mapper {
  return { vendor: 'entra', recognises: isEntraRecord, map: mapEntra };
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
