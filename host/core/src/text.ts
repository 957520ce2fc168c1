/**
 * Text of others (devices, components, apps, files, registries) made safe to show. A driver must not be able to move a
 * terminal's cursor, to fake a line of a log, to turn text around, or to hide some of it.
 */

/**
 * Everything that is obeyed or not seen instead of shown: controls (C0, DEL, C1), formats (bidirectional controls, the byte
 * order mark, tags), lone surrogates, the separators of lines and paragraphs, and what a font leaves out (zero-width
 * characters, fillers, variation selectors). Unicode: General_Category and Default_Ignorable_Code_Point.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** The same without newline and tab. */
const unprintableInText = new RegExp(`(?![\\n\\t])${unprintable.source}`, "gu");

/**
 * Text of others as part of one line that is safe to show. It is cut before anything else is done with it, so that a text
 * of megabytes costs nothing.
 *
 * @param maximumLength the most UTF-16 code units that are kept; "…" stands for the rest
 * @returns at most eight times as much, because each character that is obeyed or not seen is shown as `\u{1b}`
 */
export function printable(text: string, maximumLength = 200): string {
  return cut(text, maximumLength).replace(unprintable, visible);
}

/** {@link printable} for text that has lines of its own, such as what a program prints: newline and tab stay. */
export function printableText(text: string, maximumLength = 200): string {
  return cut(text, maximumLength).replace(unprintableInText, visible);
}

/**
 * A value as one line of JSON that is safe to show. `JSON.stringify` leaves DEL, C1, bidirectional controls and U+2028 as they
 * are; here they are escaped as JSON does it, so that it still means the same.
 *
 * @param value what JSON has; `null` for what it has not
 */
export function printableJson(value: unknown): string {
  return (JSON.stringify(value) ?? "null").replace(unprintable, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

function visible(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

/**
 * The beginning of a text of others; never cut between the halves of a surrogate pair. A part of a text keeps the whole of
 * it in memory, so this is a copy.
 *
 * @param maximumLength the most UTF-16 code units that are kept; "…" stands for the rest
 */
export function cut(text: string, maximumLength: number): string {
  if (text.length <= maximumLength) return text;
  const splitsPair = text.codePointAt(maximumLength - 1)! > 0xffff;
  const units = Array.from({ length: splitsPair ? maximumLength - 1 : maximumLength }, (_, index) =>
    text.charCodeAt(index),
  );
  return `${String.fromCharCode(...units)}…`;
}
