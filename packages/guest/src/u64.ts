/**
 * WIT's u64 in both engines. The generated types say bigint, and that is what StarlingMonkey gives; QuickJS gives a
 * Number. What is passed to the host is a Number in both: StarlingMonkey converts it, QuickJS takes nothing else, and
 * a BigInt there does not throw but traps. So there is nothing to detect, and nothing that could be detected wrongly.
 */

/**
 * Makes a u64 argument or result.
 *
 * @param value a whole number from 0 to 2^53 - 1
 * @returns the value, typed as the generated declarations want it
 * @throws RangeError for any other number
 */
export function toU64(value: number): bigint {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${value} is not a u64 that JavaScript can count to`);
  return value as unknown as bigint;
}

/**
 * Reads a u64 that the host gave, whichever engine this is.
 *
 * @returns a whole number from 0 to 2^53 - 1
 * @throws RangeError when the value is larger than that
 */
export function fromU64(value: bigint | number): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new RangeError(`${value} is not a u64 that JavaScript can count to`);
  return number;
}
