/** Control and format characters (escape sequences, line ends, bidirectional overrides) and lone surrogates. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Long enough for every message of ours. */
const longest = 2000;

/**
 * Text from a file, a driver or a device as one line that is safe to show: a driver must not be able to move the
 * cursor, to fake a line of ours, or to flood the terminal.
 *
 * @param maximum the most characters that are kept
 */
export function printable(text: string, maximum = longest): string {
  const cut = text.length > maximum ? `${text.slice(0, maximum)}…` : text;
  return cut.replace(unprintable, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** {@link printable} for text that has lines of its own: a compiler's message with the source line below. */
export function printableLines(text: string): string {
  return text
    .split("\n")
    .map((line) => printable(line.replaceAll("\t", "  ")))
    .join("\n");
}

/** A value as JSON that is safe to show and means the same to whoever copies it: what {@link printable} hides is escaped. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(unprintable, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}
