/** Distinct strings remembered; beyond it all are forgotten and learned anew, so that a flood of odd words costs no memory. */
const MAX_WORDS = 20_000;

/**
 * Gives back one and the same string for equal strings. Records bring the same few action names, client ids and issuers as new strings each
 * time, and what is remembered of millions of events would hold millions of copies.
 */
export function createInterner(): (text: string) => string {
  const words = new Map<string, string>();
  return (text) => {
    const known = words.get(text);
    if (known !== undefined) return known;
    if (words.size >= MAX_WORDS) words.clear();
    words.set(text, text);
    return text;
  };
}
