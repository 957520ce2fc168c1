/** Control and format characters (escape sequences, line ends, bidirectional overrides) and lone surrogates. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * A name as it is safe to show: whoever wrote the medium must not be able to move a terminal's cursor, or to make a name
 * look like another. What is not printable becomes its code: "\u{1b}".
 */
export function printable(name: string): string {
  return name.replace(unprintable, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
