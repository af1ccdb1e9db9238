/**
 * The words of the whole project. Types come from schemas/*.avsc; nothing else may spell a field in another way.
 *
 * - record: what a source delivers, vendor-shaped; event: the same in our vocabulary
 * - session: an identity session (the life of a cookie or token family at a provider)
 * - lane: the kind of program inside a session; story: what a person did, over all sessions
 * - judgement: a detector's answer for one event; finding: what we emit
 */
export * from './types.generated.js';
