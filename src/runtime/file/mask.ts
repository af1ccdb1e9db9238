const MASK = '***';

/** What follows such a name is a secret, however short: up to the end of the value. A cookie or header has several. */
const HEADERS = /((?:set-)?cookies?|authorization)([\\"'\s]*[:=][\\"'\s]*)[^"'\\\r\n]+/gi;
const NAMES =
  /([\w-]*(?:token|secret|passw|pwd|credential|assertion|session|sid|api[_-]?key|access[_-]?key|private[_-]?key|jwt|otp|signature|nonce)[\w-]*)([\\"'\s]*[:=][\\"'\s]*)[^\s"'\\,;&}\]]+/gi;
const SCHEMES = /\b(bearer|basic|negotiate|digest)\s+[^\s"'\\,;]+/gi;
/** Characters that tokens, keys and their encodings are made of. */
const RUN = /[A-Za-z0-9+/=_.~%-]{16,}/g;
const LAST_RUN = /[A-Za-z0-9+/=_.~%-]+$/;
/** Names of fields and hosts: words, with nothing in them that is not one. */
const WORDS = /^[A-Za-z]?[a-z]+(?:(?:[._-][A-Za-z]?|[A-Z])[a-z]+)*$/;

/**
 * A text without what could be a secret: values of names such as `token` and `cookie`, and any long run of letters and digits that is no name.
 * It masks too much rather than too little: ids go too.
 * @param isCut the text goes on: its last run may be the beginning of a token
 */
export function masked(text: string, isCut = false): string {
  return (isCut ? text.replace(LAST_RUN, '') : text)
    .replace(HEADERS, `$1$2${MASK}`)
    .replace(NAMES, `$1$2${MASK}`)
    .replace(SCHEMES, `$1 ${MASK}`)
    .replace(RUN, (run) => (WORDS.test(run) ? run : MASK));
}
