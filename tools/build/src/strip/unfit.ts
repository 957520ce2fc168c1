import { BuildError } from "../error.ts";

/** The engine's builder made something else than what this package knows. */
export function unfit(what: string, cause?: Error): BuildError {
  return new BuildError(
    `The component ${what}; this version of componentize-qjs does not fit, install the one that @busbar/build names.`,
    { cause },
  );
}
