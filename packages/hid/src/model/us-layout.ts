/** Which key types which character on a US keyboard: HID Usage Tables 1.5 section 10. */

const LEFT_SHIFT = 0xe1;

/** Runs of keys from a usage of the Keyboard/Keypad page on: what they type alone, and with shift. */
const RUNS: readonly (readonly [first: number, plain: string, shifted: string])[] = [
  [0x04, "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
  [0x1e, "1234567890", "!@#$%^&*()"],
  [0x28, "\n", ""],
  [0x2a, "\b\t ", ""],
  [0x2d, "-=[]\\", "_+{}|"],
  [0x33, ";'`,./", ':"~<>?'],
];

const KEYS: ReadonlyMap<string, readonly number[]> = new Map(
  RUNS.flatMap(([first, plain, shifted]) => [
    ...Array.from(plain, (character, index): [string, number[]] => [character, [first + index]]),
    ...Array.from(shifted, (character, index): [string, number[]] => [
      character,
      [LEFT_SHIFT, first + index],
    ]),
  ]),
);

/** Whether a US keyboard has all characters of a text. */
export function canType(text: string): boolean {
  return Array.from(text).every((character) => KEYS.has(character));
}

/**
 * The keys that are down together for each character of a text, as ids of the Keyboard/Keypad page.
 *
 * @throws RangeError for a character that the keyboard does not have
 */
export function keysOf(text: string): (readonly number[])[] {
  return Array.from(text, (character) => {
    const keys = KEYS.get(character);
    if (keys === undefined)
      throw new RangeError(`A US keyboard has no key for ${JSON.stringify(character)}.`);
    return keys;
  });
}
