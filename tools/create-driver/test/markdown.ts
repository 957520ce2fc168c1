/** A page that a test follows. */

/** A fenced block. */
export interface Block {
  /** "ts", "sh", "json", "text". */
  readonly language: string;
  /** What follows the language: the path of a file, "hardware". */
  readonly info: string;
  readonly text: string;
  /** Where it begins, from 1. */
  readonly line: number;
}

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
  return Array.from(page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm), (match) => ({
    language: match[1]!,
    info: match[2] ?? "",
    text: match[3]!,
    line: page.slice(0, match.index).split("\n").length,
  }));
}
