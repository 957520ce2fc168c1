/** From text to character codes, without I/O. FILL IN: the data sheet's character table. */

import { cannotShow } from "@busbar/guest";

/**
 * @returns one code a character
 * @throws DriverError `invalid-argument` for what the part cannot show
 */
export function encode(text: string): number[] {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0)!;
    // The part has ASCII, from the space to the tilde.
    if (code < 0x20 || code > 0x7e) throw cannotShow("MyDisplay", character);
    return code;
  });
}
