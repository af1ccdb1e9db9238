import { awsTokens } from '../../../../src/runtime/kafka/client/aws-token.js';

test('signs for the region, each time anew', async () => {
  let count = 0;
  const tokens = awsTokens('eu-central-1', (name) => ({
    generateAuthToken: async ({ region }: { region: string }) => ({ token: `${name} ${region} ${++count}` }),
  }));
  expect(await tokens()).toBe('aws-msk-iam-sasl-signer-js eu-central-1 1');
  expect(await tokens()).toBe('aws-msk-iam-sasl-signer-js eu-central-1 2');
});

test('says what is missing', async () => {
  expect(() => awsTokens('eu-central-1')).toThrow(expect.objectContaining({ code: 'SV_KAFKA_CLIENT' }));
  const without = awsTokens('eu-central-1', () => ({
    generateAuthToken: async () => {
      throw new Error('no credentials');
    },
  }));
  await expect(without()).rejects.toMatchObject({ code: 'SV_KAFKA_AUTH', message: 'no token for MSK in eu-central-1: no credentials' });
});
