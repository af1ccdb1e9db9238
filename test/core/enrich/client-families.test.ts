import { sameProduct } from '../../../src/core/enrich/client-families.js';

describe('sameProduct', () => {
  test.each([
    ['chrome', 'chrome'],
    ['edge', 'edge-webview'],
    ['chrome', 'chrome-webview'],
    ['chrome', 'dalvik'],
    ['safari', 'cfnetwork'],
    ['safari', 'ios-webview'],
    ['outlook', 'windows-account-manager'],
    ['outlook', 'edge-webview'],
    ['teams', 'outlook'],
    ['office', 'ie'],
    ['outlook', 'dalvik'],
    ['outlook', 'cfnetwork'],
    ['okta-verify', 'chrome-webview'],
  ])('%s and %s can be one', (a, b) => {
    expect(sameProduct(a, b)).toBe(true);
    expect(sameProduct(b, a)).toBe(true);
  });

  test.each([
    ['chrome', 'edge'],
    ['chrome', 'firefox'],
    ['safari', 'chrome'],
    ['edge', 'outlook'],
    ['chrome', 'outlook'],
    ['edge', 'ie'],
    ['chrome', 'python-requests'],
    ['dalvik', 'okhttp'],
    ['axios', 'node'],
    ['outlook', 'powershell'],
    ['constructor', 'toString'],
  ])('%s and %s are two', (a, b) => {
    expect(sameProduct(a, b)).toBe(false);
    expect(sameProduct(b, a)).toBe(false);
  });
});
