/** Finds what the rules are about in the syntax tree of one source file. */

import { parseAst } from "rolldown/parseAst";
import type { Finding } from "./rules.ts";

/** A node of ESTree, with TypeScript's. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** Where a finding is. */
export interface Found {
  readonly finding: Finding;
  /** What is there, for messages: "new Date()", "await". */
  readonly what: string;
  /** Of its first character, in UTF-16 units. */
  readonly offset: number;
}

const globals: Readonly<Record<string, Finding>> = {
  Promise: "asynchronous",
  setTimeout: "timers",
  setInterval: "timers",
  setImmediate: "timers",
  requestAnimationFrame: "timers",
  console: "console",
  TextDecoder: "TextDecoder",
  TextEncoder: "TextEncoder",
  structuredClone: "structuredClone",
  Atomics: "Atomics",
  queueMicrotask: "queueMicrotask",
};

const members: Readonly<Record<string, Finding>> = {
  "Date.now": "time-of-day",
  "performance.now": "performance.now",
  "Math.random": "Math.random",
};

/** Names that are properties where they stand, not references. */
const nameKeys: Readonly<Record<string, string>> = {
  MemberExpression: "property",
  Property: "key",
  MethodDefinition: "key",
  PropertyDefinition: "key",
  AccessorProperty: "key",
};

/** @throws what the parser does, for syntax: the bundler says it better */
export function findingsIn(file: string, code: string): readonly Found[] {
  const program = parseAst(code, { lang: file.endsWith(".ts") ? "ts" : "js" }, file) as unknown as Node;
  const search = new Search();
  search.visit(program);
  return search.found
    .filter(({ name }) => name === undefined || !search.known.has(name))
    .toSorted((one, other) => one.offset - other.offset);
}

class Search {
  readonly found: (Found & { readonly name?: string })[] = [];
  /** What the module declares itself, or asks for with `typeof`: then it is not the engine's, or it is not relied on. */
  readonly known = new Set<string>();

  visit(node: Node, parent?: Node): void {
    this.#look(node, parent);
    for (const [key, value] of Object.entries(node)) {
      if (nameKeys[node.type] === key && node.computed !== true) continue;
      // Of types only what they stand beside is code.
      if (node.type.startsWith("TS") && key !== "expression" && key !== "parameter" && key !== "body")
        continue;
      if (isNode(value)) this.visit(value, node);
      else if (Array.isArray(value)) for (const each of value) if (isNode(each)) this.visit(each, node);
    }
  }

  #look(node: Node, parent: Node | undefined): void {
    switch (node.type) {
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.#declare(node.id, ...(node.params as readonly unknown[]));
        // The word stands before a method's name, and its function begins behind that.
        if (node.async === true) this.#add(isMethod(parent) ? parent : node, "asynchronous", "async");
        break;
      case "AwaitExpression":
        this.#add(node, "asynchronous", "await");
        break;
      case "ForOfStatement":
        if (node.await === true) this.#add(node, "asynchronous", "for await");
        break;
      case "VariableDeclarator":
      case "ClassDeclaration":
        this.#declare(node.id);
        break;
      case "CatchClause":
        this.#declare(node.param);
        break;
      case "ImportSpecifier":
      case "ImportDefaultSpecifier":
      case "ImportNamespaceSpecifier":
        this.#declare(node.local);
        break;
      case "UnaryExpression":
        if (node.operator === "typeof") this.#declare(node.argument);
        break;
      case "NewExpression":
      case "CallExpression":
        this.#call(node);
        break;
      case "MemberExpression":
        this.#member(node);
        break;
      case "Identifier":
        this.#global(node);
        break;
      case "Literal":
        this.#literal(node);
        break;
    }
  }

  #call(node: Node): void {
    const callee = node.callee as Node;
    const isEmpty = (node.arguments as readonly unknown[]).length === 0;
    if (
      callee.type === "Identifier" &&
      callee.name === "Date" &&
      (isEmpty || node.type === "CallExpression")
    ) {
      this.#add(node, "time-of-day", node.type === "NewExpression" ? "new Date()" : "Date()", "Date");
    }
    if (node.type !== "CallExpression" || callee.type !== "MemberExpression") return;
    const name = (callee.property as Node).name;
    if (name === "localeCompare" || (name === "normalize" && isNormalForm(node.arguments as readonly Node[])))
      this.#add(node, "unicode-method", `.${name}()`);
  }

  #member(node: Node): void {
    const object = node.object as Node;
    if (object.type !== "Identifier" || node.computed === true) return;
    const path = `${object.name}.${(node.property as Node).name}`;
    const finding = Object.hasOwn(members, path) ? members[path] : undefined;
    if (finding !== undefined) this.#add(node, finding, path, object.name as string);
  }

  #global(node: Node): void {
    const name = node.name as string;
    const finding = Object.hasOwn(globals, name) ? globals[name] : undefined;
    if (finding !== undefined) this.#add(node, finding, name, name);
  }

  #literal(node: Node): void {
    const { regex } = node as { readonly regex?: { readonly pattern: string; readonly flags: string } };
    if (regex !== undefined && /[uv]/.test(regex.flags) && /\\p\{/i.test(regex.pattern))
      this.#add(node, "unicode-property", "\\p{..}");
  }

  /** The names that a pattern binds. */
  #declare(...patterns: readonly unknown[]): void {
    for (const pattern of patterns) {
      if (!isNode(pattern)) continue;
      if (pattern.type === "Identifier") this.known.add(pattern.name as string);
      const parts = [pattern.elements, pattern.properties].flat().filter((each) => each !== undefined);
      this.#declare(...parts, pattern.left, pattern.argument, pattern.parameter);
      if (pattern.type === "Property") this.#declare(pattern.value);
    }
  }

  #add(node: Node, finding: Finding, what: string, name?: string): void {
    this.found.push({ finding, what, offset: node.start, ...(name !== undefined && { name }) });
  }
}

function isMethod(node: Node | undefined): node is Node {
  return node?.type === "MethodDefinition" || (node?.type === "Property" && node.method === true);
}

/** A vector has a method of that name too: only a normal form, or nothing, is a text's. ECMA-262, 22.1.3.15. */
function isNormalForm([form]: readonly Node[]): boolean {
  return form === undefined ? false : form.type === "Literal" && /^NFK?[CD]$/.test(String(form.value));
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}
