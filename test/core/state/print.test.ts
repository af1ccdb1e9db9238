import type { Endpoint, SessionEvent, UserAgent } from '../../../src/core/event/index.js';
import { isBlank, NO_AGENT, newNote, newPrint, samePrint, setNote, type Traits, traitsOf } from '../../../src/core/state/print.js';
import { AGENTS, NO_TRAITS, PLACES, say } from '../../helpers/world.js';

const EVENT = say({ at: 0, n: 1, device: 'd1' });
const HOME = PLACES[0]!;
const EDGE = AGENTS[0]!;
const of = (over: Partial<SessionEvent>): Traits => traitsOf({ ...EVENT, ...over });
const BASE = traitsOf({ ...EVENT, device: { uid: 'd1', evidence: 'observed', os: 'windows', cookie_uid: 'c1' }, tls: { ja4: 'j1' } });

describe('what an event says of who is there', () => {
  test('everything that can be compared', () => {
    expect(BASE).toEqual({ endpoint: HOME, user_agent: EDGE, device_uid: 'd1', device_os: 'windows', cookie_uid: 'c1', ja4: 'j1' });
  });

  test.each(['private', 'vendor_service', 'hostname', 'cgnat', 'withheld'] as const)('an address of class %s places nobody', (kind) => {
    expect(of({ src_endpoint: { ...HOME, class: kind } }).endpoint).toBeUndefined();
  });

  test('no address, no place', () => {
    expect(of({ src_endpoint: undefined }).endpoint).toBeUndefined();
  });

  test.each(['sign_in', 'non_interactive_sign_in'])('the log %s names a device when there is one', (product) => {
    const source = { vendor: 'entra', product, account: 't' };
    expect(of({ source, device: undefined }).device_uid).toBe('none');
    expect(of({ source, device: { uid: 'd1', evidence: 'claimed' } }).device_uid).toBe('none');
    expect(of({ source }).device_uid).toBe('d1');
  });

  test('other logs say nothing by naming none', () => {
    const source = { vendor: 'entra', product: 'graph_activity', account: 't' };
    expect(of({ source, device: undefined }).device_uid).toBeUndefined();
    expect(of({ source, device: { uid: 'd1', evidence: 'claimed' } }).device_uid).toBeUndefined();
    expect(of({ source }).device_uid).toBe('d1');
    expect(of({ source: { vendor: 'okta', product: 'sign_in', account: 'o' }, device: undefined }).device_uid).toBeUndefined();
  });
});

describe('a log that names the program whenever it names itself', () => {
  const none = { kind: 'unknown', original: '', family: undefined, major: undefined, os: undefined, form_factor: undefined };

  test.each([
    ['entra', 'sign_in', none],
    ['okta', 'system_log', none],
    ['entra', 'graph_activity', undefined],
  ])('%s/%s', (vendor, product, expected) => {
    const source = { vendor, product, account: 't' };
    expect(of({ source, user_agent: undefined }).user_agent).toEqual(expected);
    expect(of({ source, user_agent: EDGE }).user_agent).toBe(EDGE);
    expect(of({ source, user_agent: undefined, is_presence: false }).user_agent).toBeUndefined();
  });

  test('what stands for none is one and the same, and stays so', () => {
    expect(of({ source: { vendor: 'okta', product: 'system_log', account: 'o' }, user_agent: undefined }).user_agent).toBe(NO_AGENT);
    expect(Object.isFrozen(NO_AGENT)).toBe(true);
  });
});

describe('notes', () => {
  test('suspect nobody at first', () => {
    expect(newNote(BASE, undefined, 7, 'u', [], [0])).toEqual({
      points: [0],
      is_settled: false,
      is_suspect: false,
      suspect_time: 0,
      suspect_uid: '',
      was_suspect: false,
      known: BASE,
      factors: [],
      baseline: undefined,
      since_time: 7,
      since_uid: 'u',
      travel: undefined,
    });
  });

  test('are each rule’s own, and each print’s', () => {
    const print = newPrint('browser', BASE);
    const other = newPrint('browser', BASE);
    const [first, second] = [newNote(BASE, undefined, 1, 'a', [], []), newNote(BASE, undefined, 2, 'b', [], [])];
    expect(print.notes).toHaveLength(0);
    setNote(print, 1, second);
    expect(print.notes[0]).toBeUndefined();
    setNote(print, 0, first);
    expect(print.notes).toEqual([first, second]);
    expect(other.notes).toHaveLength(0);
  });
});

describe('the same print', () => {
  const same = (over: Partial<Traits>, from: Partial<Traits> = {}) => samePrint({ ...BASE, ...from }, { ...BASE, ...over });

  test('is the same network prefix, program and device', () => {
    expect(same({})).toBe(true);
    expect(same({ endpoint: { ...HOME, ip: '84.208.20.9', city: 'Bergen' }, user_agent: { ...EDGE, original: 'other text' } })).toBe(true);
    expect(same({ endpoint: undefined }, { endpoint: undefined })).toBe(true);
  });

  test('is not of an operator and of none', () => {
    const unlisted = { endpoint: { ...HOME, prefix: undefined } };
    expect(same(unlisted, { endpoint: undefined })).toBe(false);
    expect(same({ endpoint: undefined }, unlisted)).toBe(false);
  });

  test.each<[string, Partial<Traits>]>([
    ['prefix', { endpoint: { ...HOME, prefix: '9.9.9' } }],
    ['operator', { endpoint: { ...HOME, asn: 9 } }],
    ['device', { device_uid: 'd2' }],
    ['cookie', { cookie_uid: 'c2' }],
    ['TLS fingerprint', { ja4: 'j2' }],
    ['system of the device', { device_os: 'macos' }],
    ['kind of program', { user_agent: { ...EDGE, kind: 'native' } }],
    ['program', { user_agent: { ...EDGE, family: 'chrome' } }],
    ['version', { user_agent: { ...EDGE, major: 141 } }],
    ['system', { user_agent: { ...EDGE, os: 'macos' } }],
    ['form factor', { user_agent: { ...EDGE, form_factor: 'tablet' } }],
  ])('is not of another %s', (_name, over) => {
    expect(same(over)).toBe(false);
  });

  test('unknown is not the same as known', () => {
    const unknown: { endpoint?: Endpoint; user_agent?: UserAgent } = { endpoint: undefined!, user_agent: undefined! };
    expect(same({ endpoint: unknown.endpoint })).toBe(false);
    expect(same({}, { endpoint: unknown.endpoint })).toBe(false);
    expect(same({ user_agent: unknown.user_agent })).toBe(false);
    expect(same({}, { user_agent: unknown.user_agent })).toBe(false);
    expect(same({ endpoint: undefined, user_agent: undefined }, { endpoint: undefined, user_agent: undefined })).toBe(true);
  });
});

describe('what says nothing', () => {
  test('is not kept', () => {
    expect(isBlank(NO_TRAITS)).toBe(true);
    expect(isBlank({ ...NO_TRAITS, device_uid: 'none' })).toBe(true);
    expect(isBlank({ ...NO_TRAITS, device_os: 'windows' })).toBe(true);
  });

  test.each<[string, Partial<Traits>]>([
    ['an address', { endpoint: HOME }],
    ['a program', { user_agent: EDGE }],
    ['a device', { device_uid: 'd1' }],
    ['a cookie', { cookie_uid: 'c1' }],
    ['a TLS fingerprint', { ja4: 'j1' }],
  ])('%s says something', (_name, over) => {
    expect(isBlank({ ...NO_TRAITS, ...over })).toBe(false);
  });
});

test('a new print has no past', () => {
  expect(newPrint('mail', BASE)).toEqual({
    ...BASE,
    lane: 'mail',
    held_count: 0,
    folded_count: 0,
    folded_first_time: 0,
    folded_last: undefined,
    notes: [],
  });
});
