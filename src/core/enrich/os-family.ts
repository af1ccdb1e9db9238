/** Every family that is told. */
export const OS_FAMILIES = ['windows', 'macos', 'linux', 'ios', 'android', 'chromeos'] as const;
export type OsFamily = (typeof OS_FAMILIES)[number];

/**
 * OS family of a user agent or of a vendor's device field ("Windows10", "Ios 18", "Mac OS X (iPhone)"); undefined when the text names none. Versions are left out on purpose: browsers freeze them, Windows 11 calls
 * itself 10. An iPad that asks for desktop pages calls itself a Mac, so a change between ios and macos with Safari may be one device.
 */
export function osFamily(raw: string): OsFamily | undefined {
  const text = raw.toLowerCase();
  if (text.includes('windows phone') || text.includes('windows mobile')) return 'windows';
  if (text.includes('android')) return 'android';
  if (text.includes('iphone') || text.includes('ipad') || text.includes('ipod') || IOS.test(text)) return 'ios';
  if (CHROME_OS.test(text)) return 'chromeos';
  if (text.includes('windows') || WIN.test(text)) return 'windows';
  if (MAC.test(text) || text.includes('darwin')) return 'macos';
  return LINUX.test(text) ? 'linux' : undefined;
}

const IOS = /(?:^|[^a-z])ios(?![a-z])/;
const CHROME_OS = /\bcros\b|chrome ?os|chromium ?os/;
const WIN = /^win ?(?:32|64|nt|\d|$)|\bwin(?:32|64)\b/;
const MAC = /mac ?os|macintosh|\bos ?x\b|^mac\b/;
const LINUX = /linux|\bx11\b|ubuntu|debian|fedora|centos|red ?hat|suse|freebsd|openbsd/;
