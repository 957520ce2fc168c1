/** Which names of a source file are its own, and which the engine's: the scopes of ECMA-262 chapter 14, with TypeScript's. */

/** A node of ESTree, with TypeScript's. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** What the engine calls its own globals. */
const globalObjects: ReadonlySet<string> = new Set(["globalThis", "self", "window", "global"]);

/** What stands around a value and changes nothing of it. */
const wrappers: ReadonlySet<string> = new Set([
  "ParenthesizedExpression",
  "ChainExpression",
  "TSAsExpression",
  "TSNonNullExpression",
  "TSSatisfiesExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
]);

/** The names that are declared in one place. The constants among them that are another name of a global have its path. */
type Names = Map<string, string | undefined>;

/** The scopes around one place, the outermost first. */
export class Scopes {
  readonly #names: Names[] = [];

  /** Whether a node has names of its own; if so, {@link leave} has to follow. */
  enter(node: Node): boolean {
    const declared = declaredIn(node);
    if (declared === undefined) return false;
    const names: Names = new Map();
    this.#names.push(names);
    for (const [name] of declared) names.set(name, undefined);
    for (const [name, value] of declared) {
      const path = value && this.pathOf(value);
      if (path !== undefined) names.set(name, path);
    }
    return true;
  }

  leave(): void {
    this.#names.pop();
  }

  /**
   * The engine's name of what an expression is: "Date.now" for `globalThis["Date"].now`, "" for `globalThis` itself;
   * undefined for everything that is not simply one of the engine's.
   */
  pathOf(expression: Node): string | undefined {
    const node = unwrapped(expression);
    if (node.type === "Identifier") return this.#global(node.name as string);
    if (node.type !== "MemberExpression") return undefined;
    const property = propertyOf(node);
    const object = property === undefined ? undefined : this.pathOf(node.object as Node);
    return object === undefined ? undefined : memberPath(object, property!);
  }

  #global(name: string): string | undefined {
    const own = this.#names.findLast((names) => names.has(name));
    if (own !== undefined) return own.get(name);
    return globalObjects.has(name) ? "" : name;
  }
}

/** The path of a property of what has a path. */
export function memberPath(object: string, property: string): string {
  if (object !== "") return `${object}.${property}`;
  return globalObjects.has(property) ? "" : property;
}

/** The name of the property that a MemberExpression, or a Property of a pattern, is about; undefined where it is computed. */
export function propertyOf(node: Node): string | undefined {
  const key = (node.property ?? node.key) as Node;
  if (node.computed !== true && key.type === "Identifier") return key.name as string;
  return textOf(key);
}

/** The text of a constant; undefined for everything else. */
export function textOf(node: Node | undefined): string | undefined {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type !== "TemplateLiteral" || (node.expressions as unknown[]).length > 0) return undefined;
  return ((node.quasis as Node[])[0]!.value as { readonly cooked?: string }).cooked;
}

/** The value itself. */
export function unwrapped(node: Node): Node {
  return wrappers.has(node.type) ? unwrapped(node.expression as Node) : node;
}

/** Whether something is a node of the tree. */
export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

/** A name, and the value of which it is a constant name. */
type Declared = readonly [name: string, value?: Node];

function declaredIn(node: Node): Declared[] | undefined {
  switch (node.type) {
    case "Program":
    case "BlockStatement":
    case "StaticBlock":
    case "TSModuleBlock":
      return (node.body as Node[]).flatMap(declaredBy);
    case "SwitchStatement":
      return (node.cases as Node[]).flatMap((each) => (each.consequent as Node[]).flatMap(declaredBy));
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return [node.id, ...(node.params as unknown[]), ...varsIn(node.body)].flatMap(namesOf);
    case "ClassDeclaration":
    case "ClassExpression":
      return namesOf(node.id);
    case "CatchClause":
      return namesOf(node.param);
    case "ForStatement":
      return isNode(node.init) ? declaredBy(node.init) : [];
    case "ForInStatement":
    case "ForOfStatement":
      return declaredBy(node.left as Node);
    default:
      return undefined;
  }
}

/** What a statement adds to the names around it. What is only declared for the compiler is still the engine's. */
function declaredBy(statement: Node): Declared[] {
  if (statement.declare === true) return [];
  switch (statement.type) {
    case "VariableDeclaration":
      return (statement.declarations as Node[]).flatMap(({ id, init }): Declared[] => {
        const names = namesOf(id);
        const isName = (id as Node).type === "Identifier" && statement.kind === "const" && isNode(init);
        return isName ? names.map(([name]) => [name, init] as const) : names;
      });
    case "ExportNamedDeclaration":
    case "ExportDefaultDeclaration":
      return isNode(statement.declaration) ? declaredBy(statement.declaration) : [];
    case "ImportDeclaration":
      return (statement.specifiers as Node[]).flatMap(({ local }) => namesOf(local));
    case "FunctionDeclaration":
    case "ClassDeclaration":
    case "TSEnumDeclaration":
    case "TSModuleDeclaration":
    case "TSImportEqualsDeclaration":
      return namesOf(statement.id);
    case "LabeledStatement":
      return declaredBy(statement.body as Node);
    default:
      return varsIn(statement).flatMap(namesOf);
  }
}

/** The patterns of all `var` in a statement: they belong to the function around it. */
function varsIn(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(varsIn);
  if (!isNode(value) || /Function|^Class/.test(value.type)) return [];
  const inside = Object.values(value).flatMap(varsIn);
  if (value.type !== "VariableDeclaration" || value.kind !== "var" || value.declare === true) return inside;
  return [...(value.declarations as Node[]).map(({ id }) => id as Node), ...inside];
}

/** The names that a pattern binds. */
function namesOf(pattern: unknown): Declared[] {
  if (!isNode(pattern)) return [];
  if (pattern.type === "Identifier") return [[pattern.name as string]];
  const { elements, properties, left, argument, parameter } = pattern;
  const value = pattern.type === "Property" ? pattern.value : undefined;
  return [elements, properties, left, argument, parameter, value].flat().flatMap(namesOf);
}
