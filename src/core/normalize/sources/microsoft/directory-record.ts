import { parseTime } from '../../../event/time.js';
import type { Mapped } from '../../mapped.js';
import { id } from '../../record.js';
import type { EntraRecord } from './entra-shapes.js';

/** What all logs of the directory say alike: where a record is from, and when it was. */
export function directoryRecord(
  { envelope, properties: p, account }: EntraRecord,
  product: string,
): Pick<Mapped, 'vendor' | 'product' | 'account' | 'id' | 'time' | 'time_precision_ms' | 'correlation_uid'> {
  return {
    vendor: 'entra',
    product,
    account,
    id: id(p['id']),
    time: parseTime(p['activityDateTime']) ?? parseTime(envelope['time']),
    time_precision_ms: undefined,
    correlation_uid: id(p['correlationId']) ?? id(envelope['correlationId']),
  };
}
