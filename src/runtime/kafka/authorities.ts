import { X509Certificate } from 'node:crypto';

/**
 * Of authorities that it cannot read OpenSSL says nothing and believes nobody, or only those in front: it would look as if the other side were wrong.
 * @param key of the configuration @param who brokers, or registries
 * @throws when there is not one certificate, or one that cannot be read
 */
export function checkAuthorities(text: string, file: string, key: string, who: string): void {
  const certificates = text.match(/-----BEGIN ((X509 |TRUSTED )?CERTIFICATE)-----.*?(-----END \1-----|$)/gs) ?? [];
  if (certificates.length === 0)
    throw new Error(
      `${key}: ${file} holds no certificate, so none of the ${who} could be believed; expected those of who signs theirs, as PEM ` +
        '(-----BEGIN CERTIFICATE-----)',
    );
  for (const [i, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      const which = certificates.length === 1 ? 'the certificate' : `certificate ${i + 1} of ${certificates.length}`;
      throw new Error(
        `${key}: ${which} in ${file} cannot be read (${(cause as Error).message}), so ${who} that it stands for could not be believed; ` +
          'expected it whole, as PEM',
      );
    }
  }
}
