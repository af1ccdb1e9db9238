import { masked } from '../../../src/runtime/file/mask.js';

const JWT = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbmEifQ.c2ln';

test.each([
  ['a token under its name', `{"access_token":"${JWT}","user":"ana"}`, '{"access_token":"***","user":"ana"}'],
  ['a short one', '{"sessionId": "102abc", "n":1}', '{"sessionId": "***", "n":1}'],
  ['within a text', '{"m":"{\\"refreshToken\\":\\"x1\\"}"}', '{"m":"{\\"refreshToken\\":\\"***\\"}"}'],
  ['a token under no name', `{"x":"${JWT}"}`, '{"x":"***"}'],
  ['all of a cookie', 'Cookie: sid=1; theme=dark', 'Cookie: ***'],
  ['all of a header', '{"Authorization":"Bearer abc"}', '{"Authorization":"***"}'],
  ['a scheme', 'sent bearer abc to us', 'sent bearer *** to us'],
  ['base64', 'data AbCd+/12AbCd+/12== end', 'data *** end'],
  ['a key in an address', 'GET /?api_key=abc&x=1', 'GET /?api_key=***&x=1'],
])('%s', (_, text, expected) => {
  expect(masked(text)).toBe(expected);
});

test('names, times and addresses stay', () => {
  const text =
    '{"eventType":"user.authentication.sso","published":"2026-03-02T07:40:00.000Z","ip":"203.0.113.9","actor":"ana@example.com"}';
  expect(masked(text)).toBe(text);
  expect(masked('{"authenticationContextClassReferences":[]}')).toBe('{"authenticationContextClassReferences":[]}');
});

test('what is cut off may be the beginning of a token', () => {
  expect(masked('{"x":"AbCd12', true)).toBe('{"x":"');
});
