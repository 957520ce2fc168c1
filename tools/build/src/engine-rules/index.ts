import type { Engine } from "../componentize.ts";
import { BuildError } from "../error.ts";
import { positionOf, showPosition } from "../position.ts";
import { findingsIn } from "./findings.ts";
import { engineRules } from "./rules.ts";

/** More at once would be read by nobody. */
const mostShown = 5;

/**
 * Refuses what the engine would get wrong without a word.
 *
 * @param file absolute
 * @param code the file's text
 * @param folder paths in messages are relative to it
 * @param awaits whether the component has the asynchronous ABI, with which QuickJS goes on behind an `await`
 * @throws BuildError with the places, the lines, and what to write instead
 */
export function requireEngineRules(
  file: string,
  code: string,
  engine: Engine,
  folder: string,
  awaits = false,
): void {
  const rules = engineRules[engine];
  const texts = findingsIn(file, code)
    .filter(({ finding }) => rules[finding] !== undefined && !(awaits && finding === "asynchronous"))
    .slice(0, mostShown)
    .map(({ finding, what, offset }) =>
      showPosition(`${what}: ${rules[finding]}`, positionOf(file, code, offset), code, folder),
    );
  if (texts.length > 0) throw new BuildError(texts.join("\n\n"));
}
