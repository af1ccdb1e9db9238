// Multiplies seed records into a stream of many people: the same shapes, other persons, addresses, clients, ids and times.
// Everything is drawn from one seeded generator, so two runs measure the same bytes.

/** xorshift32: small, seeded, good enough to draw people and addresses. */
export function generator(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

/** Draws 0..n-1 with Zipf's law (exponent 1) by inverse of the harmonic sum's approximation. */
function zipf(random, n) {
  return Math.min(n - 1, Math.floor(n ** random()) - 1);
}

const TIME_KEYS = new Set([
  'time',
  'createddatetime',
  'creationtime',
  'published',
  'activitydatetime',
  'timegenerated',
  'detecteddatetime',
  'lastupdateddatetime',
]);
const IP_KEYS = new Set(['ipaddress', 'calleripaddress', 'clientip', 'clientipaddress', 'actoripaddress', 'ip']);
const AGENT_KEYS = new Set(['useragent', 'rawuseragent']);
const SESSION_KEYS = new Set(['sessionid', 'aadsessionid', 'rootsessionid', 'externalsessionid', 'c_sid']);
const TOKEN_KEYS = new Set(['uniquetokenidentifier', 'uniquetokenid', 'signinactivityid']);
const DEVICE_KEYS = new Set(['deviceid', 'dthash', 'devicefingerprint', 'c_deviceid']);
const EVENT_KEYS = new Set(['uuid', 'requestid', 'originalrequestid', 'intrasystemid', 'intersystemsid']);
const PERSON_KEYS = new Set(['userprincipalname', 'userid', 'alternateid', 'mailboxownerupn', 'actorupn']);

/** As far as this the first two octets of an address stay. */
const NEAR_BY = 2000;

/** Distinct addresses that there are. */
const ADDRESSES = 100_000;

/** When the records begin, unless somebody wants them at another time. */
const START = Date.parse('2026-03-02T00:00:00Z');

/** Persons and records of two runs that are apart are numbered so far from one another. */
const APART = 10_000_000;

const IPV4 = /^\d+\.\d+\.\d+\.\d+(:\d+)?$/;

/** One seed as text between slots. */
function template(record) {
  const people = new Set();
  (function collect(node, key) {
    if (Array.isArray(node)) for (const inner of node) collect(inner, key);
    else if (node !== null && typeof node === 'object') for (const [k, v] of Object.entries(node)) collect(v, k.toLowerCase());
    else if (typeof node === 'string' && PERSON_KEYS.has(key) && node.length > 4) people.add(node);
  })(record, '');
  const slots = [];
  const isPhone = PHONE.test(JSON.stringify(record));
  const place = (kind, style) => {
    slots.push({ kind, style });
    return `\u0001${slots.length - 1}\u0002`;
  };
  const text = JSON.stringify(
    (function fill(node, key, parent) {
      if (Array.isArray(node)) return node.map((inner) => fill(inner, key, node));
      if (node !== null && typeof node === 'object')
        return Object.fromEntries(
          Object.entries(node).map(([k, v]) => [
            k,
            fill(v, k === 'Value' && typeof node.Name === 'string' ? node.Name.toLowerCase() : k.toLowerCase(), node),
          ]),
        );
      if (typeof node !== 'string' || node === '') return node;
      if (people.has(node)) return place(node.includes('@') ? 'email' : 'id');
      if (IP_KEYS.has(key) && IPV4.test(node)) return place('ip', node.includes(':') ? ':443' : '');
      if (TIME_KEYS.has(key) && /^\d{4}-\d\d-\d\dT/.test(node)) return place('time', /Z$|[+-]\d\d:\d\d$/.test(node) ? 'Z' : '');
      if (key === 'id' && parent.managed !== undefined) return place('device');
      if (key === 'clientinfostring' && node.includes('Mozilla/')) return `${node.slice(0, node.indexOf('Mozilla/'))}${place('agent')}`;
      if (AGENT_KEYS.has(key) && node.startsWith('Mozilla/')) return isPhone ? node : place('agent');
      if (SESSION_KEYS.has(key) && node.length > 8) return place(isPhone ? 'phone_session' : 'session');
      if (TOKEN_KEYS.has(key)) return place('token');
      if (DEVICE_KEYS.has(key) && node.length > 8) return place('device');
      if (EVENT_KEYS.has(key) || (key === 'id' && node.length >= 30 && parent.type === undefined)) return place('event');
      return node;
    })(record, '', {}),
  );
  const parts = text.split(/\\u0001(\d+)\\u0002/);
  // People sign in anew after a sign-out, a revocation or a reset: the next record has another session.
  const ends = /user\.session\.(end|clear)|StsRefreshToken|revoke|reset|password/i.test(
    String(record.eventType ?? record.operationName ?? record.Operation ?? record.activityDisplayName),
  );
  return { parts, slots, ends };
}

/** Three browsers of Windows, since the desktop programs of the seeds run there, and one session lives on one machine. */
const AGENTS_PER_VERSION = 15;

function agents() {
  const list = [];
  for (let major = 118; major < 142; major++) {
    const base = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`;
    for (let build = 0; build < 5; build++) {
      list.push(
        base,
        `${base} Edg/${major}.0.${build * 7}.${(major + build) % 60}`,
        `Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:${major}.${build}) Gecko/20100101 Firefox/${major}.${build}`,
      );
    }
  }
  return list;
}

/** A phone's own programs live in a session of their own. */
const PHONE = /iPhone|iPad|Android|-iOS\/|iOS;/;

/**
 * @param seeds parsed records
 * @param count how many to make
 * @param people how many persons there are; each has at least one record when count allows it
 * @param options see multiplied
 * @returns one buffer of NDJSON lines and the offset of each line's end
 */
export function multiply(seeds, count, people, options = {}) {
  const ends = new Float64Array(count);
  const chunks = [];
  let size = 0;
  for (const chunk of multiplied(seeds, count, people, options)) {
    size += chunk.length;
    ends[chunks.length] = size;
    chunks.push(chunk);
  }
  return { bytes: Buffer.concat(chunks, size), ends };
}

/**
 * The same records one by one, however many: each a line with its end.
 * @param options start: time of the first, ms; days: over how many they are spread; apart: of two runs with other numbers nobody and nothing is the same
 */
export function* multiplied(seeds, count, people, { seed = 20260302, start = START, days = 1, apart = 0 } = {}) {
  const random = generator(seed);
  const templates = seeds.map(template);
  const agentList = agents();
  const hex = (n, width) => n.toString(16).padStart(width, '0');
  const guid = (n) =>
    `${hex((n * 2654435761) >>> 0, 8)}-${hex(n & 0xffff, 4)}-4${hex((n >>> 4) & 0xfff, 3)}-8${hex((n >>> 7) & 0xfff, 3)}-${hex(n, 12)}`;
  // Octets of ranges that are in use by access networks and clouds alike; the geo data place what they can.
  const address = (n) =>
    `${[24, 46, 62, 73, 81, 82, 84, 86, 88, 90, 93, 98, 109, 151, 176, 178, 188, 193, 212, 217][n % 20]}.${(n >>> 3) % 250}.${(n >>> 9) % 250}.${1 + ((n >>> 1) % 250)}`;

  // Offices, carriers and VPN concentrators are shared by many, so addresses follow Zipf's law too, as people do.
  const homes = new Uint32Array(people);
  for (let i = 0; i < people; i++) {
    homes[i] = zipf(random, ADDRESSES);
  }
  const sessions = new Uint32Array(people);
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i < people ? i : zipf(random, people);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  const from = apart * APART;
  const step = (days * 24 * 3600 * 1000) / count;
  for (let i = 0; i < count; i++) {
    const person = order[i];
    const { parts, slots, ends: endsSession } = templates[Math.floor(random() * templates.length)];
    const away = random();
    // Mostly at home, sometimes near by in the same /16, seldom anywhere: a VPN, a journey, a thief.
    const ip = address(away < 0.98 ? homes[person] * 7919 + (away < 0.9 ? 0 : NEAR_BY) : zipf(random, ADDRESSES) * 7919);
    const iso = new Date(start + i * step).toISOString().slice(0, 23);
    // Now and then the browser was updated: the same program, one version on.
    const agent = agentList[(person * 31 + (random() < 0.03 ? AGENTS_PER_VERSION : 0)) % agentList.length];
    let text = '';
    for (let k = 0; k < parts.length; k++) {
      if (k % 2 === 0) {
        text += parts[k];
        continue;
      }
      const slot = slots[Number(parts[k])];
      if (slot.kind === 'email') text += `user${person + from}@example.com`;
      else if (slot.kind === 'id') text += guid(person + from);
      else if (slot.kind === 'ip') text += ip + slot.style;
      else if (slot.kind === 'time') text += iso + slot.style;
      else if (slot.kind === 'agent') text += agent;
      else if (slot.kind === 'session') text += guid(person + from + 500_000_000 + sessions[person] * 1_000_000);
      else if (slot.kind === 'phone_session') text += guid(person + from + 600_000_000 + sessions[person] * 1_000_000);
      else if (slot.kind === 'device') text += guid(person + from + 700_000_000);
      else if (slot.kind === 'token') text += `t${hex(person + from, 8)}${hex(i >> 3, 8)}AAAAAA`;
      else text += guid(i + from);
    }
    if (endsSession) sessions[person]++;
    yield Buffer.from(`${text}\n`);
  }
}
