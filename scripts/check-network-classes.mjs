#!/usr/bin/env node
// Checks every number in data/network-classes.json against the organisation that holds it in the installed RouteViews and DB-IP data.
// Fails when the organisation's name does not contain the recorded words: the number has changed hands, or was wrong from the start.
// With --candidates N it prints the N largest networks (by IPv4 addresses) that no entry and no pattern covers instead.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const list = JSON.parse(readFileSync(join(root, 'data/network-classes.json'), 'utf8'));

/** number -> { names of its organisation, IPv4 addresses } */
const networks = new Map();
for (const file of ['asn-ipv4-num.csv', 'asn-ipv6.csv']) {
  for (const line of readFileSync(require.resolve(`@ip-location-db/asn/${file}`), 'utf8').split('\n')) {
    const [start, end, asn] = line.split(',', 3);
    if (asn === undefined) continue;
    const name = line
      .slice(start.length + end.length + asn.length + 3)
      .replace(/^"|"$/g, '')
      .replaceAll('""', '"');
    const network = networks.get(Number(asn)) ?? { names: new Set(), size: 0 };
    network.names.add(name);
    if (file.includes('ipv4')) network.size += Number(end) - Number(start) + 1;
    networks.set(Number(asn), network);
  }
}

const listed = new Map();
const wrong = [];
let unseen = 0;
for (const [cls, entries] of Object.entries(list.asns)) {
  for (const { org, asns } of entries) {
    for (const asn of asns) {
      listed.set(asn, cls);
      const network = networks.get(asn);
      if (network === undefined) unseen++;
      else if (![...network.names].some((name) => name.toLowerCase().includes(org.toLowerCase())))
        wrong.push(`${cls} ${asn}: recorded as ${org}, held by ${[...network.names].join(' / ')}`);
    }
  }
}

const wanted = process.argv.indexOf('--candidates');
if (wanted > 0) {
  const words = list.patterns.flatMap((p) => p.words);
  const test = new RegExp(
    `(?<![a-z0-9])(?:${words.map((w) => w.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*$/, '[a-z0-9]*')).join('|')})(?![a-z0-9])`,
  );
  const rest = [...networks].filter(([asn, { names }]) => !listed.has(asn) && ![...names].some((n) => test.test(n.toLowerCase())));
  rest.sort((a, b) => b[1].size - a[1].size);
  for (const [asn, { names, size }] of rest.slice(0, Number(process.argv[wanted + 1] ?? 50)))
    console.log(`${asn}\t${size}\t${[...names].join(' / ')}`);
} else {
  for (const line of wrong) console.error(line);
  console.log(`${listed.size} numbers: ${listed.size - wrong.length - unseen} right, ${wrong.length} wrong, ${unseen} not in the data`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
