/** Places in source files, as they stand in messages. */

import { relative } from "node:path";

/** A place in a file: lines and columns count from 1. */
export interface Position {
  /** Absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The place of the character at `offset` of `code`. */
export function positionOf(file: string, code: string, offset: number): Position {
  const before = code.slice(0, offset);
  const line = before.split("\n").length;
  return { file, line, column: offset - before.lastIndexOf("\n") };
}

/**
 * "src/component.ts:4:12: text", the line, and a mark under the column. The path is relative to `folder` where the
 * file is inside it.
 */
export function showPosition(text: string, position: Position, code: string, folder: string): string {
  const { line, column } = position;
  const head = `${shortPath(position.file, folder)}:${line}:${column}: ${text}`;
  const source = code.split("\n")[line - 1];
  if (source === undefined) return head;
  const gutter = `${line} | `;
  // Tabs stay tabs, so that the mark stands under its character.
  const indent = source.slice(0, column - 1).replace(/[^\t]/g, " ");
  return `${head}\n${gutter}${source}\n${" ".repeat(gutter.length)}${indent}^`;
}

/** A path as an author types it: relative to `folder` where it is inside, absolute elsewhere. */
export function shortPath(file: string, folder: string): string {
  const short = relative(folder, file);
  return short.startsWith("..") ? file : short;
}
