import { printable } from "@busbar/host";

export { printable, printableJson } from "@busbar/host";

/** Long enough for every message of ours, with the texts of others in it. */
const longestMessage = 2000;

/** A whole message as one line that is safe to show. */
export function printableMessage(text: string): string {
  return printable(text, longestMessage);
}

/** {@link printableMessage} for text that has lines of its own: a compiler's message with the source line below. */
export function printableLines(text: string): string[] {
  return text.split("\n").map((line) => printableMessage(line.replaceAll("\t", "  ")));
}
