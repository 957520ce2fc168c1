/** What goes wrong while an engine evaluates the driver's module at build time, in terms of the author's files. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import type { Bundle } from "./bundle.ts";
import { worldMarker } from "./entry.ts";
import { BuildError, messageOf } from "./error.ts";
import { type Position, shortPath, showPosition } from "./position.ts";

/** The name of the bundle's file, so that it can be found in StarlingMonkey's messages. */
export const bundleFile = "driver.js";

/** A place in the bundle: "at open (componentize-qjs:user.js:12:5)", "open@driver.js:12:5". */
const bundlePlace = /(?:componentize-qjs:user\.js|driver\.js):(\d+):(\d+)/g;

/** What an engine reported. */
interface Report {
  /** "RangeError: too many"; QuickJS calls every class Error. */
  readonly text: string;
  /** The part of the message that holds the stack. */
  readonly stack: string;
}

/**
 * Explains why a driver's module could not be evaluated: "src/register.ts:12:5: RangeError: too many", the line, and
 * the callers, mapped back through the bundle's source map.
 */
export async function explainEvaluation(
  thrown: unknown,
  bundle: Bundle,
  folder: string,
): Promise<BuildError> {
  const raw = messageOf(thrown).trim();
  const lacking = raw.split(worldMarker)[1]?.split("\n")[0];
  if (lacking !== undefined) return new BuildError(lacking, { cause: thrown });
  const called = calledImport(raw);
  if (called !== undefined) {
    return new BuildError(
      `The driver calls ${called} while its module is loaded; call it from an exported function, ` +
        "because no device is wired yet when a component is built.",
      { cause: thrown },
    );
  }
  if (/resulted in a dead ?lock|before initialization/.test(raw)) {
    return new BuildError(
      "The driver's module never finishes loading: it awaits a promise that nothing settles.",
      {
        cause: thrown,
      },
    );
  }
  const { text, stack } = starlingMonkeyReport(raw) ?? quickJsReport(raw);
  const [first, ...callers] = mapPlaces(stack, bundle);
  if (first === undefined)
    return new BuildError(`The driver's module cannot be loaded: ${text}`, { cause: thrown });
  const code = await readFile(first.file, "utf8").catch(() => "");
  const trace = callers.map(
    ({ file, line, column }) => `\n  called from ${shortPath(file, folder)}:${line}:${column}`,
  );
  const message = showPosition(`${text} (while the module is loaded)`, first, code, folder);
  return new BuildError(message + trace.join(""), { cause: thrown });
}

/** At the top level nothing of the host exists yet, and both engines stop with a trap. */
function calledImport(raw: string): string | undefined {
  const quickJs = /unknown import: `([^`]+)`/.exec(raw)?.[1];
  if (quickJs !== undefined) return quickJs;
  const starlingMonkey = /unknown imported function: '([^']+)' '([^']+)'/.exec(raw);
  return starlingMonkey === null ? undefined : `${starlingMonkey[1]}#${starlingMonkey[2]}`;
}

/** "Failed to evaluate user JavaScript module: ... Error: text", then lines that begin with "at". */
function quickJsReport(raw: string): Report {
  const start = raw.search(/\n\s+at /);
  const text = (start < 0 ? raw : raw.slice(0, start)).replace(/^:? ?(?:Failed to [A-Za-z ]+: )+/, "");
  return { text, stack: start < 0 ? "" : raw.slice(start) };
}

/** "driver.js:3:19 RangeError: text" after a headline; or a second line that says what is missing. */
function starlingMonkeyReport(raw: string): Report | undefined {
  const evaluated = /\ndriver\.js:\d+:\d+ ([\s\S]*?)(?:\nAdditionally, |\nStack:|$)/.exec(raw);
  if (evaluated !== null) {
    const stack = raw.indexOf("\nStack:");
    return { text: evaluated[1] ?? raw, stack: stack < 0 ? evaluated[0] : raw.slice(stack) };
  }
  const checked = /^Unable to [^\n]*\n([^\n]*)/.exec(raw);
  return checked === null ? undefined : { text: checked[1] ?? raw, stack: "" };
}

function mapPlaces(stack: string, bundle: Bundle): Position[] {
  const map = new SourceMap(JSON.parse(bundle.map));
  const places: Position[] = [];
  for (const [, line, column] of stack.matchAll(bundlePlace)) {
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
    // The build's own entry module and rolldown's helpers are in no file.
    if (!("originalSource" in entry) || !existsSync(entry.originalSource ?? "")) continue;
    const { originalSource: file, originalLine, originalColumn } = entry;
    places.push({ file, line: originalLine + 1, column: originalColumn + 1 });
  }
  return places;
}
