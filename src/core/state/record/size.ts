/** Fields that are written as doubles, whole numbers too. */
const DOUBLES: ReadonlySet<string> = new Set(['lat', 'long', 'distance_km', 'distance_lower_bound_km', 'speed_kmh']);

/** Fields that a record may be without, in whichever: their being there costs a byte. */
const OPTIONAL: ReadonlySet<string> = new Set([
  'after',
  'again_time',
  'alone',
  'as_class',
  'as_org',
  'asn',
  'auth',
  'baseline',
  'before',
  'city',
  'client_uid',
  'country',
  'created_time',
  'details',
  'device',
  'email',
  'expires_time',
  'facts',
  'family',
  'folded_last',
  'folded_time',
  'form_factor',
  'fresh_time',
  'hostname',
  'incoming_token',
  'ip',
  'is_bound',
  'is_cae',
  'is_compliant',
  'is_mfa',
  'is_named',
  'issued_time',
  'keep_signed_in',
  'known',
  'lat',
  'long',
  'major',
  'method',
  'more',
  'name',
  'next_settle_time',
  'observation',
  'of',
  'on_behalf_of',
  'os',
  'prefix',
  'present_time',
  'print',
  'proposed',
  'protocol',
  'radius_km',
  'region',
  'risk',
  'root_uid',
  'session',
  'settled',
  'sign_ins',
  'src_endpoint',
  'stranger',
  'stranger_since',
  'supersedes',
  'suppressed',
  'tags',
  'token',
  'token_expires_time',
  'token_issued_time',
  'travel',
  'uid',
  'unlearned_time',
  'until_time',
  'user_agent',
  'words',
]);

/** How many bytes a part of a person's record takes as Avro: at least as many, and few more. */
export function sizeOf(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return bytesOf(value) + (value.length < 20 ? 1 : 2);
    case 'number':
      return Number.isInteger(value) ? lengthOf(value) : 8;
    case 'object':
      if (value === null) return 1;
      return Array.isArray(value) ? sizeOfList(value) : sizeOfRecord(value);
    default:
      return 1;
  }
}

function sizeOfList(list: readonly unknown[]): number {
  let size = list.length === 0 ? 1 : 4;
  for (const item of list) size += sizeOf(item);
  return size;
}

/**
 * How many fields a record has that comes as its event brought it, with or without the names of what is absent, known by a field that each of its
 * kind has: endpoints, session references, user agents, factors, principals.
 */
const PARTIAL: Readonly<Partial<Record<string, number>>> = { class: 13, confidence: 5, original: 6, dimension: 6, type: 7 };

function sizeOfRecord(record: object): number {
  let size = 0;
  let fields = 0;
  let least = 0;
  for (const key in record) {
    const value = (record as Record<string, unknown>)[key];
    fields++;
    least = Math.max(least, PARTIAL[key] ?? 0);
    if (value === undefined) size++;
    else size += (OPTIONAL.has(key) ? 1 : 0) + (typeof value === 'number' && DOUBLES.has(key) ? 8 : sizeOf(value));
  }
  return size + Math.max(0, least - fields);
}

/** A number of variable length: seven bits a byte, the sign among them. */
export function lengthOf(value: number): number {
  let rest = Math.abs(value) * 2;
  let length = 1;
  while (rest >= 128) {
    rest /= 128;
    length++;
  }
  return length;
}

const WIDE = /[\u0080-\uffff]/;

/** Of a text as UTF-8. Half of a pair by itself is written as the sign for what cannot be read, three bytes. */
export function bytesOf(text: string): number {
  let bytes = text.length;
  if (!WIDE.test(text)) return bytes;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x7f) continue;
    bytes += code > 0x7ff ? 2 : 1;
    if ((code & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
  }
  return bytes;
}
