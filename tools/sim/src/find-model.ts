import * as v from "valibot";

/**
 * The model that an entry of the `simulate` list names.
 *
 * @param own the simulator's, by name
 * @param modules what modules export by default, by the name in the entry
 * @throws RangeError for an unknown name, and for a module whose default export is no model
 */
export function findModel<Model extends { create(parameters: unknown, ...rest: never[]): unknown }>(
  name: string,
  own: ReadonlyMap<string, Model>,
  modules: ReadonlyMap<string, unknown>,
): Model {
  const model = own.get(name) ?? modules.get(name);
  if (model === undefined) {
    const known = [...own.keys()].join(", ");
    throw new RangeError(
      `There is no such model; choose one of ${known}, or name a module such as "./model.ts".`,
    );
  }
  if (isModel<Model>(model)) return model;
  throw new RangeError('Its default export is no model; write "export default defineModel(...)".');
}

function isModel<Model>(value: unknown): value is Model {
  return typeof (value as { create?: unknown } | null)?.create === "function";
}

/** What is wrong with a model's name or a parameter, as a sentence; undefined where it is something else that failed. */
export function explainWrongParameter(cause: unknown): string | undefined {
  if (cause instanceof v.ValiError) return `${explainIssue(cause.issues[0])}.`;
  return cause instanceof RangeError ? cause.message : undefined;
}

function explainIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  const place = path === null ? "" : `"${path}": `;
  if (issue.type === "strict_object" && issue.expected === "never") {
    return `"${path}" is no parameter of this model; remove it, or correct its spelling`;
  }
  if (issue.received === "undefined") return `"${path}" is missing`;
  // Messages of our own say what is expected; valibot's begin with "Invalid", and `expected` says the same shorter.
  return issue.message.startsWith("Invalid")
    ? `${place}expected ${issue.expected}, not ${issue.received}`
    : place + issue.message;
}
