/**
 * Control and format characters (escape sequences, line ends, bidirectional overrides) and lone surrogates, as the inside of
 * a character class of a regular expression with the flag "u": `\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}` of Unicode 17, which
 * not every engine knows by these names.
 */
export const UNPRINTABLE = [
  // Cc, and Zl with Zp.
  "\\u{0}-\\u{1f}\\u{7f}-\\u{9f}\\u{2028}\\u{2029}",
  // Cs.
  "\\u{d800}-\\u{dfff}",
  // Cf.
  "\\u{ad}\\u{600}-\\u{605}\\u{61c}\\u{6dd}\\u{70f}\\u{890}\\u{891}\\u{8e2}\\u{180e}\\u{200b}-\\u{200f}",
  "\\u{202a}-\\u{202e}\\u{2060}-\\u{2064}\\u{2066}-\\u{206f}\\u{feff}\\u{fff9}-\\u{fffb}",
  "\\u{110bd}\\u{110cd}\\u{13430}-\\u{1343f}\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}",
  "\\u{e0001}\\u{e0020}-\\u{e007f}",
].join("");

const unprintable = new RegExp(`[${UNPRINTABLE}]`, "gu");

/**
 * A name as it is safe to show: whoever wrote the medium must not be able to move a terminal's cursor, or to make a name
 * look like another. What is not printable becomes its code: "\u{1b}".
 */
export function printable(name: string): string {
  return name.replace(unprintable, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
