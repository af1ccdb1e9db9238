import { deviceOs } from '../../../src/core/normalize/device-os.js';

test.each([
  ['Windows10', 'windows'],
  ['OSX', 'macos'],
  ['MacOs', 'macos'],
  ['Ios 18.1', 'ios'],
  ['Android', 'android'],
  ['Linux', 'linux'],
  ['BeOS', undefined],
  ['unknown', undefined],
  ['x'.repeat(1000), undefined],
  [7, undefined],
])('%p runs %p', (written, family) => {
  expect(deviceOs(written)).toBe(family);
  expect(deviceOs(written)).toBe(family);
});
