/** Finds what the rules are about in the syntax tree of one source file. */

import { parseAst } from "rolldown/parseAst";
import type { Finding } from "./rules.ts";
import { isNode, memberPath, type Node, propertyOf, Scopes, textOf, unwrapped } from "./scopes.ts";

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
  Date: "date",
  BigInt: "bigint",
  BigInt64Array: "bigint",
  BigUint64Array: "bigint",
  WeakMap: "weak",
  WeakSet: "weak",
  WeakRef: "weak",
  FinalizationRegistry: "weak",
  Proxy: "Proxy",
  Reflect: "Reflect",
  Intl: "Intl",
  eval: "parsing",
  Function: "parsing",
};

const members: Readonly<Record<string, Finding>> = {
  "Array.fromAsync": "asynchronous",
  "Date.now": "time-of-day",
  "performance.now": "performance.now",
  "Math.random": "Math.random",
  "JSON.parse": "parsing",
  "Symbol.for": "own-symbol",
};

/** Those whose objects are more than their properties, but for errors, whose classes work. */
const nativeClasses: ReadonlySet<string> = new Set([
  "Array",
  "ArrayBuffer",
  "Boolean",
  "Function",
  "Number",
  "RegExp",
  "String",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int8Array",
  "Uint16Array",
  "Int16Array",
  "Uint32Array",
  "Int32Array",
  "Float32Array",
  "Float64Array",
]);

/** Names that are no references where they stand. */
const nameKeys: Readonly<Record<string, readonly string[]>> = {
  MemberExpression: ["property"],
  Property: ["key"],
  MethodDefinition: ["key"],
  PropertyDefinition: ["key"],
  AccessorProperty: ["key"],
};
const labels: ReadonlySet<string> = new Set(["LabeledStatement", "BreakStatement", "ContinueStatement"]);

/** What of TypeScript's own syntax is code: the values that types stand beside, enums and namespaces. */
const codeKeys: Readonly<Record<string, readonly string[]>> = {
  TSAsExpression: ["expression"],
  TSNonNullExpression: ["expression"],
  TSSatisfiesExpression: ["expression"],
  TSTypeAssertion: ["expression"],
  TSInstantiationExpression: ["expression"],
  TSExportAssignment: ["expression"],
  TSParameterProperty: ["parameter", "decorators"],
  TSEnumDeclaration: ["body"],
  TSEnumBody: ["members"],
  TSEnumMember: ["initializer"],
  TSModuleDeclaration: ["body"],
  TSModuleBlock: ["body"],
};

/** @throws what the parser does, for syntax: the bundler says it better */
export function findingsIn(file: string, code: string): readonly Found[] {
  const program = parseAst(code, { lang: /\.m?ts$/.test(file) ? "ts" : "js" }, file) as unknown as Node;
  const search = new Search();
  search.visit(program);
  return search.found
    .filter(({ path }) => path === undefined || !search.asked.has(path.split(".")[0]!))
    .toSorted((one, other) => one.offset - other.offset);
}

class Search {
  readonly found: (Found & { readonly path?: string })[] = [];
  /** What the module asks for with `typeof`: then it is not relied on. */
  readonly asked = new Set<string>();
  readonly #scopes = new Scopes();

  visit(node: Node, parent?: Node): void {
    // What is only declared for the compiler is no code.
    if (node.declare === true) return;
    const hasNames = this.#scopes.enter(node);
    if (!this.#look(node, parent)) {
      for (const [key, value] of Object.entries(node)) {
        if (!isCode(node, key)) continue;
        for (const each of [value].flat()) if (isNode(each)) this.visit(each, node);
      }
    }
    if (hasNames) this.#scopes.leave();
  }

  /** @returns whether all that is in it was seen, too */
  #look(node: Node, parent: Node | undefined): boolean {
    switch (node.type) {
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        // The word stands before a method's name, and its function begins behind that.
        if (node.async === true) this.#add(isMethod(parent) ? parent : node, "asynchronous", "async");
        if (node.generator === true) this.#add(isMethod(parent) ? parent : node, "generator", "function*");
        return false;
      case "ClassDeclaration":
      case "ClassExpression":
        this.#class(node.superClass);
        return false;
      case "AwaitExpression":
        this.#add(node, "asynchronous", "await");
        return false;
      case "ForOfStatement":
        if (node.await === true) this.#add(node, "asynchronous", "for await");
        return false;
      case "ImportExpression":
        this.#add(node, "asynchronous", "import()");
        return false;
      case "VariableDeclaration":
        if (node.kind === "await using") this.#add(node, "asynchronous", "await using");
        return false;
      case "VariableDeclarator":
        this.#taken(node.id, node.init);
        return false;
      case "AssignmentPattern":
      case "AssignmentExpression":
        this.#taken(node.left, node.right);
        return false;
      case "UnaryExpression":
        if (node.operator === "typeof") this.#ask(node.argument as Node);
        return false;
      case "BinaryExpression":
        // Whether something is a promise may be asked: there are some, only nobody goes on with them.
        if (node.operator !== "instanceof" || this.#scopes.pathOf(node.right as Node) !== "Promise")
          return false;
        this.visit(node.left as Node, node);
        return true;
      case "NewExpression":
      case "CallExpression":
        this.#call(node);
        return false;
      case "MemberExpression":
        if (
          (node.object as Node).type === "Super" &&
          (parent?.type !== "CallExpression" || parent.callee !== node)
        )
          this.#add(node, "super-property", "super.");
        return this.#use(node);
      case "Identifier":
        return this.#use(node);
      case "Literal":
        this.#literal(node);
        return false;
      default:
        return false;
    }
  }

  #class(superClass: unknown): void {
    const path = isNode(superClass) ? this.#scopes.pathOf(superClass) : undefined;
    if (path !== undefined && nativeClasses.has(path))
      this.#add(superClass as Node, "native-class", `extends ${path}`, path);
  }

  #ask(node: Node): void {
    const path = this.#scopes.pathOf(node);
    if (path !== undefined) this.asked.add(path);
  }

  #call(node: Node): void {
    const callee = node.callee as Node;
    const parameters = node.arguments as readonly Node[];
    const path = this.#scopes.pathOf(callee);
    const isNew = node.type === "NewExpression";
    if (path === "Date" && (parameters.length === 0 || !isNew))
      this.#add(node, "time-of-day", isNew ? "new Date()" : "Date()", path);
    if (path === "Symbol") this.#add(node, "own-symbol", "Symbol()", path);
    const [pattern, flags] = parameters.map(textOf);
    if (path === "RegExp") this.#pattern(node, pattern, flags);
    const method = unwrapped(callee);
    if (isNew || method.type !== "MemberExpression") return;
    const name = propertyOf(method);
    if (name === "localeCompare" || (name === "normalize" && isNormalForm(parameters)))
      this.#add(node, "unicode-method", `.${name}()`);
  }

  /** What a pattern takes out of one of the engine's objects: `const { now } = Date`. */
  #taken(pattern: unknown, from: unknown): void {
    if (!isNode(pattern) || pattern.type !== "ObjectPattern" || !isNode(from)) return;
    const object = this.#scopes.pathOf(from);
    if (object === undefined) return;
    for (const each of pattern.properties as readonly Node[]) {
      const property = each.type === "Property" ? propertyOf(each) : undefined;
      if (property !== undefined) this.#global(each, memberPath(object, property));
    }
  }

  #use(node: Node): boolean {
    const path = this.#scopes.pathOf(node);
    return path !== undefined && this.#global(node, path);
  }

  #global(node: Node, path: string): boolean {
    const known = Object.hasOwn(globals, path) ? globals : members;
    const finding = Object.hasOwn(known, path) ? known[path] : undefined;
    if (finding !== undefined) this.#add(node, finding, path, path);
    return finding !== undefined;
  }

  #literal(node: Node): void {
    const { regex } = node as { readonly regex?: { readonly pattern: string; readonly flags: string } };
    this.#pattern(node, regex?.pattern, regex?.flags);
    if (typeof node.bigint === "string") this.#add(node, "bigint", `${node.bigint}n`);
  }

  #pattern(node: Node, pattern = "", flags = ""): void {
    if (isUnicodeProperty(pattern, flags)) this.#add(node, "unicode-property", "\\p{..}");
    // A group that is none begins with a backslash, or is in brackets.
    const [group] = /\(\?<(?:[=!]|\w+>)/.exec(pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]/g, "")) ?? [];
    if (group !== undefined) this.#add(node, "regexp-group", `${group}..)`);
  }

  #add(node: Node, finding: Finding, what: string, path?: string): void {
    this.found.push({ finding, what, offset: node.start, ...(path !== undefined && { path }) });
  }
}

/** Whether what a node has under a key is code, and no name or type. */
function isCode(node: Node, key: string): boolean {
  if (node.type.startsWith("TS")) return codeKeys[node.type]?.includes(key) === true;
  if (nameKeys[node.type]?.includes(key)) return node.computed === true;
  if (labels.has(node.type)) return key !== "label";
  if (node.type === "ImportDeclaration" || node.type === "ExportAllDeclaration") return false;
  if (node.type === "ExportNamedDeclaration" && isNode(node.source)) return false;
  return node.type !== "ExportSpecifier" || key === "local";
}

function isMethod(node: Node | undefined): node is Node {
  return node?.type === "MethodDefinition" || (node?.type === "Property" && node.method === true);
}

/** A vector has a method of that name too: only a normal form is a text's. ECMA-262, 22.1.3.15. */
function isNormalForm([form]: readonly Node[]): boolean {
  return /^NFK?[CD]$/.test(textOf(form) ?? "");
}

function isUnicodeProperty(pattern: string, flags: string): boolean {
  return /[uv]/.test(flags) && /\\p\{/i.test(pattern);
}
