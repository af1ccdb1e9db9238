import { createM365Mapper } from '../../../../../src/core/normalize/sources/microsoft/m365.js';
import { userAgentIn } from '../../../../../src/core/normalize/sources/microsoft/m365-mailbox.js';
import { fixture } from '../../fixtures.js';

test.each([
  ['Client=OWA;Mozilla/5.0 (Windows NT 10.0; Win64; x64) Edg/126.0;', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Edg/126.0'],
  ['Client=WebServices;Microsoft Office/16.0 (Windows NT 10.0; Outlook)[AppId=1];', 'Microsoft Office/16.0 (Windows NT 10.0; Outlook)'],
  ['Client=ActiveSync;UserAgent=Apple-iPhone15C2/2201.1;Action=/Microsoft-Server-ActiveSync', 'Apple-iPhone15C2/2201.1'],
  ['Client=REST;Client=RESTSystem;UserAgent=[Teams/1.0][AppId=1];', 'Teams/1.0'],
  ['Client=REST;Client=RESTSystem;UserAgent=[NoUserAgent][AppId=1];', undefined],
  ['Client=REST;Client=RESTSystem;;', undefined],
  ['Client=REST;;', undefined],
  ['Client=OWA;Action=ViaProxy', undefined],
  ['Client=MSExchangeRPC', undefined],
  ['something else', undefined],
  [undefined, undefined],
])('the user agent in %p', (client, userAgent) => {
  expect(userAgentIn(client)).toBe(userAgent);
});

const read = fixture('m365', 'mail-read-in-browser').input;
function map(changes: Record<string, unknown>) {
  return createM365Mapper().map({ ...read, ...changes })[0]!;
}

test('only a browser on the web client places the person', () => {
  expect(map({}).is_presence).toBe(true);
  for (const ClientInfoString of ['Client=OWA;Action=ViaProxy', 'Client=REST;Client=RESTSystem;;', 'Client=MSExchangeRPC', undefined]) {
    expect(map({ ClientInfoString }).is_presence).toBe(false);
  }
});

test('a mail program without a user agent is known by its protocol', () => {
  expect(map({ ClientInfoString: 'Client=MSExchangeRPC' }).user_agent).toBe('Client=MSExchangeRPC');
  expect(map({ ClientInfoString: 'Client=REST;;' }).user_agent).toBeUndefined();
});

test('Exchange`s own session is the directory`s in most records only', () => {
  expect(map({}).session?.confidence).toBe('high');
  expect(map({ AppAccessContext: {} }).session?.confidence).toBe('medium');
});

test('sending as somebody else, and on behalf of', () => {
  expect(map({ Operation: 'SendAs', SendAsUserSmtp: 'tom@fjord.example' }).targets).toEqual([
    expect.objectContaining({ email: 'tom@fjord.example' }),
  ]);
  expect(map({ Operation: 'SendOnBehalf', SendOnBehalfOfUserSmtp: 'tom@fjord.example' })).toMatchObject({
    activity: 'mail_send',
    targets: [{ email: 'tom@fjord.example' }],
  });
});

test('the owner of one`s own mailbox is no target, in any case', () => {
  expect(map({ MailboxOwnerUPN: 'ANA.Lindqvist@FJORD.example' }).targets).toBeUndefined();
});

test('a rule that is taken away is no persistence', () => {
  expect(
    map({ Operation: 'UpdateInboxRules', OperationProperties: [{ Name: 'RuleOperation', Value: 'RemoveMailboxRule' }] }).activity,
  ).toBe('other');
});
