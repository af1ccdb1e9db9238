/** Looks again and again until something holds; fails when it does not for long. */
export async function until<T>(look: () => T | Promise<T>, what: string | (() => string), most_ms = 20_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + most_ms;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
