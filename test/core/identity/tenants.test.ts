import fc from 'fast-check';
import pino from 'pino';
import { createReading } from '../../../src/app.js';
import { resolveConfig } from '../../../src/config/config.js';
import { openSchema } from '../../../src/config/schema.js';
import { createDetect } from '../../../src/core/detect/index.js';
import type { Finding } from '../../../src/core/event/index.js';
import { RenamedIds } from '../../../src/core/identity/absorbs.js';
import { oktaRecord, START } from '../../cli/okta-record.js';
import { peopleOf } from '../../helpers/codec.js';
import { allRules } from '../../helpers/rules.js';
import { runs } from '../../helpers/runs.js';
import { memoryOf } from '../../helpers/same-person.js';

interface Act {
  tenant: string;
  at: number;
  who: string;
  ip: string;
  /** the record names an address; one id is seen with two of them */
  address: 'none' | 'own' | 'another';
}

const TENANTS = ['acme', 'fjordlight'];
const loaded = resolveConfig({ file: 'c.yml', text: 'geo: {database: none, networks_database: none}' }, {}, openSchema('config'));

const acts = fc.array(
  fc.record({
    tenant: fc.constantFrom(...TENANTS),
    at: fc.integer({ min: 0, max: 600 }),
    who: fc.constantFrom('ana', 'bob'),
    ip: fc.constantFrom('81.45.10.20', '78.46.90.10', '116.86.4.7'),
    address: fc.constantFrom<Act['address']>('none', 'none', 'own', 'own', 'another'),
  }),
  { minLength: 2, maxLength: 30 },
);

/** The same organisation's name, ids and addresses at both: only the tenant tells them apart. */
function judged(all: readonly (Act | undefined)[]) {
  const renamed = new RenamedIds();
  const { normalizeStream, identities } = createReading(loaded, {
    source: 'auto',
    now: START + 1e9,
    log: pino({ level: 'silent' }),
    onLink: (key) => renamed.note(key),
  });
  const streams = new Map(TENANTS.map((tenant) => [tenant, normalizeStream({ vendor: 'okta', tenant, account: 'org' })]));
  const detect = createDetect(allRules(), { config_digest: 'test' });
  const findings: Finding[] = [];
  all.forEach((act, n) => {
    if (act === undefined) return;
    const { tenant, at, who, ip, address } = act;
    const text = oktaRecord({ id: `e${n}`, at, who, ip, session: `s-${who}` });
    const email = { none: 'unknown', own: `${who}@example.com`, another: 'shared@example.com' }[address];
    const { events } = streams.get(tenant)!(Buffer.from(text.replaceAll(`${who}@example.com`, email)));
    for (const { from, into } of renamed.take(identities)) if (into !== undefined) findings.push(...(detect.absorb(from, into) ?? []));
    for (const event of events) findings.push(...detect.accept({ ...event, arrival_time: START + 600 * 60_000 }));
  });
  return { findings, people: [...peopleOf(detect).values()] };
}

test('two tenants with the same ids and addresses never share anything', () => {
  fc.assert(
    fc.property(acts, (all) => {
      const together = judged(all);
      for (const tenant of TENANTS) {
        const alone = judged(all.map((act) => (act.tenant === tenant ? act : undefined)));
        const mine = together.people.filter((person) => person.tenant === tenant);
        const told = (findings: readonly Finding[]) =>
          findings.map(({ uid, revision, status, principal, score }) => [uid, revision, status, principal.key, score].join(' '));
        expect(told(together.findings.filter((finding) => finding.tenant === tenant))).toEqual(told(alone.findings));
        const remembered = (people: typeof mine) =>
          people.map((person) => memoryOf(person)).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
        expect(remembered(mine)).toEqual(remembered(alone.people));
        expect(mine.every(({ key }) => key.startsWith(`${tenant}/`))).toBe(true);
      }
    }),
    { ...runs(60), endOnFailure: true },
  );
});
