/**
 * Something that the author of a driver, or the person who runs the build, has to change. The message is one sentence
 * that says what to do; where it is about source code, `path:line:column` and the line itself stand before and after.
 */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/** The message of anything thrown; jco's tools throw WIT error values, which carry their text in `payload`. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) {
    const payload = (thrown as { payload?: unknown }).payload;
    return typeof payload === "string" ? payload : thrown.message;
  }
  return String(thrown);
}

/** The error for output of jco that cannot be mended: each place is looked for in the form that is known. */
export function changedOutput(name: string): BuildError {
  return new BuildError(
    `jco's output has another ${name} than expected; install the version of @bytecodealliance/jco-transpile that ` +
      "@busbar/build names.",
  );
}
