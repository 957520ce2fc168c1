/** What must never reach a terminal or a log raw, but newline; written out, independently of the code under test. */
const raw =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\u{e0000}-\u{e007f}]/gu;

/** The characters of a text that should have been escaped, by their numbers. */
export function rawCharacters(text: string): string[] {
  return (text.match(raw) ?? []).map((character) => character.codePointAt(0)!.toString(16));
}

/** One of each kind: an escape sequence, C1, a line end, a bidirectional control, a separator, a hidden character. */
export const hostile = "x\u001b[2J\u009b31m\r\nbusbar: fake\u202e\u2028\u200b\ufeff\u007fy";

/** {@link hostile} as it is shown. */
export const shown =
  "x\\u{1b}[2J\\u{9b}31m\\u{d}\\u{a}busbar: fake\\u{202e}\\u{2028}\\u{200b}\\u{feff}\\u{7f}y";
