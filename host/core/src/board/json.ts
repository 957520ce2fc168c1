import { HostError } from "../error.ts";
import { cut } from "../text.ts";

/** The longest board file, in characters: hundreds of devices need a tenth of it. */
export const longestBoard = 1024 * 1024;

/** The most of what somebody wrote that a message has, in UTF-16 code units. */
export const longestShown = 200;

/** How deep values may lie in each other; the board file's own part needs six. */
const deepest = 32;
const mostValues = 100_000;

/** What JavaScript's objects have of themselves: a record with such a key would not be what it looks like. */
const objectsOwn: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** An object or a list that the scanner is in. */
interface Open {
  /** The keys so far and where each is; undefined for a list. */
  readonly keys: Map<string, number> | undefined;
  key: string | undefined;
}

/**
 * Parses a board file's text. JSON.parse takes the last of two equal keys in silence, and what is nested too deep fails
 * wherever it is looked at next: both are refused.
 *
 * @param source how messages name it: the file's path
 * @throws HostError with code "board": one sentence
 */
export function parseJson(text: string, source: string): unknown {
  if (text.length > longestBoard) throw tooLongBoard(source);
  let json: unknown;
  refuseDeep(text, source);
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const { message } = cause as SyntaxError;
    throw new HostError("board", `${source} is not JSON: ${message}.`, { cause });
  }
  refuseDuplicates(text, source);
  return json;
}

/** The error for a board file that is too long to be one. */
export function tooLongBoard(source: string): HostError {
  return new HostError(
    "board",
    `${source} has more than ${longestBoard} characters, which no board needs; name another file.`,
  );
}

/**
 * Refuses what no board can have: names that are JavaScript's own, halves of characters and numbers without end, which not
 * every host has, and more or deeper values than a board file has. Also of an object that a program wrote.
 *
 * @throws HostError with code "board": one sentence
 */
export function refuseOddities(json: unknown, source: string): void {
  const pending: { readonly value: unknown; readonly path: readonly string[] }[] = [
    { value: json, path: [] },
  ];
  for (let count = 0; pending.length > 0; count += 1) {
    const { value, path } = pending.pop()!;
    if (path.length > deepest) throw tooDeep(source);
    if (count > mostValues) {
      throw new HostError("board", `${source} has more than ${mostValues} values; no board needs as many.`);
    }
    if ((typeof value === "string" && !value.isWellFormed()) || value === Infinity || value === -Infinity) {
      throw unspeakable(value, path, source);
    }
    if (typeof value !== "object" || value === null) continue;
    for (const key of Object.keys(value)) {
      const below = [...path, key];
      if (objectsOwn.has(key)) {
        throw new HostError(
          "board",
          `${source}: "${cut(below.join("."), longestShown)}" is a name of JavaScript's own; choose another.`,
        );
      }
      if (!key.isWellFormed()) throw unspeakable(key, below, source);
      pending.push({ value: (value as Record<string, unknown>)[key], path: below });
    }
  }
}

/** @param value a key, or what is at this place */
function unspeakable(value: string | number, path: readonly string[], source: string): HostError {
  const place = path.length === 0 ? "it" : `"${cut(path.join(".").toWellFormed(), longestShown)}"`;
  const what =
    typeof value === "number"
      ? "is a number that is too large; write a smaller one"
      : 'has half of a character, as "\\ud83d" without its "\\ude00"; write the whole of it, or remove it';
  return new HostError("board", `${source}: ${place} ${what}.`);
}

function refuseDeep(text: string, source: string): void {
  let depth = 0;
  for (const { sign } of signs(text)) {
    if (sign === "{" || sign === "[") depth += 1;
    else if (sign === "}" || sign === "]") depth -= 1;
    if (depth > deepest) throw tooDeep(source);
  }
}

function tooDeep(source: string): HostError {
  return new HostError("board", `${source} is nested deeper than ${deepest} levels; no board needs that.`);
}

/** @param text correct JSON */
function refuseDuplicates(text: string, source: string): void {
  const open: Open[] = [];
  let string = { start: 0, end: 0 };
  for (const { sign, start, end } of signs(text)) {
    const inside = open.at(-1);
    if (sign === '"') string = { start, end };
    else if (sign === "{") open.push({ keys: new Map(), key: undefined });
    else if (sign === "[") open.push({ keys: undefined, key: undefined });
    else if (sign === "}" || sign === "]") open.pop();
    else if (inside?.keys !== undefined) {
      inside.key = JSON.parse(text.slice(string.start, string.end)) as string;
      const before = inside.keys.get(inside.key);
      if (before !== undefined) throw duplicate(text, source, open, [before, string.start]);
      inside.keys.set(inside.key, string.start);
    }
  }
}

function duplicate(
  text: string,
  source: string,
  open: readonly Open[],
  offsets: readonly number[],
): HostError {
  const path = open.flatMap(({ key }) => key ?? []).join(".");
  const [first, second] = offsets.map((offset) => text.slice(0, offset).split("\n").length);
  return new HostError(
    "board",
    `${source}: "${cut(path.toWellFormed(), longestShown)}" is there twice, in line ${first} and in line ${second}; remove one of them.`,
  );
}

/** What JSON is made of, and where: braces, brackets, colons, and strings as a whole (`"`). */
function* signs(
  text: string,
): Iterable<{ readonly sign: string; readonly start: number; readonly end: number }> {
  for (let start = 0; start < text.length; start += 1) {
    const sign = text[start]!;
    if (sign === '"') {
      let end = start + 1;
      while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
      yield { sign, start, end: end + 1 };
      start = end;
    } else if ("{}[]:".includes(sign)) {
      yield { sign, start, end: start + 1 };
    }
  }
}
