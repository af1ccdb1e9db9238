import { entraStatus } from '../../../../../src/core/normalize/sources/microsoft/entra-codes.js';

test('zero is a success', () => {
  expect(entraStatus(0)).toBe('success');
});

test.each([16000, 16003, 50055, 50072, 50074, 50076, 50079, 50097, 50125, 50140, 50144, 50199, 65001, 70043, 81010, 81014, 399218, 502031])(
  '%d is a prompt',
  (code) => {
    expect(entraStatus(code)).toBe('interrupted');
  },
);

test.each([50053, 50057, 50126, 50132, 50133, 50173, 53000, 53003, 500121, 530032, 700082, 7000215])('%d is a failure', (code) => {
  expect(entraStatus(code)).toBe('failure');
});
