import fc from 'fast-check';
import { MAX_USER_AGENT, parseUserAgent } from '../../../src/core/enrich/client.js';

const WIN = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const ANDROID = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)';

/** user agent -> kind family major os form_factor, `-` for what is not known */
const read = (raw: string): string => {
  const agent = parseUserAgent(raw);
  if (agent === undefined) return 'nothing';
  return [agent.kind, agent.family, agent.major, agent.os, agent.form_factor].map((x) => x ?? '-').join(' ');
};

describe('browsers', () => {
  test.each([
    [`${WIN} Chrome/131.0.0.0 Safari/537.36`, 'browser chrome 131 windows desktop'],
    [`${WIN} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`, 'browser edge 131 windows desktop'],
    [`${WIN} Chrome/70.0.3538.102 Safari/537.36 Edge/18.19045`, 'browser edge-webview 18 windows desktop'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0', 'browser firefox 132 windows desktop'],
    ['Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko', 'browser ie 11 windows desktop'],
    [`${WIN} Chrome/129.0.0.0 Safari/537.36 OPR/115.0.0.0`, 'browser opera 115 windows desktop'],
    [`${MAC} Version/17.5 Safari/605.1.15`, 'browser safari 17 macos desktop'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0', 'browser firefox 132 linux desktop'],
    [
      'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
      'browser chrome 131 chromeos desktop',
    ],
    [`${ANDROID} Chrome/131.0.0.0 Mobile Safari/537.36`, 'browser chrome 131 android mobile'],
    [`${ANDROID} Chrome/131.0.0.0 Safari/537.36`, 'browser chrome 131 android tablet'],
    [`${ANDROID} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`, 'browser samsung-internet 27 android mobile'],
    [`${ANDROID} Chrome/131.0.0.0 Mobile Safari/537.36 EdgA/131.0.0.0`, 'browser edge 131 android mobile'],
    [
      'Mozilla/5.0 (Linux; Android 14; SM-G991B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36 PKeyAuth/1.0',
      'browser chrome-webview 131 android mobile',
    ],
    [`${IPHONE} Version/17.5 Mobile/15E148 Safari/604.1`, 'browser safari 17 ios mobile'],
    [`${IPHONE} CriOS/131.0.0.0 Mobile/15E148 Safari/604.1`, 'browser chrome 131 ios mobile'],
    [`${IPHONE} FxiOS/132.0 Mobile/15E148 Safari/605.1.15`, 'browser firefox 132 ios mobile'],
    [`${IPHONE} Mobile/15E148`, 'browser ios-webview - ios mobile'],
    [
      'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
      'browser safari 17 ios tablet',
    ],
    ['Chrome 131.0.0 / Windows 10.0.0', 'browser chrome 131 windows desktop'],
    ['Mobile Safari 17.5.0 / iOS 17.5.0', 'browser safari 17 ios mobile'],
    [`[${WIN} Chrome/131.0.0.0 Safari/537.36]`, 'browser chrome 131 windows desktop'],
  ])('%s', (raw, expected) => expect(read(raw)).toBe(expected));

  test('a scrubbed version is no version', () => {
    expect(read(`${WIN} Chrome/0.0.0.0 Safari/537.36`)).toBe('browser chrome - windows desktop');
    expect(read(`${WIN} Chrome/IP_ADDRESS_REMOVED Safari/537.36`)).toMatch(/ - windows desktop$/);
  });

  test('a version that no browser has is no version', () =>
    expect(read(`${WIN} Chrome/99999999999999999999.0 Safari/537.36`)).toBe('browser chrome - windows desktop'));
});

describe('libraries', () => {
  test.each([
    ['python-requests/2.32.5', 'library python-requests 2 - -'],
    ['axios/1.7.9', 'library axios 1 - -'],
    ['axios/0.19.2', 'library axios - - -'],
    ['node', 'library node - - -'],
    ['undici', 'library undici - - -'],
    ['curl/8.5.0', 'library curl 8 - -'],
    ['Wget/1.21 (linux-gnu)', 'library wget 1 linux -'],
    ['Go-http-client/2.0', 'library go-http-client 2 - -'],
    ['okhttp/4.12.0', 'library okhttp 4 - -'],
    ['Java/17.0.2', 'library java 17 - -'],
    ['Python/3.11 aiohttp/3.9.1', 'library aiohttp 3 - -'],
    ['python-httpx/0.27.0', 'library python-httpx - - -'],
    [`${WIN} HeadlessChrome/131.0.0.0 Safari/537.36`, 'library headless-chrome 131 windows -'],
    ['Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1', 'library powershell 5 windows -'],
    ['Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.19045; en-US) PowerShell/7.4.1', 'library powershell 7 windows -'],
    ['python/3.11.4 (Windows-10) msrest/0.7.1 AZURECLI/2.60.0 (MSI)', 'library azure-cli 2 windows -'],
    ['[aws-cli/2.23.13 md/awscrt#0.23.8 os/macos#24.3.0]', 'library aws-cli 2 macos -'],
    ['aws-cli/2.33.5 md/awscrt#0.29.1 ua/2.1 os/linux#6.1.159 exec-env/CloudShell md/installer#exe', 'library aws-cloudshell - linux -'],
    [
      'google-cloud-sdk gcloud/548.0.0 command/gcloud.storage.cp invocation-id/0a1b environment/devshell environment-version/None client-os/LINUX,gzip(gfe)',
      'library google-cloudshell - linux -',
    ],
    ['aws-sdk-go/1.44.1 (go1.19; linux; amd64)', 'library aws-sdk 1 linux -'],
    ['APN/1.0 HashiCorp/1.0 Terraform/1.9.0', 'library terraform 1 - -'],
    ['ExchangeServicesClient/15.00.0913.015', 'library exchangeservicesclient 15 - -'],
  ])('%s', (raw, expected) => expect(read(raw)).toBe(expected));
});

describe('native clients', () => {
  test.each([
    ['Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)', 'native outlook 16 windows desktop'],
    ['Microsoft Office/16.0 (Windows NT 10.0; Microsoft Word 16.0.17328; Pro)', 'native office 16 windows desktop'],
    ['Mozilla/4.0 (compatible; ms-office; MSOffice rmj)', 'native office - - -'],
    ['Outlook-iOS/2.0', 'native outlook 2 ios mobile'],
    ['Outlook-iOS-Android/1.0', 'native outlook 1 - mobile'],
    ['Outlook-Android/2.0', 'native outlook 2 android mobile'],
    ['MacOutlook/16.80.24011420 (Intelx64 Mac OS X Version 14.2)', 'native outlook 16 macos desktop'],
    ['Apple-iPhone15C4/2105.302', 'native apple-mail 2105 ios mobile'],
    ['SAMSUNG-SM-S911B/101.14', 'native android-mail 101 android mobile'],
    [`${WIN} Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0 Teams/24257.205.3165.2029/49`, 'native teams 24257 windows desktop'],
    [`${WIN} Teams/1.6.00.29964 Chrome/102.0.5005.197 Electron/19.1.8 Safari/537.36`, 'native teams 1 windows desktop'],
    ['Microsoft SkyDriveSync 24.010.0114.0003 ship; Windows NT 10.0 (19045)', 'native onedrive 24 windows desktop'],
    ['Windows-AzureAD-Authentication-Provider/1.0', 'native windows-account-manager 1 windows desktop'],
    ['Dalvik/2.1.0 (Linux; U; Android 14; SM-G991B Build/UP1A.231005.007)', 'native dalvik 2 android mobile'],
    ['Outlook/2.0 CFNetwork/1494.0.7 Darwin/23.4.0', 'native cfnetwork 1494 - -'],
    ['Safari/19618.1 CFNetwork/1494.0.7 Darwin/23.4.0 (x86_64)', 'native cfnetwork 1494 macos desktop'],
    ['BAV2ROPC', 'native bav2ropc - - -'],
    ['0123ABCDEF.com.okta.mobile/9.31.0 OktaVerify/9.31.0 iOS/17.5.1 Apple/iPhone15,2', 'native okta-verify 9 ios mobile'],
    ['Okta-Integrations', 'native okta-integrations - - server'],
    ['MSWAC', 'native office-web - - server'],
    ['Example/7.1 (iPhone; iOS 17.5; Scale/3.00)', 'native example 7 ios mobile'],
  ])('%s', (raw, expected) => expect(read(raw)).toBe(expected));
});

describe('what Exchange writes in its place', () => {
  test.each([
    [`Client=OWA;${WIN} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0;`, 'browser edge 131 windows desktop'],
    ['Client=WebServices;Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro);', 'native outlook 16 windows desktop'],
    ['Client=MSExchangeRPC', 'native outlook - - desktop'],
    ['Client=REST;Client=RESTSystem;;', 'native exchange-rest-system - - server'],
    ['Client=Microsoft.Exchange.ActiveSync', 'native activesync - - -'],
    ['Client=OWA;Action=ViaProxy', 'unknown - - - -'],
    ['Client=REST;;', 'unknown - - - -'],
  ])('%s', (raw, expected) => expect(read(raw)).toBe(expected));

  test('keeps the text as it stands', () => expect(parseUserAgent('Client=MSExchangeRPC')?.original).toBe('Client=MSExchangeRPC'));
});

describe('what says nothing', () => {
  test.each(['', ' ', '-', 'unknown', 'null', 'N/A', '???', '()'])('%j is no user agent', (raw) => expect(read(raw)).toBe('nothing'));

  test.each([
    'Mozilla/5.0',
    'Mozilla',
    'aaa',
    '2523',
    'Rich Client 4.40',
    'Other 0.0.0 / Other 0.0.0',
    '68319f60-9dec-43b2-9702-de3a08c9d8a3',
    'example-agent',
  ])('%j is kept, and says nothing of the client', (raw) => expect({ ...parseUserAgent(raw) }).toEqual({ original: raw, kind: 'unknown' }));

  test('an unknown program keeps its name when it looks like one', () => expect(read('frobnicator/3.1')).toBe('unknown frobnicator 3 - -'));
});

describe('any text', () => {
  test('is kept up to its limit', () => {
    const agent = parseUserAgent(`${WIN} Chrome/131.0.0.0 Safari/537.36 ${'x'.repeat(5000)}`);
    expect(agent?.original).toHaveLength(MAX_USER_AGENT);
    expect(agent?.family).toBe('chrome');
  });

  test('does not throw, is kept as it stands, and always has the same fields in the same order', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 80 }),
          fc.string({ maxLength: 60 }).map((s) => `Mozilla/5.0 (${s})`),
        ),
        (raw) => {
          const agent = parseUserAgent(raw);
          if (agent === undefined) return;
          expect(agent.original).toBe(raw);
          expect(Object.keys(agent)).toEqual(['original', 'kind', 'family', 'major', 'os', 'form_factor']);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
