import type { Mapped, Raw } from '../../mapped.js';
import { place } from '../../place.js';
import { detail, isAddress, object, text } from '../../record.js';
import { directoryUser } from './entra-user.js';

/** Alerts of the compliance and security centre (record type 40): the vendor's verdict, often about a person. */
export function completeAlert(record: Raw, mapped: Mapped): void {
  const category = text(record['Category']);
  const severity = text(record['Severity']);
  mapped.activity = 'vendor_risk';
  mapped.is_presence = false;
  mapped.risk = { level: severity?.toLowerCase() ?? 'unknown', reasons: category === undefined ? [] : [category] };
  let details = detail(undefined, 'alert_name', text(record['Name']));
  details = detail(details, 'risk_state', text(record['Status'])?.toLowerCase());
  mapped.details = detail(details, 'target', place(record['AlertEntityId']) ?? place(record['ObjectId']));
  const who = personOf(record);
  if (who !== undefined) mapped.targets = [directoryUser(undefined, who, undefined)];
}

/** The person that the alert is about: its entity, or the user that the alert's data name. */
function personOf(record: Raw): string | undefined {
  const data = object(record['Data']);
  for (const value of [record['AlertEntityId'], data?.['suid'], data?.['f3u'], data?.['eid']]) {
    const candidate = text(value);
    if (candidate !== undefined && isAddress(candidate) && !candidate.includes('<')) return candidate;
  }
  return undefined;
}
