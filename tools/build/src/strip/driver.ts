/**
 * Finds the driver in what componentize-qjs makes: a component that instantiates the driver's with the stub of WASI, in
 * another one with that of a module loader.
 */

import type { ComponentBody, Definition } from "@busbar/host/component";
import { unfit } from "./unfit.ts";

/**
 * The innermost component that exports all that the whole exports: the one with the code.
 *
 * @throws BuildError when it is not where it was
 */
export function findDriver(whole: ComponentBody): ComponentBody {
  const wanted = exportsOf(whole);
  let body = whole;
  while (!body.definitions.some(({ op }) => op === "core module")) {
    const inner = body.definitions
      .filter((definition) => definition.op === "component")
      .map(({ component }) => component)
      .filter((component) => {
        const found = exportsOf(component);
        return wanted.every((name) => found.includes(name));
      });
    if (inner.length !== 1) throw unfit("has no component with the driver's exports");
    body = inner[0]!;
  }
  return body;
}

function exportsOf({ definitions }: ComponentBody): string[] {
  return definitions.filter(isExport).map(({ name }) => name);
}

function isExport(definition: Definition): definition is Definition & { op: "export" } {
  return definition.op === "export";
}
