/** wasi:random for an app: the platform's own source, which is as good for what need not be secure. */

import type { AppContext } from "../context.ts";

/** The most bytes that one call gives; a program asks for a few. */
const mostBytes = 2n ** 20n;
/** Web Cryptography, `getRandomValues`: the most bytes of one call. */
const mostAtOnce = 65_536;

/** wasi:random/random. */
export function appRandom(context: AppContext) {
  return {
    getRandomBytes(length: bigint): Uint8Array {
      context.budget.check();
      return randomBytes(length);
    },
    getRandomU64(): bigint {
      context.budget.check();
      return randomU64();
    },
  };
}

/** wasi:random/insecure. */
export function appInsecureRandom(context: AppContext) {
  const { getRandomBytes, getRandomU64 } = appRandom(context);
  return { getInsecureRandomBytes: getRandomBytes, getInsecureRandomU64: getRandomU64 };
}

/** wasi:random/insecure-seed. */
export function appInsecureSeed(context: AppContext) {
  return {
    insecureSeed(): [bigint, bigint] {
      context.budget.check();
      return [randomU64(), randomU64()];
    },
  };
}

/** @throws as a trap, where so many are asked for that nobody can mean it */
function randomBytes(length: bigint): Uint8Array {
  if (length > mostBytes) throw new Error(`wasi:random: more than ${mostBytes} bytes were asked for at once`);
  const bytes = new Uint8Array(Number(length));
  for (let at = 0; at < bytes.length; at += mostAtOnce)
    crypto.getRandomValues(bytes.subarray(at, at + mostAtOnce));
  return bytes;
}

function randomU64(): bigint {
  return crypto.getRandomValues(new BigUint64Array(1))[0]!;
}
