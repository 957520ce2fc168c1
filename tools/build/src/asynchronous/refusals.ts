/**
 * What of the asynchronous ABI the engines cannot do. Each was tried (docs/asynchronous.md), and
 * test/asynchronous/engines.test.ts fails when a newer engine can.
 */

import type { Engine } from "../componentize.ts";
import { BuildError } from "../error.ts";
import type { WorldFunction } from "./functions.ts";

/** Whether a world needs the asynchronous ABI. */
export function isAsynchronous(functions: readonly WorldFunction[]): boolean {
  return functions.some(({ isAsync, usesStream }) => isAsync || usesStream);
}

/**
 * Refuses a world that an engine cannot be built for, or would trap in.
 *
 * @param world its name
 * @throws BuildError with the function, and what to do instead
 */
export function requireAsyncRules(world: string, functions: readonly WorldFunction[], engine: Engine): void {
  for (const each of functions) {
    const why = refusal(each, engine);
    if (why === undefined) continue;
    throw new BuildError(`World "${world}" ${each.direction}s ${each.name}, which ${why}`);
  }
}

const withoutAsynchronousAbi: Readonly<Partial<Record<Engine, string>>> = {
  starlingmonkey: "StarlingMonkey (componentize-js 0.23.0)",
  micro: "MicroQuickJS",
};

function refusal(
  { direction, isAsync, givesStream, usesStream }: WorldFunction,
  engine: Engine,
): string | undefined {
  const { [engine]: without } = withoutAsynchronousAbi;
  if (without !== undefined && (isAsync || usesStream))
    return `is asynchronous: ${without} has no asynchronous ABI; build it with QuickJS.`;
  if (direction === "import" && isAsync)
    return (
      "is an async func: QuickJS (componentize-qjs 0.4.5) cannot import one; declare a plain func that gives a future, " +
      "as busbar:board/timer does."
    );
  if (direction === "export" && givesStream && !isAsync)
    return (
      "gives a stream or a future and is no async func: QuickJS (componentize-qjs 0.4.5) traps when it is called; declare it " +
      '"async func".'
    );
  return undefined;
}
