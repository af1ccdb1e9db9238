/** One defect of kafkajs and its cure, put in place where the defect stands. */
export interface Patch {
  /** what is mended, for messages */
  name: string;
  /**
   * Tries it. True: the defect is there, and has to be gone after `apply`. False: this kafkajs does without us.
   * @throws when kafkajs is built so that neither can be said
   */
  hasDefect(): boolean | Promise<boolean>;
  apply(): void;
}

/** A method as kafkajs had it, to be called by what replaces it. @throws when there is none */
export function methodOf(prototype: Record<string, unknown>, name: string): (...parameters: unknown[]) => unknown {
  const method = prototype[name];
  if (typeof method !== 'function') throw new Error(`there is no ${name}`);
  return method as (...parameters: unknown[]) => unknown;
}

/** For what is tried without a server: kafkajs wants somebody to tell. */
export const SILENT = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  namespace() {
    return SILENT;
  },
};
