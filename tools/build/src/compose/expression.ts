/** WebAssembly text as a tree: just enough to take apart what wasm-tools prints, and to write it again. */

/** An atom as it is written (a keyword, a number, a name, a quoted text), or a list in parentheses. */
export type Expression = string | readonly Expression[];

/** One token: a comment, a parenthesis, a quoted text or an atom. */
const token = /\(;(?:[^;]|;(?!\)))*;\)|;;[^\n]*|[()]|"(?:[^"\\]|\\.)*"|[^\s()";]+/g;

/** Reads the one expression that `text` is. Comments are left out, and with them the indices that wasm-tools prints. */
export function parseExpression(text: string): Expression {
  const top: Expression[] = [];
  const open: Expression[][] = [top];
  for (const [part] of text.matchAll(token)) {
    if (part.startsWith("(;") || part.startsWith(";;")) continue;
    if (part === "(") {
      const list: Expression[] = [];
      open.at(-1)?.push(list);
      open.push(list);
    } else if (part === ")") open.pop();
    else open.at(-1)?.push(part);
  }
  return top[0] ?? [];
}

/** Writes an expression. */
export function writeExpression(expression: Expression): string {
  return typeof expression === "string" ? expression : `(${expression.map(writeExpression).join(" ")})`;
}

/** A text in quotes, as a name is written: every byte that is not plain is escaped. */
export function quoted(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const plain = (byte: number) => byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
  const write = (byte: number) =>
    plain(byte) ? String.fromCharCode(byte) : `\\${byte.toString(16).padStart(2, "0")}`;
  return `"${Array.from(bytes, write).join("")}"`;
}

/** A name without its quotes. Names have no escapes: they are letters, digits and marks. */
export function unquoted(name: Expression): string {
  return String(name).slice(1, -1);
}

/** The keyword that a list begins with; empty for everything else. */
export function keywordOf(expression: Expression | undefined): string {
  const first = typeof expression === "string" ? undefined : expression?.[0];
  return typeof first === "string" ? first : "";
}

/** The elements after the keyword. */
export function operandsOf(expression: Expression): readonly Expression[] {
  return typeof expression === "string" ? [] : expression.slice(1);
}

/** Whether an expression is an index. */
export function isIndex(expression: Expression | undefined): expression is string {
  return typeof expression === "string" && /^\d+$/.test(expression);
}

/**
 * Replaces the type indices in the definition of a type (Component Model, Explainer.md, `deftype`). Every number there
 * is one, but for the length of a list.
 */
export function renameTypes(definition: Expression, nameOf: (index: number) => string): Expression {
  if (typeof definition === "string") return isIndex(definition) ? nameOf(Number(definition)) : definition;
  const isList = keywordOf(definition) === "list";
  return definition.map((part, position) => (isList && position > 1 ? part : renameTypes(part, nameOf)));
}
