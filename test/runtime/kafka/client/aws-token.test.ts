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
  const missing = () => {
    throw new Error("Cannot find module 'aws-msk-iam-sasl-signer-js'");
  };
  // its advice is to install what is named
  expect(() => awsTokens('eu-central-1', missing)).toThrow(
    expect.objectContaining({
      code: 'SV_KAFKA_PACKAGE',
      message: expect.stringContaining('npm install --no-save aws-msk-iam-sasl-signer-js'),
    }),
  );
  const without = awsTokens('eu-central-1', () => ({
    generateAuthToken: async () => {
      throw new Error('no credentials');
    },
  }));
  await expect(without()).rejects.toMatchObject({ code: 'SV_KAFKA_AUTH', message: 'no token for MSK in eu-central-1: no credentials' });
});
