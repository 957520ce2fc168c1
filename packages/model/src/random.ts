/**
 * Random bytes that are the same for the same seed on every machine: Marsaglia's xorshift32.
 *
 * @param seed a 32-bit number
 * @returns a function that gives one byte a call
 */
export function randomBytes(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 16) & 0xff;
  };
}
