import * as v from "valibot";

/**
 * Checks and completes parameters of a board file's `simulate` entry.
 *
 * What is wrong is a RangeError and not valibot's: a model is built with its own copy of valibot, and classes of two copies
 * are two classes.
 *
 * @throws RangeError: one sentence that says which parameter is unknown or wrong
 */
export function parseParameters<Schema extends v.GenericSchema>(
  schema: Schema,
  parameters: unknown,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, parameters, { abortPipeEarly: true });
  if (parsed.success) return parsed.output;
  throw new RangeError(`${explainIssue(parsed.issues[0])}.`);
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
