/**
 * Which client families can stand in the logs for one and the same program: its own window, the web view that it opens to sign in, and
 * the library of the system that it fetches with. A change inside such a group is no evidence. Only for clients on one OS.
 */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  // Edge, and the web views of Windows that call themselves Edge (EdgeHTML 18 is what the Windows account manager still uses)
  edge: ['edge', 'edge-webview'],
  chrome: ['chrome', 'chrome-webview', 'dalvik'],
  apple: ['safari', 'ios-webview', 'cfnetwork', 'apple-mail'],
  // Office and the account manager of Windows sign in for each other, in a web view of Edge or, in older builds, of Internet Explorer
  office: ['office', 'outlook', 'teams', 'onedrive', 'windows-account-manager', 'edge-webview', 'ie'],
  android_app: ['outlook', 'teams', 'onedrive', 'office', 'authenticator', 'okta-verify', 'chrome-webview', 'dalvik', 'android-browser'],
  apple_app: ['outlook', 'teams', 'onedrive', 'office', 'authenticator', 'okta-verify', 'ios-webview', 'cfnetwork'],
};

const GROUPS_OF = new Map<string, string[]>();
for (const [group, families] of Object.entries(GROUPS))
  for (const family of families) GROUPS_OF.set(family, [...(GROUPS_OF.get(family) ?? []), group]);

/** Whether two families can be one program on one machine. */
export function sameProduct(a: string, b: string): boolean {
  if (a === b) return true;
  const groups = GROUPS_OF.get(b);
  return groups !== undefined && (GROUPS_OF.get(a)?.some((group) => groups.includes(group)) ?? false);
}
