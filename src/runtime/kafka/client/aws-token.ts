import { SessionvigilError } from '../../../errors.js';

interface Signer {
  generateAuthToken(options: { region: string }): Promise<{ token: string }>;
}

/** An optional peer in package.json: it brings the AWS SDK, which only who uses MSK with IAM needs. */
const PACKAGE = 'aws-msk-iam-sasl-signer-js';

/**
 * Tokens for MSK, signed with credentials from where AWS programs look for them. One lives 15 minutes; signing asks nobody, so each is made anew.
 * @param load for tests
 * @throws SV_KAFKA_PACKAGE without the package; what it gives throws SV_KAFKA_AUTH without credentials
 */
export function awsTokens(region: string, load: (name: string) => unknown = require): () => Promise<string> {
  let signer: Signer;
  try {
    signer = load(PACKAGE) as Signer;
  } catch (cause) {
    throw new SessionvigilError('SV_KAFKA_PACKAGE', `msk-iam needs the package ${PACKAGE}: npm install --no-save ${PACKAGE}`, [], {
      cause,
    });
  }
  return async () => {
    try {
      return (await signer.generateAuthToken({ region })).token;
    } catch (cause) {
      throw new SessionvigilError('SV_KAFKA_AUTH', `no token for MSK in ${region}: ${(cause as Error).message}`, [], { cause });
    }
  };
}
