import { UAParser } from 'ua-parser-js';
import type { ClientKind, FormFactor, UserAgent } from '../event/index.js';
import { BROWSER_ALIASES, EXCHANGE_CLIENTS, MARKERS, PREFIXES, PRODUCTS, type Product } from './client-table.js';
import { osFamily } from './os-family.js';

export { osFamily } from './os-family.js';

/** A user agent is kept up to here; nothing that tells clients apart comes later. */
export const MAX_USER_AGENT = 512;

/** what loggers write for `none`; mappers drop these already */
const NOTHING = new Set(['-', 'unknown', 'null', '<null>', 'none', 'n/a', 'not available', 'undefined']);
/** above it a version is a build number or nonsense */
const MAX_MAJOR = 100_000;

/**
 * Reads a user agent: own table first (libraries, Office, mail and mobile clients, which ua-parser-js does not know), then ua-parser-js
 * for the browser. Undefined when nothing is there; a text that names no known client is kept, with kind `unknown`.
 */
export function parseUserAgent(raw: string): UserAgent | undefined {
  const original = raw.length > MAX_USER_AGENT ? raw.slice(0, MAX_USER_AGENT) : raw;
  const text = original.replace(/^[\s[]+/, '').trim();
  const lower = text.toLowerCase();
  if (NOTHING.has(lower) || !/[a-z0-9]/.test(lower)) return undefined;
  if (lower.startsWith('client=')) return fromExchange(original, text);
  const marker = MARKERS.find(([mark]) => lower.includes(mark));
  if (marker !== undefined) return fromProduct(original, lower, marker[1], lower.indexOf(marker[0]) + marker[0].length);
  if (lower.startsWith('mozilla/') || lower.startsWith('opera/')) return fromBrowser(original, text, lower);
  const end = lower.search(/[/\s;,(]/);
  const word = end < 0 ? lower : lower.slice(0, end);
  const product = PRODUCTS.get(word);
  if (product !== undefined) return fromProduct(original, lower, product, word.length);
  const prefix = PREFIXES.find(([start]) => lower.startsWith(start));
  if (prefix !== undefined) return fromProduct(original, lower, prefix[1], lower.indexOf('/') < 0 ? lower.length : lower.indexOf('/'));
  return fromSummary(original, text) ?? fromUnknown(original, lower, word);
}

/** All fields, always in this order: one hidden class for every user agent. */
function build(
  original: string,
  kind: ClientKind,
  family: string | undefined,
  major: number | undefined,
  os: string | undefined,
  form_factor: FormFactor | undefined,
): UserAgent {
  return { original, kind, family, major, os, form_factor };
}

function fromProduct(original: string, lower: string, product: Product, after: number): UserAgent {
  const os = product.os === null ? undefined : (product.os ?? systemOf(product.family, lower));
  const form = product.form_factor ?? (product.kind === 'library' ? undefined : formFactor(lower, os, false));
  return build(original, product.kind, product.family, version(lower, after), os, form);
}

/** CFNetwork says Darwin on phones and Macs alike; only a Mac names its processor. */
function systemOf(family: string, lower: string): string | undefined {
  if (family !== 'cfnetwork') return osFamily(lower);
  return lower.includes('x86_64') ? 'macos' : osFamily(lower.replace('darwin', ''));
}

function fromBrowser(original: string, text: string, lower: string): UserAgent {
  const { name, version: full } = new UAParser(text).getBrowser();
  const os = osFamily(lower);
  const form = formFactor(lower, os, true);
  if (name === undefined) return build(original, 'unknown', undefined, undefined, os, form);
  const known = name.toLowerCase();
  const major = majorOf(full);
  if (known === 'webkit') {
    // AppleWebKit with no browser after it: a web view on a phone, a cut-off text elsewhere; its version has stood still for years
    return os === 'ios'
      ? build(original, 'browser', 'ios-webview', undefined, os, form)
      : build(original, 'unknown', undefined, undefined, os, form);
  }
  const family = known === 'edge' && major !== undefined && major < 20 ? 'edge-webview' : familyOf(known);
  return build(original, 'browser', family, major, os, form);
}

function familyOf(name: string): string {
  return BROWSER_ALIASES[name] ?? name.replaceAll(' ', '-');
}

/** `Client=OWA;Mozilla/5.0 ...`, `Client=REST;Client=RESTSystem;;`, `Client=OWA;Action=ViaProxy`: the browser's text when there is one. */
function fromExchange(original: string, text: string): UserAgent {
  const parts = text.split(';');
  const inner = parts.findIndex((part) => !part.includes('=') && /[a-z]/i.test(part));
  const rest = inner < 0 ? undefined : parseUserAgent(parts.slice(inner).join(';').replace(/;+$/, ''));
  if (rest !== undefined) return build(original, rest.kind, rest.family, rest.major, rest.os, rest.form_factor);
  for (const part of parts) {
    const product = EXCHANGE_CLIENTS.get(part.toLowerCase().replace('client=', '').replace('microsoft.exchange.', '').trim());
    if (product !== undefined)
      return build(original, product.kind, product.family, undefined, product.os ?? undefined, product.form_factor);
  }
  return build(original, 'unknown', undefined, undefined, undefined, undefined);
}

/** `Chrome 114.0.0 / Mac OS X 10.15.7`: what vendors write that parse user agents themselves. */
function fromSummary(original: string, text: string): UserAgent | undefined {
  const match = /^([A-Za-z][A-Za-z ]{0,31}) (\d[\d.]{0,31}) \/ (.{1,64})$/.exec(text);
  if (match === null) return undefined;
  const [, name, full, system] = match as unknown as [string, string, string, string];
  const os = osFamily(system);
  const known = name.toLowerCase();
  if (known === 'other') return build(original, 'unknown', undefined, undefined, os, undefined);
  return build(original, 'browser', familyOf(known), majorOf(full), os, formFactor(system.toLowerCase(), os, true));
}

/** A program that nobody knows: its first word when it looks like a product, and what the text says of the system. */
function fromUnknown(original: string, lower: string, word: string): UserAgent {
  const os = osFamily(lower);
  const isProduct = /^[a-z][a-z0-9._+-]{1,31}$/.test(word) && /^\/v?\d/.test(lower.slice(word.length));
  const isPhone = os === 'ios' || os === 'android';
  const form = formFactor(lower, os, false);
  return build(
    original,
    isPhone ? 'native' : 'unknown',
    isProduct ? word : undefined,
    isProduct ? version(lower, word.length) : undefined,
    os,
    form,
  );
}

/** A browser on Android without the word Mobile is a tablet; other programs there mostly run on phones, and those on Linux on servers. */
function formFactor(lower: string, os: string | undefined, isBrowser: boolean): FormFactor | undefined {
  switch (os) {
    case 'ios':
      return lower.includes('ipad') ? 'tablet' : 'mobile';
    case 'android':
      return isBrowser && !lower.includes('mobile') ? 'tablet' : 'mobile';
    case undefined:
      return undefined;
    case 'linux':
      return isBrowser ? 'desktop' : undefined;
    default:
      return lower.includes('windows phone') ? 'mobile' : 'desktop';
  }
}

/** The major version that stands behind a product word: `/`, blank or nothing, perhaps a `v`, then digits. */
function version(lower: string, from: number): number | undefined {
  return majorOf(/^[/ ]?v?(\d[\d.]{0,15})/.exec(lower.slice(from, from + 24))?.[1]);
}

/** Undefined for a scrubbed version (`0.0.0.0`, `IP_ADDRESS_REMOVED`) and for what is none. */
function majorOf(full: string | undefined): number | undefined {
  const major = Number.parseInt(full ?? '', 10);
  return major > 0 && major < MAX_MAJOR ? major : undefined;
}
